"""Screenings, readiness and the gate: a positive or unsure answer shuts for good, and nothing that follows opens."""

import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from clearance.audit.queries import trail
from clearance.checkins import actions, queries
from clearance.checkins.models import Readiness, RuleSettings, Screening, ScreeningVoid
from clearance.checkins.red_flags import RULES, in_force
from clearance.checkins.tiers import Tier
from clearance.gate.guard import GateShut, judge
from clearance.gate.standings import refresh
from clearance.injuries.actions import void_injury
from clearance.people.actions import archive_client
from clearance.people.lock import now
from clearance.people.models import Evidence, Policy
from clearance.people.refused import Refused
from clearance.people.staff import change_policy
from clearance.programs.actions import build
from tests.db.test_races import together
from tests.plans import plan
from tests.screenings import NOES, said, sign

UNSURE = NOES | {"chest": "unsure"}
SCALES = {"health": 3, "dedication": 4, "exertion": 5, "pain_threshold": 4}


def codes(client):
    return [reason.code.value for reason in judge(client.pk).reasons]


@pytest.fixture
def lenient(cast):
    """Northside needs a clearance from the first injury or flagged answer on. Uma has nothing recorded."""
    needs = Policy.Needs.INJURED_OR_FLAGGED
    change_policy(studio=cast.north, by=cast.mona.user, needs=needs, least_evidence=Evidence.PAPER)
    assert codes(cast.uma) == []
    return cast


@pytest.mark.parametrize(
    "worse",
    [{"answers": NOES | {"heart": "yes"}}, {"answers": UNSURE}, {"answers": {**NOES, "joints": ""}},
     {"diseases": ["kidney"]}, {"symptoms": ["dizzy"]}],
)  # fmt: skip
def test_a_positive_or_unsure_answer_shuts_until_a_physician_decides(lenient, worse):
    sign(lenient.uma, lenient.tara.user, **worse)
    assert codes(lenient.uma) == ["NO_DECISION"]
    lenient.sign(lenient.uma)
    assert codes(lenient.uma) == []


def test_plain_noes_shut_nothing_and_need_nobody(lenient):
    assert not sign(lenient.uma, lenient.tara.user).flagged
    assert codes(lenient.uma) == []


def test_answering_anew_with_plain_noes_opens_nothing(lenient):
    first = sign(lenient.uma, lenient.tara.user, answers=UNSURE)
    sign(lenient.uma, lenient.tara.user)
    assert codes(lenient.uma) == ["NO_DECISION"]
    actions.void_screening(screening=first, by=lenient.tara.user, reason="Ticked by mistake")
    sign(lenient.uma, lenient.tara.user, active=False)
    assert codes(lenient.uma) == ["NO_DECISION"]


def test_a_void_opens_nothing(lenient):
    screening = sign(lenient.uma, lenient.tara.user, answers=UNSURE)
    actions.void_screening(screening=screening, by=lenient.tara.user, reason="Feels better")
    assert codes(lenient.uma) == ["NO_DECISION"]


def test_the_end_of_its_twelve_months_opens_nothing(lenient):
    long_ago = now() - timedelta(days=800)
    sign(lenient.uma, lenient.tara.user, answers=UNSURE, at=long_ago, on=long_ago.date())
    (screening,) = queries.screenings_of(lenient.uma.pk)
    assert queries.screening_problem(screening, on=lenient.today()) == "It is older than twelve months."
    assert codes(lenient.uma) == ["NO_DECISION"]


def test_an_injury_entered_by_mistake_leaves_the_flagged_answer_standing(lenient):
    sign(lenient.uma, lenient.tara.user, answers=UNSURE)
    injury = lenient.injury(lenient.uma)
    lenient.sign(lenient.uma)
    void_injury(injury=injury, by=lenient.mona.user, reason="Wrong client")
    lenient.refuse(lenient.uma)
    assert codes(lenient.uma) == ["NOT_CLEARED"]


def test_with_every_client_to_be_cleared_a_screening_of_noes_opens_nothing(cast):
    assert codes(cast.uma) == ["NO_DECISION"]
    sign(cast.uma, cast.tara.user)
    assert codes(cast.uma) == ["NO_DECISION"]


def test_a_flagged_answer_stops_the_next_program_and_the_earlier_pass_still_holds(lenient, library, capsys):
    build(client=lenient.uma, by=lenient.tara.user, plan=plan())
    sign(lenient.uma, lenient.tara.user, answers=UNSURE)
    with pytest.raises(GateShut):
        build(client=lenient.uma, by=lenient.tara.user, plan=plan())
    call_command("verify_passes")
    refresh(lenient.north.pk)
    call_command("verify_standings")


def test_the_same_screening_sent_twice_is_stored_once(cast):
    assert sign(cast.uma, cast.tara.user) == sign(cast.uma, cast.tara.user)
    assert sign(cast.uma, cast.tara.user, active=False) != Screening.objects.earliest("id")
    assert Screening.objects.count() == 2


def test_after_a_void_the_same_answers_are_signed_anew(cast):
    first = sign(cast.uma, cast.tara.user)
    actions.void_screening(screening=first, by=cast.tara.user, reason="By mistake")
    assert sign(cast.uma, cast.tara.user) != first


@pytest.mark.parametrize("name", ["Tara Trainer", "Uma", "", "Uma Uninjured Junior"])
def test_nobody_else_signs(cast, name):
    with pytest.raises(Refused) as refused:
        sign(cast.uma, cast.tara.user, signed_name=name)
    assert refused.value.field == "signed_name"
    assert not Screening.objects.exists()


def test_a_name_is_the_same_in_capitals_and_with_more_space(cast):
    assert sign(cast.uma, cast.tara.user, signed_name=" uma  UNINJURED ").signed_name == " uma  UNINJURED "


def test_nothing_is_signed_or_recorded_for_an_archived_client(cast):
    archive_client(client=cast.uma, by=cast.tara.user)
    with pytest.raises(Refused):
        sign(cast.uma, cast.tara.user)
    with pytest.raises(Refused):
        actions.record_readiness(client=cast.uma, by=cast.tara.user, on=cast.today(), **SCALES)


def test_a_screening_is_void_once_and_for_a_reason(cast):
    screening = sign(cast.uma, cast.tara.user)
    for reason in ("", "  "):
        with pytest.raises(Refused):
            actions.void_screening(screening=screening, by=cast.tara.user, reason=reason)
    actions.void_screening(screening=screening, by=cast.tara.user, reason="New medicine")
    with pytest.raises(Refused):
        actions.void_screening(screening=screening, by=cast.tara.user, reason="Again")
    assert ScreeningVoid.objects.get().reason == "New medicine"


@pytest.mark.parametrize(("days", "good"), [(0, True), (365, True), (366, False)])
def test_a_screening_is_good_for_twelve_months(cast, days, good):
    screening = sign(cast.uma, cast.tara.user)
    assert (queries.screening_problem(screening, on=cast.today() + timedelta(days=days)) == "") is good


def test_no_screening_is_a_problem_of_its_own(db):
    assert queries.screening_problem(None, on=now().date()) == "There is no screening yet."


@pytest.mark.parametrize(("joints", "problem"), [("no", "An injury was logged since."), ("yes", "")])
def test_an_injury_contradicts_a_screening_that_knew_of_none(cast, joints, problem):
    screening = sign(cast.uma, cast.tara.user, answers=NOES | {"joints": joints}, followups={"joints": "Knee"})
    assert queries.screening_problem(screening, on=cast.today()) == ""
    cast.injury(cast.uma)
    assert queries.screening_problem(screening, on=cast.today()) == problem


def test_the_same_readiness_sent_twice_is_stored_once(cast):
    for _ in range(2):
        actions.record_readiness(client=cast.uma, by=cast.tara.user, on=cast.today(), **SCALES)
    actions.record_readiness(client=cast.uma, by=cast.tara.user, on=cast.today(), **SCALES | {"health": 4})
    assert Readiness.objects.count() == 2
    assert queries.readiness_now(cast.uma.pk).health == 4


@pytest.mark.parametrize(("threshold", "pain", "flagged"), [(10, 6, True), (10, 5, False), (2, 3, True), (2, 2, False)])
def test_a_high_pain_threshold_never_allows_more_pain_than_the_studio_does(cast, threshold, pain, flagged):
    values = SCALES | {"pain_threshold": threshold}
    actions.record_readiness(client=cast.uma, by=cast.tara.user, on=cast.today(), **values)
    actions.record_check_in(
        client=cast.uma, by=cast.tara.user, on=cast.today(), cap=None, pain_now=pain, strength=4
    )  # fmt: skip
    assert queries.flags_of(cast.uma.pk).filter(rule="pain_beyond").exists() is flagged


def set_rules(cast, off=(), **thresholds):
    return actions.change_rules(studio=cast.north, by=cast.mona.user, off=off, thresholds=thresholds)


@pytest.mark.parametrize("slug", [one.slug for one in RULES if one.tier is Tier.EMERGENCY] + ["made_up"])
def test_an_emergency_is_never_switched_off(cast, slug):
    with pytest.raises(Refused) as refused:
        set_rules(cast, [slug])
    assert refused.value.field == f"on_{slug}"
    assert not RuleSettings.objects.exists()


@pytest.mark.parametrize("rule", [one for one in RULES if one.threshold is not None], ids=lambda one: one.slug)
def test_a_threshold_stays_within_its_bounds(cast, rule):
    for value in (rule.least - 1, rule.most + 1):
        with pytest.raises(Refused) as refused:
            set_rules(cast, **{rule.slug: value})
        assert refused.value.field == f"at_{rule.slug}"
    for value in (rule.least, rule.most):
        assert in_force(set_rules(cast, **{rule.slug: value}).thresholds)[rule.slug] == value


def test_each_change_of_the_rules_is_a_period_and_the_same_again_is_none(cast):
    first = set_rules(cast, ["weaker"], pain_beyond=4)
    assert set_rules(cast, ["weaker"], pain_beyond=4) == first
    second = set_rules(cast, [], pain_beyond=4)
    first.refresh_from_db()
    assert first.until == second.since
    assert queries.rules_of(cast.north.pk) == second
    assert trail(cast.north.pk).filter(action="studio.rules").count() == 2


def test_another_studio_keeps_its_own_rules(cast):
    set_rules(cast, ["weaker"])
    assert queries.rules_of(cast.south.pk).off == []


def test_what_was_flagged_stays_flagged_when_its_rule_is_switched_off(cast):
    told = {"pain_now": 9, "strength": 4}
    actions.record_check_in(client=cast.uma, by=cast.tara.user, on=cast.today(), cap=None, **told)
    before = queries.flags_of(cast.uma.pk).count()
    set_rules(cast, [one.slug for one in RULES if one.may_be_off])
    assert queries.flags_of(cast.uma.pk).count() == before > 0


def test_what_is_said_is_what_is_signed(cast):
    told = said(cast.uma, answers=UNSURE, followups={"chest": "On stairs"}, diseases=["heart"], symptoms=["breath"])
    screening = sign(cast.uma, cast.tara.user, **told)
    assert {name: getattr(screening, name) for name in told} == told
    assert (screening.how, screening.flagged, screening.first_day) == ("DEVICE", True, cast.today())


def test_a_build_that_waits_behind_a_flagged_screening_is_refused(committed):
    client, by, signed, release = committed.uma, committed.tara.user, threading.Event(), threading.Event()
    needs = Policy.Needs.INJURED_OR_FLAGGED
    change_policy(studio=committed.north, by=committed.mona.user, needs=needs, least_evidence=Evidence.PAPER)

    def screen():
        with transaction.atomic():
            sign(client, by, answers=UNSURE)
            signed.set()
            release.wait(10)

    def build_behind_it():
        signed.wait(10)
        threading.Timer(0.3, release.set).start()
        return build(client=client, by=by, plan=plan())

    _, built = together(screen, build_behind_it)
    assert isinstance(built, GateShut)
    assert [reason.code.value for reason in built.verdict.reasons] == ["NO_DECISION"]
