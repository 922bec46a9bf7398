"""What a red flag that waits for a review forbids: a later phase, and added load, against earlier plans. Pure.

Load is what is lifted (kilograms, percent of maximum), how hard (effort) and how often: the repetitions of a week, of
each exercise and of all together. An exercise that was not there before comes without weight, from no later phase of
the library, and no harder than what was there. Without an earlier plan there is nothing to stay at: exercises of the
first phase, in its amounts and without weight.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from clearance.programs.phases import PHASES
from clearance.programs.plan import Line, Plan, Problem

WHY = "while a red flag waits for a review"
FIRST = PHASES[1]
Most = Mapping[str, Decimal | int]


def added(plan: Plan, *earlier: Plan, phases: Mapping[str, int]) -> Iterator[Problem]:
    """Yield what a plan adds to any of these earlier plans, or to nothing at all. `phases` are the library's, by slug;
    an exercise without one is of the last."""
    yield from _later(plan, min((one.phase for one in earlier), default=1), phases)
    for one in earlier:
        yield from _more_often(plan, one)
        yield from _heavier(plan, one)
    if not earlier:
        yield from _heavier(plan, None)
        yield from _beyond_first(plan)


def _later(plan: Plan, phase: int, phases: Mapping[str, int]) -> Iterator[Problem]:
    if plan.phase > phase:
        yield Problem(f"No later phase than {phase} {WHY}.")
    for number, place, line in _lines(plan):
        if phases.get(line.exercise, max(PHASES)) > phase:
            yield Problem(f"No exercise of a later phase than {phase} {WHY}.", number, place)


def _more_often(plan: Plan, earlier: Plan) -> Iterator[Problem]:
    if repetitions(plan) > repetitions(earlier):
        yield Problem(f"No more than the {repetitions(earlier)} repetitions of the version before {WHY}.")
    for slug in dict.fromkeys(line.exercise for _, _, line in _lines(plan)):
        before = repetitions(earlier, slug)
        first = next((number, place) for number, place, line in _lines(plan) if line.exercise == slug)
        if before and repetitions(plan, slug) > before:
            yield Problem(f"No more than its {before} repetitions of the version before {WHY}.", *first)
        if any(_moved(plan, slug, name) > _moved(earlier, slug, name) for name in ("kilograms", "percent")):
            yield Problem(f"No more load in a week than in the version before {WHY}.", *first)


def _heavier(plan: Plan, earlier: Plan | None) -> Iterator[Problem]:
    for name, unit in (("kilograms", "kg"), ("percent", "% of maximum")):
        most = _most(earlier, name)
        for number, place, line in _lines(plan):
            given = getattr(line, name)
            if given is not None and given > most.get(line.exercise, 0):
                yield Problem(_too_much(most.get(line.exercise), unit), number, place)
    yield from _harder(plan, earlier)


def _harder(plan: Plan, earlier: Plan | None) -> Iterator[Problem]:
    efforts = _most(earlier, "effort")
    hardest = max(efforts.values(), default=None)
    for number, place, line in _lines(plan):
        most = efforts.get(line.exercise, hardest)
        if line.effort is not None and most is not None and line.effort > most:
            yield Problem(f"No more effort {WHY}: at most {most} of 10, as before.", number, place)


def _beyond_first(plan: Plan) -> Iterator[Problem]:
    for number, place, line in _lines(plan):
        if line.sets > FIRST.sets[1] or line.reps > FIRST.reps[1]:
            most = f"{FIRST.sets[1]} sets of {FIRST.reps[1]}"
            yield Problem(f"A first plan begins with at most {most} {WHY}.", number, place)


def repetitions(plan: Plan, exercise: str = "") -> int:
    """Return the repetitions of a plan's week, sets times repetitions: of one exercise, or of all together."""
    return sum(line.sets * line.reps for _, _, line in _lines(plan) if exercise in ("", line.exercise))


def _moved(plan: Plan, exercise: str, name: str) -> Decimal:
    """What a week moves with an exercise: each repetition with its kilograms or percent, added up."""
    lines = (line for _, _, line in _lines(plan) if line.exercise == exercise)
    return sum((line.sets * line.reps * Decimal(getattr(line, name) or 0) for line in lines), Decimal())


def _lines(plan: Plan) -> Iterator[tuple[int, int, Line]]:
    for number, day in enumerate(plan.days):
        yield from ((number, place, line) for place, line in enumerate(day.lines))


def _most(earlier: Plan | None, name: str) -> Most:
    found: dict[str, Decimal | int] = {}
    for _, _, line in _lines(earlier) if earlier else ():
        given = getattr(line, name)
        if given is not None:
            found[line.exercise] = max(given, found.get(line.exercise, given))
    return found


def _too_much(most: Decimal | int | None, unit: str) -> str:
    if most is None:
        return f"No added load {WHY}: without {unit}, as before."
    return f"No added load {WHY}: at most {most} {unit}, as before."
