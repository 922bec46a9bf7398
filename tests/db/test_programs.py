"""Programs in the database: no version without a pass of its own, and nothing stored is changed."""

import threading
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from clearance.audit.models import Event
from clearance.decisions.statement import Clause
from clearance.gate.guard import GateShut, let_through
from clearance.gate.limits import Limits
from clearance.gate.models import Pass
from clearance.injuries.actions import open_hold
from clearance.people.actions import archive_client
from clearance.people.lock import now
from clearance.people.refused import Refused
from clearance.programs.actions import PlanRefused, build, revise
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout
from clearance.programs.plan import Day, Line, Plan
from clearance.programs.queries import choices, plan_of, substitutes
from tests.factories import exercise
from tests.plans import plan as gentle
from tests.unit.test_fit import limits

TABLES = ("programs_program", "programs_programversion", "programs_workout", "programs_prescription")
NO_OVERHEAD = Clause("no_overhead", {})


@pytest.fixture
def shelf(db: None) -> None:
    exercise("bridge")
    exercise("press", overhead=True)


@pytest.fixture
def cleared(cast: Any, shelf: None) -> Any:
    """Uma is cleared."""
    cast.sign(cast.uma)
    return cast


def plan(slug: str = "bridge", **fields: Any) -> Plan:
    lines = (Line(slug, 2, 12, "4/2/1", 60), Line("bridge", 3, 15, "x/x/x", 0, Decimal("7.5"), 60, 5))
    return Plan(**({"title": "Base", "phase": 1, "days": (Day("One", lines), Day("Two", lines[:1]))} | fields))


def built(cast: Any, **fields: Any) -> ProgramVersion:
    return build(client=cast.uma, by=cast.tara.user, plan=plan(**fields))


def refused_by_the_database(sql: str, *values: Any) -> str:
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(error.value)


def test_a_plan_is_stored_as_it_was_said_with_the_pass_of_its_save(cleared):
    version = built(cleared, notes="Slowly.")
    assert plan_of(version) == plan(notes="Slowly.")
    assert version.number == 1
    assert version.gate_pass.client_id == cleared.uma.pk
    assert version.gate_pass.at == version.at
    assert Event.objects.get(action="program.built").detail["version"] == version.pk


@pytest.mark.parametrize("shut", ["no decision", "refused", "held"])
def test_without_a_pass_nothing_is_stored_and_the_refusal_is_in_the_trail(cast, shelf, shut):
    if shut == "refused":
        cast.refuse(cast.uma)
    if shut == "held":
        cast.sign(cast.uma)
        open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    with pytest.raises(GateShut):
        built(cast)
    assert not Program.objects.exists()
    assert not Pass.objects.exists()
    assert Event.objects.get(action="gate.refused").detail["to"] == "build a program"


def test_an_archived_client_gets_no_program(cleared):
    program = built(cleared).program
    archive_client(client=cleared.uma, by=cleared.tara.user)
    with pytest.raises(Refused):
        built(cleared, title="Another")
    with pytest.raises(Refused):
        revise(program=program, by=cleared.tara.user, plan=plan(title="Another"))
    assert ProgramVersion.objects.count() == 1


def test_a_plan_with_a_forbidden_exercise_is_refused_line_by_line_and_leaves_no_pass(cast, shelf):
    cast.restrict(cast.uma, NO_OVERHEAD)
    with pytest.raises(PlanRefused) as refused:
        built(cast, slug="press")
    assert [(one.day, one.line) for one in refused.value.problems] == [(0, 0), (1, 0)]
    assert "Press is refused. Dr Ada Okafor: Nothing overhead." in str(refused.value)
    assert not Program.objects.exists()
    assert not Pass.objects.exists()


@pytest.mark.parametrize(
    ("days", "said"),
    [((), "at least one workout"), ((Day("One", ()),), "at least one exercise"),
     ((Day("One", (Line("unheard-of", 1, 1, "x/x/x", 0),)),), "from the library")],
)  # fmt: skip
def test_an_empty_or_unknown_plan_is_refused(cleared, days, said):
    with pytest.raises(PlanRefused, match=said):
        built(cleared, days=days)


def test_conditions_are_stored_as_they_were_acknowledged_and_no_others(cast, shelf):
    decision = cast.restrict(cast.uma, Clause("heart_rate_cap", {"bpm": 120}), NO_OVERHEAD)
    asked = decision.restrictions.get(kind="heart_rate_cap").pk
    with pytest.raises(PlanRefused, match="Read and tick what Dr Ada Okafor asks for: Heart rate at most 120 a minute"):
        built(cast)
    assert built(cast, acknowledged=frozenset({asked, 10**9})).acknowledged == [asked]


def test_a_week_with_too_many_workouts_is_refused(cast, shelf):
    cast.restrict(cast.uma, Clause("volume_cap", {"amount": 1, "unit": "sessions"}))
    with pytest.raises(PlanRefused, match="At most 1 sessions a week"):
        built(cast)


def test_a_revision_takes_its_own_pass_and_the_old_version_stays(cleared):
    first = built(cleared)
    second = revise(program=first.program, by=cleared.theo.user, plan=plan(title="Base, longer"))
    assert (first.number, second.number) == (1, 2)
    assert first.gate_pass_id != second.gate_pass_id
    assert ProgramVersion.objects.get(pk=first.pk).title == "Base"
    open_hold(client=cleared.uma, by=cleared.tara.user, reason="Dizzy.")
    with pytest.raises(GateShut):
        revise(program=first.program, by=cleared.tara.user, plan=plan(title="Third"))
    assert ProgramVersion.objects.count() == Pass.objects.count() == 2


def test_the_same_form_sent_again_stores_nothing_more(cleared):
    first = built(cleared)
    assert built(cleared).pk == first.pk
    assert revise(program=first.program, by=cleared.tara.user, plan=plan(), onto=1).pk == first.pk
    assert Program.objects.count() == Pass.objects.count() == 1
    assert build(client=cleared.uma, by=cleared.theo.user, plan=plan()).program_id != first.program_id


def test_a_change_on_top_of_an_unseen_version_is_refused(cleared):
    first = built(cleared)
    revise(program=first.program, by=cleared.theo.user, plan=plan(title="Theo's"), onto=1)
    with pytest.raises(Refused, match="Theo Trainer saved version 2 meanwhile"):
        revise(program=first.program, by=cleared.tara.user, plan=plan(title="Tara's"), onto=1)
    assert revise(program=first.program, by=cleared.tara.user, plan=plan(title="Tara's"), onto=2).number == 3


# What the database refuses, whoever asks


def version_row(program: Program, gate_pass: int, number: int = 2) -> tuple[str, list[Any]]:
    sql = (
        "INSERT INTO programs_programversion "
        "(program_id, number, gate_pass_id, title, phase, notes, acknowledged, by_id, at, txid) "
        "VALUES (%s, %s, %s, 'Forged', 1, '', '{}', %s, now(), txid_current())"
    )
    return sql, [program.pk, number, gate_pass, program.by_id]


def test_the_pass_of_another_client_is_rejected(cleared):
    version = built(cleared)
    cleared.knee
    cleared.sign(cleared.ines)
    with transaction.atomic():
        foreign = let_through(cleared.ines.pk, by=cleared.tara.user)
        sql, values = version_row(version.program, foreign.pk)
        assert "needs a pass of its client" in refused_by_the_database(sql, *values)
        with pytest.raises(DatabaseError, match="needs a pass of its client"), transaction.atomic():
            ProgramVersion.objects.create(
                program=version.program, number=2, gate_pass=foreign, title="Forged", phase=1, by=cleared.tara.user,
                at=now(),
            )  # fmt: skip


def test_no_pass_at_all_is_rejected(cleared):
    version = built(cleared)
    sql, values = version_row(version.program, 10**9)
    assert "needs a pass of its client" in refused_by_the_database(sql, *values)
    without = sql.replace("%s, 'Forged'", "NULL, 'Forged'")
    assert "needs a pass of its client" in refused_by_the_database(without, *values[:2], *values[3:])


def test_a_pass_serves_one_version_only(cleared):
    version = built(cleared)
    sql, values = version_row(version.program, version.gate_pass_id)
    assert "gate_pass_id" in refused_by_the_database(sql, *values)


def test_the_pass_of_another_transaction_is_rejected(committed):
    committed.sign(committed.uma)
    version = build(client=committed.uma, by=committed.tara.user, plan=gentle())
    with transaction.atomic():
        kept = let_through(committed.uma.pk, by=committed.tara.user)
    sql, values = version_row(version.program, kept.pk)
    assert "needs a pass of its client from the same transaction" in refused_by_the_database(sql, *values)


def test_workouts_and_prescriptions_are_written_with_their_version_or_not_at_all(committed):
    committed.sign(committed.uma)
    version = build(client=committed.uma, by=committed.tara.user, plan=gentle())
    workout = Workout.objects.get(version=version)
    exercise_id = Prescription.objects.get(workout=workout).exercise_id
    later = "INSERT INTO programs_workout (version_id, position, name, txid) VALUES (%s, 9, 'Late', txid_current())"
    assert "together with their parent" in refused_by_the_database(later, version.pk)
    later = (
        "INSERT INTO programs_prescription (workout_id, position, exercise_id, sets, reps, tempo, rest) "
        "VALUES (%s, 9, %s, 1, 1, 'x/x/x', 0)"
    )
    assert "together with their parent" in refused_by_the_database(later, workout.pk, exercise_id)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_is_stored_is_neither_changed_nor_deleted_nor_emptied(cleared, table, sql):
    built(cleared)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # PostgreSQL truncates nothing that still has checks to come.
    said = refused_by_the_database(sql.format(table))
    assert "Cannot update or delete" in said or "is never emptied" in said
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] >= 1


@pytest.mark.parametrize("model", [Program, ProgramVersion, Workout, Prescription])
def test_the_models_do_not_change_or_delete_either(cleared, model):
    built(cleared)
    row = model.objects.first()
    for change in (row.save, row.delete, model.objects.all().delete, lambda: model.objects.update(id=row.pk)):
        with (
            pytest.raises((DatabaseError, Exception), match=r"Cannot update or delete|protected"),
            transaction.atomic(),
        ):
            change()


def test_two_clicks_at_once_make_one_program(committed):
    committed.sign(committed.uma)
    found: list[int] = []
    start = threading.Barrier(2)

    def click() -> None:
        start.wait()
        try:
            found.append(build(client=committed.uma, by=committed.tara.user, plan=gentle()).pk)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert Program.objects.count() == Pass.objects.count() == 1


# Substitutes


def test_substitutes_are_allowed_near_and_of_no_later_phase(db):
    struck = exercise(
        "hard", pattern="push_vertical", component="resistance", phase=2, regression="easier", overhead=True
    )
    exercise("easier", pattern="push_horizontal", component="resistance", phase=1)
    exercise("same", pattern="push_vertical", component="resistance", phase=2)
    exercise("kin", pattern="push_vertical", component="core", phase=1)
    exercise("far", pattern="squat", component="resistance", phase=1)
    exercise("later", pattern="push_vertical", component="resistance", phase=3)
    exercise("other", pattern="stretch", component="flexibility", phase=1)
    exercise("struck-too", pattern="push_vertical", component="resistance", phase=1, overhead=True)
    found = substitutes(struck, choices(limits("no_overhead", {})), most=9)
    assert [one.slug for one in found] == ["easier", "same", "kin", "far"]
    assert [one.slug for one in substitutes(struck, choices(Limits()))] == ["easier", "same", "struck-too"]
