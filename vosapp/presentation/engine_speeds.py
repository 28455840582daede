"""How long engines really took for a frame of a clip on this computer, measured in the runs of each project."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from vosapp.core.paths import user_data_dir
from vosapp.core.small_files import recalled_entries, remember
from vosapp.engine.variants import split_name
from vosapp.presentation.choices import EngineChoice

KEPT = 200  # projects; the oldest go
LEAST_FRAMES = 5  # of a run that says something about the next one: the first ones also load and warm up
HERE = "Here"
DEVICES = {"cpu": "the processor", "cuda": "the graphics processor", "mps": "the graphics processor"}


@dataclass(frozen=True, slots=True)
class MeasuredSpeed:
    """Speed of one engine in the newest run on a clip.

    Attributes:
        seconds: for a frame.
        objects: that were followed together.
        device: "cpu", "cuda" or "mps".
        name: of the engine with its variants.
    """

    seconds: float
    objects: int
    device: str
    name: str


class EngineSpeeds:
    """Keeps measured speeds in the user's data folder. A file that cannot be read or written is no trouble."""

    def __init__(self) -> None:
        self._path = user_data_dir() / "speeds.json"

    def of(self, project_id: str) -> dict[str, MeasuredSpeed]:
        """What was measured in a project, by engine without variants."""
        stored = recalled_entries(self._path).get(project_id)
        found = {}
        for base, entry in stored.items() if isinstance(stored, dict) else ():
            try:
                found[base] = MeasuredSpeed(
                    float(entry["seconds"]), int(entry["objects"]), str(entry["device"]), str(entry["name"])
                )
            except (KeyError, TypeError, ValueError):
                continue
        return found

    def keep(self, project_id: str, speed: MeasuredSpeed) -> None:
        """Remembers the newest measurement of an engine."""
        known = recalled_entries(self._path)
        stored = known.pop(project_id, {})
        stored = stored if isinstance(stored, dict) else {}
        known[project_id] = {**stored, split_name(speed.name)[0]: asdict(speed)}
        newest = dict(list(known.items())[-KEPT:])
        remember(self._path, newest)


def with_measured(choices: Iterable[EngineChoice], speeds: Mapping[str, MeasuredSpeed]) -> tuple[EngineChoice, ...]:
    """The list of engines with what was measured in the open project, and without what was in another one."""
    shown = []
    for choice in choices:
        facts = tuple(fact for fact in choice.facts if fact[0] != HERE)
        speed = speeds.get(choice.name)
        if speed is None:
            shown.append(replace(choice, facts=facts, measured=""))
            continue
        objects = f"{speed.objects} object{'s' * (speed.objects != 1)}"
        where = DEVICES.get(speed.device, speed.device)
        here = (HERE, f"{seconds_text(speed.seconds)} a frame in this clip, {objects}, on {where}")
        shown.append(replace(choice, facts=(here, *facts), measured=seconds_text(speed.seconds)))
    return tuple(shown)


def seconds_text(seconds: float) -> str:
    """A time for one frame as people say it: "38 ms", "0.42 s", "12 s"."""
    if seconds < 0.1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.0f} s"
