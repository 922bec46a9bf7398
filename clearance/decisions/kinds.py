"""Every kind of restriction: the values it carries, the clause it reads as.

One table, read by the form, the signed statement and the exercise check. Kinds after vocabulary of medical eligibility
forms (PPE 5th ed.) and the Washington L&I activity prescription form F242-385-000: phrased with numbers and units,
never "light duty".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from clearance.anatomy.areas import Area
from clearance.anatomy.movements import MEASURED, Level, LoadZone, Modality, Motion, Pattern, Position, SpineMotion

AtMost = [(Level.NONE, "none"), (Level.LOW, "low"), (Level.MODERATE, "moderate")]


class Kind(TextChoices):
    AVOID_MOVEMENT_PATTERN = "avoid_movement_pattern", "Avoid movements"
    AVOID_EXERCISE = "avoid_exercise", "Avoid an exercise"
    ROM_LIMIT = "rom_limit", "Range of motion at most"
    NO_END_RANGE = "no_end_range", "No end range"
    NO_LOADED_MOTION = "no_loaded_motion", "No loaded spine motion"
    LOAD_ABS_MAX = "load_abs_max", "Lift at most"
    LOAD_PCT_MAX = "load_pct_max", "Load at most, of one-repetition maximum"
    NO_AXIAL_LOADING = "no_axial_loading", "Limit load along the spine"
    NO_OVERHEAD = "no_overhead", "Nothing overhead"
    IMPACT_LIMIT = "impact_limit", "Limit impact"
    WEIGHT_BEARING = "weight_bearing", "Weight bearing"
    POSITION_AVOID = "position_avoid", "Avoid positions"
    NO_UNILATERAL_STANCE = "no_unilateral_stance", "No standing on one leg"
    NO_ASYMMETRIC_LOAD = "no_asymmetric_load", "No one-sided load"
    GRIP_LIMIT = "grip_limit", "Limit grip force"
    WRIST_EXTENSION_LOADED = "wrist_extension_loaded", "No load on the bent-back wrist"
    VALSALVA_AVOID = "valsalva_avoid", "No breath-holding effort"
    INTENSITY_CAP = "intensity_cap", "Effort at most"
    HEART_RATE_CAP = "heart_rate_cap", "Heart rate at most"
    VOLUME_CAP = "volume_cap", "Amount at most"
    REST_GAP = "rest_gap", "Rest between sessions"
    NO_TRAINING_WINDOW = "no_training_window", "No training between two dates"
    TIME_OF_DAY = "time_of_day", "Not soon after waking"
    MODALITY_ALLOW_ONLY = "modality_allow_only", "Only these ways of training"
    SUPERVISION_REQUIRED = "supervision_required", "Supervised by"
    EQUIPMENT_BRACE = "equipment_brace", "Brace or belt"
    PAIN_CAP = "pain_cap", "Stop at pain above"
    OTHER_TEXT = "other_text", "Something else, in words"


class Supervisor(TextChoices):
    TRAINER = "trainer", "a trainer"
    THERAPIST = "therapist", "a physiotherapist"
    MEDICAL = "medical", "medical staff"


class Bearing(TextChoices):
    NWB = "nwb", "no weight bearing"
    TTWB = "ttwb", "toe-touch weight bearing"
    PWB = "pwb", "partial weight bearing"
    WBAT = "wbat", "weight bearing as tolerated"


@dataclass(frozen=True)
class Value:
    """One value of a restriction. `type` is one of: one, some, whole, decimal, text, exercise, day."""

    name: str
    label: str
    type: str
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 0
    required: bool = True


@dataclass(frozen=True)
class Shape:
    """What a kind carries. `clause` is a format string over the values in words; `placed` asks for area and side."""

    clause: str
    values: tuple[Value, ...] = ()
    placed: bool = False


def _choices(choices: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in getattr(choices, "choices", choices))


JOINT = Value("joint", "Joint", "one", tuple((joint, str(Area(joint).label)) for joint in MEASURED))
ZONE = Value("zone", "Where", "one", (("any", "anywhere"), *_choices(LoadZone)[1:]))
AT_MOST = Value("at_most", "At most", "one", _choices(AtMost))

SHAPES: dict[str, Shape] = {
    Kind.AVOID_MOVEMENT_PATTERN: Shape(
        "No {patterns}", (Value("patterns", "Movements", "some", _choices(Pattern)),), placed=True
    ),
    Kind.AVOID_EXERCISE: Shape("No {exercise}", (Value("exercise", "Exercise", "exercise"),)),
    Kind.ROM_LIMIT: Shape(
        "{joint} {motion} to at most {degrees}°",
        (JOINT, Value("motion", "Motion", "one", _choices(Motion)), Value("degrees", "Degrees", "whole", (), 0, 180)),
    ),
    Kind.NO_END_RANGE: Shape("Not to the end of the range: {joint}", (JOINT,)),
    Kind.NO_LOADED_MOTION: Shape(
        "No {motions} of the spine under load", (Value("motions", "Motions", "some", _choices(SpineMotion)),)
    ),
    Kind.LOAD_ABS_MAX: Shape(
        "Lift at most {kilograms} kg, {zone}", (Value("kilograms", "Kilograms", "decimal", (), 0, 500), ZONE)
    ),
    Kind.LOAD_PCT_MAX: Shape(
        "At most {percent} % of one-repetition maximum", (Value("percent", "Percent", "whole", (), 1, 100),)
    ),
    Kind.NO_AXIAL_LOADING: Shape("Load along the spine at most: {at_most}", (AT_MOST,)),
    Kind.NO_OVERHEAD: Shape("Nothing overhead", (), placed=True),
    Kind.IMPACT_LIMIT: Shape("Impact at most: {at_most}", (AT_MOST,), placed=True),
    Kind.WEIGHT_BEARING: Shape("{level}", (Value("level", "Level", "one", _choices(Bearing)),), placed=True),
    Kind.POSITION_AVOID: Shape("Not {positions}", (Value("positions", "Positions", "some", _choices(Position)),)),
    Kind.NO_UNILATERAL_STANCE: Shape("No standing on one leg", (), placed=True),
    Kind.NO_ASYMMETRIC_LOAD: Shape("No one-sided load"),
    Kind.GRIP_LIMIT: Shape("Grip force at most: {at_most}", (AT_MOST,), placed=True),
    Kind.WRIST_EXTENSION_LOADED: Shape("No load on the bent-back wrist", (), placed=True),
    Kind.VALSALVA_AVOID: Shape("No effort with held breath"),
    Kind.INTENSITY_CAP: Shape(
        "Effort at most {rpe} of 10", (Value("rpe", "Effort, 0 to 10 (CR10)", "whole", (), 1, 10),)
    ),
    Kind.HEART_RATE_CAP: Shape(
        "Heart rate at most {bpm} a minute", (Value("bpm", "Beats a minute", "whole", (), 60, 220),)
    ),
    Kind.VOLUME_CAP: Shape(
        "At most {amount} {unit}",
        (
            Value("amount", "Amount", "whole", (), 1, 240),
            Value("unit", "Of what", "one", (
                ("minutes", "minutes a session"), ("sessions", "sessions a week"), ("sets", "sets a session"),
            )),
        ),
    ),
    Kind.REST_GAP: Shape(
        "At least {hours} hours between sessions", (Value("hours", "Hours", "whole", (), 1, 336),), placed=True
    ),
    Kind.NO_TRAINING_WINDOW: Shape(
        "No training from {first} to {last}", (Value("first", "First day", "day"), Value("last", "Last day", "day"))
    ),
    Kind.TIME_OF_DAY: Shape(
        "Not within {minutes} minutes of waking", (Value("minutes", "Minutes", "whole", (), 10, 600),)
    ),
    Kind.MODALITY_ALLOW_ONLY: Shape(
        "Only {modalities}", (Value("modalities", "Ways of training", "some", _choices(Modality)),)
    ),
    Kind.SUPERVISION_REQUIRED: Shape("Supervised by {who}", (Value("who", "By", "one", _choices(Supervisor)),)),
    Kind.EQUIPMENT_BRACE: Shape("With {what}", (Value("what", "Brace or belt", "text"),)),
    Kind.PAIN_CAP: Shape(
        "Stop at pain above {during} of 10; at most {after} the next morning",
        (
            Value("during", "During, 0 to 10", "whole", (), 0, 10),
            Value("after", "Next morning, 0 to 10", "whole", (), 0, 10),
        ),
    ),
    Kind.OTHER_TEXT: Shape("{text}", (Value("text", "In words", "text"),)),
}  # fmt: skip


def clause(kind: str, terms: Mapping[str, Any], where: str = "") -> str:
    """Return a restriction as one clause for people, as it is signed."""
    shape = SHAPES[kind]
    words = shape.clause.format(**{value.name: _words(value, terms[value.name]) for value in shape.values})
    words = words[:1].upper() + words[1:]
    return f"{words} ({where})" if where else words


def _words(value: Value, raw: Any) -> str:
    labels = dict(value.choices)
    if value.type == "some":
        return _series([labels[one].lower() for one in raw])
    if value.type == "one":
        return labels[raw].lower()
    return raw.replace("-", " ") if value.type == "exercise" else f"{raw}"


def _series(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
