"""Numbers of a matte as the panel shows them: names, ranges and what they do, in the order of the stack."""

from __future__ import annotations

from dataclasses import dataclass

PX = " px"
MASK, EDGE, OUTLINE, LEVELS = "Mask", "Edge", "Outline", "Levels"
COLOUR, TIME = "Colour", "Over time"


@dataclass(frozen=True, slots=True)
class MatteField:
    """One number of `MatteSettings`.

    Attributes:
        name: of the setting.
        title: its full name.
        label: before its slider, short, as the section's heading says the rest.
        tip: what it does.
        section: heading that it stands under.
        least, most: what can be typed.
        slides_from, slides_to: what the slider reaches; more can be typed.
        step: of the arrows, and a tick of the slider.
        unit: behind the number.
        of_picture: it does something only where the edge comes from the picture.
    """

    name: str
    title: str
    label: str
    tip: str
    section: str
    least: float
    most: float
    slides_from: float
    slides_to: float
    step: float
    unit: str = PX
    of_picture: bool = False


def _px(name: str, names: tuple[str, str], section: str, slides_to: float, tip: str, least: float = 0.0) -> MatteField:
    most = 200.0
    return MatteField(
        name,
        *names,
        tip,
        section,
        -most if least < 0 else 0.0,
        most,
        least,
        slides_to,
        0.1 if slides_to <= 20 else 0.5,
        of_picture=section == EDGE,
    )


FIELDS: tuple[MatteField, ...] = (
    _px("holes_px", ("Fill holes", "Holes"), MASK, 40, "Holes up to this diameter are filled"),
    _px("specks_px", ("Remove specks", "Specks"), MASK, 40, "Parts up to this diameter go; the largest always stays"),
    _px("smooth_px", ("Smooth", "Smooth"), MASK, 20, "Bends of the outline as short as this are smoothed away"),
    _px(
        "band_px",
        ("Reach", "Reach"),
        EDGE,
        60,
        "How far from the outline the edge may reach; 0 leaves it to the picture",
    ),
    _px(
        "grow_px",
        ("Grow", "Grow"),
        OUTLINE,
        20,
        "Moves the edge outward, or inward below 0; parts of a pixel count",
        least=-20,
    ),
    _px(
        "feather_px",
        ("Feather", "Feather"),
        OUTLINE,
        40,
        "Width of the soft edge, half on either side of the outline",
    ),
    _px("feather_in_px", ("Feather inside", "inside"), OUTLINE, 40, "More softness on the inside alone"),
    _px("feather_out_px", ("Feather outside", "outside"), OUTLINE, 40, "More softness on the outside alone"),
    MatteField("black", "Black", "Black", "Alpha up to this becomes 0", LEVELS, 0.0, 0.95, 0.0, 0.95, 0.01, ""),
    MatteField("white", "White", "White", "Alpha from this on becomes 1", LEVELS, 0.05, 1.0, 0.05, 1.0, 0.01, ""),
    MatteField(
        "gamma", "Gamma", "Gamma", "Above 1 denser between black and white", LEVELS, 0.1, 10.0, 0.2, 4.0, 0.05, ""
    ),
    MatteField(
        "decontaminate",
        "Take out spill",
        "Spill",
        "Takes the colour of what is behind out of the edge, in exports with colour and in the cutout",
        COLOUR,
        0.0,
        1.0,
        0.0,
        1.0,
        0.05,
        "",
    ),
    MatteField(
        "steady", "Steady", "Steady", "Takes flicker away where nothing moves", TIME, 0.0, 1.0, 0.0, 1.0, 0.05, ""
    ),
)
BY_NAME = {field.name: field for field in FIELDS}
SECTIONS: tuple[str, ...] = tuple(dict.fromkeys(field.section for field in FIELDS))
