"""Side data of decoded pictures: how a picture wants to be turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from av.sidedata.sidedata import Type

from vosapp.video.orientation import Orientation, orientation_from_matrix

if TYPE_CHECKING:
    from av.video.frame import VideoFrame


def _unnamed(kind: type[Type], value: object) -> Any:
    """A member for a kind of side data that PyAV has no name for: FFmpeg adds kinds with every version."""
    member: Any = object.__new__(kind)
    member._name_, member._value_ = f"UNNAMED_{value}", value
    return member


# PyAV looks every kind up before it gives any, and fails on all when it does not know one. An Enum asks this method
# for values without a name.
Type._missing_ = classmethod(_unnamed)  # type: ignore[assignment, method-assign]


def orientation_of(picture: VideoFrame) -> Orientation:
    """How a picture has to be turned and mirrored to be upright."""
    matrix: Any = picture.side_data.get("DISPLAYMATRIX")
    return orientation_from_matrix(bytes(matrix)) if matrix is not None else Orientation()
