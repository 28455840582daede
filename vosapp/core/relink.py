"""Finding media that moved, by content. A path from a project file is never trusted to be harmless."""

from __future__ import annotations

import hashlib
import os
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from vosapp.core.document import ClipRef, Document
from vosapp.core.paths import IMAGE_SUFFIXES
from vosapp.core.untrusted import open_regular

SAMPLE_BYTES = 64 * 2**10
MAX_ENTRIES = 200_000  # files looked at in one search
MAX_DEPTH = 8
_LAYER = re.compile(r"(.+\.exr)#.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Media that may be the missing one.

    Attributes:
        path: of the file, or of the folder of a sequence.
        reason: what speaks for it, for the list.
    """

    path: Path
    reason: str


def media_file(path: Path) -> Path:
    """The file of a path that may name a layer of an EXR behind it, as in shot.0001.exr#diffuse."""
    found = _LAYER.fullmatch(path.name)
    return path.with_name(found[1]) if found and not path.exists() else path


def fingerprint(path: Path) -> tuple[int, str]:
    """(size in bytes, digest) of media: of a file's beginning, middle and end; of a folder, of its images' names and
    sizes. What else lies in the folder, such as the project or what a file browser leaves, may come and go.

    Raises:
        OSError: it cannot be read.
    """
    hasher = hashlib.blake2b(digest_size=16)
    path = media_file(path)
    if path.is_dir():
        entries = sorted(
            (entry.name, entry.stat().st_size) for entry in path.iterdir() if _is_image(entry.name) and entry.is_file()
        )
        for name, size in entries:
            hasher.update(f"{name}\0{size}\n".encode("utf-8", "surrogateescape"))
        return sum(size for _, size in entries), hasher.hexdigest()
    size = path.stat().st_size
    with open_regular(path) as file:
        for start in (0, max(0, size // 2 - SAMPLE_BYTES // 2), max(0, size - SAMPLE_BYTES)):
            file.seek(start)
            hasher.update(file.read(SAMPLE_BYTES))
    return size, hasher.hexdigest()


def locate(clip: ClipRef, project: Path | None = None) -> Path | None:
    """Where the media of a project is: where it was, or in the same place beside the project. None when it is gone.

    Only plain files and folders are looked at. A path to another computer is not followed unless the project lies
    there too: merely looking would tell that computer who the user is.
    """
    if clip.path and _is_near(clip.path, project):
        path = Path(clip.path)
        if _is_plain(media_file(path)):
            return path
    if project is None:
        return None
    beside = project.parent / name_of(clip)
    return beside if name_of(clip) and _is_plain(media_file(beside)) else None


def name_of(clip: ClipRef) -> str:
    """The name of the media, whichever system wrote the path."""
    kind = PureWindowsPath if "\\" in clip.path or clip.path[1:2] == ":" else PurePosixPath
    return kind(clip.path).name


def is_same_media(clip: ClipRef, path: Path) -> bool:
    """Whether the media at a path is the one that a project is about. False when it cannot be read."""
    try:
        return fingerprint(path) == (clip.size_bytes, clip.sample_digest)
    except OSError:
        return False


def find_candidates(
    clip: ClipRef,
    folders: Iterable[Path],
    *,
    cancelled: Callable[[], bool] = lambda: False,
    looked: Callable[[int, Path], None] = lambda _files, _folder: None,
) -> Iterator[Candidate]:
    """Searches folders, the nearest first, for media with the content or at least the name of a clip.

    Args:
        clip: what is missing.
        folders: where to begin; their own folders are searched 8 deep.
        cancelled: asked at each folder.
        looked: told at each folder how many files were looked at before, and which folder it is.

    Yields:
        Candidates as they are found; those with the same content are worth waiting for.
    """
    queue = deque((folder, 0) for folder in folders)
    seen: set[Path] = set()
    left = MAX_ENTRIES
    while queue and left > 0 and not cancelled():
        folder, depth = queue.popleft()
        looked(MAX_ENTRIES - left, folder)
        entries = _entries(folder, seen)
        left -= len(entries)
        files = [entry for entry in entries if entry.is_file(follow_symlinks=False)]
        found = _judge_folder(clip, folder, files)
        if found is not None:
            yield found
        for entry in files:
            found = _judge_file(clip, entry)
            if found is not None:
                yield found
        if depth < MAX_DEPTH:
            below = (entry for entry in entries if entry.is_dir(follow_symlinks=False))
            queue.extend((Path(entry.path), depth + 1) for entry in below if not entry.name.startswith("."))


def search_places(clip: ClipRef, project: Path | None) -> list[Path]:
    """Folders worth a search for a clip that is missing, the likeliest first.

    Beside the project; what is left of the path where the clip was; then the rest of that drive, or of the user's own
    folder when it was in there. Folders of another computer only when the project lies there too.
    """
    places = [project.absolute().parent] if project is not None else []
    if clip.path and _is_near(clip.path, project):
        left = _nearest_folder(Path(clip.path))
        if left is not None:
            places += [left, *_wider(left)]
    return list(dict.fromkeys(places))


def _nearest_folder(path: Path) -> Path | None:
    """The folder nearest to a path that is still there and is not the root of everything."""
    for folder in path.parents:
        try:
            if folder.is_dir():
                return None if _is_root(folder) else folder
        except (OSError, ValueError):
            return None
    return None


def _wider(folder: Path) -> list[Path]:
    home = Path.home()
    if folder.is_relative_to(home):
        return [home]
    for above in folder.parents:
        if os.path.ismount(above):
            return [] if _is_root(above) else [above]
    return []


def _is_root(folder: Path) -> bool:
    """Whether a folder holds the system itself, where a search would take for ever and find nothing."""
    return folder == Path(folder.anchor) and os.name != "nt"


def relink(document: Document, path: Path, *, size_bytes: int, sample_digest: str) -> Document:
    """The document with its clip found at another place. Masks stay as they are.

    Args:
        path: where the media is now.
        size_bytes, sample_digest: its fingerprint, which differs from the stored one for other media.
    """
    if document.clip is None:
        return document
    moved = replace(document.clip, path=str(path), size_bytes=size_bytes, sample_digest=sample_digest)
    return document if moved == document.clip else replace(document, clip=moved)


def _entries(folder: Path, seen: set[Path]) -> list[os.DirEntry[str]]:
    try:
        real = folder.resolve()
        if real in seen:
            return []
        seen.add(real)
        with os.scandir(folder) as listing:
            return sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return []  # a folder that may not be read holds no candidates


def _judge_folder(clip: ClipRef, folder: Path, files: list[os.DirEntry[str]]) -> Candidate | None:
    images = [entry for entry in files if _is_image(entry.name)]
    if images and _total_bytes(images) == clip.size_bytes and is_same_media(clip, folder):
        return Candidate(folder, "the same files")
    if folder.name == name_of(clip) and len(images) == clip.frame_count > 1:
        return Candidate(folder, "the same name and number of files")
    return None


def _judge_file(clip: ClipRef, entry: os.DirEntry[str]) -> Candidate | None:
    path = Path(entry.path)
    try:
        same_size = entry.stat(follow_symlinks=False).st_size == clip.size_bytes
    except OSError:
        return None
    if same_size and is_same_media(clip, path):
        return Candidate(path, "the same content")
    if entry.name == name_of(clip):
        return Candidate(path, "the same name, but other content")
    return None


def _is_image(name: str) -> bool:
    return Path(name).suffix.lower() in IMAGE_SUFFIXES and not name.startswith(".")


def _total_bytes(files: list[os.DirEntry[str]]) -> int:
    try:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in files)
    except OSError:
        return -1


def _is_plain(path: Path) -> bool:
    """A file or folder, and no device or pipe, which would answer for ever or not at all."""
    try:
        return path.is_file() or path.is_dir()
    except (OSError, ValueError):
        return False


def _is_near(path: str, project: Path | None) -> bool:
    remote = _computer(path)
    return not remote or (project is not None and remote == _computer(str(project.absolute())))


def _computer(path: str) -> str:
    """The other computer that a path names, "" for this one."""
    flat = path.replace("/", "\\")
    return flat.lstrip("\\").split("\\")[0].casefold() if flat.startswith("\\\\") else ""
