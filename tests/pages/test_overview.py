"""A client's first page: one time line, the injuries, the programs, and no way around the gate."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.decisions.actions import void_decision
from clearance.decisions.questions import ask
from clearance.decisions.statement import Clause
from clearance.injuries import actions, courses
from clearance.pages.status import day as in_words
from clearance.pages.timeline import Line, page_of
from clearance.people.actions import archive_client, edit_client, withdraw_consent
from clearance.people.models import Studio
from clearance.people.queries import consents_of
from clearance.programs.actions import Day, Plan, build, revise
from clearance.programs.actions import Line as Prescribed


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
        day = cast.today() - timedelta(days=ago)
        courses.record_session(course=course, by=cast.tara.user, performed_on=day, on=cast.today())
    row = tara.get(of(cast.ines)).context["injuries"][0]
    assert (row["title"], row["state"]["word"]) == ("Knee, left", "moderate")
    assert [one["words"] for one in row["courses"]] == [f"Prolotherapy: 3 of 6, last on {in_words(cast.today())}"]


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


def test_the_page_takes_as_many_queries_with_10_as_with_20_of_everything(cast, tara, library):
    def happen(times):
        for number in range(times):
            injury = cast.injury(cast.ines, severity=1)
            actions.amend_injury(injury=injury, by=cast.theo.user, reason="worse", severity=3)
            course = courses.start_course(injury=injury, by=cast.tara.user, kind="prp")
            courses.record_session(course=course, by=cast.theo.user, performed_on=cast.today(), on=cast.today())
            actions.open_hold(client=cast.ines, by=cast.theo.user, reason=f"Reason {number}")
            question(cast, cast.ines)
            cast.consent(cast.ines, cast.okafor)
            void_decision(decision=cast.sign(cast.ines), by=cast.mona.user, reason="mistake")
            cast.restrict(cast.ines, Clause("load_abs_max", {"kilograms": "10", "zone": "any"}))
            build(client=cast.ines, by=cast.theo.user, plan=plan(f"Plan {number}"))

    Studio.objects.update(asks_a_day=1000)
    happen(10)
    few = queries_of(tara, of(cast.ines))
    happen(10)
    assert queries_of(tara, of(cast.ines)) == few


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)
