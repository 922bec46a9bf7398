"""Read programs, and the library as a client's limits leave it."""

from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from clearance.exercises.models import Exercise
from clearance.exercises.queries import library
from clearance.gate.limits import Limits
from clearance.programs import fit
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout


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


def programs_of(client: int) -> QuerySet[Program]:
    """Return a client's programs, newest first, each with `title`, `phase`, `number` and `saved_at` of its last version."""
    last = ProgramVersion.objects.filter(program=OuterRef("pk")).order_by("-number")
    return (
        Program.objects.filter(client=client)
        .annotate(
            title=Subquery(last.values("title")[:1]),
            phase=Subquery(last.values("phase")[:1]),
            number=Subquery(last.values("number")[:1]),
            saved_at=Subquery(last.values("at")[:1]),
        )
        .select_related("by")
        .order_by("-created_at", "-id")
    )


def last_version(program: Program) -> ProgramVersion:
    """Return the newest version of a program."""
    return ProgramVersion.objects.select_related("by", "gate_pass").filter(program=program).order_by("-number")[0]


def versions_of(program: Program) -> QuerySet[ProgramVersion]:
    """Return all versions of a program, newest first."""
    return ProgramVersion.objects.select_related("by").filter(program=program).order_by("-number")


def workouts_of(version: ProgramVersion) -> list[tuple[Workout, list[Prescription]]]:
    """Return a version's workouts in order, each with its prescriptions in order."""
    rows = (
        Prescription.objects.filter(workout__version=version)
        .select_related("exercise", "workout").order_by("workout__position", "position")
    )  # fmt: skip
    found: dict[int, list[Prescription]] = {}
    for row in rows:
        found.setdefault(row.workout_id, []).append(row)
    workouts = Workout.objects.filter(version=version).order_by("position")
    return [(workout, found.get(workout.pk, [])) for workout in workouts]
