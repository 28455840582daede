"""Tables of a recipe file as dataclasses, with a sentence for each mistake."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

_T = TypeVar("_T")
_SIMPLE = {int: "a whole number", float: "a number", str: "a text", bool: "true or false"}


class SchemaError(ValueError):
    """A table that does not fit; the message says where."""


def table(kind: type[_T], values: object, where: str) -> _T:
    """An instance of a dataclass from a table of a recipe.

    Args:
        kind: a dataclass whose fields are numbers, texts, choices, tuples, mappings to numbers or dataclasses.
        values: what the file has.
        where: name of the table, for messages.

    Raises:
        SchemaError: an unknown name, a missing one, a wrong type, or a value that the dataclass refuses.
    """
    if not isinstance(values, dict):
        raise SchemaError(f"{where} must be a table")
    fields = {field.name: field for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise SchemaError(f"{where} has {', '.join(unknown)}, which is unknown (known: {', '.join(sorted(fields))})")
    missing = [name for name, field in fields.items() if name not in values and _is_required(field)]
    if missing:
        raise SchemaError(f"{where} lacks {', '.join(missing)}")
    hints = typing.get_type_hints(kind)
    checked = {name: value_of(hints[name], value, f"{where}.{name}") for name, value in values.items()}
    try:
        return kind(**checked)
    except ValueError as error:
        raise SchemaError(f"{where}: {error}") from error


def value_of(hint: Any, value: object, where: str) -> Any:
    """A value of a file as the type that a field has. Raises SchemaError."""
    origin, options = get_origin(hint), get_args(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return table(hint, value, where)
    if origin is Literal:
        return _chosen(options, value, where)
    if origin in (Union, types.UnionType):
        return value_of(next(option for option in options if option is not type(None)), value, where)
    if origin is tuple:
        return _tuple(options, value, where)
    if origin is Mapping or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return _mapping(options[1], value, where)
    return _simple(hint, value, where)


def _simple(hint: type, value: object, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError as error:
            raise SchemaError(f"{where} is larger than any number that can be computed with") from error
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise SchemaError(f"{where} must be {_SIMPLE.get(hint, hint.__name__)}, not {value!r}")
    return value


def _chosen(options: tuple[Any, ...], value: object, where: str) -> Any:
    if value not in options:
        raise SchemaError(f"{where} is {value!r}, which is none of {', '.join(map(repr, options))}")
    return value


def _tuple(hints: tuple[Any, ...], value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise SchemaError(f"{where} must be a list, not {value!r}")
    if hints[-1] is Ellipsis:
        return tuple(value_of(hints[0], item, f"{where}[{index}]") for index, item in enumerate(value))
    if len(value) != len(hints):
        raise SchemaError(f"{where} must have {len(hints)} values, not {len(value)}")
    items = enumerate(zip(hints, value, strict=True))
    return tuple(value_of(hint, item, f"{where}[{index}]") for index, (hint, item) in items)


def _mapping(hint: Any, value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SchemaError(f"{where} must be a table")
    return {str(name): value_of(hint, item, f"{where}.{name}") for name, item in value.items()}


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
