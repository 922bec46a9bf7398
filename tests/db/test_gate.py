"""The gate on real rows: facts of any moment, passes that can be judged again, standings that lists may trust."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from clearance.audit.models import Event
from clearance.decisions.actions import void_decision
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import open_injuries
from clearance.decisions.statement import Clause
from clearance.gate import facts, replay, standings
from clearance.gate.guard import GateShut, judge, let_through, see
from clearance.gate.models import Pass, Standing
from clearance.gate.rule import verdict
from clearance.injuries.actions import (
    amend_injury,
    hand_over,
    open_hold,
    void_injury,
)
from clearance.injuries.courses import record_session, start_course
from clearance.people.actions import archive_client, withdraw_consent
from clearance.people.address_book import edit_physician, verify_physician
from clearance.people.lock import now
from clearance.people.models import Consent, Policy
from clearance.people.refused import Refused
from clearance.people.staff import change_policy
from clearance.programs.actions import build
from clearance.programs.models import Program
from tests.plans import plan


def codes(client):
    return [reason.code.value for reason in judge(client.pk).reasons]


def test_the_main_job_an_injury_shuts_and_a_clearance_opens(cast, library):
    assert codes(cast.ines) == ["NO_DECISION"]
    cast.sign(cast.ines)
    assert codes(cast.ines) == []
    cast.injury(cast.ines)
    assert codes(cast.ines) == ["NOT_COVERED"]
    cast.sign(cast.ines)
    assert build(client=cast.ines, by=cast.tara.user, plan=plan()).gate_pass.decisions


@pytest.mark.parametrize("outcome", [one for one in Outcome.values if not one.startswith("CLEARED")])
def test_every_other_outcome_shuts(cast, outcome):
    cast.sign(cast.ines)
    cast.refuse(cast.ines, outcome)
    assert codes(cast.ines) == [outcome]


def test_a_refused_build_stores_nothing_and_is_in_the_trail(cast, library):
    with pytest.raises(GateShut):
        build(client=cast.ines, by=cast.tara.user, plan=plan())
    assert not Program.objects.exists()
    assert not Pass.objects.exists()
    event = Event.objects.get(action="gate.refused")
    assert (event.client, event.actor, event.detail["reasons"]) == (cast.ines.pk, cast.tara.user_id, ["NO_DECISION"])


def test_seeing_a_plan_while_shut_is_refused_and_noted(cast):
    with pytest.raises(GateShut):
        see(cast.ines, to="print a program", by=cast.tara.user)
    assert Event.objects.filter(action="gate.refused", detail__to="print a program").exists()


def test_an_archived_client_gets_no_pass(cast):
    cast.sign(cast.uma)
    archive_client(client=cast.uma, by=cast.tara.user)
    with pytest.raises(Refused):
        let_through(cast.uma.pk, by=cast.tara.user)


def test_each_write_that_changes_a_fact_shuts_at_once(cast):
    cast.knee
    physician = cast.okafor

    def treated():
        course = start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy")
        record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())

    consent = Consent.objects.get(client=cast.ines, physician=physician)
    shutters = {
        "NOT_COVERED": lambda: amend_injury(injury=cast.knee, by=cast.tara.user, reason="worse", severity=3),
        "ON_HOLD": lambda: open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy."),
        "TREATED_SINCE": treated,
        "PHYSICIAN_UNVERIFIED": lambda: edit_physician(physician=physician, by=cast.tara.user, phone="+12025550199"),
        "NO_CONSENT": lambda: withdraw_consent(consent=consent, by=cast.tara.user, reason="asked to"),
    }
    for code, shut in shutters.items():
        cast.sign(cast.ines)
        assert codes(cast.ines) == []
        shut()
        assert codes(cast.ines) == [code]
        verify_physician(physician=physician, by=cast.mona.user, how="called", source="register")


def test_a_change_of_supervising_physician_shuts_until_the_new_one_decides_even_back_and_forth(cast):
    cast.knee
    cast.sign(cast.ines)
    hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="moved away")
    cast.consent(cast.ines, cast.lindt)
    assert codes(cast.ines) == ["NO_DECISION"]
    hand_over(client=cast.ines, physician=cast.okafor, by=cast.tara.user, reason="moved back")
    assert codes(cast.ines) == ["NO_DECISION"]


def test_a_refusal_is_not_escaped_by_changing_the_physician_under_the_other_policy(cast):
    change_policy(studio=cast.north, needs=Policy.Needs.INJURED_OR_FLAGGED, by=cast.mona.user)
    assert codes(cast.uma) == []
    cast.refuse(cast.uma)
    assert codes(cast.uma) == ["NOT_CLEARED"]
    hand_over(client=cast.uma, physician=cast.lindt, by=cast.tara.user, reason="a second opinion")
    assert "NO_DECISION" in codes(cast.uma)


def test_voiding_a_withdrawal_revives_nothing(cast):
    cast.sign(cast.uma)
    withdrawal = cast.refuse(cast.uma, Outcome.WITHDRAWN)
    void_decision(decision=withdrawal, by=cast.mona.user, reason="typed too fast")
    assert codes(cast.uma) == ["NO_DECISION"]


def test_voiding_an_injury_opens_nothing(cast):
    cast.sign(cast.uma)
    injury = cast.injury(cast.uma)
    void_injury(injury=injury, by=cast.mona.user, reason="wrong client")
    assert codes(cast.uma) == ["ON_HOLD"]
    cast.sign(cast.uma)
    assert codes(cast.uma) == []


def test_verifying_again_restores_only_what_the_physician_decided(cast):
    edit_physician(physician=cast.okafor, by=cast.tara.user, fax="+12025550177")
    verify_physician(physician=cast.okafor, by=cast.mona.user, how="called", source="register")
    assert codes(cast.uma) == ["NO_DECISION"]


def test_a_resolved_injury_is_gone_for_good_and_only_by_decision(cast):
    cast.sign(cast.ines, covers=frozenset(), resolves=frozenset({cast.knee.pk}))
    assert codes(cast.ines) == []
    assert judge(cast.ines.pk).open
    cast.sign(cast.ines)
    assert facts.of_client(cast.ines.pk, at=now()).injuries == ()


def test_the_verdict_of_any_past_moment_can_be_computed_again(cast):
    history = [(now(), codes(cast.ines))]
    for step in (
        lambda: cast.knee,
        lambda: cast.sign(cast.ines),
        lambda: amend_injury(injury=cast.knee, by=cast.tara.user, reason="worse", severity=3),
        lambda: cast.sign(cast.ines),
        lambda: edit_physician(physician=cast.okafor, by=cast.tara.user, licence="B1"),
        lambda: verify_physician(physician=cast.okafor, by=cast.mona.user, how="called", source="register"),
        lambda: hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="moved"),
        lambda: void_injury(injury=cast.knee, by=cast.mona.user, reason="mistake"),
        lambda: change_policy(studio=cast.north, needs=Policy.Needs.INJURED_OR_FLAGGED, by=cast.mona.user),
    ):
        step()
        history.append((now(), codes(cast.ines)))
    assert len({tuple(found) for _, found in history}) > 3
    for at, found in history:
        again = verdict(facts.of_client(cast.ines.pk, at=at), at)
        assert [reason.code.value for reason in again.reasons] == found


def test_every_pass_holds_when_it_is_judged_again(cast, library):
    cast.knee
    cast.sign(cast.ines)
    build(client=cast.ines, by=cast.tara.user, plan=plan())
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    call_command("verify_passes")
    assert list(replay.differences()) == []


@pytest.mark.parametrize(
    "behind_the_back",
    [
        "UPDATE decisions_decision SET valid_until = valid_until - 20, valid_from = valid_from - 20",
        "UPDATE injuries_injuryversion SET number = 7",
        "UPDATE people_verification SET until = since",
        "UPDATE people_consent SET last_day = last_day - 1",
        "INSERT INTO injuries_hold (client_id, reason, at) SELECT client_id, 'x', at FROM gate_pass",
    ],
)
def test_a_fact_altered_behind_its_back_is_found(cast, library, behind_the_back):
    cast.knee
    cast.sign(cast.ines)
    build(client=cast.ines, by=cast.tara.user, plan=plan())
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(behind_the_back)
        cursor.execute("SET session_replication_role = DEFAULT")
    with pytest.raises(CommandError, match="1 of 1 passes"):
        call_command("verify_passes")


def test_facts_of_many_clients_cost_as_many_queries_as_of_one(cast, django_assert_num_queries):
    clients = [cast.client(cast.tara, f"Client {number}", cast.okafor) for number in range(5)]
    for client in clients:
        cast.injury(client)
        cast.sign(client)
    at = now()
    with django_assert_num_queries(19):
        facts.of_client(clients[0].pk, at=at)
    with django_assert_num_queries(19):
        facts.of_clients([client.pk for client in clients], at=at)


def test_facts_of_one_client_hold_nothing_of_another(cast):
    cast.injury(cast.otto)
    cast.knee
    alone = facts.of_client(cast.ines.pk, at=now())
    both = facts.of_clients([cast.ines.pk, cast.otto.pk], at=now())[cast.ines.pk]
    assert alone == both


def test_standings_follow_every_write_and_agree_with_the_rule(cast):
    def state(client):
        return standings.of_studio(cast.north.pk).get(client=client).state

    cast.knee
    assert state(cast.ines) == "blocked"
    cast.restrict(cast.ines, Clause("no_overhead", {}))
    assert state(cast.ines) == "restrictions"
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    assert state(cast.ines) == "on_hold"
    cast.refuse(cast.ines, Outcome.WITHDRAWN)
    assert state(cast.ines) == "withdrawn"
    call_command("verify_standings")


def test_a_standing_ends_by_itself_when_its_time_comes(cast):
    decision = cast.sign(cast.uma)
    standings.refresh(cast.north.pk)
    assert cast.uma.__class__.objects.get(pk=cast.uma.pk).judge_by is not None
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE decisions_decision SET valid_from = valid_from - 60, valid_until = valid_until - 60 WHERE id = %s",
            [decision.pk],
        )
        cursor.execute("UPDATE people_client SET judge_by = now() - interval '1 hour' WHERE id = %s", [cast.uma.pk])
        cursor.execute("SET session_replication_role = DEFAULT")
    assert standings.of_studio(cast.north.pk).get(client=cast.uma).state == "expired"


def test_a_wrong_standing_is_found(cast):
    cast.sign(cast.uma)
    standings.refresh(cast.north.pk)
    Standing.objects.filter(client=cast.uma).update(codes=["NO_DECISION"])
    with pytest.raises(CommandError, match="differ"):
        call_command("verify_standings")


def test_moments_under_the_lock_never_go_back(cast):
    first = open_hold(client=cast.uma, by=cast.tara.user, reason="One.")
    late = open_hold(client=cast.uma, by=cast.tara.user, reason="Two.", at=first.at - timedelta(days=30))
    future = open_hold(client=cast.uma, by=cast.tara.user, reason="Three.", at=now() + timedelta(days=30))
    assert first.at < late.at < future.at <= now()


def test_one_first_decision_and_one_chain_per_physician(cast):
    words = [cast.sign(cast.uma), cast.refuse(cast.uma), cast.sign(cast.uma)]
    assert [one.replaces_id for one in words] == [None, words[0].pk, words[1].pk]
    assert Decision.objects.filter(client=cast.uma, replaced_by=None).get() == words[2]


def test_a_resolution_that_was_taken_back_does_not_come_back_by_itself(cast):
    knee = cast.knee
    cast.sign(cast.ines, covers=frozenset(), resolves=frozenset({knee.pk}))
    cast.refuse(cast.ines, "WITHDRAWN")
    cast.sign(cast.ines, covers=frozenset())
    assert [one.code.value for one in judge(cast.ines.pk).reasons] == ["NOT_COVERED"]
    assert [one.injury_id for one in open_injuries(cast.ines.pk)] == [knee.pk]
