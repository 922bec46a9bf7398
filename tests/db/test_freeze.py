"""A red flag of tier four freezes progression until a trainer has reviewed it, and never the other way round."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from clearance.checkins.actions import correct_session, record_check_in, record_session, review_flag, set_schedule
from clearance.checkins.models import Flag
from clearance.checkins.queries import freezes
from clearance.checkins.scales import Strength
from clearance.gate.guard import judge
from clearance.gate.models import Pass
from clearance.injuries.courses import start_course
from clearance.programs.actions import PlanRefused, build, revise
from clearance.programs.models import ProgramVersion
from clearance.programs.plan import Day, Line, Plan
from tests.factories import exercise


@pytest.fixture
def frozen(cast: Any) -> Any:
    """Uma is cleared, trains with 10 kg in phase 2, and told of pain beyond what was agreed."""
    exercise("bridge")
    cast.sign(cast.uma)
    build(client=cast.uma, by=cast.tara.user, plan=plan())
    tell(cast, pain_now=6)
    return cast


def plan(kilograms: object = 10, phase: int = 2, reps: int = 12) -> Plan:
    line = Line("bridge", 2, reps, "4/2/1", 60, kilograms=Decimal(str(kilograms)))
    return Plan("Base", phase, (Day("One", (line,)),))


def tell(cast: Any, **told: Any) -> Any:
    said = {"client": cast.uma, "pain_now": 0, "strength": Strength.SAME} | told
    return record_check_in(by=cast.tara.user, on=cast.today(), cap=None, **said)


@pytest.mark.parametrize("more", [{"kilograms": 12.5}, {"phase": 3}, {"reps": 13}])
def test_nothing_is_added_while_a_flag_waits_for_a_review(frozen, more):
    program = ProgramVersion.objects.get().program
    with pytest.raises(PlanRefused, match="while a red flag waits for a review"):
        revise(program=program, by=frozen.tara.user, plan=plan(**more))
    with pytest.raises(PlanRefused, match="while a red flag waits for a review"):
        build(client=frozen.uma, by=frozen.tara.user, plan=plan(**more))
    assert Pass.objects.count() == ProgramVersion.objects.count() == 1


def test_the_same_or_less_may_be_saved_while_it_waits(frozen):
    program = ProgramVersion.objects.get().program
    assert revise(program=program, by=frozen.tara.user, plan=plan(kilograms=8, phase=1)).number == 2


def test_a_review_with_a_reason_ends_the_freeze(frozen):
    review_flag(flag=Flag.objects.get(), by=frozen.tara.user, reason="It was the new shoes; pain 2 the day after.")
    assert build(client=frozen.uma, by=frozen.tara.user, plan=plan(kilograms=12.5, phase=3)).phase == 3


def test_lighter_and_heavier_again_is_no_way_around(frozen):
    program = ProgramVersion.objects.get().program
    revise(program=program, by=frozen.tara.user, plan=plan(kilograms=5))
    with pytest.raises(PlanRefused):
        build(client=frozen.uma, by=frozen.tara.user, plan=plan(kilograms=9))


def test_missed_check_ins_freeze_before_anybody_has_looked_for_them(cast):
    exercise("bridge")
    cast.sign(cast.uma)
    build(client=cast.uma, by=cast.tara.user, plan=plan())
    set_schedule(client=cast.uma, by=cast.tara.user, every_days=7, first_on=cast.today() - timedelta(days=7))
    assert build(client=cast.uma, by=cast.tara.user, plan=plan(kilograms=11)).number == 1
    set_schedule(client=cast.uma, by=cast.tara.user, every_days=7, first_on=cast.today() - timedelta(days=8))
    with pytest.raises(PlanRefused):
        build(client=cast.uma, by=cast.tara.user, plan=plan(kilograms=12))


def test_another_clients_flag_freezes_nobody_else(frozen):
    ines = frozen.ines
    frozen.sign(ines)
    first = plan(kilograms=0, phase=1)
    build(client=ines, by=frozen.tara.user, plan=first)
    assert build(client=ines, by=frozen.tara.user, plan=plan(kilograms=30, phase=3)).phase == 3


def test_pain_gone_and_still_weak_holds_once_for_each_session_and_freezes_after_the_answer(cast):
    exercise("bridge")
    course = start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    about = {"client": cast.ines, "injury": cast.knee, "strength": Strength.WEAKER}
    tell(cast, **about, pain_now=4)
    first = cast.today() - timedelta(days=1)
    record_session(course=course, by=cast.tara.user, performed_on=first, on=cast.today())
    tell(cast, **about, pain_now=1)
    assert rules(cast.ines) == ["pain_gone_still_weak_early"]
    cast.sign(cast.ines, holds_through_course=True)
    assert judge(cast.ines.pk).open
    tell(cast, **about, pain_now=0)
    assert judge(cast.ines.pk).open
    assert rules(cast.ines) == ["pain_gone_still_weak", "pain_gone_still_weak_early"]
    with pytest.raises(PlanRefused):
        build(client=cast.ines, by=cast.tara.user, plan=plan(kilograms=5, phase=1))
    assert cast.ines.holds.count() == 1
    record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    assert cast.ines.holds.count() == 2


def rules(client: Any) -> list[str]:
    return sorted(client.flags.values_list("rule", flat=True))


def test_one_review_answers_the_earlier_flags_of_the_same_rule_and_no_others(frozen):
    tell(frozen, pain_now=7)
    tell(frozen, pain_now=7, strength=Strength.WEAKER)
    newest = Flag.objects.filter(rule="pain_beyond").latest("pk")
    review_flag(flag=newest, by=frozen.tara.user, reason="The same flare; the physician knows.")
    assert set(Flag.objects.filter(review=None).values_list("rule", flat=True)) == {"weaker"}
    assert freezes(frozen.uma, on=frozen.today()) == [Flag.objects.get(review=None).sentence]


def test_a_review_answers_nothing_that_is_told_after_it(frozen):
    review_flag(flag=Flag.objects.get(), by=frozen.tara.user, reason="Once is no pattern.")
    tell(frozen, pain_now=8)
    assert Flag.objects.filter(review=None).count() == 1


def test_a_session_corrected_to_an_earlier_day_is_judged_with_what_was_told_since(cast):
    course = start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    about = {"client": cast.ines, "injury": cast.knee, "strength": Strength.WEAKER}
    yesterday, before = cast.today() - timedelta(days=1), cast.today() - timedelta(days=2)
    tell(cast, **about, pain_now=5, told_on=before)
    tell(cast, **about, pain_now=1, told_on=yesterday)
    session = record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    assert rules(cast.ines) == []
    correct_session(
        session=session, by=cast.tara.user, on=cast.today(), performed_on=yesterday, reason="It was the day before."
    )
    assert rules(cast.ines) == ["pain_gone_still_weak_early"]
