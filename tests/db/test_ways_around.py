"""Ways around the gate that somebody under pressure would try, each of them shut."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from clearance.decisions.actions import RecordChanged, read_back, sign
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.questions import ask
from clearance.decisions.statement import Clause, Draft, digest
from clearance.gate import replay
from clearance.gate.guard import GateShut, judge
from clearance.injuries.actions import open_hold
from clearance.people import staff
from clearance.people.actions import edit_client, join_care_team, withdraw_consent
from clearance.people.address_book import add_physician, edit_physician, fingerprint, verify_physician
from clearance.people.identity import same_mailbox, same_name
from clearance.people.models import Consent
from clearance.people.refused import Refused
from clearance.programs.actions import PlanRefused, build
from clearance.programs.plan import Day, Line
from tests.plans import plan

ENVELOPE = {"modes": "walking", "days_a_week": 1, "minutes": 40, "top_phase": 1, "top_effort": 5}


def codes(client):
    return [reason.code.value for reason in judge(client.pk).reasons]


def asked(cast, client, **more):
    return ask(client=client, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **(ENVELOPE | more))[0]


@pytest.mark.parametrize("change", [{"name": "Ines Injured"}, {"born": date(1990, 1, 1)}])
def test_a_cleared_client_cannot_become_somebody_else(cast, library, change):
    cast.sign(cast.uma)
    build(client=cast.uma, by=cast.tara.user, plan=plan())
    edit_client(client=cast.uma, by=cast.tara.user, **change)
    assert codes(cast.uma) == ["NO_DECISION"]
    assert list(replay.differences()) == []
    cast.uma.refresh_from_db()
    cast.sign(cast.uma)
    assert codes(cast.uma) == []


def test_other_changes_of_a_client_leave_the_gate_as_it_is(cast):
    cast.sign(cast.uma)
    edit_client(client=cast.uma, by=cast.tara.user, phone="+12025550188", goals="Run again.")
    assert codes(cast.uma) == []


def test_a_clearance_of_what_is_planned_allows_nothing_beyond_it(cast, library):
    asked(cast, cast.uma)
    cast.sign(cast.uma)
    with pytest.raises(PlanRefused):
        build(client=cast.uma, by=cast.tara.user, plan=plan(phase=2))
    two_days = plan().days * 2
    with pytest.raises(PlanRefused):
        build(client=cast.uma, by=cast.tara.user, plan=plan(days=two_days))
    for effort in (9, None):
        line = Line("glute-bridge", sets=2, reps=12, tempo="4/2/1", rest=60, effort=effort)
        with pytest.raises(PlanRefused):
            build(client=cast.uma, by=cast.tara.user, plan=plan(days=(Day("A", (line,)),)))
    assert build(client=cast.uma, by=cast.tara.user, plan=plan())


def test_the_question_cannot_be_swapped_between_reading_and_signing(cast):
    asked(cast, cast.uma)
    draft = cast.clearance(cast.uma)
    shown = read_back(client=cast.uma, physician=cast.okafor, draft=draft, on=cast.today())
    assert "phase 1 at most" in shown
    asked(cast, cast.uma, top_phase=5, top_effort=10)
    with pytest.raises(RecordChanged):
        sign(
            client=cast.uma, physician=cast.okafor, by=cast.okafor.user, draft=draft, name="Ada Okafor",
            credential="MD", licence="1", shown_sha256=digest(shown), replaces=None,
        )  # fmt: skip


def elbow_of_lindt(cast):
    cast.sign(cast.uma)
    join_care_team(client=cast.uma, physician=cast.lindt, by=cast.tara.user)
    cast.consent(cast.uma, cast.lindt)
    return cast.injury(cast.uma, area="elbow", side="left", supervised_by=cast.lindt)


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.NOT_CLEARED])
def test_whoever_resolved_an_injury_can_take_that_back(cast, outcome):
    elbow = elbow_of_lindt(cast)
    cast.sign(cast.uma, cast.lindt, covers=frozenset(), resolves=frozenset({elbow.pk}))
    assert codes(cast.uma) == []
    cast.sign(cast.uma, cast.lindt, draft=Draft(outcome=outcome))
    assert codes(cast.uma) == [outcome]


@pytest.mark.parametrize("more", [{"valid_from": 30}, {"restrictions": (Clause("no_overhead", {}),)}])
def test_nobody_signs_limits_that_would_bind_nobody(cast, more):
    elbow = elbow_of_lindt(cast)
    if "valid_from" in more:
        first = cast.today() + timedelta(days=30)
        more = {"valid_from": first, "valid_until": first + timedelta(days=9)}
    else:
        more = more | {"outcome": Outcome.CLEARED_WITH_RESTRICTIONS}
    with pytest.raises(Refused, match="bind nobody"):
        cast.sign(cast.uma, cast.lindt, covers=frozenset(), resolves=frozenset({elbow.pk}), **more)


@pytest.mark.parametrize("obstacle", ["consent", "contact", "address"])
def test_nothing_that_a_studio_does_keeps_a_physician_from_withdrawing(cast, obstacle):
    cast.sign(cast.uma)
    if obstacle == "consent":
        consent = Consent.objects.get(client=cast.uma)
        withdraw_consent(consent=consent, by=cast.tara.user, reason="no reason")
    elif obstacle == "contact":
        edit_physician(physician=cast.okafor, by=cast.tara.user, phone="+12025550166")
    else:
        edit_physician(physician=cast.okafor, by=cast.tara.user, email="tara.friend@elsewhere.test")
    cast.refuse(cast.uma, Outcome.WITHDRAWN)
    cast.consent(cast.uma, cast.okafor)
    verify_physician(physician=cast.okafor, by=cast.mona.user, how="called", source="register")
    assert codes(cast.uma) == ["WITHDRAWN"]


def test_without_consent_a_physician_finds_only_the_own_word_and_can_take_it_back(cast):
    decision = cast.sign(cast.ines)
    open_hold(client=cast.ines, by=cast.tara.user, reason="Canary of the record.")
    withdraw_consent(consent=Consent.objects.get(client=cast.ines), by=cast.tara.user, reason="asked to")
    okafor = cast.browser(cast.okafor.user)
    pages = [
        okafor.get(f"/physician/clients/{cast.ines.pk}/{path}")
        for path in ("", "decide/?outcome=WITHDRAWN", f"decisions/{decision.pk}/")
    ]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert not any(b"Canary" in page.content for page in pages)
    assert okafor.get(f"/physician/clients/{cast.uma.pk}/").status_code == 200
    assert cast.browser(cast.lindt.user).get(f"/physician/clients/{cast.ines.pk}/").status_code == 404


def test_a_changed_address_signs_no_new_clearance_until_the_account_is_opened_anew(cast):
    edit_physician(physician=cast.okafor, by=cast.tara.user, email="tara.friend@elsewhere.test")
    verify_physician(physician=cast.okafor, by=cast.mona.user, how="called", source="register")
    with pytest.raises(Refused, match="address"):
        cast.sign(cast.uma)


def test_what_others_typed_cannot_pass_for_a_clause(cast):
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.\nRestriction: No squat.")
    cast.sign(cast.uma, conditions="As agreed.\nRestriction: none.")
    lines = Decision.objects.get(client=cast.uma).statement.split("\n")
    assert not [line for line in lines if line.startswith("Restriction:")]


def test_the_contact_that_is_verified_is_the_one_that_was_checked(cast):
    seen = fingerprint(cast.okafor)
    edit_physician(physician=cast.okafor, by=cast.tara.user, email="evil@elsewhere.test")
    with pytest.raises(Refused, match="has changed"):
        verify_physician(physician=cast.okafor, by=cast.mona.user, how="called", source="register", checked=seen)


@pytest.mark.parametrize(
    "spelling", ['"mona"@studio.test', "MONA+x@studio.test", "ｍｏｎａ@studio.test", "mona@studio.test."]
)
def test_staff_cannot_be_a_physician_under_another_spelling(cast, spelling):
    with pytest.raises(Refused):
        add_physician(
            studio=cast.north, by=cast.mona.user, name="Dr Mona", credential="MD", email=spelling, licence="1",
            licence_place="Maine",
        )  # fmt: skip


def test_one_domain_is_one_domain_in_every_script():
    assert same_mailbox("a@bücher.test") == same_mailbox("A@xn--bcher-kva.test")


def test_the_studios_clock_does_not_move_a_consent_or_a_decision(cast):
    cast.sign(cast.uma)
    until = judge(cast.uma.pk).until
    staff.edit_studio(studio=cast.north, by=cast.mona.user, name="Northside", time_zone="Pacific/Pago_Pago", phone="")
    assert judge(cast.uma.pk).until == until


def test_days_without_training_that_a_physician_set_shut_the_gate(cast):
    today = cast.today().isoformat()
    cast.restrict(cast.uma, Clause("no_training_window", {"first": today, "last": today}))
    assert codes(cast.uma) == ["RESTING"]


@pytest.mark.parametrize("dose", [{"kilograms": 200}, {"percent": 100}])
def test_weight_added_to_an_exercise_without_a_load_is_capped_too(cast, library, dose):
    cast.restrict(
        cast.uma, Clause("load_pct_max", {"percent": 30}), Clause("load_abs_max", {"kilograms": "5", "zone": "any"})
    )
    line = Line("glute-bridge", sets=2, reps=12, tempo="4/2/1", rest=60, effort=4, **dose)
    with pytest.raises(PlanRefused):
        build(client=cast.uma, by=cast.tara.user, plan=plan(days=(Day("A", (line,)),)))


def test_an_injury_that_lost_its_versions_shuts(cast):
    cast.knee
    cast.sign(cast.ines)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE injuries_injuryversion SET until = since WHERE until IS NULL")
    assert "NO_PHYSICIAN" in codes(cast.ines)


@pytest.mark.parametrize(
    "move",
    [
        "UPDATE injuries_injury SET client_id = (SELECT max(id) FROM people_client)",
        "UPDATE people_client SET studio_id = (SELECT max(id) FROM people_studio)",
    ],
)
def test_rows_cannot_be_moved_to_another_client_or_studio(cast, move):
    cast.knee
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(move)


def test_a_decision_that_the_physicians_account_did_not_sign_cannot_be_stored(cast):
    decision = cast.sign(cast.uma)
    decision.pk, decision.replaces, decision.client, decision.signer = None, None, cast.ines, cast.tara.user
    with pytest.raises(DatabaseError), transaction.atomic():
        decision.save(force_insert=True)


def test_a_decision_that_no_line_of_the_trail_knows_is_found(cast):
    decision = cast.sign(cast.uma)
    assert list(replay.unsigned()) == []
    decision.pk, decision.replaces, decision.client = None, None, cast.ines
    decision.save(force_insert=True)
    assert len(list(replay.unsigned())) == 1


def test_a_clock_set_back_hides_no_hold(cast):
    cast.sign(cast.uma)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_client SET changed_at = clock_timestamp() + interval '5 minutes'")
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")
    assert codes(cast.uma) == ["ON_HOLD"]
    with pytest.raises(GateShut):
        build(client=cast.uma, by=cast.tara.user, plan=plan())


@pytest.mark.parametrize(
    ("typed", "same"),
    [("Ada Okafor", True), ("Dr. ada OKAFOR, MD", True), ("Okafor", True), ("Mickey Mouse", False), ("Ada", False), ("", False), ("Ada Okafor Mouse", False)],
)  # fmt: skip
def test_a_signature_bears_the_physicians_name(typed, same):
    assert same_name(typed, "Dr Ada Okafor") is same


def test_pages_are_not_kept_by_the_browser(cast, library):
    cast.sign(cast.uma)
    version = build(client=cast.uma, by=cast.tara.user, plan=plan())
    page = cast.browser(cast.tara).get(f"/clients/{cast.uma.pk}/programs/{version.program_id}/")
    assert "no-store" in page.headers["Cache-Control"]
