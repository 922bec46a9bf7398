"""Read programs, the library as a client's limits leave it, and what in a plan breaks the limits."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from clearance.anatomy.movements import Pattern
from clearance.decisions.models import Decision
from clearance.exercises.models import Exercise
from clearance.exercises.queries import library
from clearance.gate.limits import Limits
from clearance.programs import fit
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout
from clearance.programs.plan import Day, Line, Plan, Problem

# Patterns that train much the same: one stands in for another before anything else does.
FAMILIES = {
    "push": (Pattern.PUSH_HORIZONTAL, Pattern.PUSH_VERTICAL),
    "pull": (Pattern.PULL_HORIZONTAL, Pattern.PULL_VERTICAL),
    "legs": (Pattern.SQUAT, Pattern.HINGE, Pattern.LUNGE_SINGLE_LEG),
    "core": (Pattern.ROTATION, Pattern.ANTI_ROTATION_BRACING),
}


@dataclass(frozen=True)
class Choice:
    """A library entry for one client: allowed when `refused` is empty."""

    exercise: Exercise
    refused: tuple[fit.Refusal, ...]


def as_tested(exercise: Exercise) -> fit.Exercise:
    """Return what the check looks at of a library entry."""
    return fit.Exercise(exercise.slug, exercise.name, exercise.pattern, exercise.tags)


def choices(limits: Limits) -> list[Choice]:
    """Return the whole library, each entry with the clauses that forbid it."""
    return [Choice(one, tuple(fit.refusals(as_tested(one), limits))) for one in library()]


def substitutes(struck: Exercise, among: Iterable[Choice], *, most: int = 3) -> list[Exercise]:
    """Return allowed exercises instead of a forbidden one: its kind, of no later phase, the nearest first."""
    kin = [
        one.exercise
        for one in among
        if not one.refused
        and one.exercise.slug != struck.slug
        and one.exercise.phase <= struck.phase
        and (one.exercise.pattern == struck.pattern or one.exercise.component == struck.component)
    ]
    return sorted(kin, key=lambda other: _distance(struck, other))[:most]


def _distance(struck: Exercise, other: Exercise) -> tuple[bool, bool, bool, bool, int, str]:
    return (
        other.slug != struck.regression,
        other.pattern != struck.pattern,
        _family(other.pattern) != _family(struck.pattern),
        other.component != struck.component,
        struck.phase - other.phase,
        other.name,
    )


def _family(pattern: str) -> str:
    return next((name for name, patterns in FAMILIES.items() if pattern in patterns), pattern)


def prescribed(plans: Iterable[Plan]) -> dict[str, Exercise]:
    """Return the library entries that these plans prescribe, by slug."""
    slugs = {line.exercise for plan in plans for day in plan.days for line in day.lines}
    return {one.slug: one for one in Exercise.objects.filter(slug__in=slugs)}


def check(plan: Plan, limits: Limits) -> list[Problem]:
    """Return what keeps a plan from being saved or used under these limits."""
    return check_all({0: plan}, limits)[0]


def check_all(plans: Mapping[int, Plan], limits: Limits) -> dict[int, list[Problem]]:
    """Return what keeps each of these plans from being saved or used under these limits."""
    exercises = prescribed(plans.values())
    return {key: list(_problems(plan, exercises, limits)) for key, plan in plans.items()}


def _problems(plan: Plan, exercises: dict[str, Exercise], limits: Limits) -> Iterator[Problem]:
    if not plan.days:
        yield Problem("A program needs at least one workout.")
    for number, day in enumerate(plan.days):
        if not day.lines:
            yield Problem("Each workout needs at least one exercise.", number)
        for place, line in enumerate(day.lines):
            yield from (Problem(why, number, place) for why in _line_problems(line, exercises, limits))
    sets = [sum(line.sets for line in day.lines) for day in plan.days]
    yield from (Problem(one.why) for one in fit.phase_refusals(plan.phase, limits))
    yield from (Problem(one.why) for one in fit.amount_refusals(len(plan.days), sets, limits))
    for clause in fit.conditions(limits):
        if clause.id not in plan.acknowledged:
            yield Problem(f"Read and tick what {clause.physician} asks for: {clause.words}.")


def _line_problems(line: Line, exercises: dict[str, Exercise], limits: Limits) -> list[str]:
    exercise = exercises.get(line.exercise)
    if exercise is None:
        return ["Choose an exercise from the library."]
    tested = as_tested(exercise)
    dose = fit.Dose(line.kilograms, line.percent, line.effort)
    refused = fit.refusals(tested, limits) or fit.dose_refusals(tested, dose, limits)
    return [f"{exercise.name} is refused. {one.why}" for one in refused]


def programs_of(client: int) -> QuerySet[Program]:
    """Return a client's programs, newest first.

    Each has `version` (its id), `title`, `phase`, `number`, `saved_at` and `saved_by` of its last version.
    """
    last = ProgramVersion.objects.filter(program=OuterRef("pk")).order_by("-number")
    return (
        Program.objects.filter(client=client)
        .annotate(
            version=Subquery(last.values("pk")[:1]),
            title=Subquery(last.values("title")[:1]),
            phase=Subquery(last.values("phase")[:1]),
            number=Subquery(last.values("number")[:1]),
            saved_at=Subquery(last.values("at")[:1]),
            saved_by=Subquery(last.values("by__name")[:1]),
        )
        .select_related("by")
        .order_by("-created_at", "-id")
    )


def last_version(program: Program) -> ProgramVersion:
    """Return the newest version of a program."""
    return ProgramVersion.objects.select_related("by", "gate_pass").filter(program=program).order_by("-number")[0]


def newest_version(client: int) -> ProgramVersion | None:
    """Return the version of any of a client's programs that was saved last, or None."""
    return ProgramVersion.objects.filter(program__client=client).order_by("-at", "-id").first()


def versions_of(program: Program) -> QuerySet[ProgramVersion]:
    """Return all versions of a program, newest first."""
    return ProgramVersion.objects.select_related("by", "gate_pass").filter(program=program).order_by("-number")


def workouts_of(version: ProgramVersion) -> list[tuple[Workout, list[Prescription]]]:
    """Return a version's workouts in order, each with its prescriptions in order."""
    return _workouts([version.pk]).get(version.pk, [])


def _workouts(versions: Iterable[int]) -> dict[int, list[tuple[Workout, list[Prescription]]]]:
    ids = list(versions)
    rows = Prescription.objects.filter(workout__version__in=ids).select_related("exercise").order_by("position")
    lines: dict[int, list[Prescription]] = {}
    for row in rows:
        lines.setdefault(row.workout_id, []).append(row)
    found: dict[int, list[tuple[Workout, list[Prescription]]]] = {}
    for workout in Workout.objects.filter(version__in=ids).order_by("position"):
        found.setdefault(workout.version_id, []).append((workout, lines.get(workout.pk, [])))
    return found


def plan_of(version: ProgramVersion) -> Plan:
    """Return a stored version as the plan it was saved from."""
    return plans_of([version.pk])[version.pk]


def plans_of(versions: Iterable[int]) -> dict[int, Plan]:
    """Return stored versions as the plans they were saved from, by id."""
    stored = ProgramVersion.objects.in_bulk(list(versions))
    workouts = _workouts(stored)
    return {pk: _plan(version, workouts.get(pk, [])) for pk, version in stored.items()}


def _plan(version: ProgramVersion, workouts: list[tuple[Workout, list[Prescription]]]) -> Plan:
    days = (Day(workout.name, tuple(_line(row) for row in rows)) for workout, rows in workouts)
    return Plan(version.title, version.phase, tuple(days), version.notes, frozenset(version.acknowledged))


def _line(row: Prescription) -> Line:
    return Line(
        row.exercise.slug, row.sets, row.reps, row.tempo, row.rest, kilograms=row.kilograms, percent=row.percent,
        effort=row.effort,
    )  # fmt: skip


def said_in_words(decisions: Iterable[int]) -> list[Decision]:
    """Return those of these decisions that say something in words beside their restrictions."""
    spoken = Decision.objects.filter(pk__in=list(decisions)).exclude(conditions="")
    return list(spoken.select_related("physician").order_by("pk"))
