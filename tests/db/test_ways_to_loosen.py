"""Entries by which a trainer could keep somebody in training, each of them tried: none loosens anything."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearance.anatomy.areas import Area, Side
from clearance.checkins.actions import (
    correct_session,
    raise_missed,
    record_check_in,
    record_session,
    review_flag,
    set_schedule,
    stop_schedule,
    void_screening,
)
from clearance.checkins.queries import freezes, to_review
from clearance.checkins.scales import Strength
from clearance.gate.guard import judge
from clearance.injuries import courses
from clearance.injuries.courses import start_course
from clearance.injuries.models import PlannedSession
from clearance.people import actions as people
from clearance.people import client_links
from clearance.people.models import ClientLink, Evidence, Policy
from clearance.people.staff import change_policy
from clearance.programs.actions import PlanRefused, build, revise
from clearance.programs.plan import Day, Line, Plan
from tests.factories import exercise
from tests.screenings import NOES, sign

WEAK = Strength.MUCH_WEAKER


def codes(client: Any) -> list[str]:
    return [reason.code.value for reason in judge(client.pk).reasons]


def tell(cast: Any, client: Any = None, *, ago: int = 0, **told: Any) -> Any:
    said = {"client": client or cast.uma, "pain_now": 0, "strength": Strength.SAME} | told
    day = cast.today() - timedelta(days=ago)
    return record_check_in(by=cast.tara.user, on=cast.today(), cap=None, told_on=day, **said)


@pytest.fixture
def lenient(cast: Any) -> Any:
    """A studio that asks for a clearance only from the first injury, treatment, hold or screening answer on."""
    needs = Policy.Needs.INJURED_OR_FLAGGED
    change_policy(studio=cast.north, by=cast.mona.user, needs=needs, least_evidence=Evidence.PAPER)
    return cast


@pytest.fixture
def course(cast: Any) -> Any:
    """Ines has a course of six on her knee."""
    return start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)


@pytest.fixture
def through(cast: Any, course: Any) -> Any:
    """... and is cleared through it."""
    cast.sign(cast.ines, holds_through_course=True)
    return cast


def treat(cast: Any, course: Any, *, ago: int) -> Any:
    day = cast.today() - timedelta(days=ago)
    return record_session(course=course, by=cast.tara.user, performed_on=day, on=cast.today())


def rules(client: Any) -> set[str]:
    return set(client.flags.values_list("rule", flat=True))


def with_lindt(cast: Any) -> None:
    """A second physician, for a small injury of Uma's."""
    people.join_care_team(client=cast.uma, physician=cast.lindt, by=cast.tara.user)
    cast.consent(cast.uma, cast.lindt)
    cast.injury(cast.uma, supervised_by=cast.lindt)
    cast.sign(cast.uma, cast.lindt)


def test_a_small_injury_under_another_physician_answers_no_screening(lenient):
    sign(lenient.uma, lenient.tara.user, answers=NOES | {"heart": "yes"})
    with_lindt(lenient)
    assert codes(lenient.uma) == ["NO_DECISION"]


@pytest.mark.parametrize("needs", Policy.Needs.values)
def test_a_screening_answer_after_a_decision_shuts(cast, needs):
    change_policy(studio=cast.north, by=cast.mona.user, needs=needs, least_evidence=Evidence.PAPER)
    cast.sign(cast.uma)
    sign(cast.uma, cast.tara.user, answers=NOES | {"chest": "yes"})
    assert codes(cast.uma) == ["SCREENED_SINCE"]
    assert "pain in the chest" in cast.sign(cast.uma).statement
    assert codes(cast.uma) == []


def test_a_screening_of_plain_noes_that_is_void_asks_for_a_physician(lenient):
    one = sign(lenient.uma, lenient.tara.user)
    assert codes(lenient.uma) == []
    void_screening(screening=one, by=lenient.tara.user, reason="A heart attack last week.")
    assert codes(lenient.uma) == ["NO_DECISION"]


@pytest.mark.parametrize("how", ["set", "stop", "tell"])
def test_missed_check_ins_stay_flagged_whatever_becomes_of_the_schedule(cast, how):
    late = cast.today() - timedelta(days=30)
    set_schedule(client=cast.uma, by=cast.tara.user, every_days=7, first_on=late)
    if how == "set":
        set_schedule(client=cast.uma, by=cast.tara.user, every_days=7, first_on=cast.today() + timedelta(days=90))
    elif how == "stop":
        stop_schedule(client=cast.uma, by=cast.tara.user)
    else:
        tell(cast)
    assert freezes(cast.uma, on=cast.today())
    assert rules(cast.uma) == {"missed_check_ins"}


def test_missed_check_ins_are_flagged_again_when_they_go_on(cast):
    set_schedule(client=cast.uma, by=cast.tara.user, every_days=7, first_on=cast.today() - timedelta(days=8))
    (flag,) = raise_missed(client=cast.uma, on=cast.today())
    review_flag(flag=flag, by=cast.tara.user, reason="On holiday.")
    assert not freezes(cast.uma, on=cast.today())
    assert len(raise_missed(client=cast.uma, on=cast.today() + timedelta(days=60))) == 1


def test_a_check_in_about_something_else_does_not_answer_for_what_is_treated(cast, course):
    back = cast.injury(cast.ines, area=Area.LUMBAR_SPINE, side=Side.MIDLINE)
    due = cast.today() - timedelta(days=3)
    set_schedule(client=cast.ines, by=cast.tara.user, every_days=7, first_on=due)
    tell(cast, cast.ines, injury=back)
    cast.ines.refresh_from_db()
    assert cast.ines.schedule.due_on == due
    tell(cast, cast.ines, injury=cast.knee)
    cast.ines.schedule.refresh_from_db()
    assert cast.ines.schedule.due_on == cast.today() + timedelta(days=7)


def heavy(kilograms: int, phase: int, title: str) -> Plan:
    line = Line("bridge", 2, 12, "4/2/1", 60, kilograms=Decimal(kilograms))
    return Plan(title, phase, (Day("One", (line,)),))


def test_an_old_heavy_program_is_no_measure_while_a_flag_waits(cast):
    exercise("bridge")
    cast.sign(cast.uma)
    last_year = build(client=cast.uma, by=cast.tara.user, plan=heavy(80, 1, "Last year")).program
    build(client=cast.uma, by=cast.tara.user, plan=heavy(5, 1, "Now"))
    tell(cast, pain_now=6)
    with pytest.raises(PlanRefused):
        revise(program=last_year, by=cast.tara.user, plan=heavy(79, 1, "Last year"))


def test_a_review_answers_nothing_about_another_injury(cast):
    back = cast.injury(cast.ines, area=Area.LUMBAR_SPINE, side=Side.MIDLINE)
    tell(cast, cast.ines, injury=cast.knee, pain_now=9)
    tell(cast, cast.ines, injury=back, pain_now=6)
    shown = to_review(cast.ines.pk)
    assert {flag.check_in.injury for flag in shown} == {cast.knee, back}
    review_flag(flag=shown[-1], by=cast.tara.user, reason="The back: new chair.")
    assert len(freezes(cast.ines, on=cast.today())) == 1


def test_what_is_added_to_a_form_that_is_sent_again_counts(cast, course):
    on, day = cast.today(), cast.today() + timedelta(days=7)
    again = start_course(
        injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6, on=on, next_on=day
    )
    assert again == course
    assert PlannedSession.objects.get(until=None).planned_on == day
    later = day + timedelta(days=7)
    for next_on in (None, later):
        courses.record_session(
            course=course, by=cast.tara.user, performed_on=on, on=on, next_on=next_on, keep_plan=next_on is None
        )
    assert PlannedSession.objects.get(until=None).planned_on == later


@pytest.mark.parametrize("how", ["absent", "fewer planned", "late"])
def test_pain_that_is_gone_is_flagged_whatever_is_said_of_the_session(through, course, how):
    tell(through, through.ines, injury=through.knee, pain_now=5, strength=WEAK, ago=16)
    if how == "absent":
        session = treat(through, course, ago=3)
        correct_session(
            session=session, by=through.tara.user, on=through.today(), performed_on=session.performed_on,
            took_place=False, reason="Typo.",
        )  # fmt: skip
    if how == "fewer planned":
        treat(through, course, ago=15)
        courses.edit_course(course=course, by=through.tara.user, planned_sessions=1)
    tell(through, through.ines, injury=through.knee, pain_now=0, strength=WEAK, ago=1)
    if how == "late":
        tell(through, through.ines, injury=through.knee, pain_now=0, strength=Strength.SAME)
        treat(through, course, ago=2)
    assert "pain_gone_still_weak_early" in rules(through.ines)
    assert "ON_HOLD" in codes(through.ines)


@pytest.mark.parametrize("how", ["worst", "before the injury was logged"])
def test_pain_that_was_told_in_another_way_counts_as_pain_before(through, course, how):
    treat(through, course, ago=3)
    if how == "worst":
        tell(through, through.ines, injury=through.knee, pain_now=0, pain_worst=5, strength=WEAK)
    else:
        tell(through, through.ines, pain_now=5, strength=WEAK, ago=9)
        tell(through, through.ines, injury=through.knee, pain_now=0, strength=WEAK)
    assert "pain_gone_still_weak_early" in rules(through.ines)


def test_a_session_held_back_until_after_the_signature_shuts(cast, course):
    cast.sign(cast.ines)
    treat(cast, course, ago=1)
    assert codes(cast.ines) == ["TREATED_SINCE"]


def test_words_of_a_session_that_are_corrected_shut_nothing(cast, course):
    session = treat(cast, course, ago=1)
    cast.sign(cast.ines)
    correct_session(
        session=session, by=cast.tara.user, on=cast.today(), performed_on=session.performed_on, notes="Both sides.",
        reason="The notes were missing.",
    )  # fmt: skip
    assert codes(cast.ines) == []


def test_a_link_of_another_mailbox_or_another_person_never_lives_again(cast):
    client_links.issue(client=cast.uma, by=cast.tara.user)
    mine = cast.uma.email
    people.edit_client(client=cast.uma, by=cast.tara.user, email="other@example.test")
    people.edit_client(client=cast.uma, by=cast.tara.user, email=mine)
    assert not ClientLink.objects.filter(until=None).exists()
    client_links.issue(client=cast.uma, by=cast.tara.user)
    people.edit_client(client=cast.uma, by=cast.tara.user, name="Ursula Else")
    assert not ClientLink.objects.filter(until=None).exists()
