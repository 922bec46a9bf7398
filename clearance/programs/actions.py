"""Write programs. Every save takes a pass at the gate and obeys the limits behind it."""

import dataclasses
from datetime import timedelta

from clearance.checkins.queries import freezes
from clearance.exercises.models import Exercise
from clearance.gate.guard import passing
from clearance.gate.limits import Limits
from clearance.gate.models import Pass
from clearance.gate.queries import limits_of
from clearance.people.lock import day_of
from clearance.people.models import Client, User
from clearance.people.refused import Refused
from clearance.people.trail import record_for
from clearance.programs import fit, freeze
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout
from clearance.programs.plan import Day, Line, Plan, Problem
from clearance.programs.queries import check, last_version, newest_version, plan_of, plans_of, prescribed

__all__ = ["Day", "Line", "Plan", "PlanRefused", "Problem", "build", "check", "revise"]

# A trainer whose connection broke sends the same form again; nobody types the same plan twice within the hour.
SENT_AGAIN = timedelta(hours=1)


class PlanRefused(Exception):
    """The plan breaks the physician's restrictions, or adds something while a red flag waits for a review."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


class _SavedBefore(Exception):
    """The same plan is stored already: raised behind the gate, so that the pass is rolled back."""

    def __init__(self, version: ProgramVersion) -> None:
        self.version = version


def build(*, client: Client, by: User, plan: Plan) -> ProgramVersion:
    """Save a new program, or return the one saved when the same form was sent before.

    Raises GateShut (noted in the trail), PlanRefused, Refused.
    """
    try:
        with passing(client.pk, by=by, to="build a program") as gate_pass:
            plan = _obeying(plan, limits_of(gate_pass.decisions))
            _stop_if_saved(_lately(gate_pass, plan), plan)
            _add_nothing_if_frozen(gate_pass, plan, newest_version(gate_pass.client_id))
            program = Program.objects.create(client=client, by=by, created_at=gate_pass.at)
            return _save(program, 1, gate_pass, plan, "program.built")
    except _SavedBefore as saved:
        return saved.version


def revise(*, program: Program, by: User, plan: Plan, onto: int | None = None) -> ProgramVersion:
    """Save a new version of a program, with a pass of its own, or return the last one when it says the same.

    `onto` is the version that was looked at. Raises GateShut (noted in the trail), PlanRefused, and Refused when
    somebody saved another version meanwhile.
    """
    try:
        with passing(program.client_id, by=by, to="change a program") as gate_pass:
            plan = _obeying(plan, limits_of(gate_pass.decisions))
            last = last_version(program)
            _stop_if_saved([last], plan)
            _add_nothing_if_frozen(gate_pass, plan, last, newest_version(program.client_id))
            if onto is not None and onto != last.number:
                raise Refused(
                    f"{last.by} saved version {last.number} meanwhile. Compare it, then save again to put yours on top."
                )
            return _save(program, last.number + 1, gate_pass, plan, "program.revised")
    except _SavedBefore as saved:
        return saved.version


def _obeying(plan: Plan, limits: Limits) -> Plan:
    problems = check(plan, limits)
    if problems:
        raise PlanRefused(problems)
    asked = {clause.id for clause in fit.conditions(limits)}
    return dataclasses.replace(plan, acknowledged=plan.acknowledged & asked)


def _add_nothing_if_frozen(gate_pass: Pass, plan: Plan, *earlier: ProgramVersion | None) -> None:
    """While a red flag waits for a review, or check-ins are missed, a plan adds nothing to the ones before it."""
    if freezes(gate_pass.client, on=day_of(gate_pass.client)):
        before = plans_of({one.pk for one in earlier if one}).values()
        phases = {slug: one.phase for slug, one in prescribed([plan]).items()}
        problems = list(dict.fromkeys(freeze.added(plan, *before, phases=phases)))
        if problems:
            raise PlanRefused(problems)


def _lately(gate_pass: Pass, plan: Plan) -> list[ProgramVersion]:
    mine = ProgramVersion.objects.filter(program__client=gate_pass.client_id, number=1, by=gate_pass.by_id)
    return list(mine.filter(title=plan.title, at__gt=gate_pass.at - SENT_AGAIN).order_by("-at"))


def _stop_if_saved(versions: list[ProgramVersion], plan: Plan) -> None:
    for version in versions:
        if plan_of(version) == plan:
            raise _SavedBefore(version)


def _save(program: Program, number: int, gate_pass: Pass, plan: Plan, action: str) -> ProgramVersion:
    by = gate_pass.by
    version = ProgramVersion.objects.create(
        program=program, number=number, gate_pass=gate_pass, title=plan.title, phase=plan.phase, notes=plan.notes,
        acknowledged=sorted(plan.acknowledged), by=by, at=gate_pass.at,
    )  # fmt: skip
    exercises = prescribed([plan])
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
