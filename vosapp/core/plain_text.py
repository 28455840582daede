"""Makes texts from files, such as names, safe to print and to store: a terminal obeys escape sequences."""

from __future__ import annotations

import json
import unicodedata

_UNPRINTABLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # controls, direction marks, surrogates, private use, line ends
_JOINERS = "\u200c\u200d"  # format characters that spell words and emoji


def printable(text: str, *, keep: str = "") -> str:
    r"""The text with every character that a terminal would act upon, or could not show, as an escape such as \x1b.

    Args:
        keep: characters to leave as they are, such as line ends.
    """
    return "".join(
        letter if letter in keep or letter in _JOINERS or unicodedata.category(letter) not in _UNPRINTABLE
        # Surrogates have no other form; the rest is shown as Python writes it.
        else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )  # fmt: skip


def json_text(content: object) -> str:
    r"""A value as JSON that can be read and printed: letters of all languages stay, what a terminal obeys is \uXXXX."""
    return "".join(
        letter if letter in _JOINERS or unicodedata.category(letter) not in _UNPRINTABLE
        else json.dumps(letter)[1:-1]
        for letter in json.dumps(content, ensure_ascii=False)
    )  # fmt: skip


def storable(text: str, limit: int) -> str:
    """The text as a project can hold it: no zero byte, no lone surrogate, at most `limit` characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:limit]
