"""Treatment courses on real rows: stored once, never changed, and nothing about them opens the gate."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from clearance.audit.models import Event
from clearance.checkins.actions import record_session as record_and_raise
from clearance.checkins.models import Flag
from clearance.decisions.actions import RecordChanged, read_back, sign
from clearance.decisions.queries import current_decision, known_about, known_when_asked
from clearance.decisions.statement import digest, recorded
from clearance.exchange.question import letter_of
from clearance.gate import facts, replay, standings
from clearance.gate.guard import judge
from clearance.gate.rule import verdict
from clearance.injuries import courses, queries
from clearance.injuries.actions import void_injury
from clearance.injuries.models import CourseEnd, CourseTemplate, PlannedSession, TreatmentCourse, TreatmentSession
from clearance.injuries.templates import drop_template, keep_template
from clearance.notices.shut import shut_by
from clearance.people.actions import archive_client
from clearance.people.lock import now
from clearance.people.refused import Refused
from clearance.programs.actions import build
from tests.papers import filed, question, store, typed
from tests.plans import plan

pytestmark = pytest.mark.usefixtures("store")
assert store


@pytest.fixture
def day(cast):
    """A day by its distance from today."""
    return lambda ahead=0: cast.today() + timedelta(days=ahead)


@pytest.fixture
def series(cast, day):
    """Six sessions of prolotherapy on the knee, started some days ago."""
    return courses.start_course(
        injury=cast.knee, by=cast.tara.user, on=day(), kind="prolotherapy", agent="dextrose", physician=cast.okafor,
        planned_sessions=6, interval_days=28,
    )  # fmt: skip


def treat(cast, series, on, **more):
    return courses.record_session(course=series, by=cast.tara.user, performed_on=on, on=cast.today(), **more)


def fix(cast, session, **more):
    said = {"reason": "It was another day.", "performed_on": session.performed_on, "sites": session.sites}
    return courses.correct_session(session=session, by=cast.tara.user, on=cast.today(), **(said | more))


def expect(cast, series, on, **more):
    return courses.plan_session(course=series, by=cast.tara.user, planned_on=on, on=cast.today(), **more)


def codes(cast):
    return [reason.code.value for reason in judge(cast.ines.pk).reasons]


def progress(cast, on=None):
    [course] = queries.courses_of(cast.ines.pk)
    return queries.course_progress(course, on=on or cast.today())


def words(day):
    return f"{day.day} {day:%b %Y}"


# --- stored once -----------------------------------------------------------------------------------------------------


def test_the_second_of_two_clicks_stores_nothing_more(cast, series, day):
    def twice(act):
        assert act() == act()

    twice(lambda: treat(cast, series, day(-1), notes="Sore.", next_on=day(27)))
    twice(lambda: expect(cast, series, day(30)))
    session = TreatmentSession.objects.get()
    twice(lambda: fix(cast, session, performed_on=day(-2)))
    twice(lambda: _end(cast, series, day()))
    assert (TreatmentSession.objects.count(), PlannedSession.objects.count(), CourseEnd.objects.count()) == (2, 2, 1)
    lines = Event.objects.filter(action__startswith="session.").order_by("number")
    recorded = ["session.recorded", "session.planned", "session.planned", "session.corrected"]
    assert [one.action for one in lines] == recorded


def test_a_course_with_its_first_plan_and_template_sent_twice_is_one_course(cast, day):
    said = {
        "injury": cast.knee, "by": cast.tara.user, "on": day(), "next_on": day(3), "keep_as": "Usual", "kind": "prp",
        "physician": cast.okafor, "sites": ["knee:left"],
    }  # fmt: skip
    assert courses.start_course(**said) == courses.start_course(**said)
    assert (TreatmentCourse.objects.count(), PlannedSession.objects.count(), CourseTemplate.objects.count()) == (
        1,
        1,
        1,
    )


def test_calling_off_twice_is_calling_off_once(cast, series, day):
    expect(cast, series, day(5))
    for _ in range(2):
        courses.call_off(course=series, by=cast.tara.user, reason="Clinic closed.")
    assert Event.objects.filter(action="session.called_off").count() == 1


def test_a_session_that_was_corrected_away_and_took_place_after_all_is_recorded_again(cast, series, day):
    gone = fix(cast, treat(cast, series, day()), took_place=False)
    again = treat(cast, series, day())
    assert again.pk != gone.pk
    assert progress(cast) == f"1 of 6, last on {words(day())}"


def test_two_sessions_of_one_day_with_different_notes_are_two(cast, series, day):
    treat(cast, series, day(), notes="Morning.")
    treat(cast, series, day(), notes="Evening.")
    assert [one.place for one in queries.sessions_of(cast.ines.pk)] == [2, 1]


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "field"),
    [
        (lambda cast, series, day: treat(cast, series, day(1)), "performed_on"),
        (lambda cast, series, day: expect(cast, series, day(-1)), "next_on"),
        (lambda cast, series, day: expect(cast, series, day(367)), "next_on"),
        (lambda cast, series, day: courses.call_off(course=series, by=cast.tara.user, reason="No plan."), ""),
        (lambda cast, series, day: _end(cast, series, day(1)), "ended_on"),
        (lambda cast, series, day: _end(cast, series, day(), kind="stopped"), "reason"),
        (lambda cast, series, day: _end(cast, series, day(-3)), "ended_on"),
        (lambda cast, series, day: fix(cast, treat(cast, series, day(-2)), performed_on=day(1)), "performed_on"),
        (lambda cast, series, day: fix(cast, treat(cast, series, day(-2)), reason=" ", took_place=False), "reason"),
        (lambda cast, series, day: fix(cast, treat(cast, series, day(-2))), ""),
        (lambda cast, series, day: courses.edit_course(course=series, by=cast.tara.user, physician=cast.ode), "physician"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_beside_its_field(cast, series, day, act, field):
    treat(cast, series, day(-1))
    with pytest.raises(Refused) as refused:
        act(cast, series, day)
    assert refused.value.field == field


def _end(cast, series, ended_on, **more):
    said = {"kind": "concluded", "reason": ""} | more
    return courses.end_course(course=series, by=cast.tara.user, ended_on=ended_on, on=cast.today(), **said)


@pytest.mark.parametrize(
    "act",
    [treat, expect, lambda cast, series, day: courses.edit_course(course=series, by=cast.tara.user, agent="PRP"), _end],
)
def test_a_course_that_is_over_goes_no_further_but_its_sessions_can_be_corrected(cast, series, day, act):
    session = treat(cast, series, day(-2))
    _end(cast, series, day(), kind="stopped", reason="No use.")
    with pytest.raises(Refused, match="over"):
        act(cast, series, day())
    assert fix(cast, session, performed_on=day(-3)).performed_on == day(-3)


def test_a_void_injury_and_an_archived_client_get_no_course(cast):
    void_injury(injury=cast.knee, by=cast.mona.user, reason="wrong client")
    with pytest.raises(Refused, match="void"):
        courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    archive_client(client=cast.ines, by=cast.tara.user)
    with pytest.raises(Refused, match="rchived"):
        courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp")


def test_a_corrected_entry_is_corrected_through_the_one_that_stands_for_it(cast, series, day):
    first = treat(cast, series, day(-2))
    second = fix(cast, first, performed_on=day(-3))
    with pytest.raises(Refused, match="corrected this session already"):
        fix(cast, first, performed_on=day(-4))
    third = fix(cast, second, took_place=False)
    assert (third.performed_on, third.sites) == (second.performed_on, second.sites)
    with pytest.raises(Refused, match="did not take place"):
        fix(cast, third, performed_on=day(-4))


def test_a_field_that_no_course_has_is_no_field(cast, series):
    with pytest.raises(TypeError):
        courses.edit_course(course=series, by=cast.tara.user, injury=cast.knee)


# --- never changed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda day: TreatmentSession.objects.update(performed_on=day(-9)),
        lambda day: TreatmentSession.objects.all().delete(),
        lambda day: PlannedSession.objects.update(planned_on=day(90)),
        lambda day: PlannedSession.objects.all()._raw_delete("default"),
        lambda day: CourseEnd.objects.update(kind="concluded"),
        lambda day: TreatmentCourse.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_keeps_sessions_plans_and_ends_as_they_were_written(cast, series, day, change):
    treat(cast, series, day(-1), next_on=day(20))
    _end(cast, series, day(), kind="stopped", reason="No use.")
    with pytest.raises(DatabaseError), transaction.atomic():
        change(day)


def test_the_database_takes_one_correction_of_an_entry_and_none_of_another_session(cast, series, day):
    one, other = treat(cast, series, day(-9)), treat(cast, series, day(-2))
    said = {"course": series, "performed_on": day(-3), "reason": "x", "by": cast.tara.user, "recorded_at": now()}
    with pytest.raises(DatabaseError, match="an earlier row of the same session"), transaction.atomic():
        TreatmentSession.objects.create(**said, number=other.number, corrects=one)
    fix(cast, one, performed_on=day(-8))
    with pytest.raises(IntegrityError), transaction.atomic():
        TreatmentSession.objects.create(**said, number=one.number, corrects=one)


def test_an_edit_keeps_the_earlier_values_and_says_so_in_the_trail(cast, series):
    courses.edit_course(course=series, by=cast.theo.user, planned_sessions=8, aftercare="Walk.")
    courses.edit_course(course=series, by=cast.theo.user, planned_sessions=8)
    [line] = Event.objects.filter(action="course.edited")
    assert line.detail["fields"] == ["aftercare", "planned_sessions"]
    history = TreatmentCourse.pgh_event_model.objects.filter(pgh_obj=series).order_by("pgh_id")
    assert [one.planned_sessions for one in history] == [6, 8]


# --- plans and progress ----------------------------------------------------------------------------------------------


def test_a_session_closes_the_plan_it_has_reached_and_keeps_a_later_one(cast, series, day):
    expect(cast, series, day())
    treat(cast, series, day(), keep_plan=True)
    assert progress(cast) == f"1 of 6, last on {words(day())}"
    expect(cast, series, day(20))
    treat(cast, series, day(-7), keep_plan=True)
    assert progress(cast) == f"2 of 6, next on {words(day(20))}"
    treat(cast, series, day(-3), next_on=day(30))
    assert progress(cast) == f"3 of 6, next on {words(day(30))}"
    assert [one.ended_because for one in queries.plans_of(cast.ines.pk)] == ["took place", "planned anew", ""]


def test_a_moved_plan_says_where_to_and_why(cast, series, day):
    expect(cast, series, day(5))
    expect(cast, series, day(9), because="The clinic is closed.")
    expect(cast, series, day(12))
    reasons = [one.ended_because for one in queries.plans_of(cast.ines.pk)]
    assert reasons == [f"moved to {words(day(9))}: The clinic is closed.", f"moved to {words(day(12))}", ""]


def test_progress_is_said_in_a_few_words(cast, day):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="physiotherapy")
    assert progress(cast) == "0 sessions, none yet"
    treat(cast, course, day(-4))
    assert progress(cast) == f"1 session, last on {words(day(-4))}"
    expect(cast, course, day(2))
    assert progress(cast, on=day(2)) == f"1 session, next on {words(day(2))}"
    assert progress(cast, on=day(3)) == f"1 session, was planned for {words(day(2))}"
    _end(cast, course, day(-1), kind="stopped", reason="No use.")
    assert progress(cast, on=day(3)) == f"1 session, stopped on {words(day(-1))}"


def test_a_session_recorded_late_takes_its_place_by_its_day(cast, series, day):
    treat(cast, series, day(-3))
    treat(cast, series, day(-30))
    fix(cast, treat(cast, series, day(-10)), took_place=False)
    assert [(one.performed_on, one.place) for one in queries.sessions_of(cast.ines.pk)] == [(day(-3), 2), (day(-30), 1)]


def test_courses_and_sessions_cost_as_many_queries_for_twenty_as_for_ten(cast, day, django_assert_num_queries):
    def happen():
        for ago in range(10):
            course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp", agent=f"{ago} {now()}")
            treat(cast, course, day(-ago), next_on=day(9))

    on = day()
    for _ in range(2):
        happen()
        with django_assert_num_queries(3):
            assert [queries.course_progress(one, on=on) for one in queries.courses_of(cast.ines.pk)]
            assert [str(one.by) for one in queries.sessions_of(cast.ines.pk)]
            assert [one.course.kind for one in queries.planned_for(cast.ines.pk)]


# --- templates -------------------------------------------------------------------------------------------------------


def test_a_template_keeps_the_plan_of_one_physician_and_a_new_one_of_the_name_replaces_it(cast, series):
    keep_template(course=series, physician=cast.okafor, name=" Usual ", by=cast.tara.user)
    series = courses.edit_course(course=series, by=cast.tara.user, planned_sessions=4)
    keep_template(course=series, physician=cast.okafor, name="Usual", by=cast.tara.user)
    keep_template(course=series, physician=cast.lindt, name="Usual", by=cast.tara.user)
    offered = queries.templates_of([cast.okafor.pk])
    assert [(one.name, one.planned_sessions, one.agent) for one in offered] == [("Usual", 4, "dextrose")]
    assert CourseTemplate.objects.count() == 3
    drop_template(template=offered.get(), by=cast.tara.user)
    drop_template(template=CourseTemplate.objects.get(planned_sessions=4, physician=cast.okafor), by=cast.tara.user)
    assert not queries.templates_of([cast.okafor.pk])
    assert Event.objects.filter(action="template.dropped").count() == 1


@pytest.mark.parametrize(("who", "name"), [("ode", "Usual"), ("okafor", "  "), (None, "Usual")])
def test_no_template_for_a_physician_of_another_studio_for_nobody_or_without_a_name(cast, series, who, name):
    with pytest.raises(Refused):
        keep_template(course=series, physician=getattr(cast, who) if who else None, name=name, by=cast.tara.user)


def test_a_refused_template_takes_the_whole_course_with_it(cast):
    with pytest.raises(Refused):
        courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp", keep_as="Usual")
    assert not TreatmentCourse.objects.exists()


# --- the gate --------------------------------------------------------------------------------------------------------


def test_a_correction_opens_nothing_before_the_physician_signs_after_it(cast, series, day):
    cast.sign(cast.ines)
    session = treat(cast, series, day())
    assert codes(cast) == ["TREATED_SINCE"]
    earlier = fix(cast, session, performed_on=day(-5))
    assert codes(cast) == ["TREATED_SINCE"]
    fix(cast, earlier, took_place=False)
    assert codes(cast) == ["TREATED_SINCE"]
    cast.sign(cast.ines)
    assert codes(cast) == []


def test_after_the_physicians_next_word_only_the_corrected_entry_has_rest_days(cast, series, day):
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    session = treat(cast, series, day())
    assert codes(cast) == ["RESTING"]
    fix(cast, session, performed_on=day(-9))
    assert codes(cast) == ["RESTING"]
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    assert codes(cast) == []


def test_after_the_physicians_next_word_a_session_that_did_not_take_place_has_no_rest_days(cast, series, day):
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    fix(cast, treat(cast, series, day()), took_place=False)
    assert codes(cast) == ["RESTING"]
    cast.sign(cast.ines, holds_through_course=True, rest_days=3)
    assert codes(cast) == []


def test_a_back_dated_session_still_has_its_rest_days(cast, series, day):
    cast.sign(cast.ines, rest_days=3)
    treat(cast, series, day(-2))
    assert codes(cast) == ["TREATED_SINCE", "RESTING"]


def test_a_planned_day_ends_the_clearance_and_neither_moving_nor_calling_off_nor_ending_makes_it_longer(
    cast, series, day
):
    cast.sign(cast.ines)
    end = judge(cast.ines.pk).until
    expect(cast, series, day(9))
    planned_end = judge(cast.ines.pk).until
    assert planned_end.date() == day(9) < end.date()
    expect(cast, series, day(20))
    assert judge(cast.ines.pk).until == planned_end
    courses.call_off(course=series, by=cast.tara.user, reason="Clinic closed.")
    assert judge(cast.ines.pk).until == planned_end
    _end(cast, series, day(), kind="stopped", reason="No use.")
    assert judge(cast.ines.pk).until == planned_end
    cast.sign(cast.ines)
    assert judge(cast.ines.pk).until == end


def test_a_day_planned_for_today_ends_a_clearance_at_once_and_one_signed_after_the_plan_stands(cast, series, day):
    cast.sign(cast.ines)
    expect(cast, series, day())
    assert codes(cast) == ["TREATMENT_DUE"]
    cast.sign(cast.ines)
    assert codes(cast) == []


def test_each_fact_reads_as_it_was_before_a_plan_a_session_or_a_correction_was_written(cast, series, day, library):
    cast.sign(cast.ines, holds_through_course=True)
    history = [(now(), codes(cast), build(client=cast.ines, by=cast.tara.user, plan=plan()))]
    session = treat(cast, series, day(-1), next_on=day(4))
    history.append((now(), codes(cast), build(client=cast.ines, by=cast.tara.user, plan=plan(title="Second"))))
    for step in (
        lambda: expect(cast, series, day(9)),
        lambda: fix(cast, session, performed_on=day(-3)),
        lambda: cast.sign(cast.ines),
        lambda: treat(cast, series, day()),
        lambda: _end(cast, series, day()),
    ):
        step()
        history.append((now(), codes(cast), None))
    assert history[-1][1] == ["TREATED_SINCE"]
    for at, found, _ in history:
        known = facts.of_client(cast.ines.pk, at=at)
        assert [reason.code.value for reason in verdict(known, at).reasons] == found
    assert list(replay.differences()) == []
    standings.refresh(cast.north.pk)
    assert list(standings.differences()) == []


def test_a_session_beyond_the_plan_is_a_red_flag_and_stored_all_the_same(cast, day):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp", planned_sessions=1)
    for ago in (9, 2, 2):
        record_and_raise(course=course, by=cast.tara.user, performed_on=day(-ago), on=day())
    assert TreatmentSession.objects.count() == 2
    assert [one.rule for one in Flag.objects.all()] == ["beyond_plan"]


# --- what the physician reads ----------------------------------------------------------------------------------------


def test_the_statement_tells_of_sessions_plans_and_ends(cast, series, day):
    treat(cast, series, day(-3), next_on=day(25))
    lines = list(recorded(known_about(cast.ines.pk, cast.okafor.pk)))
    assert f"Recorded treatment sessions: 1, the last on {day(-3).day} {day(-3):%B %Y}." in lines
    assert f"Recorded plan for a treatment session: {day(25).day} {day(25):%B %Y}." in lines
    _end(cast, series, day(-1))
    lines = list(recorded(known_about(cast.ines.pk, cast.okafor.pk)))
    end = f"{day(-1).day} {day(-1):%B %Y}"
    assert f"Recorded end of a treatment course: Prolotherapy, concluded on {end}." in lines
    assert not [line for line in lines if "plan for" in line]


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda cast, series, session, day: expect(cast, series, day(5)),
        lambda cast, series, session, day: fix(cast, session, performed_on=day(-8)),
        lambda cast, series, session, day: fix(cast, session, took_place=False),
        lambda cast, series, session, day: _end(cast, series, day()),
    ],
)
def test_nothing_about_a_treatment_is_signed_unseen(cast, series, day, meanwhile):
    session, draft = treat(cast, series, day(-2)), cast.clearance(cast.ines)
    shown = read_back(client=cast.ines, physician=cast.okafor, draft=draft, on=cast.today())
    meanwhile(cast, series, session, day)
    with pytest.raises(RecordChanged):
        sign(
            client=cast.ines, physician=cast.okafor, by=cast.okafor.user, draft=draft, name="Dr Ada Okafor",
            credential="MD", licence="A12345", shown_sha256=digest(shown), replaces=None,
        )  # fmt: skip
    assert current_decision(cast.ines.pk, cast.okafor.pk) is None


def test_the_letter_shows_sessions_plans_and_ends_as_they_were_when_it_was_asked(cast, series, day):
    session = treat(cast, series, day(-3), next_on=day(25))
    asked = question(cast)
    fix(cast, session, took_place=False)
    expect(cast, series, day(30))
    _end(cast, series, day())
    said = letter_of(asked, staff_url="https://clearance.test/", usual=()).treatment
    assert said == (
        f"Treatment sessions: 1, the last on {day(-3).day} {day(-3):%B %Y}.",
        f"Plan for a treatment session: {day(25).day} {day(25):%B %Y}.",
    )
    assert [one.performed_on for one in known_when_asked(asked).sessions] == [day(-3)]


def test_a_paper_does_not_answer_a_correction_that_came_after_its_letter(cast, series, day):
    session = treat(cast, series, day())
    paper = filed(cast, question(cast))
    fix(cast, session, performed_on=day(-9))
    decision = typed(cast, paper, draft=cast.clearance(cast.ines, holds_through_course=True, rest_days=3))
    known = facts.of_client(cast.ines.pk, at=now())
    assert {one.corrected_at is None for one in known.sessions} == {True, False}
    assert "RESTING" in codes(cast)
    assert decision.rest_days == 3


# --- who is told -----------------------------------------------------------------------------------------------------


def test_each_line_of_the_trail_says_what_it_alone_has_shut(cast, series, day):
    cast.sign(cast.ines)
    treat(cast, series, day(), next_on=day(20))
    shutting = [one.action for one in Event.objects.order_by("number") if shut_by(one)]
    assert shutting == ["session.recorded"]


def test_a_correction_to_a_day_after_the_signature_shuts_and_is_told(cast, series, day):
    session = treat(cast, series, day(-9))
    cast.sign(cast.ines, holds_through_course=True, rest_days=2)
    fix(cast, session, performed_on=day())
    assert [one.action for one in Event.objects.order_by("number") if shut_by(one)][-1:] == ["session.corrected"]
