"""Camera: zoom and position of the picture in the viewer.

Coordinates: *picture* points are in picture pixels with the origin at the top left corner; *view* points are in
logical pixels of the widget. Device pixels appear nowhere: Qt's painter and mouse events both speak logical pixels,
so picking is right on every screen as long as nothing else is mixed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

Point = tuple[float, float]
Size = tuple[float, float]  # (width, height)

SMALLEST_ZOOM, LARGEST_ZOOM = 0.02, 64.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A picture shown at a zoom, with one of its points at the middle of the view.

    Attributes:
        zoom: logical pixels a picture pixel.
        centre: the picture point in the middle of the view.
        fitted: the zoom follows the size of the view until the user zooms or pans.
    """

    zoom: float = 1.0
    centre: Point = (0.0, 0.0)
    fitted: bool = True

    def to_picture(self, view_point: Point, view: Size) -> Point:
        """The picture point under a view point."""
        return (
            (view_point[0] - view[0] / 2) / self.zoom + self.centre[0],
            (view_point[1] - view[1] / 2) / self.zoom + self.centre[1],
        )

    def to_view(self, picture_point: Point, view: Size) -> Point:
        """The view point over a picture point."""
        return (
            (picture_point[0] - self.centre[0]) * self.zoom + view[0] / 2,
            (picture_point[1] - self.centre[1]) * self.zoom + view[1] / 2,
        )

    def zoomed(self, factor: float, at: Point, view: Size) -> Camera:
        """Zoomed by a factor so that the picture point under the view point `at` stays where it is."""
        zoom = min(max(self.zoom * factor, SMALLEST_ZOOM), LARGEST_ZOOM)
        fixed = self.to_picture(at, view)
        centre = (
            fixed[0] - (at[0] - view[0] / 2) / zoom,
            fixed[1] - (at[1] - view[1] / 2) / zoom,
        )
        return Camera(zoom, centre, fitted=False)

    def panned(self, dx: float, dy: float) -> Camera:
        """Moved with the hand by logical pixels."""
        return replace(self, centre=(self.centre[0] - dx / self.zoom, self.centre[1] - dy / self.zoom), fitted=False)

    def kept_in_reach(self, picture: Size) -> Camera:
        """With the centre on the picture, so that it cannot be lost out of sight."""
        x = min(max(self.centre[0], 0.0), picture[0])
        y = min(max(self.centre[1], 0.0), picture[1])
        return replace(self, centre=(x, y))


def fit(picture: Size, view: Size, margin: float = 16.0) -> Camera:
    """The whole picture in the view with a margin in logical pixels; never enlarged beyond 8 times."""
    zoom = min(
        max(view[0] - 2 * margin, 1.0) / max(picture[0], 1.0), max(view[1] - 2 * margin, 1.0) / max(picture[1], 1.0)
    )
    return Camera(min(max(zoom, SMALLEST_ZOOM), 8.0), (picture[0] / 2, picture[1] / 2), fitted=True)


def at_scale(camera: Camera, device_pixel_ratio: float, scale: float = 1.0) -> Camera:
    """One picture pixel on `scale` device pixels, around the same centre: what artists call 100 %."""
    return replace(camera, zoom=scale / device_pixel_ratio, fitted=False)
