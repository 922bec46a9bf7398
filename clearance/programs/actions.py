"""Write programs. Every save takes a pass at the gate and obeys the limits behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from clearance.exercises.models import Exercise
from clearance.gate.guard import passing
from clearance.gate.limits import Limits
from clearance.gate.models import Pass
from clearance.gate.queries import limits_of
from clearance.people.models import Client, User
from clearance.people.trail import record_for
from clearance.programs import fit
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout
from clearance.programs.queries import as_tested


@dataclass(frozen=True)
class Line:
    """One prescription of a plan: an exercise by slug. Rest in seconds, effort 0 to 10."""

    exercise: str
    sets: int
    reps: int
    tempo: str
    rest: int
    kilograms: Decimal | None = None
    percent: int | None = None
    effort: int | None = None


@dataclass(frozen=True)
class Day:
    """One workout of a plan."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Plan:
    """A program as it is to be saved. `acknowledged` holds the ids of the conditions that the trainer has read."""

    title: str
    phase: int
    days: tuple[Day, ...]
    notes: str = ""
    acknowledged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Problem:
    """What keeps a plan from being saved; `day` and `line` count from 0, None means the whole plan."""

    sentence: str
    day: int | None = None
    line: int | None = None


class PlanRefused(Exception):
    """The plan breaks the physician's restrictions."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


def build(*, client: Client, by: User, plan: Plan) -> ProgramVersion:
    """Save a new program. Raises GateShut (noted in the trail), PlanRefused, Refused."""
    with passing(client.pk, by=by, to="build a program") as gate_pass:
        program = Program.objects.create(client=client, by=by, created_at=gate_pass.at)
        return _save(program, 1, gate_pass, plan, by, "program.built")


def revise(*, program: Program, by: User, plan: Plan) -> ProgramVersion:
    """Save a new version of a program, with a pass of its own. Raises GateShut (noted in the trail), PlanRefused, Refused."""
    with passing(program.client_id, by=by, to="change a program") as gate_pass:
        last = ProgramVersion.objects.filter(program=program).order_by("-number").values_list("number", flat=True)[0]
        return _save(program, last + 1, gate_pass, plan, by, "program.revised")


def _save(program: Program, number: int, gate_pass: Pass, plan: Plan, by: User, action: str) -> ProgramVersion:
    limits = limits_of(gate_pass.decisions)
    slugs = {line.exercise for day in plan.days for line in day.lines}
    exercises = {one.slug: one for one in Exercise.objects.filter(slug__in=slugs)}
    problems = list(_problems(plan, exercises, limits))
    if problems:
        raise PlanRefused(problems)
    version = ProgramVersion.objects.create(
        program=program, number=number, gate_pass=gate_pass, title=plan.title, phase=plan.phase, notes=plan.notes,
        acknowledged=sorted(plan.acknowledged), by=by, at=gate_pass.at,
    )  # fmt: skip
    for position, day in enumerate(plan.days, start=1):
        _write_day(version, position, day, exercises)
    record_for(gate_pass.client, action, f"{by} saved “{plan.title}”, version {number}.", by=by, version=version.pk)
    return version


def _write_day(version: ProgramVersion, position: int, day: Day, exercises: dict[str, Exercise]) -> None:
    workout = Workout.objects.create(version=version, position=position, name=day.name)
    Prescription.objects.bulk_create(
        Prescription(
            workout=workout, position=place, exercise=exercises[line.exercise], sets=line.sets, reps=line.reps,
            tempo=line.tempo, kilograms=line.kilograms, percent=line.percent, effort=line.effort, rest=line.rest,
        )
        for place, line in enumerate(day.lines, start=1)
    )  # fmt: skip


def check(plan: Plan, limits: Limits) -> list[Problem]:
    """Return what keeps a plan from being saved under these limits."""
    slugs = {line.exercise for day in plan.days for line in day.lines}
    return list(_problems(plan, {one.slug: one for one in Exercise.objects.filter(slug__in=slugs)}, limits))


def _problems(plan: Plan, exercises: dict[str, Exercise], limits: Limits) -> Iterator[Problem]:
    if not plan.days or not all(day.lines for day in plan.days):
        yield Problem("Each workout needs at least one exercise.")
    for number, day in enumerate(plan.days):
        for place, line in enumerate(day.lines):
            yield from (Problem(why, number, place) for why in _line_problems(line, exercises, limits))
    sets = [sum(line.sets for line in day.lines) for day in plan.days]
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
