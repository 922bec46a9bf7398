"""The chase board: everything that waits, oldest first, one click each, and how quickly physicians answer."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.decisions import questions
from clearance.decisions.models import Link, Request, RequestStep
from clearance.decisions.statement import Draft
from clearance.injuries.actions import hand_over
from clearance.people import actions as people
from clearance.people.lock import now
from clearance.people.models import Channel, Studio

PLAN = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}


@pytest.fixture
def mona(cast):
    return cast.browser(cast.mona)


def ask(cast, client, physician=None, channel=Channel.LINK, **other):
    by = {"client": client, "physician": physician or cast.okafor, "by": client.trainer.user, "on": cast.today()}
    return questions.ask(**by, channel=channel, **PLAN | other)[0]


def old(cast, name, ago, **other):
    """A client of some days ago, and the question about them."""
    at = now() - timedelta(days=ago)
    by, day = cast.tara.user, at.date()
    client = people.add_client(studio=cast.north, by=by, name=name, born=date(1980, 1, 1), trainer=cast.tara, at=at)
    hand_over(client=client, physician=cast.okafor, by=by, at=at)
    people.give_consent(
        client=client, physician=cast.okafor, how="PAPER", first_day=day, last_day=cast.today(), by=by, on=day, at=at
    )
    return questions.ask(client=client, physician=cast.okafor, by=by, on=day, at=at, **PLAN | other)[0]


def board(browser, **query):
    return browser.get(reverse("chase"), query)


def names(page):
    return [row["asked"].client.name for row in page.context["rows"]]


def test_what_waits_stands_oldest_first_and_what_is_settled_does_not(cast, mona):
    ask(cast, cast.ines)
    old(cast, "Old", 3)
    answered = ask(cast, cast.uma)
    cast.sign(cast.uma)
    page = board(mona)
    assert names(page) == ["Old", "Ines Injured"]
    assert [row["waits"] for row in page.context["rows"]] == ["3 days", "today"]
    assert reverse("request", args=[cast.uma.pk, answered.pk]) not in page.content.decode()


def test_a_question_that_needs_more_waits_for_the_studio_and_is_answered_from_here(cast, mona):
    request = ask(cast, cast.ines)
    cast.refuse(cast.ines, "DEFERRED")
    row = board(mona).context["rows"][0]
    assert row["chip"]["word"] == "Needs more"
    assert row["step"]["url"] == reverse("request_tell", args=[cast.ines.pk, request.pk])


def test_a_letter_is_printed_and_a_lapsed_link_is_sent_again_and_back_to_the_same_list(cast, mona, monkeypatch):
    monkeypatch.setattr(questions, "AT_ONCE", timedelta(0))
    letter = ask(cast, cast.ines, channel=Channel.PAPER)
    Studio.objects.update(link_days=0)
    link = ask(cast, cast.uma)
    page = board(mona, state="EXPIRED")
    assert names(page) == ["Uma Uninjured"]
    Studio.objects.update(link_days=7)
    sent = mona.post(page.context["rows"][0]["step"]["url"])
    assert sent.url == f"{reverse('chase')}?state=EXPIRED"
    assert Link.objects.filter(request=link).count() == 2
    assert board(mona, state="DRAFTED").context["rows"][0]["step"]["url"] == reverse(
        "letter", args=[cast.ines.pk, letter.pk]
    )


def test_within_the_cool_down_it_says_from_when(cast, mona):
    questions.note_sent(request=ask(cast, cast.ines))
    row = board(mona).context["rows"][0]
    assert row["step"] is None
    assert "Send again from" in board(mona).content.decode()
    assert row["ready"] > now()


def test_an_answer_that_is_late_is_marked(cast, mona):
    old(cast, "Late", 5, reply_by=cast.today() - timedelta(days=1))
    ask(cast, cast.ines, reply_by=cast.today())
    assert [row["overdue"] for row in board(mona).context["rows"]] == [True, False]
    assert board(mona).content.decode().count("overdue</b>") == 1


def test_every_filter_narrows_and_stands_in_the_address(cast, mona):
    cast.lindt.clinic = "Harbour"
    cast.lindt.save()
    hand_over(client=cast.uma, physician=cast.lindt, by=cast.tara.user, reason="moved")
    cast.consent(cast.uma, cast.lindt)
    thea = cast.client(cast.theo, "Thea", cast.okafor)
    questions.note_bounced(request=ask(cast, cast.ines), why="550")
    ask(cast, cast.uma, cast.lindt)
    ask(cast, thea)
    old(cast, "Old", 4)
    assert names(board(mona, state="BOUNCED")) == ["Ines Injured"]
    assert names(board(mona, physician=cast.lindt.pk)) == ["Uma Uninjured"]
    assert names(board(mona, clinic=cast.lindt.pk)) == ["Uma Uninjured"]
    assert names(board(mona, trainer=cast.theo.pk)) == ["Thea"]
    assert names(board(mona, days=3)) == ["Old"]
    assert names(board(mona, days=3, trainer=cast.theo.pk)) == []
    assert "Nothing waits here" in board(mona, days=30).content.decode()


def test_each_number_leads_to_as_many_questions(cast, mona):
    questions.note_bounced(request=ask(cast, cast.ines), why="550")
    ask(cast, cast.uma)
    old(cast, "Old", 2)
    tallies = board(mona).context["tallies"]
    assert {one["label"]: one["number"] for one in tallies} == {"Drafted": 2, "Bounced": 1}
    narrowed = board(mona, trainer=cast.tara.pk, page=1).context["tallies"]
    assert narrowed[0]["url"] == f"{reverse('chase')}?trainer={cast.tara.pk}&state=DRAFTED"
    for one in tallies:
        assert len(mona.get(one["url"]).context["rows"]) == one["number"]


@pytest.mark.parametrize(
    "query",
    [
        {"state": "x"}, {"state": "ANSWERED"}, {"physician": "x"}, {"physician": "9" * 30}, {"clinic": "-1"},
        {"trainer": "1e9"}, {"days": "-1"}, {"days": "9" * 30}, {"page": "0"}, {"page": "x"}, {"code": "x" * 99},
    ],
)  # fmt: skip
def test_a_strange_filter_is_said_and_breaks_nothing(cast, mona, query):
    ask(cast, cast.ines)
    page = board(mona, **query)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == list(query)


def test_another_studios_physician_and_trainer_are_no_filter(cast, mona):
    assert board(mona, physician=cast.ode.pk).status_code == 422
    assert board(mona, trainer=cast.olga.pk).status_code == 422


def test_the_code_of_a_letter_leads_to_its_question(cast, mona):
    request = ask(cast, cast.ines, channel=Channel.PAPER)
    for code in (request.code, f" {request.code[:4].lower()}-{request.code[4:]}"):
        assert board(mona, code=code).url == reverse("request", args=[cast.ines.pk, request.pk])
    unknown = board(mona, code="XXXX-XXXX")
    assert unknown.status_code == 422
    assert "No letter of this studio has this code." in unknown.content.decode()
    assert board(cast.browser(cast.olga), code=request.code).status_code == 422
    assert board(mona, code="-").status_code == 200


def test_how_quickly_physicians_and_clinics_answer_leads_to_their_lists(cast, mona):
    cast.okafor.clinic = "Riverside"
    cast.okafor.save()
    old(cast, "Old", 4)
    cast.sign(Request.objects.get().client)
    ask(cast, cast.ines)
    page = board(mona)
    (line,) = page.context["by_physician"]
    assert (line["name"], line["asked"], line["answered"], line["median"]) == ("Dr Ada Okafor", 2, 1, "4")
    (clinic,) = page.context["by_clinic"]
    assert (clinic["name"], clinic["asked"]) == ("Riverside", 2)
    for one in (line, clinic):
        assert names(mona.get(one["url"])) == ["Ines Injured"]
        assert "Riverside" not in one["url"]


def test_a_long_board_is_turned_page_by_page(cast, mona, monkeypatch):
    monkeypatch.setattr("clearance.pages.chase.A_PAGE", 3)
    requests = [old(cast, f"Client {number}", 1) for number in range(5)]
    first = board(mona)
    second = mona.get(first.context["older_url"])
    assert (len(names(first)), len(names(second))) == (3, 2)
    assert {row["asked"].pk for page in (first, second) for row in page.context["rows"]} == {one.pk for one in requests}
    assert second.context["older_url"] == ""
    assert [one["url"] for one in second.context["tallies"]] == [f"{reverse('chase')}?state=DRAFTED"]
    assert mona.get(second.context["newer_url"]).context["rows"][0]["asked"].pk == requests[0].pk
    assert names(board(mona, page=9)) == []


def test_only_managers_see_the_board_and_only_their_own_studios(cast, mona):
    ask(cast, cast.ines)
    assert board(cast.browser(cast.tara)).status_code == 403
    assert board(cast.browser(cast.okafor.user)).status_code == 403
    assert names(board(cast.browser(cast.olga))) == []
    assert mona.post(reverse("chase")).status_code == 405
    link = f'href="{reverse("chase")}"'
    assert link in mona.get(reverse("caseload")).content.decode()
    assert link in mona.get(reverse("today")).content.decode()
    assert link not in cast.browser(cast.tara).get(reverse("today")).content.decode()


def test_as_many_queries_for_20_questions_as_for_10(cast, mona):
    def fill_and_count():
        for number in range(10):
            physician = cast.physician(cast.north, f"Dr Number {number}x{Request.objects.count()}", cast.mona.user)
            client = cast.client(
                cast.member(cast.north, f"T{Request.objects.count()} Coach", "TRAINER"), "New", physician
            )
            request = ask(cast, client, physician)
            questions.note_sent(request=request)
            questions.log_contact(request=request, by=cast.tara.user, kind="CALL", effect=RequestStep.Kind.SENT)
            if number % 2:
                cast.sign(client, physician, draft=Draft(outcome="DEFERRED", conditions="More."))
        with CaptureQueriesContext(connection) as queries:
            assert len(board(mona).context["rows"]) in (10, 20)
        return len(queries)

    assert fill_and_count() == fill_and_count()
