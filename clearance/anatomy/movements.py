"""Movements, positions and loads: what an exercise does to a body, and what a restriction can forbid.

Pattern names are the usual seven-pattern list and its neighbours; no standards body owns one.
"""

from django.db.models import IntegerChoices, TextChoices


class Pattern(TextChoices):
    SQUAT = "squat", "squat"
    HINGE = "hinge", "hip hinge"
    LUNGE_SINGLE_LEG = "lunge_single_leg", "lunge or single leg"
    PUSH_HORIZONTAL = "push_horizontal", "horizontal push"
    PUSH_VERTICAL = "push_vertical", "vertical push"
    PULL_HORIZONTAL = "pull_horizontal", "horizontal pull"
    PULL_VERTICAL = "pull_vertical", "vertical pull"
    CARRY = "carry", "carry"
    ROTATION = "rotation", "rotation"
    ANTI_ROTATION_BRACING = "anti_rotation_bracing", "bracing, core stability"
    GAIT_LOCOMOTION = "gait_locomotion", "walking, running, crawling"
    JUMP_LAND = "jump_land", "jump and land"
    THROW = "throw", "throw"
    ISOLATION = "isolation", "single-joint"
    MOBILITY = "mobility", "mobility"
    STRETCH = "stretch", "stretch"
    CARDIO_CYCLIC = "cardio_cyclic", "cyclic cardio"
    BREATHING_ACTIVATION = "breathing_activation", "breathing and activation"


class Component(TextChoices):
    FLEXIBILITY = "flexibility", "flexibility"
    CORE = "core", "core"
    BALANCE = "balance", "balance"
    REACTIVE = "reactive", "reactive"
    SAQ = "saq", "speed, agility, quickness"
    RESISTANCE = "resistance", "resistance"
    CARDIO = "cardio", "cardio"
    COOL_DOWN = "cool_down", "cool-down"


class Motion(TextChoices):
    FLEXION = "flexion", "flexion (bending)"
    EXTENSION = "extension", "extension (straightening)"
    ABDUCTION = "abduction", "abduction (away from the middle)"
    ADDUCTION = "adduction", "adduction (towards the middle)"
    INTERNAL_ROTATION = "internal_rotation", "internal rotation"
    EXTERNAL_ROTATION = "external_rotation", "external rotation"
    DORSIFLEXION = "dorsiflexion", "dorsiflexion (toes up)"
    PLANTARFLEXION = "plantarflexion", "plantarflexion (toes down)"
    ROTATION = "rotation", "rotation of the spine"
    LATERAL_FLEXION = "lateral_flexion", "side bending"
    PRONATION = "pronation", "pronation"
    SUPINATION = "supination", "supination"


# The motions whose angles the library measures, by joint: a limit on any other would strike nothing.
MEASURED: dict[str, tuple[str, ...]] = {
    "shoulder": ("flexion", "extension", "abduction", "internal_rotation", "external_rotation"),
    "elbow": ("flexion", "extension"),
    "forearm": ("supination",),
    "wrist": ("extension",),
    "neck": ("flexion", "extension", "rotation"),
    "thoracic_spine": ("flexion", "extension", "rotation"),
    "lumbar_spine": ("flexion", "extension", "rotation", "lateral_flexion"),
    "hip_groin": ("flexion", "extension", "abduction", "adduction", "internal_rotation", "external_rotation"),
    "knee": ("flexion", "extension"),
    "ankle": ("dorsiflexion", "plantarflexion"),
    "foot": ("extension",),
}


class SpineMotion(TextChoices):
    FLEXION = "flexion", "bending forward"
    EXTENSION = "extension", "bending backward"
    ROTATION = "rotation", "twisting"
    LATERAL_FLEXION = "lateral_flexion", "bending sideways"


class Position(TextChoices):
    STANDING = "standing", "standing"
    SEATED_SUPPORTED = "seated_supported", "seated with support"
    SEATED_UNSUPPORTED = "seated_unsupported", "seated without support"
    SUPINE = "supine", "lying on the back"
    PRONE = "prone", "lying face down"
    SIDE_LYING = "side_lying", "lying on the side"
    QUADRUPED = "quadruped", "on hands and knees"
    PLANK = "plank", "on hands or forearms and feet"
    KNEELING = "kneeling", "kneeling"
    HALF_KNEELING = "half_kneeling", "half kneeling"
    HANGING = "hanging", "hanging"
    INVERTED = "inverted", "head down"


class Base(TextChoices):
    NONE = "none", "not on the feet"
    BILATERAL = "bilateral", "both legs"
    SPLIT = "split", "split stance"
    SINGLE = "single", "one leg"


class Level(TextChoices):
    """Ordered: none < low < moderate < high. Compare with `LEVELS.index`."""

    NONE = "none", "none"
    LOW = "low", "low"
    MODERATE = "moderate", "moderate"
    HIGH = "high", "high"


LEVELS: tuple[str, ...] = tuple(Level.values)


class WeightBearing(TextChoices):
    """Share of body weight an exercise puts through the legs."""

    NONE = "none", "none"
    PARTIAL = "partial", "partial"
    FULL = "full", "full"


class LoadZone(TextChoices):
    """Where an external load is lifted; `NONE` means no external load."""

    NONE = "none", "no external load"
    FLOOR_WAIST = "floor_waist", "floor to waist"
    WAIST_SHOULDER = "waist_shoulder", "waist to shoulder"
    OVERHEAD = "overhead", "above the shoulder"


class Contraction(TextChoices):
    ISOMETRIC = "isometric", "holding"
    CONCENTRIC = "concentric", "mostly lifting"
    ECCENTRIC = "eccentric", "mostly lowering"
    MIXED = "mixed", "lifting and lowering"
    NONE = "none", "passive"


class Modality(TextChoices):
    STRENGTH_FREE = "strength_free", "free weights"
    STRENGTH_MACHINE = "strength_machine", "machines and cables"
    BANDS = "bands", "bands"
    BODYWEIGHT = "bodyweight", "body weight"
    POOL = "pool", "pool"
    BIKE = "bike", "stationary bike"
    WALKING = "walking", "walking"
    RUNNING = "running", "running"
    ROWING = "rowing", "rowing machine"
    ELLIPTICAL = "elliptical", "elliptical trainer"
    MOBILITY = "mobility", "mobility and stretching"
    BREATHING = "breathing", "breathing and activation"
    PLYOMETRIC = "plyometric", "jumps and throws"


class Phase(IntegerChoices):
    STABILIZATION_ENDURANCE = 1, "1 Stabilization endurance"
    STRENGTH_ENDURANCE = 2, "2 Strength endurance"
    MUSCULAR_DEVELOPMENT = 3, "3 Muscular development"
    MAXIMAL_STRENGTH = 4, "4 Maximal strength"
    POWER = 5, "5 Power"
