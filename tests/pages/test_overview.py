"""A client's first page: one time line, the injuries, the programs, and no way around the gate."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.checkins.actions import record_readiness, review_flag, sign_screening, void_screening
from clearance.checkins.queries import flags_of
from clearance.decisions.actions import void_decision
from clearance.decisions.questions import ask
from clearance.decisions.statement import Clause
from clearance.injuries import actions, courses
from clearance.pages.status import day
from clearance.pages.timeline import Line, page_of
from clearance.pages.timeline_line import KINDS
from clearance.people.actions import archive_client, edit_client, withdraw_consent
from clearance.people.models import Studio
from clearance.people.queries import consents_of
from clearance.programs.actions import Day, Plan, build, revise
from clearance.programs.actions import Line as Prescribed
from tests.trends import told


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def of(client):
    return reverse("client", args=[client.pk])


def titles(browser, client, **query):
    return [line.title for line in browser.get(of(client), query).context["timeline"]]


def question(cast, client, minutes=40):
    return ask(
        client=client, physician=cast.okafor, by=cast.tara.user, on=cast.today(), modes="core", days_a_week=2,
        minutes=minutes, top_phase=1, top_effort=5,
    )  # fmt: skip


def plan(title="Back to base"):
    line = Prescribed(exercise="dead-bug", sets=2, reps=12, tempo="4/2/1", rest=60, effort=3)
    return Plan(title=title, phase=1, days=(Day("Monday", (line,)),))


def test_a_new_client_begins_with_the_care_team_and_the_consent(cast, tara):
    assert titles(tara, cast.uma) == ["Consent to share with Dr Ada Okafor", "Dr Ada Okafor supervises"]


def test_everything_that_happened_stands_in_one_time_line_newest_first(cast, tara):
    injury = cast.knee
    actions.amend_injury(injury=injury, by=cast.tara.user, reason="Worse today", severity=3)
    course = courses.start_course(injury=injury, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    courses.record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    question(cast, cast.ines)
    cast.restrict(cast.ines, Clause("load_abs_max", {"kilograms": "10", "zone": "any"}))
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked by phone")
    actions.hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="moved")
    assert titles(tara, cast.ines) == [
        "Injury amended: Knee, left, severe",
        "Dr Leo Lindt supervises",
        "Consent to share with Dr Ada Okafor withdrawn",
        "Dr Ada Okafor cleared with restrictions",
        "Tara Trainer asked Dr Ada Okafor",
        "Hold opened by Tara Trainer",
        "Prolotherapy, session 1 of 6",
        "Prolotherapy begins",
        "Injury amended: Knee, left, severe",
        "Injury logged: Knee, left, moderate",
        "Consent to share with Dr Ada Okafor",
        "Dr Ada Okafor supervises",
    ]
    page = tara.get(of(cast.ines)).content.decode()
    for words in (
        "Was: Knee, left, moderate. Worse today.",
        "Lift at most 10 kg, anywhere.",
        "asked by phone.",
        "moved.",
    ):
        assert words in page


def test_a_consent_that_a_newer_one_replaced_was_not_withdrawn(cast, tara):
    cast.consent(cast.ines, cast.okafor)
    assert titles(tara, cast.ines).count("Consent to share with Dr Ada Okafor") == 2
    assert not [title for title in titles(tara, cast.ines) if "withdrawn" in title]


def test_a_session_lies_on_its_day_however_late_it_was_written_down(cast, tara):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    earlier = cast.today() - timedelta(days=30)
    courses.record_session(course=course, by=cast.tara.user, performed_on=earlier, on=cast.today())
    assert titles(tara, cast.ines)[-1] == "PRP injection, session 1"


def test_a_decision_is_read_from_the_time_line_and_a_void_one_is_struck(cast, tara):
    decision = cast.sign(cast.ines)
    url = reverse("decision", args=[cast.ines.pk, decision.pk])
    page = tara.get(of(cast.ines)).content.decode()
    assert f'href="{url}">Read the signed decision' in page
    void_decision(decision=decision, by=cast.mona.user, reason="Wrong client")
    page = tara.get(of(cast.ines)).content.decode()
    assert "<s>Dr Ada Okafor cleared what is planned</s>" in page
    assert "Decision of Dr Ada Okafor voided" in page


def test_a_void_injury_stays_struck_through_in_the_time_line_and_in_the_list(cast, tara):
    actions.void_injury(injury=cast.knee, by=cast.mona.user, reason="Wrong client")
    page = tara.get(of(cast.ines)).content.decode()
    assert "<s>Injury logged: Knee, left, moderate</s>" in page
    assert "<s>Knee, left</s>" in page
    assert "Entry voided: Knee, left" in page


def test_the_list_of_injuries_says_how_severe_since_when_and_how_far_the_course_is(cast, tara):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    for ago in range(3):
        on = cast.today() - timedelta(days=ago)
        courses.record_session(course=course, by=cast.tara.user, performed_on=on, on=cast.today())
    row = tara.get(of(cast.ines)).context["injuries"][0]
    assert (row["title"], row["state"]["word"]) == ("Knee, left", "moderate")
    assert [one["words"] for one in row["courses"]] == [f"Prolotherapy: 3 of 6, last on {day(cast.today())}"]


def test_a_resolved_injury_says_so_and_comes_after_the_open_ones(cast, tara):
    cast.sign(cast.ines, covers=frozenset(), resolves=frozenset([cast.knee.pk]))
    cast.injury(cast.ines, area="elbow")
    rows = tara.get(of(cast.ines)).context["injuries"]
    assert [(row["title"], row["state"]["word"]) for row in rows] == [
        ("Elbow, left", "moderate"),
        ("Knee, left", "resolved"),
    ]


def test_a_program_is_on_hold_with_the_gate(cast, tara, library):
    cast.sign(cast.ines)
    version = build(client=cast.ines, by=cast.tara.user, plan=plan())
    revise(program=version.program, by=cast.tara.user, plan=plan("Base, second try"))
    page = tara.get(of(cast.ines))
    assert page.context["programs"][0]["state"] is None
    assert titles(tara, cast.ines)[:2] == [
        "Program saved: Base, second try, version 2",
        "Program built: Base, second try",
    ]
    assert reverse("program_new", args=[cast.ines.pk]) in page.content.decode()
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    page = tara.get(of(cast.ines))
    assert page.context["programs"][0]["state"]["slug"] == "on_hold"
    assert reverse("program_new", args=[cast.ines.pk]) not in page.content.decode()


def test_a_long_history_comes_in_pages_of_40_and_nothing_is_lost(cast, tara):
    for number in range(55):
        actions.open_hold(client=cast.uma, by=cast.tara.user, reason=f"Reason {number}")
    first = tara.get(of(cast.uma))
    assert len(first.context["timeline"]) == 40
    second = tara.get(first.context["older_url"])
    texts = [line.text.partition(".")[0] for page in (first, second) for line in page.context["timeline"]]
    assert texts[:55] == [f"Reason {number}" for number in reversed(range(55))]
    assert len(texts) == 57
    assert second.context["older_url"] == ""
    assert second.context["newer_url"] == of(cast.uma)


def test_lines_of_one_moment_stay_on_one_page():
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    later = moment + timedelta(days=1)
    lines = [Line(later, "hold", "a"), Line(moment, "hold", "b"), Line(moment, "hold", "c")]
    page, older = page_of(lines, None, most=2)
    assert [line.title for line in page] == ["a"]
    assert [line.title for line in page_of(lines, older, most=2)[0]] == ["b", "c"]


@pytest.mark.parametrize(
    "before", ["", "x", "2030-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1" * 400]
)
def test_a_strange_moment_in_the_address_is_no_error(cast, tara, before):
    assert tara.get(of(cast.uma), {"before": before}).status_code == 200


def test_goals_and_contact_are_one_tap_away(cast, tara):
    edit_client(client=cast.ines, by=cast.tara.user, goals="Run again", phone="+12025550143")
    page = tara.get(of(cast.ines)).content.decode()
    assert "Run again" in page
    assert 'href="tel:+12025550143"' in page
    assert 'href="mailto:ines@example.test"' in page


def test_what_a_trainer_does_most_is_offered_and_nothing_that_opens_the_gate(cast, tara):
    cast.knee
    page = tara.get(of(cast.ines)).content.decode()
    for name in ("injury_new", "hold_new", "request_new", "client_edit", "client_archive"):
        assert reverse(name, args=[cast.ines.pk]) in page
    for words in ("override", "skip the gate", "open the gate", "clear now", "mark as cleared"):
        assert words not in page.casefold()
    assert page.split("<title>")[1].startswith("Client")


def test_an_archived_client_is_only_brought_back(cast, tara):
    cast.sign(cast.ines)
    archive_client(client=cast.ines, by=cast.tara.user)
    page = tara.get(of(cast.ines))
    assert page.context["steps"] == []
    assert "A program can be built" not in page.content.decode()
    assert reverse("client_bring_back", args=[cast.ines.pk]) in page.content.decode()


def test_another_studio_finds_nothing(cast):
    assert cast.browser(cast.olga).get(of(cast.ines)).status_code == 404
    assert cast.browser(cast.okafor.user).get(of(cast.ines)).status_code == 403


def text_of(browser, client, title, **query):
    lines = browser.get(of(client), query).context["timeline"]
    return next(line.text for line in lines if line.title == title)


def test_a_check_in_says_pain_and_strength_in_short_words_and_is_red_when_it_stopped_the_training(cast, tara):
    told(cast.ines, cast.knee, ago=0, pain=3, pain_worst=5, strength=4, effort=4, note="Slept badly")
    told(cast.ines, cast.knee, ago=0, pain=4, strength=9, symptoms={"chest": "unsure"})
    lines = {line.title: line for line in tara.get(of(cast.ines)).context["timeline"]}
    calm = lines["Check-in: pain 3, worst 5, strength: as strong as the other side"]
    assert calm.text == "Knee, left. Slept badly. Effort 4 of 10 (rather hard). Told by Tara Trainer."
    assert calm.slug == "plain"
    stopped = lines["Check-in: pain 4, strength: not sure"]
    assert "(not sure)" in stopped.text
    assert stopped.slug == "stop"
    assert lines["Red flag: emergency"].slug == "stop"


def test_a_check_in_told_late_lies_on_its_day(cast, tara):
    told(cast.ines, None, ago=5, pain=3)
    assert tara.get(of(cast.ines)).context["timeline"][-1].title == "Check-in: pain 3, strength clearly weaker"


def test_a_flag_waits_for_a_review_and_the_review_says_why(cast, tara):
    told(cast.ines, cast.knee, ago=1, pain=1)
    told(cast.ines, cast.knee, ago=0, pain=9)
    flag = flags_of(cast.ines.pk).filter(rule="pain_beyond").get()
    assert "Waits for a trainer's review." in text_of(
        tara, cast.ines, "Red flag for the trainer to review", kind="flag"
    )
    review_flag(flag=flag, by=cast.theo.user, reason="Slept on it wrongly")
    text = text_of(tara, cast.ines, "Theo Trainer reviewed a red flag")
    assert text.startswith("Slept on it wrongly. About: Pain beyond what was agreed")


def test_readiness_and_screenings_stand_in_the_time_line_and_a_void_one_says_so(cast, tara):
    record_readiness(
        client=cast.ines, by=cast.tara.user, on=cast.today(), health=3, dedication=5, exertion=4, pain_threshold=3
    )
    screening = sign_screening(
        client=cast.ines, by=cast.tara.user, on=cast.today(), answers={"chest": "yes"}, followups={}, active=True,
        diseases=[], symptoms=[], intensity="light", signed_name="Ines Injured",
    )  # fmt: skip
    void_screening(screening=screening, by=cast.tara.user, reason="New medicine")
    assert titles(tara, cast.ines)[:3] == [
        "Screening void: an answer has changed", "Screening signed", "Readiness recorded",
    ]  # fmt: skip
    assert "pain threshold 3 of 10" in text_of(tara, cast.ines, "Readiness recorded")


def course_of(cast, **fields):
    return courses.start_course(
        injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6, on=cast.today(), **fields
    )


def test_a_corrected_session_says_what_was_recorded_and_counts_once(cast, tara):
    course, on = course_of(cast), cast.today()
    session = courses.record_session(course=course, by=cast.tara.user, performed_on=on, on=on)
    earlier = on - timedelta(days=3)
    courses.correct_session(session=session, by=cast.tara.user, reason="Wrong day", on=on, performed_on=earlier)
    assert titles(tara, cast.ines, kind="treatment").count("Prolotherapy, session 1 of 6") == 1
    text = text_of(tara, cast.ines, "Session corrected: prolotherapy")
    assert text.startswith(f"It took place on {day(earlier)}; was recorded on {day(on)}. Wrong day.")


def test_a_session_that_did_not_take_place_is_gone_but_not_forgotten(cast, tara):
    course, on = course_of(cast), cast.today()
    session = courses.record_session(course=course, by=cast.tara.user, performed_on=on, on=on)
    courses.correct_session(
        session=session, by=cast.tara.user, reason="Cancelled", on=on, performed_on=on, took_place=False
    )
    assert "Prolotherapy, session 1 of 6" not in titles(tara, cast.ines)
    assert text_of(tara, cast.ines, "Session corrected: prolotherapy").startswith("It did not take place")


def test_sessions_are_numbered_by_their_days_however_late_they_were_written_down(cast, tara):
    course, on = course_of(cast), cast.today()
    for ago in (2, 9):
        courses.record_session(course=course, by=cast.tara.user, performed_on=on - timedelta(days=ago), on=on)
    lines = [line for line in tara.get(of(cast.ines)).context["timeline"] if ", session " in line.title]
    assert [(line.title, line.at.date()) for line in lines] == [
        ("Prolotherapy, session 2 of 6", on - timedelta(days=2)),
        ("Prolotherapy, session 1 of 6", on - timedelta(days=9)),
    ]


def test_a_planned_session_that_was_moved_and_then_called_off_leaves_a_line_each_time(cast, tara):
    first, second = cast.today() + timedelta(days=7), cast.today() + timedelta(days=30)
    course = course_of(cast, next_on=first)
    courses.plan_session(course=course, by=cast.tara.user, planned_on=second, on=cast.today())
    courses.call_off(course=course, by=cast.tara.user, reason="Physician is ill")
    courses.end_course(
        course=course, by=cast.tara.user, kind="stopped", ended_on=cast.today(), on=cast.today(), reason="Moved away"
    )
    assert titles(tara, cast.ines, kind="treatment") == [
        f"Prolotherapy stopped on {day(cast.today())}",
        f"Session on {day(second)} called off: prolotherapy",
        f"Session moved to {day(second)}: prolotherapy",
        f"Session planned for {day(first)}: prolotherapy",
        "Prolotherapy begins",
    ]
    text = text_of(tara, cast.ines, f"Session moved to {day(second)}: prolotherapy")
    assert text == f"Was planned for {day(first)}. By Tara Trainer."


def test_a_hold_says_whether_it_was_answered_and_how(cast, tara):
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy")
    title = "Hold opened by Tara Trainer"
    assert text_of(tara, cast.ines, title) == "Dizzy. Not answered yet: Dr Ada Okafor has to decide."
    cast.refuse(cast.ines)
    assert text_of(tara, cast.ines, title) == f"Dizzy. Answered on {day(cast.today())} by Dr Ada Okafor: not cleared."


def test_the_time_line_is_narrowed_in_the_address_and_the_choice_is_kept_on_every_page(cast, tara):
    cast.knee
    for number in range(55):
        actions.open_hold(client=cast.ines, by=cast.tara.user, reason=f"Reason {number}")
    first = tara.get(of(cast.ines), {"kind": ["hold", "injury"]})
    assert {line.kind for line in first.context["timeline"]} == {"hold"}
    assert b"Only <b>injuries, holds</b>" in first.content
    second = tara.get(first.context["older_url"])
    assert {line.kind for line in second.context["timeline"]} == {"hold", "injury"}
    assert second.context["newer_url"] == f"{of(cast.ines)}?kind=injury&kind=hold"
    page = first.content.decode()
    assert page.count(" checked>") == 2


def test_a_kind_that_is_none_asks_for_nothing(cast, tara):
    assert titles(tara, cast.uma, kind="x") == titles(tara, cast.uma)
    assert titles(tara, cast.uma, kind=["x", "hold"]) == []
    assert "Nothing of this kind has happened." in tara.get(of(cast.uma), {"kind": "hold"}).content.decode()


def test_every_line_has_a_kind_that_can_be_asked_for(cast, tara, library):
    happen_once(cast)
    kinds = {line.kind for line in tara.get(of(cast.ines)).context["timeline"]}
    assert kinds == set(KINDS) - {"screening"}


def happen_once(cast, number=0):
    injury = cast.injury(cast.ines, severity=1)
    actions.amend_injury(injury=injury, by=cast.theo.user, reason="worse", severity=3)
    course, on = courses.start_course(injury=injury, by=cast.tara.user, kind="prp"), cast.today()
    for session in (course, course):
        done = courses.record_session(
            course=session, by=cast.theo.user, performed_on=on, on=on, next_on=on + timedelta(days=number + 1)
        )
    earlier = on - timedelta(days=number + 1)
    courses.correct_session(session=done, by=cast.theo.user, reason="wrong day", on=on, performed_on=earlier)
    told(cast.ines, injury, ago=0, pain=1, symptoms={"new_place": "yes"})
    review_flag(flag=flags_of(cast.ines.pk).filter(tier=4, review=None).first(), by=cast.theo.user, reason="seen")
    record_readiness(
        client=cast.ines,
        by=cast.theo.user,
        on=on,
        health=3,
        dedication=3,
        exertion=4,
        pain_threshold=3,
        note=f"{number}",
    )
    courses.end_course(course=course, by=cast.theo.user, kind="concluded", ended_on=on, on=on)
    actions.open_hold(client=cast.ines, by=cast.theo.user, reason=f"Reason {number}")
    question(cast, cast.ines)
    cast.consent(cast.ines, cast.okafor)
    void_decision(decision=cast.sign(cast.ines), by=cast.mona.user, reason="mistake")
    cast.restrict(cast.ines, Clause("load_abs_max", {"kilograms": "10", "zone": "any"}))
    build(client=cast.ines, by=cast.theo.user, plan=plan(f"Plan {number}"))


def test_the_page_takes_as_many_queries_with_10_as_with_20_of_everything(cast, tara, library):
    def happen(times):
        for number in range(times):
            happen_once(cast, number)

    Studio.objects.update(asks_a_day=1000)
    happen(10)
    few = queries_of(tara, of(cast.ines))
    happen(10)
    assert queries_of(tara, of(cast.ines)) == few


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_the_banner_says_that_a_planned_treatment_ends_the_clearance(cast, tara):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prp")
    cast.sign(cast.ines)
    planned_on = cast.today() + timedelta(days=9)
    courses.plan_session(course=course, by=cast.tara.user, planned_on=planned_on, on=cast.today())
    text = tara.get(f"/clients/{cast.ines.pk}/").content.decode()
    assert f"until {day(planned_on - timedelta(days=1))}: a treatment is planned for the next day" in text
