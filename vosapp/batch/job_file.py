"""Reads job files (TOML) and says in one sentence what is wrong with them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from vosapp.batch.settings import ExportSettings, Job, JobFile, Limits, Machine, Override, ShotSettings
from vosapp.core.document import MATTE_EDGES, MatteSettings
from vosapp.core.errors import UserError
from vosapp.core.timeline import Direction
from vosapp.export.formats import ExportFormat
from vosapp.export.recipe import MissingMasks

MAX_BYTES = 64 * 2**20
E = TypeVar("E", bound=Enum)
_UNITS = {
    "": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_MASK_MEANINGS = ("auto", "ids", "alpha", "luma")
_DEVICES = ("auto", "cpu", "cuda", "mps")


class JobFileError(UserError):
    """A job file cannot be read or says what cannot be."""


def read_job_file(path: Path) -> JobFile:
    """A job file, checked as far as it can be without looking at its shots.

    Raises:
        JobFileError: it is missing, no TOML, or has a key or value that is not known.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise JobFileError(f"{path} is too large for a job file.")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise JobFileError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    except tomllib.TOMLDecodeError as error:
        raise JobFileError(f"{path} is no TOML: {error}.", "docs/batch.md shows what a job file looks like.") from error
    return _Reader(path).file(content)


def settings_of(values: Mapping[str, object]) -> ShotSettings:
    """The settings that checked values stand for."""
    known = {one.name for one in fields(ShotSettings)}
    return ShotSettings(**{key: value for key, value in values.items() if key in known})  # type: ignore[arg-type]


class _Reader:
    """Reads the tables of one file; every complaint names the file and the table."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def file(self, content: dict[str, Any]) -> JobFile:
        self._only(content, "the file", ("defaults", "limits", "machine", "override", "job"))
        defaults = self._settings(self._table(content, "defaults"), "[defaults]")
        jobs = tuple(self._job(table, f"[[job]] {n}") for n, table in enumerate(self._tables(content, "job"), 1))
        overrides = tuple(self._override(t, f"[[override]] {n}") for n, t in self._numbered(content, "override"))
        machines = tuple(self._machine(t, f"[[machine]] {n}") for n, t in self._numbered(content, "machine"))
        return JobFile(self._path, jobs, defaults, overrides, self._limits(content), machines)

    def _numbered(self, content: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
        return list(enumerate(self._tables(content, key), 1))

    def _job(self, table: dict[str, Any], where: str) -> Job:
        project, clip = self._text(table, "project", where), self._text(table, "clip", where)
        if bool(project) == bool(clip):
            raise self._wrong(where, "needs either project or clip")
        masks = table.get("masks", [])
        masks = [masks] if isinstance(masks, str) else masks
        if not isinstance(masks, list) or not all(isinstance(one, str) for one in masks):
            raise self._wrong(where, "masks is a pattern, or a list of them")
        if clip and not masks:
            raise self._wrong(where, "a clip needs masks to start from")
        if project and masks:
            raise self._wrong(where, "a project has its own masks; leave masks out")
        own = {key: value for key, value in table.items() if key not in ("project", "clip", "masks")}
        return Job(project, clip, tuple(masks), self._settings(own, where))

    def _override(self, table: dict[str, Any], where: str) -> Override:
        match = self._text(table, "match", where)
        if not match:
            raise self._wrong(where, "needs match, a pattern of names of shots")
        return Override(match, self._settings({k: v for k, v in table.items() if k != "match"}, where))

    def _machine(self, table: dict[str, Any], where: str) -> Machine:
        self._only(table, where, ("host", "paths", "footage"))
        paths, footage = table.get("paths", {}), table.get("footage", [])
        if not isinstance(paths, dict) or not all(isinstance(there, str) for there in paths.values()):
            raise self._wrong(where, 'paths is a table such as { "/shots" = "/mnt/shots" }')
        if not isinstance(footage, list) or not all(isinstance(one, str) for one in footage):
            raise self._wrong(where, "footage is a list of path prefixes")
        return Machine(self._text(table, "host", where) or "*", tuple(paths.items()), tuple(footage))

    def _limits(self, content: dict[str, Any]) -> Limits:
        table, where, usual = self._table(content, "limits"), "[limits]", Limits()
        self._only(table, where, ("workers", "threads", "memory", "stall_s", "retries"))
        return Limits(
            workers=self._whole(table, "workers", usual.workers, where),
            threads=max(1, self._whole(table, "threads", usual.threads, where)),
            memory_bytes=self._bytes(table.get("memory", 0), where),
            stall_s=self._number(table, "stall_s", usual.stall_s, where),
            retries=self._whole(table, "retries", usual.retries, where),
        )

    def _settings(self, table: dict[str, Any], where: str) -> dict[str, object]:
        """Settings as `ShotSettings` takes them, only those that are given."""
        readers: dict[str, Callable[[Any], object]] = {
            "engine": lambda value: self._as_text(value, where, "engine"),
            "device": lambda value: self._one_of(value, _DEVICES, where, "device"),
            "direction": lambda value: self._member(Direction, value, where, "direction"),
            "range": lambda value: self._ends(value, where),
            "matte": lambda value: self._matte(value, where),
            "export": lambda value: self._exports(value, where),
            "save_as": lambda value: self._as_text(value, where, "save_as"),
            "name": lambda value: self._as_text(value, where, "name"),
            "mask_as": lambda value: self._one_of(value, _MASK_MEANINGS, where, "mask_as"),
            "gpus": lambda value: self._number({"gpus": value}, "gpus", 0.0, where),
        }
        self._only(table, where, tuple(readers))
        names = {"range": "ends", "export": "exports"}
        return {names.get(key, key): readers[key](value) for key, value in table.items()}

    def _exports(self, value: Any, where: str) -> tuple[ExportSettings, ...]:
        tables = [value] if isinstance(value, dict) else value
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            raise self._wrong(where, "export is a table with format and path, or several")
        return tuple(self._export(table, where) for table in tables)

    def _export(self, table: dict[str, Any], where: str) -> ExportSettings:
        where = f"{where} export"
        self._only(table, where, ("format", "path", "missing", "overwrite", "name"))
        path = self._text(table, "path", where)
        if not path or "format" not in table:
            raise self._wrong(where, "needs format and path")
        overwrite = table.get("overwrite", False)
        if not isinstance(overwrite, bool):
            raise self._wrong(where, "overwrite is true or false")
        return ExportSettings(
            self._member(ExportFormat, table["format"], where, "format"),
            path,
            self._member(MissingMasks, table.get("missing", MissingMasks.EMPTY.value), where, "missing"),
            overwrite,
            self._text(table, "name", where),
        )

    def _matte(self, value: Any, where: str) -> MatteSettings:
        where = f"{where} matte"
        if not isinstance(value, dict):
            raise self._wrong(where, "is a table such as { feather_px = 2.0 }")
        self._only(value, where, tuple(one.name for one in fields(MatteSettings)))
        given: dict[str, Any] = {
            key: self._one_of(one, MATTE_EDGES, where, key) if key == "edge" else self._number(value, key, 0.0, where)
            for key, one in value.items()
        }
        return MatteSettings(**given)

    def _ends(self, value: Any, where: str) -> tuple[int | None, int | None]:
        found = re.fullmatch(r"(\d*):(\d*)", value) if isinstance(value, str) else None
        if found is None or value == ":":
            raise self._wrong(where, 'range is a text such as "10:80", "10:" or ":80"')
        first, last = (int(end) if end else None for end in found.groups())
        if first is not None and last is not None and last < first:
            raise self._wrong(where, f"the range {value} ends before it begins")
        return first, last

    def _bytes(self, value: Any, where: str) -> int:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]i?B)?", str(value), re.IGNORECASE)
        if found is None or isinstance(value, bool):
            raise self._wrong(where, f'memory is a size such as "4 GB", not {value!r}')
        return int(float(found[1]) * _UNITS[(found[2] or "").upper()])

    def _table(self, content: dict[str, Any], key: str) -> dict[str, Any]:
        table = content.get(key, {})
        if not isinstance(table, dict):
            raise self._wrong(f"[{key}]", "is a table")
        return table

    def _tables(self, content: dict[str, Any], key: str) -> list[dict[str, Any]]:
        tables = content.get(key, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            raise self._wrong(key, f"is written as [[{key}]]")
        return tables

    def _text(self, table: dict[str, Any], key: str, where: str) -> str:
        return self._as_text(table.get(key, ""), where, key)

    def _as_text(self, value: Any, where: str, key: str) -> str:
        if not isinstance(value, str) or "\0" in value:
            raise self._wrong(where, f"{key} is a text in quotes")
        return value

    def _whole(self, table: dict[str, Any], key: str, usual: int, where: str) -> int:
        value = table.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10**6:
            raise self._wrong(where, f"{key} is a whole number from 0 on")
        return value

    def _number(self, table: dict[str, Any], key: str, usual: float, where: str) -> float:
        value = table.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
            raise self._wrong(where, f"{key} is a number")
        return float(value)

    def _one_of(self, value: Any, known: tuple[str, ...], where: str, key: str) -> str:
        if value not in known:
            raise self._wrong(where, f"{key} is one of {', '.join(known)}, not {value!r}")
        return str(value)

    def _member(self, kind: type[E], value: Any, where: str, key: str) -> E:
        return kind(self._one_of(value, tuple(one.value for one in kind), where, key))

    def _only(self, table: Mapping[str, Any], where: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                raise self._wrong(where, f"knows no {key!r}, only {', '.join(known)}")

    def _wrong(self, where: str, what: str) -> JobFileError:
        return JobFileError(f"{self._path}: {where}: {what}.", "docs/batch.md shows what a job file looks like.")
