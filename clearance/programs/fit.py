"""Does this exercise, as prescribed, obey the limits? Pure. Unknown means refused.

Sides: an exercise of the library is done with both sides, so a restriction of one side refuses it as if it were of both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clearance.anatomy.movements import LEVELS
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
Test = Callable[[Exercise, Properties, Terms], bool]

LEGS_PARTLY = {"none": 0, "partial": 1, "full": 2}
BEARING = {"nwb": 0, "ttwb": 0, "pwb": 1, "wbat": 2}


def _at_most(level: str, most: str) -> bool:
    return LEVELS.index(level) <= LEVELS.index(most)


def _range_kept(exercise: Exercise, tags: Properties, terms: Terms) -> bool:
    return all(
        action.degrees <= terms["degrees"]
        for action in tags.joint_actions
        if action.joint == terms["joint"] and action.motion == terms["motion"]
    )


def _no_end_range(exercise: Exercise, tags: Properties, terms: Terms) -> bool:
    return not any(action.end_range for action in tags.joint_actions if action.joint == terms["joint"])


OBEYS: dict[str, Test] = {
    "avoid_movement_pattern": lambda exercise, tags, terms: exercise.pattern not in terms["patterns"],
    "avoid_exercise": lambda exercise, tags, terms: exercise.slug != terms["exercise"],
    "rom_limit": _range_kept,
    "no_end_range": _no_end_range,
    "no_loaded_motion": lambda exercise, tags, terms: not set(tags.loaded_spine) & set(terms["motions"]),
    "no_axial_loading": lambda exercise, tags, terms: _at_most(tags.axial_load, terms["at_most"]),
    "no_overhead": lambda exercise, tags, terms: not tags.overhead and tags.load_zone != "overhead",
    "impact_limit": lambda exercise, tags, terms: _at_most(tags.impact, terms["at_most"])
    and not (tags.plyometric and terms["at_most"] == "none"),
    "weight_bearing": lambda exercise, tags, terms: LEGS_PARTLY[tags.weight_bearing] <= BEARING[terms["level"]],
    "position_avoid": lambda exercise, tags, terms: not set(tags.positions) & set(terms["positions"]),
    "no_unilateral_stance": lambda exercise, tags, terms: tags.base != "single",
    "no_asymmetric_load": lambda exercise, tags, terms: not tags.asymmetric_load,
    "grip_limit": lambda exercise, tags, terms: _at_most(tags.grip, terms["at_most"]),
    "wrist_extension_loaded": lambda exercise, tags, terms: not tags.wrist_loaded_extension,
    "valsalva_avoid": lambda exercise, tags, terms: not tags.valsalva,
    "modality_allow_only": lambda exercise, tags, terms: tags.modality in terms["modalities"],
}
# These say something about the session, not about an exercise: the trainer acknowledges each by name.
CONDITIONS = frozenset({
    "heart_rate_cap", "rest_gap", "no_training_window", "time_of_day", "supervision_required", "equipment_brace",
    "pain_cap", "other_text",
})  # fmt: skip
# These need numbers from the prescription or the whole workout.
DOSED = frozenset({"load_abs_max", "load_pct_max", "intensity_cap"})
COUNTED = frozenset({"volume_cap"})


def refusals(exercise: Exercise, limits: Limits) -> list[Refusal]:
    """Return every clause that forbids the exercise however it is prescribed; empty means that it may be prescribed."""
    return [found for clause in limits.clauses if (found := _refusal(exercise, clause))]


def _refusal(exercise: Exercise, clause: Clause) -> Refusal | None:
    if clause.kind in CONDITIONS | DOSED | COUNTED:
        return None
    test = OBEYS.get(clause.kind)
    if test is None:
        return Refusal(clause, "This app does not know this kind of restriction, so it refuses.")
    if exercise.tags is None:
        return Refusal(clause, "The library does not say enough about this exercise, so it is refused.")
    try:
        obeys = test(exercise, exercise.tags, clause.terms)
    except (KeyError, ValueError, TypeError):
        obeys = False
    return None if obeys else Refusal(clause, f"{clause.physician}: {clause.words}.")


def dose_refusals(exercise: Exercise, dose: Dose, limits: Limits) -> list[Refusal]:
    """Return the clauses that the prescribed load or effort breaks, or that need a number which is not there."""
    loaded = exercise.tags is None or exercise.tags.load_zone != "none"
    found: list[Refusal] = []
    for clause in limits.clauses:
        if clause.kind == "load_abs_max" and loaded and _in_zone(exercise, clause):
            found += _too_much(clause, dose.kilograms, Decimal(str(clause.terms["kilograms"])), "kilograms")
        if clause.kind == "load_pct_max" and loaded:
            found += _too_much(clause, dose.percent, clause.terms["percent"], "percent of maximum")
        if clause.kind == "intensity_cap":
            found += _too_much(clause, dose.effort, clause.terms["rpe"], "effort")
    return found


def _in_zone(exercise: Exercise, clause: Clause) -> bool:
    zone = clause.terms.get("zone", "any")
    return zone == "any" or exercise.tags is None or exercise.tags.load_zone == zone


def _too_much(clause: Clause, said: Any, most: Any, what: str) -> list[Refusal]:
    if said is None:
        return [Refusal(clause, f"Say the {what}: {clause.physician} allows at most {most}.")]
    return [Refusal(clause, f"{clause.physician}: {clause.words}.")] if said > most else []


def amount_refusals(workouts: int, sets: list[int], limits: Limits) -> list[Refusal]:
    """Return the clauses that the number of workouts a week, or a workout's sum of sets, breaks. Minutes are a condition."""
    found = []
    for clause in limits.of("volume_cap"):
        actual = {"sessions": workouts, "sets": max(sets, default=0)}.get(clause.terms.get("unit", ""), 0)
        if actual > clause.terms["amount"]:
            found.append(Refusal(clause, f"{clause.physician}: {clause.words}."))
    return found


def conditions(limits: Limits) -> tuple[Clause, ...]:
    """Return the clauses that the trainer has to acknowledge by name."""
    return tuple(
        clause
        for clause in limits.clauses
        if clause.kind in CONDITIONS or (clause.kind == "volume_cap" and clause.terms.get("unit") == "minutes")
    )
