"""Check-ins in the database: what a rule stops is stopped at once, is flagged once, and is answered by no trainer."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance.audit.models import Event
from clearance.checkins import actions, queries
from clearance.checkins.actions import record_check_in, review_flag, set_schedule, stop_schedule
from clearance.checkins.models import CheckIn, Flag, FlagReview, Readiness, Schedule, Screening, ScreeningVoid
from clearance.checkins.scales import Strength
from clearance.checkins.symptoms import BY_SLUG
from clearance.checkins.tiers import STOPS, Tier
from clearance.checkins.topics import TOPICS
from clearance.gate.guard import GateShut, judge
from clearance.injuries.courses import end_course, start_course
from clearance.injuries.models import Hold
from clearance.notices.actions import run
from clearance.people.actions import archive_client
from clearance.people.refused import Refused
from clearance.programs.actions import build
from tests.db.test_races import together
from tests.plans import plan

CHEST = {"chest": "unsure"}


def told(cast, client=None, *, ago=0, **more):
    """Tara tells a check-in of Ines: moderate pain, as strong as the other side, nothing new."""
    said = {"pain_now": 3, "strength": Strength.SAME} | more
    on = cast.today()
    return record_check_in(
        client=client or cast.ines, by=cast.tara.user, on=on, cap=None, told_on=on - timedelta(days=ago), **said
    )


def codes(client):
    return [one.code.value for one in judge(client.pk).reasons]


def rules(client):
    return sorted(Flag.objects.filter(client=client).values_list("rule", flat=True))


def course(cast, *ago, planned=6):
    started = start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=planned)
    for one in ago:
        session(cast, started, one)
    return started


def session(cast, started, ago):
    on = cast.today()
    return actions.record_session(course=started, by=cast.tara.user, performed_on=on - timedelta(days=ago), on=on)


def test_a_symptom_that_stops_opens_a_hold_of_a_rule_at_once(cast):
    cast.sign(cast.ines)
    check_in = told(cast, symptoms=CHEST)
    hold, flag = Hold.objects.get(), Flag.objects.get()
    assert (flag.hold, flag.check_in, flag.tier, hold.by) == (hold, check_in, Tier.EMERGENCY, None)
    assert codes(cast.ines) == ["ON_HOLD"]
    with pytest.raises(GateShut):
        build(client=cast.ines, by=cast.tara.user, plan=plan())


def test_the_hold_and_the_check_in_are_stored_together_or_not_at_all(cast, monkeypatch):
    def broken(**given):
        raise DatabaseError("full")

    monkeypatch.setattr(actions, "open_hold", broken)
    with pytest.raises(DatabaseError):
        told(cast, symptoms=CHEST)
    assert not CheckIn.objects.exists()


def test_nothing_remarkable_stops_nothing(cast):
    cast.sign(cast.ines)
    told(cast)
    assert codes(cast.ines) == []
    assert not Flag.objects.exists()


def test_several_stops_of_one_check_in_share_one_hold_that_names_them_all(cast):
    told(cast, symptoms={"chest": "yes", "night_pain": "unsure", "joint": "yes"})
    hold = Hold.objects.get()
    assert Flag.objects.filter(hold=hold).count() == 3
    assert all(flag.sentence in hold.reason for flag in Flag.objects.all())


@pytest.mark.parametrize("said", ["yes", "unsure"])
@pytest.mark.parametrize("slug", sorted(slug for slug, one in BY_SLUG.items() if one.tier in STOPS))
def test_not_sure_stops_as_yes_does(cast, slug, said):
    told(cast, symptoms={slug: said})
    assert Hold.objects.count() == 1
    assert {one.tier for one in Flag.objects.all()} == {BY_SLUG[slug].tier}


def test_the_source_case_is_flagged_and_held(cast):
    injury = cast.knee
    cast.sign(cast.ines, holds_through_course=True)
    told(cast, injury=injury, ago=10, pain_now=7, strength=Strength.MUCH_WEAKER)
    course(cast, 5)
    assert codes(cast.ines) == []
    told(cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER)
    assert "pain_gone_still_weak_early" in rules(cast.ines)
    assert codes(cast.ines) == ["ON_HOLD"]
    assert "7 to 1 of 10" in Hold.objects.get().reason


def test_a_session_written_down_after_the_check_in_hides_nothing(cast):
    told(cast, injury=cast.knee, ago=10, pain_now=7, strength=Strength.WEAKER)
    told(cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER)
    started = course(cast)
    assert "pain_gone_still_weak_early" not in rules(cast.ines)
    session(cast, started, 3)
    assert "pain_gone_still_weak_early" in rules(cast.ines)
    assert Hold.objects.count() == 1


def test_an_earlier_day_told_late_is_looked_at_too(cast):
    course(cast, 5)
    told(cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER)
    assert rules(cast.ines) == []
    told(cast, injury=cast.knee, ago=9, pain_now=7, strength=Strength.WEAKER)
    assert "pain_gone_still_weak_early" in rules(cast.ines)


def test_ending_the_course_by_an_entry_silences_nothing_for_two_weeks(cast):
    told(cast, injury=cast.knee, ago=10, pain_now=7, strength=Strength.WEAKER)
    started, on = course(cast, 5), cast.today()
    end_course(course=started, by=cast.tara.user, kind="stopped", ended_on=on, on=on, reason="The client feels fine.")
    told(cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER)
    assert "pain_gone_still_weak_early" in rules(cast.ines)


def test_a_physician_answers_it_and_it_is_asked_again_after_the_next_session_only(cast):
    told(cast, injury=cast.knee, ago=10, pain_now=7, strength=Strength.WEAKER)
    started = course(cast, 5)
    told(cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER)
    cast.sign(cast.ines, holds_through_course=True)
    assert codes(cast.ines) == []
    told(cast, injury=cast.knee, pain_now=0, strength=Strength.WEAKER)
    assert codes(cast.ines) == []
    session(cast, started, 0)
    assert codes(cast.ines) == ["ON_HOLD"]


def test_the_seventh_of_six_sessions_waits_for_a_trainer(cast):
    course(cast, 60, 50, 40, 30, 20, 10)
    assert rules(cast.ines) == []
    session(cast, cast.knee.courses.get(), 1)
    assert rules(cast.ines) == ["beyond_plan"]


@pytest.mark.parametrize(
    ("cap", "threshold", "pain", "fires"),
    [(None, None, 5, False), (None, None, 6, True), (3, None, 4, True), (3, None, 3, False), (None, 2, 3, True),
     (4, 2, 3, True), (2, 4, 3, True), (9, 9, 6, True)],
)  # fmt: skip
def test_the_least_of_cap_threshold_and_studio_limit_counts(cast, cap, threshold, pain, fires):
    if threshold is not None:
        actions.record_readiness(
            client=cast.ines, by=cast.tara.user, on=cast.today(), health=3, dedication=3, exertion=5,
            pain_threshold=threshold,
        )  # fmt: skip
    record_check_in(client=cast.ines, by=cast.tara.user, on=cast.today(), cap=cap, pain_now=pain, strength=4)
    assert (rules(cast.ines) == ["pain_beyond"]) is fires


def test_the_same_sent_twice_is_stored_once(cast):
    first, second = (told(cast, symptoms=CHEST, note="Tight.") for _ in range(2))
    assert first == second
    assert (CheckIn.objects.count(), Flag.objects.count(), Hold.objects.count()) == (1, 1, 1)


def test_other_answers_within_the_same_minute_are_another_check_in(cast):
    told(cast)
    told(cast, pain_now=4)
    told(cast, injury=cast.knee)
    assert CheckIn.objects.count() == 3


@pytest.mark.parametrize("ago", [-1, 61])
def test_a_day_ahead_or_of_long_ago_is_refused(cast, ago):
    with pytest.raises(Refused, match="last two months"):
        told(cast, ago=ago)


def test_a_day_of_two_months_ago_is_taken(cast):
    assert told(cast, ago=60).on == cast.today() - timedelta(days=60)


def test_an_injury_of_somebody_else_is_refused(cast):
    for injury in (cast.injury(cast.uma), cast.injury(cast.otto)):
        with pytest.raises(Refused, match="injury of this client"):
            told(cast, injury=injury)
    assert not CheckIn.objects.exists()


def test_nothing_is_told_of_an_archived_client(cast):
    archive_client(client=cast.ines, by=cast.tara.user)
    with pytest.raises(Refused):
        told(cast)


@pytest.mark.parametrize("wrong", [{"chest": "no"}, {"headache": "yes"}])
def test_an_unknown_symptom_or_answer_is_no_check_in(cast, wrong):
    with pytest.raises(TypeError):
        told(cast, symptoms=wrong)


@pytest.mark.parametrize("wrong", [{"pain_now": 11}, {"pain_worst": 11}, {"effort": 11}])
def test_the_database_refuses_a_number_beyond_the_scale(cast, wrong):
    with pytest.raises(DatabaseError), transaction.atomic():
        told(cast, **wrong)


def test_a_review_needs_a_reason_and_stays_with_its_flag(cast):
    told(cast, pain_now=9)
    flag = Flag.objects.get()
    with pytest.raises(Refused, match="Write what you found"):
        review_flag(flag=flag, by=cast.tara.user, reason="  ")
    review_flag(flag=flag, by=cast.tara.user, reason=" Slept badly. ")
    assert FlagReview.objects.get().reason == "Slept badly."
    assert not queries.open_reviews(cast.ines.pk).exists()


def test_a_flag_is_reviewed_once(cast):
    told(cast, pain_now=9)
    flag = Flag.objects.get()
    first, again = (review_flag(flag=flag, by=cast.tara.user, reason="Slept badly.") for _ in range(2))
    assert first == again
    with pytest.raises(Refused, match="already"):
        review_flag(flag=flag, by=cast.theo.user, reason="All fine.")


@pytest.mark.parametrize("slug", ["chest", "joint", "night_pain"])
def test_no_trainer_and_no_manager_reviews_a_stop(cast, slug):
    told(cast, symptoms={slug: "yes"})
    for who in (cast.tara, cast.mona):
        with pytest.raises(Refused, match="Only a physician"):
            review_flag(flag=Flag.objects.get(), by=who.user, reason="It was nothing.")
    assert not FlagReview.objects.exists()


def test_postgresql_too_refuses_a_review_of_a_stop(cast):
    told(cast, symptoms=CHEST)
    with pytest.raises(DatabaseError, match="tier four only"), transaction.atomic():
        FlagReview.objects.create(flag=Flag.objects.get(), reason="x", by=cast.tara.user, at=Flag.objects.get().at)


@pytest.fixture
def rows(cast):
    """A row of each kind that stays as it was written."""
    told(cast, pain_now=9)
    review_flag(flag=Flag.objects.get(), by=cast.tara.user, reason="Slept badly.")
    actions.record_readiness(
        client=cast.ines, by=cast.tara.user, on=cast.today(), health=3, dedication=3, exertion=5, pain_threshold=4
    )
    actions.void_screening(screening=screening(cast), by=cast.tara.user, reason="A new medicine.")
    return cast


def screening(cast, said="no"):
    return actions.sign_screening(
        client=cast.ines, by=cast.tara.user, on=cast.today(), answers={one.slug: said for one in TOPICS}, followups={},
        active=True, diseases=[], symptoms=[], intensity="light", signed_name="Ines Injured",
    )  # fmt: skip


@pytest.mark.parametrize(
    "model", [CheckIn, Flag, FlagReview, Readiness, Screening, ScreeningVoid], ids=lambda one: one.__name__
)
def test_what_was_told_is_never_changed(rows, model):
    table = model._meta.db_table
    assert model.objects.exists()
    for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_flag_that_stops_without_a_hold_cannot_be_stored(cast):
    check_in = told(cast)
    for tier in STOPS:
        with pytest.raises(DatabaseError), transaction.atomic():
            Flag.objects.create(
                client=cast.ines, rule="x", tier=tier, sentence="x", cause=f"x:{tier}", at=check_in.at, hold=None
            )


def schedule(cast, *, late, every=7, client=None):
    client = client or cast.ines
    set_schedule(client=client, by=cast.tara.user, every_days=every, first_on=cast.today() - timedelta(days=late))
    return client


def test_a_check_in_moves_the_next_one_and_an_old_one_told_late_does_not(cast):
    schedule(cast, late=3)
    told(cast, ago=20)
    assert Schedule.objects.get().due_on == cast.today() - timedelta(days=3)
    told(cast)
    assert Schedule.objects.get().due_on == cast.today() + timedelta(days=7)


@pytest.mark.parametrize(("late", "missed"), [(0, False), (7, False), (8, True)])
def test_two_missed_check_ins_are_raised_by_the_clock(cast, late, missed):
    schedule(cast, late=late)
    run()
    assert rules(cast.ines) == (["missed_check_ins"] if missed else [])


def test_missed_check_ins_are_raised_once_and_again_after_the_next_ones(cast):
    schedule(cast, late=8)
    run()
    assert not queries.missed_by(cast.north.pk, on=cast.today()).exists()
    before = Event.objects.count()
    run()
    assert (Flag.objects.count(), Event.objects.count()) == (1, before)
    told(cast)
    set_schedule(client=cast.ines, by=cast.tara.user, every_days=2, first_on=cast.today() - timedelta(days=3))
    run()
    assert Flag.objects.filter(rule="missed_check_ins").count() == 2


def test_stopping_the_schedule_leaves_what_was_missed(cast):
    schedule(cast, late=8)
    run()
    stop_schedule(client=cast.ines, by=cast.tara.user)
    assert queries.open_reviews(cast.ines.pk).count() == 1
    assert not queries.missed_by(cast.north.pk, on=cast.today()).exists()


def test_a_rule_that_is_off_and_an_archived_client_raise_nothing(cast):
    schedule(cast, late=30)
    archive_client(client=schedule(cast, late=30, client=cast.uma), by=cast.tara.user)
    assert [one.name for one in queries.missed_by(cast.north.pk, on=cast.today())] == ["Ines Injured"]
    actions.change_rules(studio=cast.north, by=cast.mona.user, off=["missed_check_ins"], thresholds={})
    run()
    assert not Flag.objects.exists()


@pytest.mark.parametrize(("threshold", "late", "missed"), [(1, 1, True), (1, 0, False), (3, 14, False), (3, 15, True)])
def test_the_studio_says_how_many_are_too_many(cast, threshold, late, missed):
    thresholds = {"missed_check_ins": threshold}
    actions.change_rules(studio=cast.north, by=cast.mona.user, off=[], thresholds=thresholds)
    schedule(cast, late=late)
    assert queries.missed_by(cast.north.pk, on=cast.today()).exists() is missed
    run()
    assert Flag.objects.exists() is missed


def test_one_client_that_cannot_be_looked_at_keeps_no_other_from_it(cast, monkeypatch):
    for client in (cast.ines, cast.uma):
        schedule(cast, late=30, client=client)

    def broken(*, client, on):
        if client == cast.ines:
            raise RuntimeError("broken")
        return actions.raise_missed(client=client, on=on)

    monkeypatch.setattr("clearance.notices.actions.raise_missed", broken)
    run()
    assert Flag.objects.get().client == cast.uma


def test_looking_for_missed_check_ins_takes_as_many_queries_for_20_clients_as_for_10(cast):
    def fill_and_count():
        for number in range(10):
            schedule(cast, late=1, client=cast.client(cast.tara, f"Late {number}"))
        with CaptureQueriesContext(connection) as found:
            assert list(queries.missed_by(cast.north.pk, on=cast.today())) == []
        return len(found)

    assert fill_and_count() == fill_and_count()


def test_missed_check_ins_are_raised_exactly_once_by_two_workers(committed):
    clients = [committed.ines, committed.uma]
    for client in clients:
        schedule(committed, late=30, client=client)
    together(run, run, run)
    assert [rules(client) for client in clients] == [["missed_check_ins"]] * 2
    assert Event.objects.filter(action="flag.review").count() == 2


def test_two_check_ins_at_once_are_both_kept_and_stop_both_times(committed):
    injury = committed.knee
    one, other = together(
        lambda: told(committed, injury=injury, symptoms=CHEST),
        lambda: told(committed, injury=injury, symptoms={"stroke": "yes"}),
    )
    assert one != other
    assert rules(committed.ines) == ["chest_symptoms", "stroke_signs"]
    assert Hold.objects.count() == 2


def test_a_double_click_at_once_stores_one_check_in(committed):
    together(*[lambda: told(committed, symptoms=CHEST)] * 4)
    assert (CheckIn.objects.count(), Flag.objects.count(), Hold.objects.count()) == (1, 1, 1)


def test_no_program_is_later_than_the_check_in_that_stops(committed):
    for number in range(10):
        client = committed.client(committed.tara, f"Racer {number}", committed.okafor)
        committed.sign(client)
        built, check_in = together(
            lambda client=client: build(client=client, by=committed.tara.user, plan=plan()),
            lambda client=client: told(committed, client, symptoms=CHEST),
        )
        assert isinstance(check_in, CheckIn), check_in
        assert isinstance(built, GateShut) or built.at < check_in.at


def test_the_prepared_note_tells_figures_days_and_no_advice(cast):
    told(cast, injury=cast.knee, ago=10, pain_now=7, pain_worst=9, strength=Strength.MUCH_WEAKER)
    course(cast, 5)
    symptoms = {"weakness": "unsure"}
    told(
        cast, injury=cast.knee, pain_now=1, strength=Strength.WEAKER, effort=6, load="same", symptoms=symptoms,
        note="Feels great.",
    )  # fmt: skip
    flag = Flag.objects.get(rule="pain_gone_still_weak_early")
    words = queries.prepared_note(flag, on=cast.today(), held="12 Mar 2027, 14:05")
    before, on = (f"{one.day} {one:%b %Y}" for one in (cast.today() - timedelta(days=10), cast.today()))
    assert words.splitlines() == [
        "Red flag, knee, left. Pain has gone and weakness remains, early in the treatment: 7 to 1 of 10, strength: "
        "clearly weaker, session 1 of 6.",
        f"Check-in of {on}. Pain now: 1 of 10 (mild). On {before}: 7 of 10 (severe).",
        f"Strength: clearly weaker. On {before}: much weaker.",
        "Effort of the last session: 6 of 10 (hard and heavy), load against the session before: the same.",
        "Not sure: new or growing weakness, numbness or tingling in an arm or a leg.",
        "Noted with it: Feels great.",
        f"Treatment: prolotherapy, 1 of 6, last on {day(cast.today() - timedelta(days=5))}.",
        "Training is on hold since 12 Mar 2027, 14:05. Only a physician's decision answers that.",
    ]


def day(one: date) -> str:
    return f"{one.day} {one:%b %Y}"


def test_the_longest_note_still_fits_into_a_question(cast):
    told(cast, injury=cast.knee, symptoms=dict.fromkeys(BY_SLUG, "unsure"), note="x" * 2000)
    assert all(len(queries.prepared_note(flag, on=cast.today())) < 4000 for flag in Flag.objects.all())


acts = st.lists(
    st.one_of(
        st.tuples(st.just("told"), st.integers(0, 10), st.sampled_from(Strength.values), st.sampled_from([None, *BY_SLUG])),
        st.tuples(st.just("review")),
        st.tuples(st.just("screening"), st.sampled_from(["no", "yes", "unsure"])),
        st.tuples(st.just("schedule"), st.integers(0, 20)),
        st.tuples(st.just("run")),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def play(cast, act):
    match act:
        case "told", pain, strength, slug:
            told(cast, injury=cast.knee, pain_now=pain, strength=strength, symptoms={slug: "yes"} if slug else {})
        case ("review",):
            for flag in queries.open_reviews(cast.ines.pk):
                review_flag(flag=flag, by=cast.mona.user, reason="Looked at it.")
        case "screening", said:
            screening(cast, said)
        case "schedule", late:
            schedule(cast, late=late, every=1)
        case _:
            run()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=acts, cleared=st.booleans())
def test_no_check_in_review_or_screening_ever_turns_a_shut_gate_open(cast, acts, cleared):
    with transaction.atomic():
        cast.injury(cast.ines)
        if cleared:
            cast.sign(cast.ines)
        was_shut = not judge(cast.ines.pk).open
        for act in acts:
            play(cast, act)
            shut = not judge(cast.ines.pk).open
            assert shut or not was_shut, act
            was_shut = shut
        transaction.set_rollback(True)
    vars(cast).pop("knee", None)
