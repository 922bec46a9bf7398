"""What is signed or passed stays as it was written: PostgreSQL refuses, whoever asks."""

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.utils import DatabaseError

from clearance.audit.models import Event
from clearance.decisions.actions import void_decision
from clearance.decisions.models import Coverage, Decision, DecisionVoid, Restriction
from clearance.decisions.statement import Clause
from clearance.gate.models import Pass
from clearance.injuries.actions import amend_injury, open_hold, void_injury
from clearance.injuries.courses import record_session, start_course
from clearance.injuries.models import Hold, InjuryVersion, TreatmentSession
from clearance.people.models import CareTeamMember, Consent, Policy, Verification
from clearance.programs.actions import build
from clearance.programs.models import Prescription, Program, ProgramVersion, Workout
from tests.plans import plan

SIGNED = [
    Event, Decision, Coverage, Restriction, DecisionVoid, Pass, Hold, TreatmentSession, Program, ProgramVersion, Workout,
    Prescription,
]  # fmt: skip
PERIODS = [Policy, Verification, CareTeamMember, Consent, InjuryVersion]


@pytest.fixture
def everything(cast, library):
    """At least one row of each kind."""
    cast.knee
    cast.restrict(cast.ines, Clause("no_overhead", {}))
    build(client=cast.ines, by=cast.tara.user, plan=plan())
    amend_injury(injury=cast.knee, by=cast.tara.user, reason="worse", severity=3)
    course = start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    void_decision(decision=cast.sign(cast.uma), by=cast.mona.user, reason="wrong client")
    return cast


def refused(statement: str) -> bool:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return True


@pytest.mark.parametrize("model", SIGNED, ids=lambda model: model.__name__)
def test_rows_refuse_update_delete_and_truncate(everything, model):
    table, key = model._meta.db_table, model._meta.pk.column
    assert model.objects.exists()
    column = next(field.column for field in model._meta.fields if not field.primary_key)
    assert refused(f'UPDATE "{table}" SET "{column}" = "{column}" WHERE "{key}" = "{key}"')
    assert refused(f'DELETE FROM "{table}"')
    assert refused(f'TRUNCATE "{table}" CASCADE')
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.update(**{model._meta.get_field(column.removesuffix("_id")).name: None})


@pytest.mark.parametrize("model", PERIODS, ids=lambda model: model.__name__)
def test_a_period_is_closed_once_and_never_moved(everything, model):
    table = model._meta.db_table
    assert refused(f"UPDATE {table} SET since = since - interval '1 day'")
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table} CASCADE")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET until = since WHERE until IS NULL")
    assert refused(f"UPDATE {table} SET until = NULL")
    assert refused(f"UPDATE {table} SET until = until + interval '1 day'")


def test_nothing_is_added_to_what_another_transaction_signed(committed):
    cast = committed
    cast.knee
    decision = cast.sign(cast.ines)
    version = build(client=cast.ines, by=cast.tara.user, plan=plan())
    workout = version.workouts.get()
    injury = cast.injury(cast.ines, area="elbow", side="left")
    assert refused(
        "INSERT INTO decisions_coverage (decision_id, injury_id, number, words, resolves) "
        f"VALUES ({decision.pk}, {injury.pk}, 1, 'sneaked in', false)"
    )
    assert refused(
        "INSERT INTO decisions_restriction (decision_id, position, kind, area, side, terms, words) "
        f"VALUES ({decision.pk}, 9, 'no_overhead', '', '', '{{}}', 'sneaked in')"
    )
    assert refused(
        "INSERT INTO programs_prescription (workout_id, position, exercise_id, sets, reps, tempo, rest) "
        f"VALUES ({workout.pk}, 9, {workout.prescriptions.get().exercise_id}, 1, 1, 'x', 0)"
    )
    assert refused(
        "INSERT INTO programs_programversion (program_id, number, gate_pass_id, title, phase, notes, acknowledged, by_id, at, txid) "
        f"VALUES ({version.program_id}, 9, {version.gate_pass_id}, 't', 1, '', '{{}}', {cast.tara.user_id}, now(), txid_current())"
    )


def test_a_program_version_without_a_pass_cannot_be_stored(everything):
    version = ProgramVersion.objects.get()
    assert refused(
        "INSERT INTO programs_programversion (program_id, number, gate_pass_id, title, phase, notes, acknowledged, by_id, at, txid) "
        f"VALUES ({version.program_id}, 9, NULL, 't', 1, '', '{{}}', {version.by_id}, now(), 0)"
    )


def test_a_pass_of_one_client_does_not_carry_another_clients_program(everything):
    cast = everything
    gate_pass = Pass.objects.get()
    program = Program.objects.create(client=cast.uma, by=cast.tara.user, created_at=gate_pass.at)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProgramVersion.objects.create(
            program=program, number=1, gate_pass=gate_pass, title="t", phase=1, by=cast.tara.user, at=gate_pass.at
        )


def test_a_voided_injury_stays_void(everything):
    cast = everything
    injury = cast.injury(cast.uma)
    void_injury(injury=injury, by=cast.mona.user, reason="wrong client")
    assert refused(
        f"UPDATE injuries_injury SET voided_at = NULL, voided_by_id = NULL, void_reason = '' WHERE id = {injury.pk}"
    )


def test_every_model_of_signed_words_is_in_this_test():
    kept = {
        model
        for model in apps.get_models()
        if any(one.name == "rows_stay" for one in getattr(model._meta, "triggers", []))
    }
    assert {model.__name__ for model in SIGNED} <= {model.__name__ for model in kept}
