"""Message after a run: frames done, and where to look first."""

from __future__ import annotations

from collections.abc import Collection

from vosapp.core.document import Document
from vosapp.presentation.status import Notice, NoticeKind
from vosapp.presentation.timeline.lanes import CoverageCache, combined_doubt, frames_to_review, most_doubtful

WORST = "go.worst"


def report(document: Document, frames: Collection[int], *, note: str, cancelled: bool) -> Notice | None:
    """The message after a run, None when the picture says all.

    Args:
        document: with the run's masks.
        frames: that the run wrote.
        note: what the user has to know about the run, such as that memory ran out; may be empty.
        cancelled: the user stopped it.
    """
    done = f"{len(frames)} frame{'s' * (len(frames) != 1)}"
    if cancelled:
        text = f"Stopped after {done}. The finished frames stay." if frames else "Stopped before the first frame."
        return Notice(text, note, NoticeKind.WARNING if note else NoticeKind.INFO)
    if len(frames) < 2 and not note:
        return None
    doubts = combined_doubt(CoverageCache().of(document))
    review = [frame for frame in frames_to_review(doubts) if frame in frames]
    if review:
        many = f"{len(review)} look{'s' * (len(review) == 1)} doubtful"
        return Notice(f"Propagated {done}; {many}.", note, NoticeKind.WARNING, action=WORST, verb="Go to the worst")
    least_sure = most_doubtful(doubts)
    if (
        least_sure is None or least_sure not in frames
    ):  # the worst of the shot lies elsewhere, and nothing here is doubtful
        return Notice(f"Propagated {done}.", note, NoticeKind.WARNING if note else NoticeKind.GOOD)
    number = least_sure + (document.clip.first_number if document.clip else 0)
    text = f"Propagated {done}. Look at frame {number} first: it is the least sure."
    return Notice(text, note, NoticeKind.WARNING if note else NoticeKind.INFO, action=WORST, verb="Go there")
