"""Text of a diagnostics file: what works here, what was set, what was said, and the newest crash reports.

It is written when the user asks for it and sent by nobody but them. Names of files are left out, as in crash reports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from vosapp.core.crash_reports import crash_reports, without_names
from vosapp.core.settings import Settings
from vosapp.presentation.doctor import Finding, as_text
from vosapp.presentation.status import Message

REPORTS = 3


def diagnostics_text(
    found: Sequence[Finding],
    settings: Settings,
    keys: Mapping[str, tuple[str, ...]],
    messages: Sequence[Message],
) -> str:
    """The whole text.

    Args:
        found: what works here.
        settings: of the user; those that are as at first are left out.
        keys: by action id, those that the user gave.
        messages: that the window showed, the oldest first.
    """
    changed = [f"{setting.name} = {value}" for setting, value in settings if value != setting.default]
    own = [f"{name}: {' '.join(given) or 'none'}" for name, given in keys.items()]
    said = [f"{one.at:%H:%M:%S} {one.notice.kind.value}: {_anonymous(one)}" for one in messages]
    parts = [
        ("vosapp diagnostics", [f"{datetime.now():%Y-%m-%d %H:%M}"]),
        ("What works here", [as_text(found)] if found else []),
        ("Settings that were changed", changed),
        ("Keys that were changed", own),
        ("Messages of this session", said),
        *(("Crash report", [text]) for text in _reports()),
    ]
    return "\n\n".join("\n".join([title, "-" * len(title), *(lines or ["none"])]) for title, lines in parts) + "\n"


def _anonymous(message: Message) -> str:
    return without_names(" ".join(filter(None, (message.notice.text, message.notice.hint))))


def _reports() -> list[str]:
    texts = []
    for path in crash_reports()[:REPORTS]:
        with suppress(OSError):
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
    return texts
