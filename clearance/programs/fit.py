"""Does this exercise, as prescribed, obey the limits? Pure. Unknown means refused.

Sides: an exercise of the library is done with both sides, so a restriction of one side refuses it as if of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from clearance.anatomy.areas import CODES, UPPER
from clearance.anatomy.movements import LEVELS, LoadZone, Modality, Pattern, Position
from clearance.decisions.kinds import SHAPES, Value
from clearance.exercises.properties import Properties
from clearance.gate.limits import Clause, Limits


@dataclass(frozen=True)
class Exercise:
    """What the check looks at. `tags` is None when any property is missing."""

    slug: str
    name: str
    pattern: str
    tags: Properties | None


@dataclass(frozen=True)
class Dose:
    """How an exercise is prescribed. None means not said."""

    kilograms: Decimal | None = None
    percent: int | None = None
    effort: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A clause that refuses, and why in one sentence."""

    clause: Clause
    why: str


Terms = Mapping[str, Any]
Test = Callable[[Exercise, Properties, Clause], bool]

LEGS_PARTLY = {"none": 0, "partial": 1, "full": 2}
BEARING = {"nwb": 0, "ttwb": 0, "pwb": 1, "wbat": 2}
ON_THE_HANDS = {Position.QUADRUPED, Position.PLANK}
HANGS_ON_THE_HANDS = {Position.HANGING, Position.INVERTED}
# A load on a rail or a band stays where it is pulled; a free one is picked up and passes every zone on its way.
GUIDED = {Modality.STRENGTH_MACHINE, Modality.BANDS, Modality.ROWING}
ZONES: tuple[str, ...] = tuple(LoadZone.values)
UNKNOWN_KIND = "This app does not know this kind of restriction, so it refuses."
UNKNOWN_EXERCISE = "The library does not say enough about this exercise, so it is refused."
INCOMPLETE = "This restriction is not complete, so it refuses."


def _at_most(level: str, most: str) -> bool:
    return LEVELS.index(level) <= LEVELS.index(most)


def _range_kept(exercise: Exercise, tags: Properties, clause: Clause) -> bool:
    joint, motion = clause.terms["joint"], clause.terms["motion"]
    reached = (action.degrees for action in tags.joint_actions if (action.joint, action.motion) == (joint, motion))
    return all(degrees <= clause.terms["degrees"] for degrees in reached)


def _no_end_range(exercise: Exercise, tags: Properties, clause: Clause) -> bool:
    return not any(action.end_range for action in tags.joint_actions if action.joint == clause.terms["joint"])


def _bears_no_more(exercise: Exercise, tags: Properties, clause: Clause) -> bool:
    legs, arms = LEGS_PARTLY[tags.weight_bearing], _on_the_arms(tags)
    region = CODES[clause.area].region if clause.area in CODES else ""
    borne = {"": max(legs, arms), UPPER: arms}.get(region, legs)
    return borne <= BEARING[clause.terms["level"]]


def _on_the_arms(tags: Properties) -> int:
    if set(tags.positions) & HANGS_ON_THE_HANDS:
        return 2
    return 1 if tags.wrist_loaded_extension or set(tags.positions) & ON_THE_HANDS else 0


OBEYS: dict[str, Test] = {
    "avoid_movement_pattern": lambda exercise, tags, clause: (
        exercise.pattern in Pattern.values and exercise.pattern not in clause.terms["patterns"]
    ),
    "avoid_exercise": lambda exercise, tags, clause: exercise.slug != clause.terms["exercise"],
    "rom_limit": _range_kept,
    "no_end_range": _no_end_range,
    "no_loaded_motion": lambda exercise, tags, clause: not set(tags.loaded_spine) & set(clause.terms["motions"]),
    "no_axial_loading": lambda exercise, tags, clause: _at_most(tags.axial_load, clause.terms["at_most"]),
    "no_overhead": lambda exercise, tags, clause: not tags.overhead and tags.load_zone != "overhead",
    "impact_limit": lambda exercise, tags, clause: (
        _at_most(tags.impact, clause.terms["at_most"]) and not (tags.plyometric and clause.terms["at_most"] == "none")
    ),
    "weight_bearing": _bears_no_more,
    "position_avoid": lambda exercise, tags, clause: not set(tags.positions) & set(clause.terms["positions"]),
    "no_unilateral_stance": lambda exercise, tags, clause: tags.base != "single",
    "no_asymmetric_load": lambda exercise, tags, clause: not tags.asymmetric_load,
    "grip_limit": lambda exercise, tags, clause: _at_most(tags.grip, clause.terms["at_most"]),
    "wrist_extension_loaded": lambda exercise, tags, clause: not tags.wrist_loaded_extension,
    "valsalva_avoid": lambda exercise, tags, clause: not tags.valsalva,
    "modality_allow_only": lambda exercise, tags, clause: tags.modality in clause.terms["modalities"],
}
# These say something about the session, not about an exercise: the trainer acknowledges each by name.
CONDITIONS = frozenset({
    "heart_rate_cap", "rest_gap", "no_training_window", "time_of_day", "supervision_required", "equipment_brace",
    "pain_cap", "other_text",
})  # fmt: skip
# These need a number of the prescription: the dose's name for it, the restriction's, and the words for people.
DOSED: dict[str, tuple[str, str, str]] = {
    "load_abs_max": ("kilograms", "kilograms", "kilograms"),
    "load_pct_max": ("percent", "percent", "percent of maximum"),
    "intensity_cap": ("effort", "rpe", "effort"),
}
# These need the whole workout or week.
COUNTED = frozenset({"volume_cap"})
# What was asked about: no restriction, and tested with the whole program.
PLANNED = frozenset({"phase_cap"})
# "Anything not listed is not allowed": only the movements and ways of training that were named.
LISTED_ONLY = "listed_only"


def refusals(exercise: Exercise, limits: Limits) -> list[Refusal]:
    """Return every clause that forbids the exercise however it is prescribed; empty means that it may be prescribed."""
    return [found for clause in limits.clauses if (found := _refusal(exercise, clause))]


def _refusal(exercise: Exercise, clause: Clause) -> Refusal | None:
    if exercise.tags is None:
        return Refusal(clause, UNKNOWN_EXERCISE)
    if clause.kind in CONDITIONS or clause.kind in DOSED or clause.kind in COUNTED | PLANNED:
        return None
    if clause.kind == LISTED_ONLY:
        return None if _listed(exercise, exercise.tags, clause) else _broken(clause)
    test = OBEYS.get(clause.kind)
    if test is None:
        return Refusal(clause, UNKNOWN_KIND)
    if not _complete(clause):
        return Refusal(clause, INCOMPLETE)
    return None if test(exercise, exercise.tags, clause) else _broken(clause)


def _listed(exercise: Exercise, tags: Properties, clause: Clause) -> bool:
    return exercise.pattern in clause.terms["patterns"] or tags.modality in clause.terms["modalities"]


def _broken(clause: Clause) -> Refusal:
    return Refusal(clause, f"{clause.physician}: {clause.words}.")


def _complete(clause: Clause) -> bool:
    return all(_known(value, clause.terms.get(value.name)) for value in SHAPES[clause.kind].values)


def _known(value: Value, raw: Any) -> bool:
    known = [one for one, _ in value.choices]
    if value.type == "some":
        return isinstance(raw, list | tuple) and bool(raw) and all(one in known for one in raw)
    if value.type == "one":
        return raw in known
    if value.type == "whole":
        return type(raw) is int
    return _number(raw) is not None if value.type == "decimal" else isinstance(raw, str) and bool(raw)


def _number(raw: Any) -> Decimal | None:
    try:
        found = Decimal(str(raw))
    except InvalidOperation:
        return None
    return found if found.is_finite() and not isinstance(raw, bool) else None


def dose_refusals(exercise: Exercise, dose: Dose, limits: Limits) -> list[Refusal]:
    """Return the clauses that the prescribed load or effort breaks, or that need a number which is not there."""
    dosed = (clause for clause in limits.clauses if clause.kind in DOSED)
    return [found for clause in dosed if (found := _dose_refusal(exercise, dose, clause))]


def _dose_refusal(exercise: Exercise, dose: Dose, clause: Clause) -> Refusal | None:
    if not _complete(clause):
        return Refusal(clause, INCOMPLETE)
    dose_name, value, what = DOSED[clause.kind]
    said, most = getattr(dose, dose_name), clause.terms[value]
    weighted = _loaded(exercise) or dose.kilograms is not None or dose.percent is not None
    if clause.kind == "load_abs_max" and not _in_zone(exercise, clause.terms["zone"]):
        return None
    if said is None:
        why = f"Say the {what}: {clause.physician} allows at most {most}."
        return Refusal(clause, why) if clause.kind == "intensity_cap" or weighted else None
    return _broken(clause) if said > Decimal(str(most)) else None


def _loaded(exercise: Exercise) -> bool:
    return exercise.tags is None or exercise.tags.load_zone != "none"


def _in_zone(exercise: Exercise, zone: str) -> bool:
    # Kilograms on an exercise that has no load of its own could be anywhere.
    if exercise.tags is None or zone == "any" or exercise.tags.load_zone in (zone, "none"):
        return True
    return exercise.tags.modality not in GUIDED and ZONES.index(exercise.tags.load_zone) > ZONES.index(zone)


def amount_refusals(workouts: int, sets: list[int], limits: Limits) -> list[Refusal]:
    """Return the clauses that the workouts a week, or a workout's sum of sets, break. Minutes are a condition."""
    actual = {"sessions": workouts, "sets": max(sets, default=0), "minutes": 0}
    found = []
    for clause in limits.of("volume_cap"):
        if not _complete(clause):
            found.append(Refusal(clause, INCOMPLETE))
        elif actual[clause.terms["unit"]] > clause.terms["amount"]:
            found.append(_broken(clause))
    return found


def phase_refusals(phase: int, limits: Limits) -> list[Refusal]:
    """Return the clauses that a later phase than the planned one breaks."""
    return [_broken(clause) for clause in limits.of("phase_cap") if phase > clause.terms["phase"]]


def conditions(limits: Limits) -> tuple[Clause, ...]:
    """Return the clauses that the trainer has to acknowledge by name."""
    return tuple(
        clause
        for clause in limits.clauses
        if clause.kind in CONDITIONS or (clause.kind == "volume_cap" and clause.terms.get("unit") == "minutes")
    )
