"""Formats a job's progress, for the window and the command line."""

from __future__ import annotations

from vosapp.engine.job import Progress, Stage

_WORDS = {
    Stage.WORKING: "",
    Stage.PREPARING: "Preparing",
    Stage.LEARNING: "Learning the objects",
    Stage.PROPAGATING: "Propagating",
    Stage.SEARCHING: "Looking for objects",
    Stage.READING_ALPHA: "Reading the alpha channel",
    Stage.READING_MASKS: "Reading masks",
    Stage.WRITING: "Writing",
    Stage.CHECKING: "Checking",
    Stage.FITTING_SHAPES: "Fitting shapes",
}


def progress_words(progress: Progress, first_number: int = 0) -> str:
    """Describes what a job does now, in a few words.

    Args:
        progress: of the job.
        first_number: the number that the screen shows for the clip's first frame.
    """
    doing = stage_words(progress.stage)
    if progress.stage is Stage.PROPAGATING and progress.frame is not None:
        doing = f"Frame {progress.frame + first_number}"
    if progress.stage is Stage.SEARCHING and progress.note:
        return progress.note
    return ". ".join(part for part in (doing, progress.note) if part)


def stage_words(stage: Stage) -> str:
    """The name of a stage, "" for one that needs none."""
    return _WORDS[stage]
