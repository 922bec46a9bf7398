"""What a red flag that waits for a review forbids: a later phase, and added load, against an earlier plan. Pure.

Load is what is lifted (kilograms, percent of maximum) and how often: the repetitions of the whole week together.
Without an earlier plan there is nothing to stay at: the first phase, and no weight.
"""

from collections.abc import Iterator
from decimal import Decimal

from clearance.programs.plan import Plan, Problem

WHY = "while a red flag waits for a review"


def added(plan: Plan, earlier: Plan | None) -> Iterator[Problem]:
    """Yield what a plan adds to an earlier one, or to nothing at all."""
    phase = earlier.phase if earlier else 1
    if plan.phase > phase:
        yield Problem(f"No later phase than {phase} {WHY}.")
    if earlier and repetitions(plan) > repetitions(earlier):
        yield Problem(f"No more than the {repetitions(earlier)} repetitions of the version before {WHY}.")
    kilograms, percent = _most(earlier, "kilograms"), _most(earlier, "percent")
    for number, day in enumerate(plan.days):
        for place, line in enumerate(day.lines):
            for most, given, unit in ((kilograms, line.kilograms, "kg"), (percent, line.percent, "% of maximum")):
                if given is not None and given > most.get(line.exercise, 0):
                    yield Problem(_too_much(most.get(line.exercise), unit), number, place)


def repetitions(plan: Plan) -> int:
    """Return all repetitions of a plan's week: sets times repetitions, every exercise together."""
    return sum(line.sets * line.reps for day in plan.days for line in day.lines)


def _most(plan: Plan | None, name: str) -> dict[str, Decimal | int]:
    found: dict[str, Decimal | int] = {}
    for line in (line for day in plan.days for line in day.lines) if plan else ():
        given = getattr(line, name)
        if given is not None:
            found[line.exercise] = max(given, found.get(line.exercise, given))
    return found


def _too_much(most: Decimal | int | None, unit: str) -> str:
    if most is None:
        return f"No added load {WHY}: without {unit}, as before."
    return f"No added load {WHY}: at most {most} {unit}, as before."
