"""Over random histories: nothing but a physician's decision opens, time alone only closes, more facts never open."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance.gate.known import OPENING, Decision, Facts, Hold, Injury, Physician, Planned, Screened, Session
from clearance.gate.rule import REFUSALS, verdict

EXAMPLES = settings(
    max_examples=5000 if os.environ.get("CI") else 500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
START = datetime(2026, 1, 1, tzinfo=UTC)
PHYSICIANS = (1, 2)
OUTCOMES = sorted([*OPENING, *(code.value for code in REFUSALS)])
moments = st.integers(0, 24 * 120).map(lambda hours: START + timedelta(hours=hours, minutes=7))
days = st.integers(-5, 130).map(lambda number: date(2026, 1, 1) + timedelta(days=number))
zones = st.sampled_from(["UTC", "Pacific/Auckland", "America/Los_Angeles"])


@st.composite
def injuries(draw, id):
    since = draw(moments)
    return Injury(
        id=id, number=draw(st.integers(1, 2)), supervised_by=draw(st.sampled_from([None, *PHYSICIANS])), since=since,
        voided_at=draw(st.none() | moments),
    )  # fmt: skip


@st.composite
def decisions(draw, physician, *, time_plays=True):
    start, length = draw(days), draw(st.integers(0, 90))
    signed_at = draw(moments)
    return Decision(
        id=physician, physician=physician, outcome=draw(st.sampled_from(OUTCOMES)), signed_at=signed_at,
        time_zone=draw(zones), valid_from=start if time_plays else date(2025, 12, 1),
        valid_until=draw(st.none() | st.just(start + timedelta(days=length))),
        covers=draw(st.frozensets(st.tuples(st.integers(1, 3), st.integers(1, 2)), max_size=6)),
        holds_through_course=draw(st.booleans()), rest_days=draw(st.integers(0, 5)) if time_plays else 0,
        confirmed=draw(st.booleans()), voided_at=draw(st.none() | moments), evidence=draw(st.integers(0, 5)),
        knew_at=draw(st.none() | st.just(signed_at - timedelta(days=draw(st.integers(0, 9))))),
    )  # fmt: skip


@st.composite
def sessions(draw, id):
    recorded_at = draw(moments)
    corrected_at = draw(st.none() | st.just(recorded_at + timedelta(hours=draw(st.integers(1, 500)))))
    return Session(id, draw(days), recorded_at, corrected_at)


@st.composite
def plans(draw, id):
    since = draw(moments)
    return Planned(id, draw(days), since, draw(st.none() | st.just(since + timedelta(hours=draw(st.integers(1, 500))))))


@st.composite
def facts(draw, *, time_plays=True):
    chosen = draw(st.sets(st.sampled_from(PHYSICIANS)))
    supervising = draw(st.sampled_from([None, *PHYSICIANS]))
    consent = st.none() | moments
    return Facts(
        client=7, every_client=draw(st.booleans()), flagged=draw(st.booleans()), known_since=START,
        identity_since=draw(st.none() | moments), supervising=supervising, supervising_since=draw(moments) if supervising else None,
        physicians=tuple(Physician(id, draw(st.booleans()), draw(consent)) for id in PHYSICIANS),
        injuries=tuple(draw(injuries(id)) for id in range(1, draw(st.integers(1, 4)))),
        decisions=tuple(draw(decisions(one, time_plays=time_plays)) for one in sorted(chosen)),
        sessions=tuple(draw(sessions(id)) for id in range(draw(st.integers(0, 2)))),
        planned=tuple(draw(plans(id)) for id in range(draw(st.integers(0, 2)))),
        holds=tuple(Hold(id, draw(moments)) for id in range(draw(st.integers(0, 2)))),
        screened=tuple(Screened(id, draw(moments)) for id in range(draw(st.integers(0, 1)))),
        least_evidence=draw(st.integers(0, 3)),
    )  # fmt: skip


@st.composite
def cleared(draw):
    """Facts that nothing but a treatment can shut: most random ones are shut for many reasons at once."""
    decision = Decision(
        id=1, physician=1, outcome="CLEARED", signed_at=draw(moments), time_zone=draw(zones), valid_from=date(2025, 12, 1),
        valid_until=date(2026, 12, 1), holds_through_course=draw(st.booleans()), rest_days=draw(st.integers(0, 5)),
    )  # fmt: skip
    return Facts(
        client=7, every_client=True, flagged=True, known_since=START, supervising=1,
        supervising_since=START - timedelta(days=1), decisions=(decision,),
        physicians=(Physician(1, True, datetime(2027, 1, 1, tzinfo=UTC)),),
        sessions=tuple(draw(sessions(id)) for id in range(draw(st.integers(0, 2)))),
        planned=tuple(draw(plans(id)) for id in range(draw(st.integers(0, 2)))),
    )  # fmt: skip


@EXAMPLES
@given(facts(time_plays=False), moments, moments)
def test_later_time_never_opens(known, one, other):
    first, second = sorted((one, other))
    # What is not yet signed or begun at the first moment is the physician's "not before".
    began = all(one.signed_at <= first for one in known.decisions)
    if began and verdict(known, second).open:
        assert verdict(known, first).open


@EXAMPLES
@given(facts() | cleared(), moments, moments)
def test_time_that_opens_plays_out_what_a_physician_said(known, one, other):
    first, second = sorted((one, other))
    before, after = verdict(known, first), verdict(known, second)
    if after.open and not before.open:
        assert {reason.code.value for reason in before.reasons} <= {"NOT_YET", "RESTING"}


@EXAMPLES
@given(facts(), moments, injuries(9), decisions(3))
def test_an_injury_never_opens(known, at, injury, _):
    more = replace(known, injuries=(*known.injuries, replace(injury, voided_at=None)), flagged=True)
    assert verdict(known, at).open or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments)
def test_a_hold_never_opens_and_always_shuts(known, at):
    more = replace(known, holds=(*known.holds, Hold(99, at)), flagged=True)
    decided_before = all(one.signed_at <= at for one in known.decisions)
    assert not (decided_before and verdict(more, at).open)
    assert verdict(known, at).open or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments, days, moments)
def test_a_treatment_session_never_opens(known, at, day, recorded_at):
    more = replace(known, sessions=(*known.sessions, Session(99, day, recorded_at)), flagged=True)
    assert verdict(known, at).open or not verdict(more, at).open


def opens_nothing_and_makes_nothing_longer(known, more, at):
    """What a trainer wrote opened no shut gate and moved no end to a later moment."""
    before, after = verdict(known, at), verdict(more, at)
    assert before.open or not after.open
    if after.open and before.until is not None:
        assert after.until is not None
        assert after.until <= before.until


@EXAMPLES
@given(facts() | cleared(), moments, moments)
def test_a_screening_answer_never_opens_and_makes_no_clearance_longer(known, at, answered_at):
    more = replace(known, screened=(*known.screened, Screened(99, answered_at)), flagged=True)
    opens_nothing_and_makes_nothing_longer(known, more, at)


@EXAMPLES
@given(cleared(), moments)
def test_a_screening_answer_that_the_supervising_physician_has_not_seen_always_shuts(known, at):
    if known.decisions[0].signed_at <= at:
        assert not verdict(replace(known, screened=(Screened(99, at),)), at).open


@EXAMPLES
@given(facts() | cleared(), moments, sessions(99))
def test_a_session_makes_no_clearance_longer(known, at, session):
    opens_nothing_and_makes_nothing_longer(known, replace(known, sessions=(*known.sessions, session)), at)


@EXAMPLES
@given(facts() | cleared(), moments, plans(99))
def test_a_planned_day_never_opens_and_makes_no_clearance_longer(known, at, plan):
    opens_nothing_and_makes_nothing_longer(known, replace(known, planned=(*known.planned, plan)), at)


@EXAMPLES
@given(facts() | cleared(), moments, days, st.booleans(), st.integers(0, 1))
def test_a_correction_never_opens_and_makes_no_clearance_longer(known, at, day, took_place, which):
    standing = [one for one in known.sessions if one.corrected_at is None]
    if which >= len(standing) or any(one.signed_at > at for one in known.decisions):
        return
    struck = replace(standing[which], corrected_at=at)
    rest = [struck if one.id == struck.id else one for one in known.sessions]
    more = replace(known, sessions=(*rest, *([Session(99, day, at)] if took_place else [])))
    opens_nothing_and_makes_nothing_longer(known, more, at)


@EXAMPLES
@given(facts() | cleared(), moments, days, st.sampled_from(["moved", "called off", "the course ended"]))
def test_a_plan_that_is_moved_called_off_or_ended_never_opens_and_makes_no_clearance_longer(known, at, day, what):
    if any(one.signed_at > at for one in known.decisions):
        return
    closed = tuple(replace(one, until=one.until or at) for one in known.planned)
    more = replace(known, planned=(*closed, *([Planned(99, day, at)] if what == "moved" else [])))
    opens_nothing_and_makes_nothing_longer(known, more, at)


@EXAMPLES
@given(facts(), moments, st.integers(0, 2))
def test_voiding_an_injury_never_opens(known, at, which):
    if (
        which >= len(known.injuries)
        or known.injuries[which].voided_at
        or any(one.signed_at > at for one in known.decisions)
    ):
        return
    voided = [replace(one, voided_at=at) if place == which else one for place, one in enumerate(known.injuries)]
    more = replace(known, injuries=tuple(voided), flagged=True)
    assert verdict(known, at).open or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments, moments, st.sampled_from(PHYSICIANS))
def test_a_new_supervising_physician_never_opens_without_a_decision_of_their_own(known, at, since, physician):
    more = replace(known, supervising=physician, supervising_since=since)
    decided = any(one.signed_at >= since and one.physician == physician for one in known.decisions)
    assert verdict(known, at).open or decided or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments)
def test_voiding_a_decision_never_opens(known, at):
    more = replace(known, decisions=tuple(replace(one, voided_at=at) for one in known.decisions))
    assert verdict(known, at).open or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments)
def test_an_open_gate_rests_on_an_opening_decision_of_everybody_who_must_decide(known, at):
    judged = verdict(known, at)
    if judged.open and judged.needed:
        deciding = [one for one in known.decisions if one.id in judged.decisions]
        assert deciding
        assert all(one.outcome in OPENING and one.valid_until and one.confirmed for one in deciding)
        assert all(one.evidence >= known.least_evidence for one in deciding)


@EXAMPLES
@given(facts(), moments)
def test_asking_for_stronger_evidence_never_opens(known, at):
    more = replace(known, least_evidence=known.least_evidence + 1)
    assert verdict(known, at).open or not verdict(more, at).open


@EXAMPLES
@given(facts(), moments)
def test_knowing_less_of_the_record_never_opens(known, at):
    less = replace(
        known, decisions=tuple(replace(one, knew_at=one.informed_at - timedelta(days=3)) for one in known.decisions)
    )
    assert verdict(known, at).open or not verdict(less, at).open


@EXAMPLES
@given(facts() | cleared(), moments, st.integers(1, 24 * 40))
def test_between_now_and_the_next_change_nothing_changes(known, at, hours):
    judged, later = verdict(known, at), at + timedelta(hours=hours)
    if judged.changes_at is None or later < judged.changes_at:
        again = verdict(known, later)
        assert [one.code for one in again.reasons] == [one.code for one in judged.reasons]


# --- whole histories -------------------------------------------------------------------------------------------------

ADMINISTRATIVE = {"PHYSICIAN_UNVERIFIED", "NO_CONSENT"}


def _decide(known, at, draw):
    physician = draw(st.sampled_from(PHYSICIANS))
    covers = frozenset((one.id, one.number) for one in known.injuries)
    signed = Decision(
        id=physician, physician=physician, outcome=draw(st.sampled_from(OUTCOMES + sorted(OPENING) * 4)), signed_at=at,
        valid_from=at.date(), valid_until=at.date() + timedelta(days=draw(st.integers(1, 60))), covers=covers,
        holds_through_course=draw(st.booleans()),
    )  # fmt: skip
    return replace(known, decisions=(*(one for one in known.decisions if one.physician != physician), signed))


def _injure(known, at, draw):
    injury = Injury(len(known.injuries) + 1, 1, draw(st.sampled_from([None, *PHYSICIANS])), since=at)
    return replace(known, injuries=(*known.injuries, injury), flagged=True)


def _amend(known, at, draw):
    if not known.injuries:
        return known
    chosen = draw(st.sampled_from(known.injuries))
    changed = replace(chosen, number=chosen.number + 1, since=at, supervised_by=draw(st.sampled_from(PHYSICIANS)))
    return replace(known, injuries=tuple(changed if one.id == chosen.id else one for one in known.injuries))


def _void(known, at, draw):
    if not known.injuries:
        return known
    chosen = draw(st.sampled_from(known.injuries))
    voided = replace(chosen, voided_at=chosen.voided_at or at)
    return replace(known, injuries=tuple(voided if one.id == chosen.id else one for one in known.injuries))


def _unsay(known, at, draw):
    return replace(known, decisions=tuple(replace(one, voided_at=at) for one in known.decisions))


def _hold(known, at, draw):
    return replace(known, holds=(*known.holds, Hold(len(known.holds), at)), flagged=True)


def _treat(known, at, draw):
    return replace(known, sessions=(*known.sessions, Session(len(known.sessions), at.date(), at)), flagged=True)


def _plan(known, at, draw):
    closed = tuple(replace(one, until=one.until or at) for one in known.planned)
    day = at.date() + timedelta(days=draw(st.integers(0, 60)))
    return replace(known, planned=(*closed, Planned(len(closed), day, at)))


def _call_off(known, at, draw):
    return replace(known, planned=tuple(replace(one, until=one.until or at) for one in known.planned))


def _correct(known, at, draw):
    standing = [one for one in known.sessions if one.corrected_at is None]
    if not standing:
        return known
    chosen = draw(st.sampled_from(standing))
    rest = tuple(replace(one, corrected_at=at) if one.id == chosen.id else one for one in known.sessions)
    day = at.date() - timedelta(days=draw(st.integers(0, 60)))
    right = (Session(len(rest), day, at),) if draw(st.booleans()) else ()
    return replace(known, sessions=(*rest, *right))


def _hand_over(known, at, draw):
    physician = draw(st.sampled_from(PHYSICIANS))
    return known if physician == known.supervising else replace(known, supervising=physician, supervising_since=at)


def _wait(known, at, draw):
    return known


def _rename(known, at, draw):
    return replace(known, identity_since=at)


def _paperwork(known, at, draw):
    until = draw(moments)
    changed = [replace(one, verified=draw(st.booleans()), consent_until=until) for one in known.physicians]
    return replace(known, physicians=tuple(changed))


EVENTS = (
    _decide, _decide, _injure, _amend, _void, _unsay, _hold, _treat, _correct, _plan, _call_off, _hand_over, _wait, _rename,
    _paperwork,
)  # fmt: skip


@EXAMPLES
@given(st.data(), st.booleans(), st.lists(st.sampled_from(EVENTS), min_size=2, max_size=12))
def test_over_a_random_history_nothing_but_a_decision_opens(data, every_client, events):
    always = datetime(2027, 1, 1, tzinfo=UTC)
    known = Facts(
        client=7, every_client=every_client, flagged=False, known_since=START,
        physicians=tuple(Physician(id, True, always) for id in PHYSICIANS),
    )  # fmt: skip
    at = START
    for event in events:
        at += timedelta(hours=data.draw(st.integers(1, 400)))
        before, known = verdict(known, at), event(known, at, data.draw)
        after = verdict(known, at)
        if after.open and not before.open and event is not _decide:
            # Paper work that is put right restores what a physician's decision in force allows, and no more.
            assert event is _paperwork
            assert {reason.code.value for reason in before.reasons} <= ADMINISTRATIVE
            assert after.decisions
