"""Opens, saves, compacts and closes project files; called in a thread.

The project's modules are imported when they are needed: they load SQLite, which the start page does without.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vosapp.core.document import ClipRef, Document
from vosapp.core.editor import Editor
from vosapp.core.errors import Cancelled, MediaError, ProjectError, UserError
from vosapp.core.paths import SUFFIX
from vosapp.core.relink import locate, name_of
from vosapp.engine.job import JobContext
from vosapp.video.input_space import InputSpaceError
from vosapp.video.lazy_open import open_clip
from vosapp.video.source import ClipInfo, RgbImage

if TYPE_CHECKING:
    from vosapp.core.project import BackupPolicy, Project, ProjectCopy

THUMBNAIL_PX = 112  # longer side, about


@dataclass(frozen=True, slots=True)
class Media:
    """A clip that was found.

    Attributes:
        info: facts of it.
        ref: what a document keeps of it.
        thumbnail: its first picture, made small.
        warning: a sentence when it is not quite what the document was made for, else "".
        has_moved: it is not where the document says.
    """

    info: ClipInfo
    ref: ClipRef
    thumbnail: RgbImage
    warning: str = ""
    has_moved: bool = False


@dataclass(frozen=True, slots=True)
class OpenedShot:
    """A project with its clip.

    Attributes:
        project: open.
        media: its clip, None when it is missing.
        problem: why the clip is missing.
    """

    project: Project
    media: Media | None
    problem: UserError | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it to lose."""
        return not self.project.editor.can_undo and not self.project.editor.document.objects


def read_media(path: Path, context: JobContext, *, input_space: str = "") -> Media:
    """The facts of a clip.

    An input space that cannot be had is kept for later and warned of: the clip is there, and work goes on with its
    picture as the file tags it.

    Raises:
        MediaError: it has no picture.
    """
    try:
        return _read_media(path, context, input_space)
    except InputSpaceError as error:
        media = _read_media(path, context, "")
        kept = replace(media.ref, input_space=input_space)
        return replace(media, ref=kept, warning=f"{error.message} The clip is shown as its file says.")


def read_layer(path: Path, layer: str, context: JobContext, *, input_space: str = "") -> Media:
    """The facts of a layer of the EXR files that a path opens. Raises MediaError when it has no picture."""
    from vosapp.video.sequence_files import with_layer

    return read_media(with_layer(path, layer), context, input_space=input_space)


def _read_media(path: Path, context: JobContext, input_space: str) -> Media:
    from vosapp.video.clip_ref import clip_ref

    source = open_clip(str(path), input_space)
    try:
        context.check()
        picture = source.frame(0)  # a file without a single picture is refused here, and not by an empty viewer
        step = max(1, max(picture.shape[:2]) // THUMBNAIL_PX)
        return Media(source.info, clip_ref(source.info), np.ascontiguousarray(picture[::step, ::step]))
    finally:
        source.close()


def open_media(path: Path, context: JobContext, *, history_bytes: int, assumed_rate: Fraction) -> OpenedShot:
    """Opens a clip and begins a project for it among the unsaved work. Images that say no rate get the assumed one."""
    from vosapp.core.project import Project
    from vosapp.core.recent import new_unsaved_path

    media = read_media(path, context)
    ref = replace(media.ref, rate=assumed_rate) if media.info.rate_is_assumed else media.ref
    editor = Editor(Document(clip=ref), history_limit_bytes=history_bytes)
    context.check()
    try:
        project = Project.create(new_unsaved_path(path), editor)
    except (ProjectError, OSError) as error:
        project = Project.in_memory(editor, path.with_suffix(SUFFIX), reason=f"Your work is not being saved: {error}")
    return OpenedShot(project, media)


def open_project(path: Path, context: JobContext, *, history_bytes: int, backups: BackupPolicy | None) -> OpenedShot:
    """Opens a project and looks for its clip where it was and beside the project."""
    from vosapp.core.project import Project

    project = Project.open(path, history_limit_bytes=history_bytes, backups=backups)
    try:
        clip = project.editor.document.clip
        if clip is None:
            raise ProjectError(f"{path.name} has no clip in it.", "Open a clip instead.")
        context.check()
        try:
            opened = OpenedShot(project, find_media(clip, path, context))
        except UserError as error:
            opened = OpenedShot(project, None, error)
        context.check()  # a clip's drive may answer when nobody waits any more, who would close the project
        return opened
    except BaseException:
        project.abandon()
        raise


def find_media(clip: ClipRef, project: Path, context: JobContext) -> Media:
    """The clip of a project: where it was, or beside the project.

    Raises:
        MediaError: it is gone, cannot be read, or its size does not fit the masks.
    """
    where = locate(clip, project)
    if where is None:
        raise MediaError(f"{name_of(clip)} is not where it was: {clip.path}.")
    media = read_media(where, context, input_space=clip.input_space)
    if media.info.provisional and not doubt_about(clip, media.ref):
        # A count that is still a claim says nothing against a file that is known by its content.
        media = replace(media, ref=replace(media.ref, frame_count=clip.frame_count))
    if not fits(clip, media.ref):
        raise other_clip(clip, media.ref)
    warning, ref = doubt_about(clip, media.ref) or media.warning, with_rate_of(clip, media)
    return replace(media, ref=ref, warning=warning, has_moved=where != Path(clip.path))


def with_rate_of(clip: ClipRef, media: Media) -> ClipRef:
    """The reference to media found for a document. Images play at the rate that the document says."""
    return replace(media.ref, rate=clip.rate) if media.info.kind == "sequence" else media.ref


def fits(expected: ClipRef, found: ClipRef) -> bool:
    """Whether the masks of a document fit a clip."""
    return (expected.height, expected.width, expected.frame_count) == (found.height, found.width, found.frame_count)


def doubt_about(expected: ClipRef, found: ClipRef) -> str:
    """A sentence when a clip fits the masks but is not the file that they were made for, else ""."""
    same = (expected.size_bytes, expected.sample_digest) == (found.size_bytes, found.sample_digest)
    if same or not expected.sample_digest:
        return ""
    return f"{Path(found.path).name} is not the file that the masks were made for, though size and length fit."


def other_clip(expected: ClipRef, found: ClipRef) -> MediaError:
    """The sentence for a clip that does not fit the masks."""
    return MediaError(
        f"{found.path} is another clip: {found.width}x{found.height} pixels, {found.frame_count} frames; the masks are "
        f"for {expected.width}x{expected.height}, {expected.frame_count} frames."
    )


def write_copy(project: Project, copy: ProjectCopy, context: JobContext, *, stays: bool) -> bool:
    """Writes a copy of a project. Returns False when the project is at that place already, and just commits.

    Args:
        stays: the project does not go on in the copy, which is closed.
    """
    if project.is_at(copy.path):
        project.flush()
        return False
    copy.write(overwrite=True, tick=_Ticking(context, copy.mask_count))
    if stays:
        copy.close()
    return True


def compact(project: Project, context: JobContext) -> tuple[int, int]:
    """Compacts a project. Returns its bytes before and after."""
    before = project.path.stat().st_size
    project.compact(_Ticking(context, project.mask_count))
    return before, project.path.stat().st_size


def close(project: Project, context: JobContext, *, forget_empty: bool) -> None:
    """Commits and closes a project.

    Args:
        forget_empty: remove its file, in which there is nothing.
    """
    try:
        project.close(_Ticking(context, project.mask_count))
    except Cancelled:  # the compaction; all is committed
        project.abandon()
    if forget_empty:
        forget(project.path)


def forget(path: Path) -> None:
    """Removes a project that the user never saved; leaves any other one alone."""
    from vosapp.core.recent import discard_unsaved

    with suppress(ProjectError):
        discard_unsaved(path)


class _Ticking:
    """Reports the number of masks written, and stops with its job."""

    def __init__(self, context: JobContext, total: int) -> None:
        self._context, self._total = context, total

    def __call__(self, masks: int) -> None:
        self._context.check()
        self._context.progress(min(masks, self._total), self._total)
