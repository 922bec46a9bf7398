"""Body areas and sides.

Letters: IOC consensus 2020, Bahr R et al., BJSM 2020;54:372-389, table 4. Jaw and sacroiliac joint are areas of their
own because they are treated as such (the consensus counts them under head and lumbosacral).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import TextChoices


class Side(TextChoices):
    LEFT = "left", "left"
    RIGHT = "right", "right"
    BOTH = "both", "both sides"
    MIDLINE = "midline", "middle"


class Area(TextChoices):
    HEAD = "head", "Head"
    JAW = "jaw", "Jaw"
    NECK = "neck", "Neck"
    SHOULDER = "shoulder", "Shoulder"
    UPPER_ARM = "upper_arm", "Upper arm"
    ELBOW = "elbow", "Elbow"
    FOREARM = "forearm", "Forearm"
    WRIST = "wrist", "Wrist"
    HAND = "hand", "Hand and fingers"
    CHEST = "chest", "Chest"
    THORACIC_SPINE = "thoracic_spine", "Upper back"
    LUMBAR_SPINE = "lumbar_spine", "Lower back"
    SACROILIAC = "sacroiliac", "Sacroiliac joint"
    ABDOMEN = "abdomen", "Abdomen"
    HIP_GROIN = "hip_groin", "Hip and groin"
    THIGH = "thigh", "Thigh"
    KNEE = "knee", "Knee"
    LOWER_LEG = "lower_leg", "Lower leg"
    ANKLE = "ankle", "Ankle"
    FOOT = "foot", "Foot and toes"


@dataclass(frozen=True)
class AreaCodes:
    region: str
    osiics: str
    smdcs: str
    paired: bool


HEAD_NECK, UPPER, TRUNK, LOWER = "Head and neck", "Upper limb", "Trunk", "Lower limb"

CODES: dict[str, AreaCodes] = {
    Area.HEAD: AreaCodes(HEAD_NECK, "H", "HE", False),
    Area.JAW: AreaCodes(HEAD_NECK, "H", "HE", True),
    Area.NECK: AreaCodes(HEAD_NECK, "N", "NE", False),
    Area.SHOULDER: AreaCodes(UPPER, "S", "SH", True),
    Area.UPPER_ARM: AreaCodes(UPPER, "U", "AR", True),
    Area.ELBOW: AreaCodes(UPPER, "E", "EL", True),
    Area.FOREARM: AreaCodes(UPPER, "R", "FA", True),
    Area.WRIST: AreaCodes(UPPER, "W", "WR", True),
    Area.HAND: AreaCodes(UPPER, "P", "HA", True),
    Area.CHEST: AreaCodes(TRUNK, "C", "CH", False),
    Area.THORACIC_SPINE: AreaCodes(TRUNK, "D", "TS", False),
    Area.LUMBAR_SPINE: AreaCodes(TRUNK, "L", "LS", False),
    Area.SACROILIAC: AreaCodes(TRUNK, "L", "LS", True),
    Area.ABDOMEN: AreaCodes(TRUNK, "O", "AB", False),
    Area.HIP_GROIN: AreaCodes(LOWER, "G", "HI", True),
    Area.THIGH: AreaCodes(LOWER, "T", "TH", True),
    Area.KNEE: AreaCodes(LOWER, "K", "KN", True),
    Area.LOWER_LEG: AreaCodes(LOWER, "Q", "LE", True),
    Area.ANKLE: AreaCodes(LOWER, "A", "AN", True),
    Area.FOOT: AreaCodes(LOWER, "F", "FO", True),
}


def side_problem(area: str, side: str) -> str:
    """Say what is wrong with a side for an area, or return an empty string. A side is never inferred."""
    if not side:
        return "Choose the side. It is never guessed."
    if CODES[area].paired and side == Side.MIDLINE:
        return f"{Area(area).label} has a left and a right: choose left, right or both sides."
    return ""


def place(area: str, side: str) -> str:
    """Return the place in words, as 'Knee, left' or 'Lower back'."""
    label = str(Area(area).label)
    return label if side in ("", Side.MIDLINE) else f"{label}, {Side(side).label}"


def sites() -> list[tuple[str, str]]:
    """Return every place that can be treated, as (slug, words): "knee:left" is "Knee, left"."""
    both = ((area, side) for area in Area for side in _sides_of(area))
    return [(f"{area}:{side}", place(area, side)) for area, side in both]


def sites_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return every place that can be treated, (slug, words), under its region of the body: a list to tick."""
    found: dict[str, list[tuple[str, str]]] = {}
    for slug, words in sites():
        found.setdefault(CODES[slug.partition(":")[0]].region, []).append((slug, words))
    return list(found.items())


def _sides_of(area: str) -> tuple[Side, ...]:
    return (Side.LEFT, Side.RIGHT) if CODES[area].paired else (Side.MIDLINE,)


def site_pairs(slugs: Iterable[str]) -> list[tuple[str, str]]:
    """Return the (area, side) pairs of sites, for the body picture."""
    pairs = (one.partition(":") for one in slugs)
    return [(area, side) for area, _, side in pairs]


def site_words(slugs: Iterable[str]) -> str:
    """Return sites in one line, as 'Knee, left; Lower back'."""
    return "; ".join(place(area, side) for area, side in site_pairs(slugs))


def sites_of(area: str, side: str) -> list[str]:
    """Return the sites of one place: both sides are two."""
    both = (Side.LEFT, Side.RIGHT) if side == Side.BOTH else (side,)
    return [f"{area}:{one}" for one in both]
