"""A data set: clips and the protocol that counts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vosapp.core.errors import MediaError
from vosapp.data.truth import TruthClip
from vosapp.evaluation.protocol import DAVIS_2017, Protocol

_SHOWN_NOTES = 12


@dataclass(frozen=True)
class Dataset:
    """Clips and the protocol that counts them.

    Attributes:
        name: for tables and reports.
        clips: to measure.
        protocol: which frames count, with which measures.
        notes: sentences about what was missing or odd.
    """

    name: str
    clips: Sequence[TruthClip]
    protocol: Protocol = DAVIS_2017
    notes: tuple[str, ...] = ()

    def only(self, names: Sequence[str]) -> Dataset:
        """This data set with only the clips of these names. Raises MediaError when one is not there."""
        known = {clip.name: clip for clip in self.clips}
        missing = [name for name in names if name not in known]
        if missing:
            raise MediaError(
                f"{self.name} has no clip {', '.join(missing)}.", f"Its clips are: {', '.join(sorted(known))}."
            )
        return replace(self, clips=[known[name] for name in names])


def checked(dataset: Dataset, *, expected: str) -> Dataset:
    """The data set itself when it has clips.

    Args:
        dataset: what was found.
        expected: one sentence on how the folder should look.

    Raises:
        MediaError: there is no clip; the message lists what was missing.
    """
    if dataset.clips:
        return dataset
    shown = [f"\n  {note}" for note in dataset.notes[:_SHOWN_NOTES]]
    if len(dataset.notes) > _SHOWN_NOTES:
        shown.append(f"\n  and {len(dataset.notes) - _SHOWN_NOTES} more of the kind")
    raise MediaError(f"{dataset.name} has no clip that can be measured." + "".join(shown), f"\n{expected}")
