"""The user's own job file, to which the window and `vosapp batch add` add projects."""

from __future__ import annotations

import json
from pathlib import Path

from vosapp.batch.job_file import JobFileError, read_job_file
from vosapp.core.paths import make_private_dir, user_data_dir
from vosapp.core.small_files import write_whole

_FIRST = """# Shots for `vosapp batch`. docs/batch.md shows what else can be said here.
[defaults]
name = "{parent}-{project}"

"""


def own_list() -> Path:
    """Where it is; it may not exist yet."""
    return user_data_dir() / "batch" / "jobs.toml"


def add_project(target: Path, project: Path, *, engine: str = "") -> bool:
    """Adds a project to a job file, which is made where it does not exist. False when it is in it already.

    Raises:
        JobFileError: the project does not exist, or the job file cannot be read or written.
    """
    project = project.absolute()
    if not project.is_file():
        raise JobFileError(f"{project} does not exist.", "Save the project first.")
    is_new = not target.exists()
    if not is_new:
        file = read_job_file(target)
        if any(job.project and (file.folder / job.project).absolute() == project for job in file.jobs):
            return False
    text = _FIRST if is_new else target.read_text(encoding="utf-8").rstrip("\n") + "\n\n"
    text += f"[[job]]\nproject = {_quoted(str(project))}\n"
    if engine:
        text += f"engine = {_quoted(engine)}\n"
    try:
        if target == own_list():
            make_private_dir(target.parent)
        write_whole(target, text.encode())
    except OSError as error:
        raise JobFileError(f"{target} cannot be written: {error.strerror or error}.") from error
    return True


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
