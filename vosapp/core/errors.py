"""Errors that a user can act on.

Every error says what happened, to which file or object, and what to do about it. Anything that is not a
`UserError` is a bug and is reported as one.
"""

from __future__ import annotations


class UserError(Exception):
    """Something a user can understand and act on.

    Attributes:
        message: one sentence: what happened, to which file.
        hint: one sentence: what to do. May be empty.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".rstrip()


class MediaError(UserError):
    """A clip, image or sequence cannot be read or written."""


class MaskError(UserError):
    """A mask does not fit: wrong size, wrong type, no such object."""


class ProjectError(UserError):
    """A project file cannot be opened, read or written."""


class WeightsError(UserError):
    """A network's weights are missing, damaged or of the wrong network."""


class EngineError(UserError):
    """A run cannot start or go on: no anchor, out of memory, no such engine or device."""


class ExportError(UserError):
    """An export cannot be written, or does not read back as written."""


class Cancelled(Exception):  # noqa: N818 - it is an outcome, not an error
    """Raised inside a job when its user asked it to stop."""
