"""Injuries: logged in one screen, amended with a trace, voided by a manager, and never a way around the gate."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.decisions.models import Request
from clearance.gate.guard import judge
from clearance.injuries import actions, courses, queries
from clearance.injuries.models import Hold, Injury
from clearance.people.actions import archive_client, join_care_team, leave_care_team

ANSWERS = {
    "area": "knee", "side": "left", "severity": "2", "tissue": "sprain", "onset": "acute_sudden",
    "description": "Twisted it on the stairs.", "icd10": "m23.5",
}  # fmt: skip


QUESTION = {"modes": "core", "days_a_week": "2", "minutes": "40", "top_phase": "1", "top_effort": "5"}


def at(name, client, *ids):
    return reverse(name, args=[client.pk, *ids])


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def test_the_form_preselects_the_supervising_physician_and_no_side(cast, tara):
    form = tara.get(at("injury_new", cast.ines)).context["form"]
    assert form["supervised_by"].value() == cast.okafor.pk
    assert not form["side"].value()
    assert not form["severity"].value()


def test_an_injury_is_logged_and_shuts_the_gate(cast, tara):
    cast.sign(cast.ines)
    assert judge(cast.ines.pk).open
    answer = tara.post(at("injury_new", cast.ines), ANSWERS | {"supervised_by": cast.okafor.pk})
    assert answer.url == at("client", cast.ines)
    injury = Injury.objects.get(client=cast.ines)
    assert (injury.icd10, injury.by) == ("M23.5", cast.tara.user)
    assert not judge(cast.ines.pk).open


def test_the_same_injury_sent_twice_is_one_injury(cast, tara):
    for _ in range(2):
        assert tara.post(at("injury_new", cast.ines), ANSWERS).status_code == 302
    assert Injury.objects.filter(client=cast.ines).count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area", ""), ("area", "tail"), ("side", ""), ("side", "midline"), ("severity", ""), ("severity", "5"),
        ("severity", "x"), ("tissue", "ghost"), ("onset", ""), ("onset_on", "9999-12-31"), ("onset_on", "soon"),
        ("onset_on", "1950-01-01"), ("icd10", "knee"), ("icd10", "M54.5.5"), ("icd10", "M23.56789"),
        ("description", "x" * 4001), ("description", "a\x00b"), ("supervised_by", "no"),
    ],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_typed_is_lost(cast, tara, field, value):
    answer = tara.post(at("injury_new", cast.ines), ANSWERS | {"description": "Kept words."} | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert field == "description" or "Kept words." in answer.content.decode()
    assert not Injury.objects.filter(client=cast.ines).exists()


def test_an_injury_did_not_begin_tomorrow(cast, tara):
    tomorrow = cast.today() + timedelta(days=1)
    answer = tara.post(at("injury_new", cast.ines), ANSWERS | {"onset_on": tomorrow.isoformat()})
    assert answer.context["form"].errors["onset_on"] == ["This day is in the future."]


@pytest.mark.parametrize("who", ["ode", "lindt"])
def test_only_the_care_team_can_supervise_an_injury(cast, tara, who):
    answer = tara.post(at("injury_new", cast.ines), ANSWERS | {"supervised_by": getattr(cast, who).pk})
    assert answer.status_code == 422
    assert "supervised_by" in answer.context["form"].errors


def test_an_archived_client_gets_no_injury_and_the_page_says_so(cast, tara):
    archive_client(client=cast.ines, by=cast.tara.user)
    answer = tara.post(at("injury_new", cast.ines), ANSWERS)
    assert answer.status_code == 422
    assert "is archived" in answer.content.decode()


def test_the_page_of_an_injury_shows_what_is_recorded_and_no_name_in_the_title(cast, tara):
    page = tara.get(at("injury", cast.ines, cast.knee.pk)).content.decode()
    for words in ("Knee, left", "moderate", "Ligament sprain or tear", "by Tara Trainer", "Dr Ada Okafor"):
        assert words in page
    title = page.split("<title>")[1].split("</title>")[0]
    assert "Ines" not in title
    assert "Knee" not in title


def test_an_amendment_keeps_the_old_value_readable_and_is_not_covered(cast, tara):
    decision = cast.sign(cast.ines, covers=frozenset([cast.knee.pk]))
    new = {"area": "knee", "side": "right", "severity": "3", "supervised_by": cast.okafor.pk, "reason": "Wrong side."}
    answer = tara.post(at("injury_amend", cast.ines, cast.knee.pk), new)
    assert answer.url == at("injury", cast.ines, cast.knee.pk)
    page = tara.get(answer.url).content.decode()
    for words in ("Knee, right", "was Knee, left", "was moderate", "Wrong side.", "not as it is now"):
        assert words in page
    assert at("decision", cast.ines, decision.pk) in page
    assert not judge(cast.ines.pk).open


def test_an_amendment_starts_from_what_is_recorded_and_needs_a_reason_and_a_change(cast, tara):
    url = at("injury_amend", cast.ines, cast.knee.pk)
    form = tara.get(url).context["form"]
    present = {name: form[name].value() for name in ("area", "side", "severity", "supervised_by")}
    assert present == {"area": "knee", "side": "left", "severity": 2, "supervised_by": cast.okafor.pk}
    assert "reason" in tara.post(url, present | {"severity": "1", "reason": " "}).context["form"].errors
    unchanged = tara.post(url, present | {"reason": "No change."})
    assert unchanged.status_code == 422
    assert queries.amendments(cast.knee).count() == 1


def test_the_amend_form_says_when_the_physician_has_left_the_care_team(cast, tara):
    join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    injury = cast.injury(cast.ines, supervised_by=cast.lindt)
    leave_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    page = tara.get(at("injury_amend", cast.ines, injury.pk)).content.decode()
    assert "Dr Leo Lindt has left the care team" in page


def test_the_description_changes_without_a_new_version(cast, tara):
    new = {"tissue": "cartilage", "onset": "mixed", "onset_on": "2024-05-01", "description": "Meniscus.", "icd10": ""}
    assert tara.post(at("injury_describe", cast.ines, cast.knee.pk), new).status_code == 302
    cast.knee.refresh_from_db()
    assert (cast.knee.tissue, cast.knee.onset_on) == ("cartilage", date(2024, 5, 1))
    assert queries.amendments(cast.knee).count() == 1


def test_only_a_manager_voids_and_voiding_opens_nothing(cast, tara):
    url = at("injury_void", cast.ines, cast.knee.pk)
    page = at("injury", cast.ines, cast.knee.pk)
    assert tara.post(url, {"reason": "mistake"}).status_code == 403
    assert url not in tara.get(page).content.decode()
    mona = cast.browser(cast.mona)
    assert url in mona.get(page).content.decode()
    assert mona.post(url, {"reason": ""}).status_code == 422
    assert mona.post(url, {"reason": "Wrong client."}).url == page
    shown = mona.get(page).content.decode()
    assert "<s>Knee, left</s>" in shown
    assert "Wrong client." in shown
    assert not judge(cast.ines.pk).open


@pytest.mark.parametrize("name", ["injury_amend", "injury_describe", "injury_void"])
def test_a_void_entry_changes_no_more(cast, name):
    actions.void_injury(injury=cast.knee, by=cast.mona.user, reason="Wrong client.")
    mona = cast.browser(cast.mona)
    assert mona.get(at(name, cast.ines, cast.knee.pk)).status_code == 409
    assert mona.post(at(name, cast.ines, cast.knee.pk), {"reason": "again"}).status_code == 409
    assert (
        at("injury_amend", cast.ines, cast.knee.pk)
        not in mona.get(at("injury", cast.ines, cast.knee.pk)).content.decode()
    )


def test_the_page_of_an_injury_says_when_a_decision_says_it_is_over(cast, tara):
    cast.sign(cast.ines, covers=frozenset(), resolves=frozenset([cast.knee.pk]))
    page = tara.get(at("injury", cast.ines, cast.knee.pk)).content.decode()
    assert "Says that this injury is over." in page


def test_the_page_of_an_injury_shows_its_courses(cast, tara):
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    courses.record_session(course=course, by=cast.tara.user, performed_on=cast.today(), on=cast.today())
    assert "1 of 6, last on" in tara.get(at("injury", cast.ines, cast.knee.pk)).content.decode()


@pytest.mark.parametrize("name", ["injury", "injury_amend", "injury_describe", "injury_void"])
def test_another_studio_and_another_client_find_nothing(cast, name):
    olga, mona = cast.browser(cast.olga), cast.browser(cast.mona)
    assert olga.get(at(name, cast.ines, cast.knee.pk)).status_code == 404
    assert mona.get(at(name, cast.uma, cast.knee.pk)).status_code == 404
    assert mona.get(at(name, cast.ines, 10**18)).status_code == 404


@pytest.mark.parametrize("name", ["injury_new", "injury", "injury_amend", "injury_describe", "injury_void"])
def test_a_physician_is_no_staff_and_nobody_else_gets_in(cast, name):
    ids = [] if name == "injury_new" else [cast.knee.pk]
    assert cast.browser(cast.okafor.user).get(at(name, cast.ines, *ids)).status_code == 403
    assert cast.browser(None).get(at(name, cast.ines, *ids)).status_code == 302


def test_wrong_methods_are_405(cast):
    mona = cast.browser(cast.mona)
    assert mona.post(at("injury", cast.ines, cast.knee.pk)).status_code == 405
    assert mona.put(at("injury_new", cast.ines)).status_code == 405
    assert mona.delete(at("injury_void", cast.ines, cast.knee.pk)).status_code == 405


def test_the_page_of_an_injury_takes_as_many_queries_with_10_as_with_20_amendments(cast, tara):
    def amend(times):
        for number in range(times):
            actions.amend_injury(injury=cast.knee, by=cast.tara.user, reason="worse", severity=1 + number % 2)

    amend(10)
    few = queries_of(tara, at("injury", cast.ines, cast.knee.pk))
    amend(10)
    assert queries_of(tara, at("injury", cast.ines, cast.knee.pk)) == few


@pytest.mark.parametrize(
    ("name", "typed", "row"),
    [("injury_new", ANSWERS, Injury), ("hold_new", {"reason": "Dizzy."}, Hold), ("request_new", QUESTION, Request)],
)
def test_a_double_click_in_the_same_moment_stores_one_row(committed, name, typed, row):
    ines, both = committed.ines, Barrier(2)

    def click(browser):
        both.wait(10)
        try:
            return browser.post(at(name, ines), typed | {"physician": committed.okafor.pk}).status_code
        finally:
            connection.close()

    browsers = [committed.browser(committed.tara) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, browsers)) == [302, 302]
    assert row.objects.filter(client=ines).count() == 1
