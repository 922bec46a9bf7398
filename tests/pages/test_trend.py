"""The trend page: what was told, drawn where the days are, with the same figures beside it; and the report to send."""

import io
from datetime import timedelta

import pypdf
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.checkins.actions import record_readiness, record_session
from clearance.decisions import links
from clearance.decisions.models import Link
from clearance.decisions.questions import ask
from clearance.injuries import actions, courses
from clearance.people.actions import withdraw_consent
from clearance.people.queries import consents_of
from tests.trends import days_ago, told


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def page(browser, client, **query):
    answer = browser.get(reverse("trend", args=[client.pk]), query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def pia(cast):
    """Pain 7 to 1 after the first of six sessions, still weak: held."""
    told(cast.ines, cast.knee, ago=20, pain=7, pain_worst=9)
    course = courses.start_course(injury=cast.knee, by=cast.tara.user, kind="prolotherapy", planned_sessions=6)
    record_session(course=course, by=cast.tara.user, performed_on=days_ago(10), on=cast.today())
    told(cast.ines, cast.knee, ago=0, pain=1, strength=2, pain_worst=3)
    return course


def test_a_client_who_was_never_asked_reads_how_charts_come(cast, tara):
    said = page(tara, cast.ines).get_text()
    assert "Nothing to draw yet" in said
    assert "No readiness is recorded" in said


def test_the_line_that_sums_up_says_pain_strength_and_the_session(cast, tara):
    pia(cast)
    said = page(tara, cast.ines).select_one(".trend-sum").get_text()
    assert said.startswith("Pain 7 to 1 of 10 since ")
    assert said.endswith("strength clearly weaker, after session 1 of 6 (prolotherapy).")


def test_the_session_and_the_hold_are_marked_where_their_days_are(cast, tara):
    pia(cast)
    cast.refuse(cast.ines)
    soup = page(tara, cast.ines)
    pain = soup.select_one("svg.chart[role=img]")
    dots = [float(dot["cx"]) for dot in pain.select(".is-pain_now .dot")]
    posts = {post["class"][1]: float(post["x1"]) for post in pain.select(".chart-post")}
    assert posts["is-treatment"] == pytest.approx(sum(dots) / 2)
    assert posts["is-hold"] == posts["is-decision"] == dots[-1]
    assert [name.get_text() for name in pain.select(".chart-name")] == ["T1", "D1", "H1"]
    marks = soup.select_one(".chart-marks").get_text(" ", strip=True)
    assert "Treatment, session 1 of 6 (prolotherapy)." in marks
    assert "Dr Ada Okafor: not cleared." in marks
    assert "Hold: Pain has gone and weakness remains" in marks


def test_the_table_beside_a_chart_has_the_same_figures(cast, tara):
    pia(cast)
    table = page(tara, cast.ines).select_one(".chart-table table")
    rows = [[cell.get_text() for cell in row.select("th, td")] for row in table.select("tr")]
    assert rows[0] == ["Day", "Now", "Worst", "Marks"]
    assert [row[1:] for row in rows[1:]] == [["1", "3", "H1"], ["", "", "T1"], ["7", "9", ""]]


def test_each_chart_says_in_words_what_it_shows_and_its_table_is_reached_by_keyboard(cast, tara):
    pia(cast)
    soup = page(tara, cast.ines)
    charts = soup.select("svg.chart[role=img]")
    assert [chart.title.get_text() for chart in charts] == ["Pain", "Strength against the other side"]
    assert "Now: first 7 of 10, last 1 of 10." in charts[0].desc.get_text()
    ids = [one["id"] for one in soup.select("svg.chart [id]")]
    assert len(ids) == len(set(ids))
    assert all(one in ids for chart in charts for one in chart["aria-labelledby"].split())
    assert {one["tabindex"] for one in soup.select(".chart-table")} == {"0"}


def test_not_sure_is_drawn_hollow_and_said_in_words(cast, tara):
    told(cast.ines, cast.knee, ago=3, pain=2, strength=9)
    soup = page(tara, cast.ines)
    assert len(soup.select(".is-strength .is-unsure")) == 1
    assert "“not sure”" in soup.get_text()


def test_each_injury_and_what_names_none_has_charts_of_its_own(cast, tara):
    told(cast.ines, cast.knee, ago=3, pain=2)
    told(cast.ines, cast.injury(cast.ines, area="elbow"), ago=2, pain=3, effort=4)
    told(cast.ines, None, ago=1, pain=4)
    soup = page(tara, cast.ines)
    titles = [one.get_text() for one in soup.select("h2[id^=trend-]")]
    assert titles == ["No injury named", "Elbow, left", "Knee, left"]
    assert len(soup.select("svg.chart[role=img]")) == 7


def test_an_injury_entered_by_mistake_is_struck_through(cast, tara):
    told(cast.ines, cast.knee, ago=3, pain=2)
    actions.void_injury(injury=cast.knee, by=cast.mona.user, reason="Wrong client")
    assert page(tara, cast.ines).select_one("h2 s").get_text() == "Knee, left"


@pytest.mark.parametrize(("months", "told_rows"), [("3", 1), ("12", 2), ("all", 2), ("x", 2), ("9" * 40, 2)])
def test_how_far_back_is_chosen_in_the_address_and_nonsense_means_a_year(cast, tara, months, told_rows):
    told(cast.ines, cast.knee, ago=120, pain=5)
    told(cast.ines, cast.knee, ago=1, pain=2)
    rows = page(tara, cast.ines, months=months).select_one(".chart-table tbody").select("tr")
    assert len(rows) == told_rows


def test_readiness_stands_as_a_table_with_its_words(cast, tara):
    record_readiness(
        client=cast.ines, by=cast.tara.user, on=cast.today(), health=3, dedication=5, exertion=4, pain_threshold=3
    )
    said = page(tara, cast.ines).get_text(" ", strip=True)
    assert "3 good" in said
    assert "5 very high" in said
    assert "4 rather hard" in said


def test_what_was_typed_is_escaped(cast, tara):
    told(cast.ines, cast.knee, ago=1, pain=2)
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="<script>alert(1)</script>")
    assert b"<script>alert(1)" not in tara.get(reverse("trend", args=[cast.ines.pk])).content


def test_nothing_on_the_page_opens_the_gate(cast, tara):
    pia(cast)
    soup = page(tara, cast.ines)
    assert not soup.select("main form")
    for words in ("override", "lift the hold", "open the gate", "healed", "ready to train"):
        assert words not in soup.get_text().casefold()


def happen(cast, times):
    for number in range(times):
        injury = cast.injury(cast.ines)
        told(cast.ines, injury, ago=number + 1, pain=number % 10, effort=3)
        course = courses.start_course(injury=injury, by=cast.tara.user, kind="prp", planned_sessions=3)
        day, plan = days_ago(number), cast.today() + timedelta(days=3)
        courses.record_session(course=course, by=cast.tara.user, performed_on=day, on=cast.today(), next_on=plan)
        actions.open_hold(client=cast.ines, by=cast.theo.user, reason=f"Reason {number}")
        cast.sign(cast.ines)
        record_readiness(
            client=cast.ines, by=cast.theo.user, on=day, health=3, dedication=3, exertion=number % 9, pain_threshold=2
        )


@pytest.mark.parametrize("name", ["trend", "report"])
def test_the_page_and_the_report_take_as_many_queries_with_10_as_with_20_of_everything(cast, tara, name):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert tara.get(reverse(name, args=[cast.ines.pk])).status_code == 200
        return len(captured)

    happen(cast, 10)
    few = queries()
    happen(cast, 10)
    assert queries() == few


def report(browser, client, status=200, **query):
    answer = browser.get(reverse("report", args=[client.pk]), query)
    assert answer.status_code == status
    return answer


def test_the_report_is_a_file_that_names_nobody_and_no_cache_keeps(cast, tara):
    pia(cast)
    answer = report(tara, cast.ines)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="report.pdf"'
    assert "no-store" in answer["Cache-Control"]
    said = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
    assert "Patient: Ines Injured" in said
    assert "For Dr Ada Okafor" in said


def test_without_consent_there_is_no_report_and_the_page_offers_none(cast, tara):
    pia(cast)
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked by phone")
    answer = report(tara, cast.ines, 409)
    assert "consent to share with Dr Ada Okafor is not in force" in answer.content.decode()
    assert "there is no report to send" in page(tara, cast.ines).get_text()


def test_consent_with_one_physician_makes_no_report_for_another(cast, tara):
    assert b"Dr Leo Lindt is not in force" in report(tara, cast.ines, 409, physician=cast.lindt.pk).content
    cast.consent(cast.ines, cast.lindt)
    report(tara, cast.ines, physician=cast.lindt.pk)


@pytest.mark.parametrize("wish", ["x", "0", "-1", "9" * 40, "²", "1e3"])
def test_a_physician_who_is_none_is_not_found(cast, tara, wish):
    report(tara, cast.ines, 404, physician=wish)


def test_a_physician_of_another_studio_is_not_found(cast, tara):
    report(tara, cast.ines, 404, physician=cast.ode.pk)


def test_where_nobody_supervises_the_report_says_what_is_missing(cast, tara):
    alone = cast.client(cast.tara, "Ada Alone")
    assert b"Nobody supervises Ada Alone yet" in report(tara, alone, 409).content


# What a physician sees of it.


def question(cast, client, **fields):
    envelope = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}
    asked, _ = ask(client=client, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **envelope | fields)
    return asked


def link_of(cast, client):
    """A browser in which the code of a link was entered, and the address of the answer."""
    asked = question(cast, client, channel="LINK")
    browser, url = Browser(), f"/answer/{links.token_of(Link.objects.get(request=asked, until=None))}/"
    browser.post(url, {"code": asked.access_code})
    return browser, f"{url}draft/"


FIGURES = ("chart", "Pain 7", "Trend", "of 10")


@pytest.mark.parametrize("where", ["patient", "decide", "link"])
def test_the_physician_sees_the_trend_with_its_marks_before_answering(cast, where):
    pia(cast)
    browser, url = (cast.browser(cast.okafor.user), "")
    if where == "link":
        browser, url = link_of(cast, cast.ines)
    answer = browser.get(url or reverse(where, args=[cast.ines.pk]))
    soup = BeautifulSoup(answer.content, "html.parser")
    assert answer.status_code == 200
    assert "Pain 7 to 1 of 10" in soup.get_text()
    charts = soup.select("svg.chart[role=img]")
    assert [chart.title.get_text() for chart in charts] == ["Pain", "Strength against the other side"]
    assert [name.get_text() for name in charts[0].select(".chart-name")] == ["T1", "H1"]


@pytest.mark.parametrize("where", ["patient", "decide", "link"])
def test_without_consent_a_physician_sees_no_figure(cast, where):
    pia(cast)
    cast.sign(cast.ines)
    browser, url = (cast.browser(cast.okafor.user), "")
    if where == "link":
        browser, url = link_of(cast, cast.ines)
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="asked by phone")
    answer = browser.get(url or reverse(where, args=[cast.ines.pk]))
    assert answer.status_code == 200
    said = answer.content.decode().partition("<main")[2]
    for words in FIGURES:
        assert words not in said


def test_another_physician_finds_nobody(cast):
    pia(cast)
    assert cast.browser(cast.lindt.user).get(reverse("patient", args=[cast.ines.pk])).status_code == 404


def test_the_trend_of_an_entry_made_by_mistake_is_not_the_physicians_to_read(cast):
    told(cast.ines, cast.knee, ago=3, pain=2)
    actions.void_injury(injury=cast.knee, by=cast.mona.user, reason="Wrong client")
    answer = cast.browser(cast.okafor.user).get(reverse("patient", args=[cast.ines.pk]))
    assert b'<svg class="chart' not in answer.content


def test_the_patients_page_says_what_answered_each_hold(cast):
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy.")
    cast.refuse(cast.ines)
    actions.open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy again.")
    said = cast.browser(cast.okafor.user).get(reverse("patient", args=[cast.ines.pk])).content.decode()
    assert "by Dr Ada Okafor: not cleared." in said
    assert "Not answered yet: Dr Ada Okafor has to decide." in said
