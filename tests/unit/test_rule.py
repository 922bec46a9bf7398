"""Each reason of the gate rule, on its own: when it applies, when it does not, whose turn it is."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clearance.gate.known import Decision, Facts, Hold, Injury, Physician, Planned, Screened, Session
from clearance.gate.rule import REFUSALS, Code, Verdict, verdict, window
from clearance.gate.steps import Step, step_of

START = datetime(2026, 1, 1, 9, tzinfo=UTC)
SIGNED = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
OKAFOR, LINDT = 1, 2
DAY = timedelta(days=1)
LETTER = SIGNED - 2 * DAY
VOUCHED = Physician(OKAFOR, verified=True, consent_until=datetime(2027, 1, 1, tzinfo=UTC))
CLEARED = Decision(
    id=9, physician=OKAFOR, outcome="CLEARED", signed_at=SIGNED, valid_from=date(2026, 3, 1),
    valid_until=date(2026, 3, 31), covers=frozenset({(5, 1)}),
)  # fmt: skip
KNEE = Injury(id=5, number=1, supervised_by=OKAFOR, since=START)
OPEN = Facts(
    client=7, every_client=True, flagged=True, known_since=START, supervising=OKAFOR, supervising_since=START,
    physicians=(VOUCHED,), injuries=(KNEE,), decisions=(CLEARED,), names={"physician 1": "Dr Okafor"},
)  # fmt: skip


def codes(facts: Facts, at: datetime = NOON) -> list[str]:
    return [reason.code.value for reason in verdict(facts, at).reasons]


def with_decision(**changes: object) -> Facts:
    return replace(OPEN, decisions=(replace(CLEARED, **changes),))


def only(judged: Verdict):
    [reason] = judged.reasons
    return reason


def test_a_covering_decision_in_force_opens():
    judged = verdict(OPEN, NOON)
    assert judged.open
    assert judged.decisions == (9,)
    assert judged.until == datetime(2026, 4, 1, tzinfo=UTC)


def test_nobody_supervises():
    facts = replace(OPEN, supervising=None, supervising_since=None, injuries=(), physicians=(), decisions=())
    reason = only(verdict(facts, NOON))
    assert (reason.code, step_of(reason.code), reason.turn) == (Code.NO_PHYSICIAN, Step.NAME_PHYSICIAN, "the trainer")


def test_an_injury_without_a_physician_shuts_beside_a_cleared_one():
    orphan = Injury(id=6, number=1, supervised_by=None, since=NOON - DAY)
    reason = only(verdict(replace(OPEN, injuries=(KNEE, orphan)), NOON))
    assert (reason.code, reason.injury) == (Code.NO_PHYSICIAN, 6)


@pytest.mark.parametrize("physicians", [(), (replace(VOUCHED, verified=False),)])
def test_an_unverified_or_unknown_contact_shuts(physicians):
    assert "PHYSICIAN_UNVERIFIED" in codes(replace(OPEN, physicians=physicians))


def test_consent_missing_withdrawn_or_ended_shuts():
    assert codes(replace(OPEN, physicians=(replace(VOUCHED, consent_until=None),))) == ["NO_CONSENT"]
    withdrawn = replace(VOUCHED, consent_until=None, stopped_at=NOON - DAY)
    assert only(verdict(replace(OPEN, physicians=(withdrawn,)), NOON)).since == NOON - DAY
    ended = replace(VOUCHED, consent_until=datetime(2026, 3, 10, tzinfo=UTC))
    assert codes(replace(OPEN, physicians=(ended,))) == ["NO_CONSENT"]


def test_consent_lasts_through_its_last_day():
    last = replace(VOUCHED, consent_until=datetime(2026, 3, 11, tzinfo=UTC))
    assert codes(replace(OPEN, physicians=(last,))) == []
    assert verdict(replace(OPEN, physicians=(last,)), NOON).until == datetime(2026, 3, 11, tzinfo=UTC)


def test_no_decision_is_the_physicians_turn():
    reason = only(verdict(replace(OPEN, decisions=()), NOON))
    assert (reason.code, step_of(reason.code), reason.turn) == (Code.NO_DECISION, Step.ASK_PHYSICIAN, "Dr Okafor")


def test_a_decision_from_before_this_supervision_does_not_count():
    facts = replace(OPEN, supervising_since=SIGNED + DAY)
    assert codes(facts) == ["NO_DECISION"]


def test_a_voided_decision_never_opens():
    assert codes(with_decision(voided_at=NOON - DAY)) == ["NO_DECISION"]


@pytest.mark.parametrize("outcome", sorted(REFUSALS))
def test_every_refusal_shuts_under_its_own_name(outcome):
    assert codes(with_decision(outcome=outcome.value)) == [outcome.value]


def test_an_outcome_that_nobody_knows_is_a_refusal():
    assert codes(with_decision(outcome="PERHAPS")) == ["NOT_CLEARED"]


def test_a_new_injury_is_not_covered():
    elbow = Injury(id=6, number=1, supervised_by=OKAFOR, since=NOON - DAY)
    reason = only(verdict(replace(OPEN, injuries=(KNEE, elbow)), NOON))
    assert (reason.code, reason.injury, reason.since) == (Code.NOT_COVERED, 6, NOON - DAY)


def test_an_amended_injury_is_not_covered():
    assert codes(replace(OPEN, injuries=(replace(KNEE, number=2),))) == ["NOT_COVERED"]


def test_another_physicians_injury_needs_that_physicians_decision():
    elbow = Injury(id=6, number=1, supervised_by=LINDT, since=START)
    lindt = replace(VOUCHED, id=LINDT)
    facts = replace(OPEN, injuries=(KNEE, elbow), physicians=(VOUCHED, lindt))
    assert [(one.code, one.physician) for one in verdict(facts, NOON).reasons] == [(Code.NO_DECISION, LINDT)]
    theirs = replace(CLEARED, id=10, physician=LINDT, covers=frozenset({(6, 1)}))
    assert codes(replace(facts, decisions=(CLEARED, theirs))) == []


def test_voiding_an_injury_opens_nothing_until_the_physician_signs_again():
    elbow = Injury(id=6, number=1, supervised_by=OKAFOR, since=NOON - DAY, voided_at=NOON - timedelta(hours=1))
    facts = replace(OPEN, injuries=(KNEE, elbow))
    assert codes(facts) == ["ON_HOLD"]
    assert codes(replace(facts, decisions=(replace(CLEARED, signed_at=NOON - timedelta(minutes=1)),))) == []


def test_before_the_first_day_it_is_not_yet():
    facts = with_decision(valid_from=date(2026, 3, 12))
    judged = verdict(facts, NOON)
    assert only(judged).code == Code.NOT_YET
    assert judged.changes_at == datetime(2026, 3, 12, tzinfo=UTC)
    assert codes(facts, datetime(2026, 3, 12, tzinfo=UTC)) == []


def test_the_last_day_counts_to_its_last_instant_in_the_studios_time_zone():
    facts = with_decision(time_zone="Pacific/Auckland")
    end = datetime(2026, 4, 1, tzinfo=ZoneInfo("Pacific/Auckland"))
    assert codes(facts, end - timedelta(microseconds=1)) == []
    assert codes(facts, end) == ["EXPIRED"]
    assert only(verdict(facts, NOON + timedelta(days=60))).since == end


@pytest.mark.parametrize("dates", [{"valid_until": None}, {"valid_from": None}])
def test_a_decision_without_both_dates_never_opens(dates):
    assert codes(with_decision(**dates)) == ["EXPIRED"]


def test_a_treatment_after_the_signature_shuts_unless_the_decision_holds_through_the_course():
    session = Session(3, on=date(2026, 3, 9), recorded_at=NOON - DAY)
    facts = replace(OPEN, sessions=(session,))
    assert codes(facts) == ["TREATED_SINCE"]
    assert codes(replace(facts, decisions=(replace(CLEARED, holds_through_course=True),))) == []


def test_a_treatment_on_the_day_of_the_signature_counts_as_known_only_when_it_was_recorded_before():
    known = Session(3, on=SIGNED.date(), recorded_at=SIGNED - timedelta(hours=1))
    unknown = replace(known, recorded_at=SIGNED + timedelta(hours=1))
    assert codes(replace(OPEN, sessions=(known,))) == []
    assert codes(replace(OPEN, sessions=(unknown,))) == ["TREATED_SINCE"]


def test_rest_days_after_a_session_are_obeyed_and_end_by_themselves():
    session = Session(3, on=date(2026, 3, 8), recorded_at=NOON - 2 * DAY)
    facts = replace(with_decision(holds_through_course=True, rest_days=3), sessions=(session,))
    judged = verdict(facts, NOON)
    assert (only(judged).code, step_of(only(judged).code)) == (Code.RESTING, Step.WAIT)
    assert judged.changes_at == datetime(2026, 3, 12, tzinfo=UTC)
    assert codes(facts, datetime(2026, 3, 12, tzinfo=UTC)) == []


WRONG = Session(3, on=date(2026, 3, 9), recorded_at=NOON - DAY, corrected_at=NOON - timedelta(hours=2))
RIGHT = Session(4, on=date(2026, 2, 20), recorded_at=NOON - timedelta(hours=2))


@pytest.mark.parametrize("others", [(), (RIGHT,)])
def test_a_correction_to_an_earlier_day_or_to_none_opens_nothing_before_the_physician_has_signed_after_it(others):
    assert codes(replace(OPEN, sessions=(WRONG, *others))) == ["TREATED_SINCE"]
    signed = replace(CLEARED, signed_at=NOON - timedelta(hours=1))
    assert codes(replace(OPEN, sessions=(WRONG, *others), decisions=(signed,))) == []


def test_a_signature_of_the_moment_of_a_correction_did_not_see_it():
    signed = replace(CLEARED, signed_at=WRONG.corrected_at, time_zone="Pacific/Auckland", rest_days=9)
    assert codes(replace(OPEN, sessions=(WRONG,), decisions=(signed,))) == ["RESTING"]


def test_a_correction_to_a_day_after_the_signature_shuts():
    known = Session(3, on=date(2026, 2, 20), recorded_at=SIGNED - DAY, corrected_at=NOON - DAY)
    later = Session(4, on=date(2026, 3, 5), recorded_at=NOON - DAY)
    assert codes(replace(OPEN, sessions=(known,))) == []
    assert codes(replace(OPEN, sessions=(known, later))) == ["TREATED_SINCE"]


def test_rest_days_are_those_of_both_entries_until_the_physician_signs_and_of_the_corrected_one_after_it():
    resting = replace(CLEARED, holds_through_course=True, rest_days=3)
    facts = replace(OPEN, sessions=(WRONG, RIGHT), decisions=(resting,))
    judged = verdict(facts, NOON)
    assert only(judged).code == Code.RESTING
    assert judged.changes_at == datetime(2026, 3, 13, tzinfo=UTC)
    after = replace(resting, signed_at=NOON - timedelta(hours=1))
    assert codes(replace(facts, decisions=(after,))) == []
    wrong_way = replace(RIGHT, on=date(2026, 3, 10))
    assert codes(replace(facts, decisions=(after,), sessions=(WRONG, wrong_way))) == ["RESTING"]


def test_a_session_of_before_the_signature_that_is_written_down_after_it_was_not_before_the_physicians_eyes():
    late = Session(3, on=date(2026, 2, 28), recorded_at=NOON - DAY)
    assert codes(replace(OPEN, sessions=(late,))) == ["TREATED_SINCE"]
    through = with_decision(holds_through_course=True)
    assert codes(replace(through, sessions=(late,))) == []
    resting = with_decision(holds_through_course=True, rest_days=12)
    assert codes(replace(resting, sessions=(late,))) == ["RESTING"]
    assert codes(replace(resting, sessions=(late,)), datetime(2026, 3, 13, tzinfo=UTC)) == []


def test_a_day_planned_after_the_signature_ends_the_clearance_on_the_day_of_the_signature_too():
    planned = replace(MARCH_10, on=SIGNED.date(), since=SIGNED + timedelta(minutes=1))
    assert codes(replace(OPEN, planned=(planned,))) == ["TREATMENT_DUE"]


SCREENED = Screened(5, SIGNED + timedelta(hours=1))


def test_a_screening_answer_after_the_signature_shuts_until_the_supervising_physician_signs_again():
    assert codes(replace(OPEN, screened=(SCREENED,))) == ["SCREENED_SINCE"]
    assert codes(replace(with_decision(signed_at=SCREENED.at + DAY), screened=(SCREENED,))) == []


def test_a_screening_answer_asks_for_a_supervising_physician_beside_an_injurys_own():
    facts = replace(OPEN, screened=(SCREENED,), supervising=None, supervising_since=None)
    assert "NO_PHYSICIAN" in codes(facts)
    other = replace(OPEN, every_client=False, screened=(SCREENED,), supervising=77, supervising_since=SIGNED)
    assert {"NO_DECISION", "PHYSICIAN_UNVERIFIED"} <= set(codes(other))


def test_a_paper_knows_of_no_correction_after_its_letter():
    corrected = Session(3, on=date(2026, 3, 9), recorded_at=LETTER - DAY, corrected_at=LETTER + timedelta(hours=1))
    assert codes(replace(with_decision(), sessions=(corrected,))) == []
    assert codes(replace(with_decision(knew_at=LETTER), sessions=(corrected,))) == ["TREATED_SINCE"]


MARCH_10 = Planned(6, on=date(2026, 3, 10), since=SIGNED - DAY)


def test_a_planned_day_ends_a_clearance_at_its_start_in_the_zone_of_the_decision():
    start = datetime(2026, 3, 10, tzinfo=ZoneInfo("Pacific/Auckland"))
    facts = replace(with_decision(time_zone="Pacific/Auckland"), planned=(MARCH_10,))
    assert codes(facts, start - timedelta(microseconds=1)) == []
    assert verdict(facts, start - DAY).until == start
    reason = only(verdict(facts, start))
    assert (reason.code, reason.since, step_of(reason.code)) == (Code.TREATMENT_DUE, start, Step.ASK_PHYSICIAN)
    assert "10 Mar 2026" in reason.sentence


def test_a_day_that_is_planned_after_the_signature_ends_the_clearance_too():
    assert codes(replace(OPEN, planned=(replace(MARCH_10, since=NOON - DAY),))) == ["TREATMENT_DUE"]


def test_moving_a_plan_later_or_calling_it_off_makes_no_clearance_longer():
    moved = replace(MARCH_10, until=NOON - 3 * DAY)
    new = Planned(7, on=date(2026, 3, 20), since=NOON - 3 * DAY)
    for planned in ((MARCH_10,), (moved,), (moved, new)):
        assert verdict(replace(OPEN, planned=planned), NOON - 2 * DAY).until == datetime(2026, 3, 10, tzinfo=UTC)
        assert codes(replace(OPEN, planned=planned)) == ["TREATMENT_DUE"]


def test_moving_a_plan_earlier_ends_the_clearance_earlier():
    moved, new = replace(MARCH_10, until=NOON - 5 * DAY), Planned(7, on=date(2026, 3, 6), since=NOON - 5 * DAY)
    judged = verdict(replace(OPEN, planned=(moved, new)), NOON - 4 * DAY)
    assert only(judged).code == Code.TREATMENT_DUE
    assert "6 Mar 2026" in only(judged).sentence


def test_a_decision_signed_after_the_move_looks_at_the_new_day_only():
    moved = replace(MARCH_10, until=SIGNED - timedelta(hours=1))
    new = Planned(7, on=date(2026, 3, 20), since=SIGNED - timedelta(hours=1))
    judged = verdict(replace(OPEN, planned=(moved, new)), NOON)
    assert judged.until == datetime(2026, 3, 20, tzinfo=UTC)
    assert verdict(replace(OPEN, planned=(moved,)), NOON).until == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_decision_that_holds_through_the_course_does_not_end_on_a_planned_day():
    facts = replace(with_decision(holds_through_course=True), planned=(MARCH_10,))
    assert verdict(facts, NOON).until == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize("on", [SIGNED.date(), SIGNED.date() - DAY])
def test_a_day_planned_for_the_day_of_the_signature_or_before_it_ends_nothing(on):
    assert codes(replace(OPEN, planned=(replace(MARCH_10, on=on),))) == []


def test_a_treatment_that_took_place_is_not_said_to_be_due_as_well():
    session = Session(3, on=date(2026, 3, 10), recorded_at=NOON - timedelta(hours=1))
    assert codes(replace(OPEN, planned=(MARCH_10,), sessions=(session,))) == ["TREATED_SINCE"]


def test_a_paper_ends_on_a_day_that_was_planned_when_its_letter_was_written():
    moved = replace(MARCH_10, since=LETTER - DAY, until=LETTER + timedelta(hours=1))
    assert codes(replace(with_decision(), planned=(moved,))) == []
    assert codes(replace(with_decision(knew_at=LETTER), planned=(moved,))) == ["TREATMENT_DUE"]


def test_a_pause_that_the_physician_set_shuts_on_its_days_only():
    facts = with_decision(pauses=((date(2026, 3, 9), date(2026, 3, 10)),))
    assert codes(facts) == ["RESTING"]
    assert codes(facts, datetime(2026, 3, 11, tzinfo=UTC)) == []


def test_a_decision_signed_for_another_name_or_birthday_does_not_count():
    facts = replace(OPEN, identity_since=SIGNED + DAY)
    reason = only(verdict(facts, NOON))
    assert reason.code == Code.NO_DECISION
    assert "name or date of birth" in reason.sentence
    assert codes(replace(OPEN, identity_since=SIGNED - DAY)) == []


def test_a_hold_after_the_signature_shuts_and_an_earlier_one_was_answered():
    assert codes(replace(OPEN, holds=(Hold(2, NOON - DAY),))) == ["ON_HOLD"]
    assert codes(replace(OPEN, holds=(Hold(2, SIGNED - DAY),))) == []
    assert codes(replace(OPEN, holds=(Hold(2, SIGNED),))) == ["ON_HOLD"]


def test_a_hold_shows_even_where_nobody_supervises():
    facts = replace(OPEN, supervising=None, injuries=(), physicians=(), decisions=(), holds=(Hold(2, NOON),))
    assert codes(facts) == ["NO_PHYSICIAN", "ON_HOLD"]


def test_paper_waits_for_the_second_person():
    reason = only(verdict(with_decision(confirmed=False), NOON))
    assert (reason.code, step_of(reason.code)) == (Code.PAPER_UNVERIFIED, Step.CONFIRM_PAPER)


@pytest.mark.parametrize(("given", "least", "shut"), [(20, 30, True), (30, 30, False), (40, 30, False), (10, 0, False)])
def test_a_signature_on_weaker_evidence_than_the_studio_accepts_does_not_open(given, least, shut):
    facts = replace(with_decision(evidence=given), least_evidence=least, names={"evidence 30": "a call"})
    judged = verdict(facts, NOON)
    assert judged.open is not shut
    if shut:
        reason = only(judged)
        assert (reason.code, step_of(reason.code)) == (Code.EVIDENCE_TOO_WEAK, Step.ASK_PHYSICIAN)
        assert "at least a call" in reason.sentence


def test_weak_evidence_is_not_asked_of_a_refusal_or_of_an_unconfirmed_paper():
    assert codes(replace(with_decision(outcome="NOT_CLEARED"), least_evidence=50)) == ["NOT_CLEARED"]
    assert codes(replace(with_decision(confirmed=False), least_evidence=50)) == ["PAPER_UNVERIFIED"]


def test_a_paper_answers_no_stop_that_came_after_its_letter():
    held = replace(with_decision(knew_at=LETTER), holds=(Hold(2, LETTER + DAY),))
    assert codes(held) == ["ON_HOLD"]
    assert verdict(replace(held, holds=(Hold(2, LETTER - DAY),)), NOON).open


def test_a_paper_knows_of_no_treatment_after_its_letter():
    session = Session(3, LETTER.date() + DAY, LETTER + DAY)
    assert codes(replace(with_decision(knew_at=LETTER), sessions=(session,))) == ["TREATED_SINCE"]
    assert verdict(replace(with_decision(), sessions=(session,)), NOON).open


def test_a_paper_whose_letter_is_older_than_the_supervision_does_not_count():
    facts = replace(with_decision(knew_at=LETTER), supervising_since=LETTER + DAY)
    assert codes(facts) == ["NO_DECISION"]


def test_all_reasons_are_returned_at_once():
    facts = replace(
        with_decision(valid_until=date(2026, 3, 5), confirmed=False),
        holds=(Hold(2, NOON - DAY),), sessions=(Session(3, date(2026, 3, 4), NOON - 2 * DAY),),
        injuries=(replace(KNEE, number=2),),
    )  # fmt: skip
    assert codes(facts) == ["ON_HOLD", "PAPER_UNVERIFIED", "NOT_COVERED", "TREATED_SINCE", "EXPIRED"]


def test_the_other_policy_needs_nothing_until_something_is_recorded():
    facts = Facts(
        client=7, every_client=False, flagged=False, known_since=START, supervising=OKAFOR, supervising_since=START
    )
    judged = verdict(facts, NOON)
    assert judged.open
    assert not judged.needed
    assert codes(replace(facts, flagged=True, physicians=(VOUCHED,))) == ["NO_DECISION"]
    assert codes(replace(facts, flagged=True, supervising=None)) == ["NO_PHYSICIAN"]


def test_a_refusal_counts_under_either_policy():
    refused = replace(CLEARED, outcome="NOT_CLEARED", covers=frozenset())
    facts = replace(OPEN, every_client=False, flagged=False, injuries=(), decisions=(refused,))
    assert codes(facts) == ["NOT_CLEARED"]


def test_a_former_physicians_refusal_is_not_escaped_by_naming_another():
    refused = replace(CLEARED, id=10, physician=LINDT, outcome="NOT_CLEARED", covers=frozenset())
    facts = replace(
        OPEN,
        every_client=False,
        supervising=3,
        decisions=(CLEARED, refused),
        physicians=(VOUCHED, replace(VOUCHED, id=3)),
    )
    assert [(one.code, one.physician) for one in verdict(facts, NOON).reasons] == [(Code.NO_DECISION, 3)]
    alone = replace(facts, supervising=None, supervising_since=None, injuries=(), flagged=False)
    assert codes(alone) == ["NO_PHYSICIAN"]


def test_a_clearance_does_not_reach_back_before_its_signature():
    assert window(CLEARED)[0] == SIGNED


def test_every_code_has_a_sentence_a_turn_and_a_step():
    shut = [
        replace(OPEN, decisions=(), physicians=()), replace(OPEN, holds=(Hold(2, NOON),)),
        with_decision(outcome="NOT_MY_PATIENT"), with_decision(valid_from=date(2026, 3, 20)),
    ]  # fmt: skip
    for facts in shut:
        for reason in verdict(facts, NOON).reasons:
            assert reason.sentence.endswith(".")
            assert reason.turn
            assert step_of(reason.code) in Step
