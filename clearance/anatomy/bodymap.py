"""The shapes of the body picture: a front and a back figure, always the patient's side.

Drawn for this application. Shapes are SVG path data on a canvas of 240 x 484. Paired shapes are drawn once, for the
half on the viewer's right, and mirrored for the other. On the front that half is the patient's left, on the back the
patient's right.
Holds no markup and decides nothing: the form beside the picture is what is saved.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clearance.anatomy.areas import CODES, Area, Side, place

Chosen = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Shape:
    area: Area
    drawn: str
    touch: str


@dataclass(frozen=True)
class Region:
    area: str
    side: str
    label: str
    drawn: str
    touch: str
    mirrored: bool
    chosen: bool


@dataclass(frozen=True)
class Figure:
    view: str
    title: str
    viewers_left: str
    viewers_right: str
    regions: tuple[Region, ...]
    words: str


@dataclass(frozen=True)
class BodyMap:
    figures: tuple[Figure, ...]
    half: str
    words: str

    @property
    def view(self) -> str:
        """The figure that a small screen shows first: the first one on which something is marked."""
        marked = [figure.view for figure in self.figures if any(region.chosen for region in figure.regions)]
        return next(iter(marked), "front")


HALF = (
    "M120 10C135 10 143 21 143 36C143 43 142 48 140 53C138 58 135 62 131 65C131 71 132 76 135 79"
    "C141 85 150 87 159 90C171 94 177 103 179 117C181 132 184 144 188 156C191 166 193 174 196 185"
    "C200 199 204 216 208 235C211 243 217 253 218 265C218.5 277 215 287 210 287C204 287 202 279 201 271"
    "C199 274 195 272 194 266C193 258 195 249 196 242C189 226 182 210 178 193"
    "C174 178 168 160 163 142C160 150 158 158 157 166C155 179 152 188 152 199C152 209 158 217 160 229"
    "C164 247 163 269 160 291C157 309 154 322 154 338C155 356 158 369 156 385C153 409 147 424 146 440"
    "C147 450 153 459 154 467C154 474 148 477 140 477C132 477 129 473 129 465C130 455 132 447 131 438"
    "C129 420 126 401 126 385C126 367 129 353 128 338C127 316 123 290 121.5 262L120 257Z"
)

LIMBS = (
    Shape(Area.SHOULDER, "M150 80L186 80L190 127L163 143L152 114Z", "M150 80L200 80L200 130L160 145L152 114Z"),
    Shape(Area.UPPER_ARM, "M163 143L190 127L200 167L166 176Z", "M160 145L200 128L210 166L162 178Z"),
    Shape(Area.FOREARM, "M207 192L171 201L186 232L213 225Z", "M216 192L168 202L180 232L226 220Z"),
    Shape(Area.HAND, "M218 240L190 247L184 292L228 292Z", "M230 242L183 252L178 296L238 296Z"),
    Shape(Area.ELBOW, "M200 167L166 176L171 201L207 192Z", "M212 165L160 178L167 204L218 192Z"),
    Shape(Area.WRIST, "M213 225L186 232L190 247L218 240Z", "M224 219L178 230L184 254L232 243Z"),
    Shape(Area.THIGH, "M118 266L172 258L172 318L118 318Z", "M120 268L176 258L176 318L120 318Z"),
    Shape(Area.LOWER_LEG, "M118 356L172 356L172 427L118 427Z", "M120 356L176 356L176 427L120 427Z"),
    Shape(Area.KNEE, "M118 318L172 318L172 356L118 356Z", "M120 318L176 318L176 356L120 356Z"),
    Shape(Area.FOOT, "M118 451L172 451L172 482L118 482Z", "M120 451L176 451L176 484L120 484Z"),
    Shape(Area.ANKLE, "M118 427L172 427L172 451L118 451Z", "M120 425L176 425L176 451L120 451Z"),
)
HEAD = Shape(
    Area.HEAD,
    "M120 10C135 10 143 21 143 36C143 56 133 71 120 71C107 71 97 56 97 36C97 21 105 10 120 10Z",
    "M92 6H148V48H92Z",
)
NECK = Shape(Area.NECK, "M96 62H144V79L136 82H104L96 79Z", "M94 66H146V90H94Z")
JAW = Shape(Area.JAW, "M120 50L146 48L140 62L130 71L120 72Z", "M120 44H154V66H120Z")
FRONT = (
    Shape(Area.CHEST, "M104 78H136L152 80V114L163 143L160 152H80L77 143L88 114V80Z", "M90 82H150V152H90Z"),
    Shape(Area.ABDOMEN, "M72 152H168V209L120 252L72 209Z", "M86 152H154V214L120 250L86 214Z"),
    Shape(Area.HIP_GROIN, "M172 205L120 252V258L121 267L172 258Z", "M176 202L120 251V268L176 258Z"),
    *LIMBS,
    NECK,
    HEAD,
    JAW,
)
BACK = (
    Shape(Area.THORACIC_SPINE, "M104 78H136L152 80V114L163 143L159 160H81L77 143L88 114V80Z", "M90 82H150V160H90Z"),
    Shape(Area.LUMBAR_SPINE, "M72 160H168V205H72Z", "M86 160H154V205H86Z"),
    Shape(Area.HIP_GROIN, "M172 205H120V258L121 267L172 258Z", "M176 205H120V268L176 258Z"),
    *LIMBS,
    NECK,
    HEAD,
    Shape(
        Area.SACROILIAC,
        "M130 206C135 206 138 211 137 217C136 224 132 229 129 229C126 229 125 224 125 218C125 211 126 206 130 206Z",
        "M120 203H147V233H120Z",
    ),
)


def _sides(shape: Shape, *, front: bool) -> list[tuple[Side, bool]]:
    if not CODES[shape.area].paired:
        return [(Side.MIDLINE, False)]
    drawn, mirrored = (Side.LEFT, Side.RIGHT) if front else (Side.RIGHT, Side.LEFT)
    return [(mirrored, True), (drawn, False)]


def _is_chosen(area: str, side: str, chosen: frozenset[tuple[str, str]]) -> bool:
    if side == Side.MIDLINE:
        return any(chosen_area == area for chosen_area, _ in chosen)
    return (area, side) in chosen or (area, Side.BOTH) in chosen


def _regions(shapes: tuple[Shape, ...], chosen: frozenset[tuple[str, str]], *, front: bool) -> tuple[Region, ...]:
    return tuple(
        Region(
            area=shape.area.value,
            side=side.value,
            label=place(shape.area, side),
            drawn=shape.drawn,
            touch=shape.touch,
            mirrored=mirrored,
            chosen=_is_chosen(shape.area, side, chosen),
        )
        for shape in shapes
        for side, mirrored in _sides(shape, front=front)
    )


def _figure(view: str, shapes: tuple[Shape, ...], chosen: frozenset[tuple[str, str]]) -> Figure:
    front = view == "front"
    regions = _regions(shapes, chosen, front=front)
    marked = [region.label for region in regions if region.chosen]
    return Figure(
        view=view,
        title=view.capitalize(),
        viewers_left="right" if front else "left",
        viewers_right="left" if front else "right",
        regions=regions,
        words="; ".join(marked) or "nothing marked",
    )


def body_map(selected: Chosen = ()) -> BodyMap:
    """Return both figures with the selected (area, side) pairs marked; a side "both" marks left and right."""
    chosen = frozenset((str(area), str(side)) for area, side in selected if area)
    return BodyMap(
        figures=(_figure("front", FRONT, chosen), _figure("back", BACK, chosen)),
        half=HALF,
        words="; ".join(place(area, side) for area, side in sorted(chosen)),
    )
