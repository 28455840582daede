"""No manual or approved pixel ever changes except by the user's own step.

Hypothesis plays strokes, runs, cancels, undo, redo, approvals, deletions, pastes, absences, crashes and reopening in
any order, on the real editor with a real project file, beside a naive model in which a mask is an integer of 48 bits.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.unit.core.shapes import HEIGHT, WIDTH, change, document
from vosapp.core import edits
from vosapp.core.document import Document, Origin
from vosapp.core.editor import Editor, RunToken
from vosapp.core.mask import Mask
from vosapp.core.project import Project, ProjectCopy
from vosapp.core.range_edits import copy_masks, move_masks, paste_masks
from vosapp.core.store import MaskCache
from vosapp.core.timeline import FrameRange

FRAMES, OBJECTS = 6, 2
MEMORY_DISK = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # waiting for a disk would be most of the test
MISSING = -1
EXAMPLES = int(os.environ.get("VOSAPP_EXAMPLES", "60"))
PIXELS = HEIGHT * WIDTH

Key = tuple[int, int]
bits = st.integers(1, 2**PIXELS - 1)
frames = st.integers(0, FRAMES - 1)
objects = st.integers(1, OBJECTS)
ranges = st.tuples(frames, frames).map(lambda ends: FrameRange(min(ends), max(ends)))


@cache
def mask_of(pixels: int) -> Mask:
    """The mask of an integer."""
    array = np.array([pixels >> position & 1 for position in range(PIXELS)], np.bool_)
    return Mask.from_array(array.reshape(HEIGHT, WIDTH))


def pixels_of(mask: Mask) -> int:
    """The integer of a mask."""
    return sum(1 << int(position) for position in np.flatnonzero(mask.array()))


@dataclass(frozen=True)
class Spot:
    """What the model has on one frame of one object."""

    base: int
    anchor: bool
    added: int = 0
    removed: int = 0
    locked: bool = False

    @property
    def seen(self) -> int:
        return (self.base | self.added) & ~self.removed

    @property
    def barrier(self) -> bool:
        return self.anchor or self.locked

    @property
    def touched(self) -> bool:
        """Whether something on it is the user's."""
        return self.barrier or self.added != 0 or self.removed != 0


@dataclass(frozen=True)
class World:
    """What the model holds: spots, and frames declared absent."""

    spots: dict[Key, Spot] = field(default_factory=dict)
    absent: frozenset[Key] = frozenset()

    def put(self, changes: dict[Key, Spot | None]) -> World:
        spots = {key: spot for key, spot in (self.spots | changes).items() if spot is not None}
        return World(spots, self.absent - spots.keys())

    def under(self, overlay: dict[Key, int | None]) -> World:
        """With the predictions of a run wherever it may write."""
        made = dict(self.spots)
        for key, base in overlay.items():
            spot = self.spots.get(key)
            if base is None or base == MISSING:
                continue
            if spot is None and key not in self.absent:
                made[key] = Spot(base, anchor=False)
            elif spot is not None and not spot.barrier:
                made[key] = replace(spot, base=base)
        return World(made, self.absent)


@dataclass(frozen=True)
class Move:
    """A step of the model: from which world to which, and what it changed in the overlay of which run."""

    before: World
    after: World
    run: int = 0
    overlaid: dict[Key, tuple[int | None, int | None]] = field(default_factory=dict)


def moved(move: Move, present: World) -> World:
    """A step made again on a present to which a run has added."""
    made, before, after = dict(present.spots), move.before.spots, move.after.spots
    for key in before.keys() | after.keys():
        old, new, now = before.get(key), after.get(key), present.spots.get(key)
        if old == new:
            continue
        if old is None or new is None or now is None or new.barrier or now.anchor or now == old:
            made[key] = new  # type: ignore[assignment]
            continue
        user = new if (new.added, new.removed, new.locked) != (old.added, old.removed, old.locked) else now
        base = new.base if new.base != old.base else now.base
        made[key] = Spot(base, False, user.added, user.removed, user.locked)
    for key in move.after.absent:
        if key in made and not made[key].barrier:  # type: ignore[union-attr]
            made[key] = None  # type: ignore[assignment]
    return World({key: spot for key, spot in made.items() if spot is not None}, move.after.absent)


class WorkThatCannotBeLost(RuleBasedStateMachine):
    """The real thing beside the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vosapp-test-", dir=MEMORY_DISK))
        self.files = 0
        made = document(FRAMES)
        for _ in range(OBJECTS):
            made, _ = edits.add_object(made)
        self.project = Project.create(self.next_path(), Editor(made))
        self.copy: ProjectCopy | None = None
        self.token: RunToken | None = None
        self.user = World()
        self.past: list[Move] = []
        self.future: list[Move] = []
        self.overlay: dict[Key, int | None] = {}  # None where the user emptied a frame, MISSING where there is nothing
        self.runs = 0

    def teardown(self) -> None:
        self.give_copy_up()
        self.project.abandon()
        shutil.rmtree(self.folder)

    def next_path(self) -> Path:
        self.files += 1
        return self.folder / f"{self.files}.vosapp"

    @property
    def editor(self) -> Editor:
        return self.project.editor

    @property
    def shown(self) -> World:
        return self.user.under(self.overlay) if self.token else self.user

    def step(self, label: str, made: Document, shown: World) -> None:
        """The user does something: to the editor, and to the model that is shown."""
        before, old = self.shown, self.user
        if made is self.editor.document:
            assert shown == before, f"{label} should have changed something"
            return
        self.editor.apply(label, made)
        overlaid: dict[Key, tuple[int | None, int | None]] = {}
        if self.token is None:
            self.user = shown
        else:
            changes: dict[Key, Spot | None] = {}
            for key in before.spots.keys() | shown.spots.keys():
                new, own, run = shown.spots.get(key), old.spots.get(key), self.overlay.get(key, MISSING)
                if new == before.spots.get(key):
                    continue
                if new is None or new.touched or new.base != run or (own is not None and own.touched):
                    changes[key] = new
                if new is None:
                    overlaid[key] = (run, None)
                elif not new.anchor and run not in (None, MISSING) and run != new.base:
                    overlaid[key] = (run, new.base)
            self.user = World(old.put(changes).spots, shown.absent)
            self.overlay |= {key: after for key, (_, after) in overlaid.items()}
        self.past.append(Move(old, self.user, self.runs, overlaid))
        self.future.clear()

    # The user's steps

    @rule(one=objects, frame=frames, area=bits, erase=st.booleans())
    def paint(self, one: int, frame: int, area: int, erase: bool) -> None:
        made = edits.stroke(self.editor.document, self.editor.store, one, frame, mask_of(area), erase)
        spot = self.shown.spots.get((one, frame))
        if spot is None:
            new = None if erase else Spot(area, anchor=True)
        elif spot.anchor:
            new = replace(spot, base=spot.base & ~area if erase else spot.base | area)
        elif erase:
            new = replace(spot, added=spot.added & ~area, removed=spot.removed | area)
        else:
            new = replace(spot, added=spot.added | area, removed=spot.removed & ~area)
        self.step("Paint", made, self.shown.put({(one, frame): new}) if new else self.shown)

    @rule(one=objects, frame=frames, area=bits)
    def import_mask(self, one: int, frame: int, area: int) -> None:
        made = edits.set_mask(self.editor.document, self.editor.store, one, frame, mask_of(area), Origin.DRAWN)
        old = self.shown.spots.get((one, frame))
        new = Spot(area, anchor=True, locked=old is not None and old.locked)
        self.step("Import", made, self.shown.put({(one, frame): new}))

    @rule(one=objects, frame=frames)
    def confirm(self, one: int, frame: int) -> None:
        spot = self.shown.spots.get((one, frame))
        if spot is not None:
            made = edits.make_anchor(self.editor.document, self.editor.store, one, frame)
            new = spot if spot.anchor else Spot(spot.seen, anchor=True, locked=spot.locked)
            self.step("Make anchor", made, self.shown.put({(one, frame): new}))

    @rule(one=objects, within=ranges, locked=st.booleans())
    def approve(self, one: int, within: FrameRange, locked: bool) -> None:
        made = edits.approve(self.editor.document, one, within, locked)
        spots = {(one, f): self.shown.spots.get((one, f)) for f in within}
        new = {key: replace(spot, locked=locked) if spot else None for key, spot in spots.items()}
        self.step("Approve", made, World(self.shown.put(new).spots, self.shown.absent))

    @rule(one=objects, within=ranges)
    def delete(self, one: int, within: FrameRange) -> None:
        made = edits.delete_masks(self.editor.document, one, within)
        self.step("Delete", made, self.shown.put({(one, f): None for f in within}))

    @rule(one=objects, within=ranges)
    def absent(self, one: int, within: FrameRange) -> None:
        made = edits.declare_absent(self.editor.document, one, within)
        spots = self.shown.spots
        gone = [(one, f) for f in within if (one, f) not in spots or not spots[one, f].barrier]
        emptied = self.shown.put(dict.fromkeys(gone))
        self.step("Absent", made, World(emptied.spots, emptied.absent.union(gone)))

    @rule(one=objects, within=ranges)
    def present(self, one: int, within: FrameRange) -> None:
        made = edits.declare_present(self.editor.document, one, within)
        back = {(one, f) for f in within}
        if made is not self.editor.document:
            self.step("Present", made, World(self.shown.spots, self.shown.absent - back))

    @rule(one=objects, other=objects, within=ranges, at=frames)
    def paste(self, one: int, other: int, within: FrameRange, at: int) -> None:
        found = [f for f in within if (one, f) in self.shown.spots]
        if not found:
            return
        copied = copy_masks(self.editor.document, self.editor.store, one, within)
        made = paste_masks(self.editor.document, self.editor.store, other, copied, at)
        changes: dict[Key, Spot | None] = {}
        for frame in found:
            key = other, at + frame - found[0]
            if key[1] < FRAMES:
                old = self.shown.spots.get(key)
                changes[key] = Spot(self.shown.spots[one, frame].seen, True, locked=old is not None and old.locked)
        self.step("Paste", made, self.shown.put(changes))

    @rule(one=objects, other=objects, within=ranges, by=st.integers(-3, 3))
    def move(self, one: int, other: int, within: FrameRange, by: int) -> None:
        made = move_masks(self.editor.document, one, within, by=by, to=other)
        moving = {f: self.shown.spots[one, f] for f in within if (one, f) in self.shown.spots and 0 <= f + by < FRAMES}
        if by == 0 and one == other:
            moving = {}
        changes: dict[Key, Spot | None] = {(one, f): None for f in moving}
        changes |= {(other, f + by): spot for f, spot in moving.items()}
        self.step("Move", made, self.shown.put(changes))

    @rule()
    def undo(self) -> None:
        assert self.editor.can_undo == bool(self.past)
        self.editor.undo()
        if self.past:
            move = self.past.pop()
            self.future.append(move)
            self.user = move.before
            if self.token and move.run == self.runs:
                self.lay({key: (after, before) for key, (before, after) in move.overlaid.items()})

    @rule()
    def redo(self) -> None:
        assert self.editor.can_redo == bool(self.future)
        self.editor.redo()
        if self.future:
            move = self.future.pop()
            same = move.before == self.user
            self.past.append(move if same else Move(self.user, moved(move, self.user)))
            self.user = self.past[-1].after
            if self.token and same and move.run == self.runs:
                self.lay(move.overlaid)

    def lay(self, changes: dict[Key, tuple[int | None, int | None]]) -> None:
        """Changes the overlay where it is as it was."""
        for key, (before, after) in changes.items():
            if self.overlay.get(key, MISSING) == before:
                self.overlay[key] = after

    # The machine's

    @precondition(lambda self: self.token is None)
    @rule()
    def begin_run(self) -> None:
        self.token = self.editor.begin_run("Propagate")
        self.overlay = {}
        self.runs += 1

    @precondition(lambda self: self.token is not None)
    @rule(one=objects, within=ranges, base=bits)
    def amend_run(self, one: int, within: FrameRange, base: int) -> None:
        kept = self.of_user()
        assert self.token is not None
        self.editor.amend_run(self.token, [change(f, mask_of(base), one) for f in within])
        self.overlay |= {(one, f): base for f in within if self.overlay.get((one, f), MISSING) is not None}
        assert self.of_user() == kept

    @precondition(lambda self: self.token is not None)
    @rule()
    def end_run(self) -> None:
        kept = self.of_user()
        assert self.token is not None
        self.editor.end_run(self.token)
        self.ended()
        assert self.of_user() == kept

    def ended(self) -> None:
        if self.token is not None and self.shown != self.user:
            self.past.append(Move(self.user, self.shown))
            self.user = self.shown
        self.token = None

    # The world's

    @rule()
    def crash(self) -> None:
        """The process dies after an acknowledged commit: what is on the disk is all there is."""
        self.give_copy_up()
        kept, path = self.of_user(), self.next_path()
        self.project.flush()
        for suffix in ("", "-wal"):
            if Path(f"{self.project.path}{suffix}").exists():
                shutil.copyfile(f"{self.project.path}{suffix}", f"{path}{suffix}")
        self.project.abandon()
        self.ended()
        self.project = Project.open(path)
        assert not self.project.read_only and self.of_user() == kept

    @rule(how=st.sampled_from(["reopen", "compact", "save as"]))
    def rewrite(self, how: str) -> None:
        self.give_copy_up()
        kept = self.of_user()
        if how == "reopen":
            self.project.close()
            self.ended()
            self.project = Project.open(self.project.path)
        elif how == "compact":
            self.project.compact()
        else:
            self.project.save_as(self.next_path())
        assert self.of_user() == kept

    @precondition(lambda self: self.copy is None)
    @rule()
    def begin_copy(self) -> None:
        """Everything goes on while the project is on its way to another file."""
        self.copy = self.project.begin_copy(self.next_path())

    @precondition(lambda self: self.copy is not None)
    @rule(flushed=st.booleans(), forgets=st.booleans())
    def go_on_in_copy(self, flushed: bool, forgets: bool) -> None:
        assert self.copy is not None
        kept = self.of_user()
        if flushed:
            self.project.flush()  # then the masks since are in the file before, and not in the copy
        self.copy.write()
        close_before = self.project.go_on_in(self.copy)
        close_before()
        self.copy = None
        if forgets:
            self.project.flush()
            self.project._masks._cache = MaskCache(0)  # what is not in the file now is nowhere
        assert self.of_user() == kept

    def give_copy_up(self) -> None:
        if self.copy is not None:
            self.project.keep_copy(self.copy)
            self.copy = None

    def of_user(self) -> dict[Key, tuple[int, int, int]]:
        """Every pixel that is the user's: all of an anchor or approved frame, else what was painted in and out."""
        store, found = self.editor.store, {}
        for one in self.editor.document.objects:
            for frame, cell in one.cells.items():
                whole = pixels_of(edits.composite(store, cell)) if cell.is_barrier else 0
                painted = [pixels_of(store.get(digest)) if digest else 0 for digest in (cell.added, cell.removed)]
                if whole or any(painted) or cell.is_barrier:
                    found[one.id, frame] = (whole, painted[0], painted[1])
        return found

    @invariant()
    def the_editor_shows_what_the_model_shows(self) -> None:
        found = {}
        for one in self.editor.document.objects:
            for frame, cell in one.cells.items():
                parts = [pixels_of(self.editor.store.get(d)) if d else 0 for d in (cell.base, cell.added, cell.removed)]
                found[one.id, frame] = Spot(parts[0], cell.is_anchor, parts[1], parts[2], cell.locked)
                mask = self.editor.mask(one.id, frame)
                assert mask is not None and pixels_of(mask) == found[one.id, frame].seen
                assert not parts[1] & parts[2], "a pixel is painted in and out"
                assert not one.is_absent(frame), "a frame is absent and masked"
        absent = {(one.id, f) for one in self.editor.document.objects for part in one.absences for f in part}
        assert World(found, frozenset(absent)) == self.shown

    @invariant()
    def undo_and_redo_are_there(self) -> None:
        assert (self.editor.can_undo, self.editor.can_redo) == (bool(self.past), bool(self.future))


def _played(examples: int, steps: int) -> Callable[[type[RuleBasedStateMachine]], type]:
    def decorate(machine: type[RuleBasedStateMachine]) -> type:
        case = machine.TestCase
        case.settings = settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=EXAMPLES <= 60,  # the same story each time, unless somebody asks for more of them
        )
        return case

    return decorate


TestWorkThatCannotBeLost = _played(EXAMPLES, 40)(WorkThatCannotBeLost)
