"""Readiness pages: four scales with their words, the trend, and what the physician reads of them."""

import io
from dataclasses import replace

import pypdf
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clearance.checkins.actions import record_readiness
from clearance.checkins.models import Readiness
from clearance.decisions import links
from clearance.exchange.letter import letter_pdf
from clearance.exchange.question import letter_of, printed
from clearance.people.actions import archive_client, withdraw_consent
from clearance.people.queries import consents_of
from clearance.people.refused import Refused
from tests.papers import question
from tests.screenings import READINESS


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


def at(name, client, *ids):
    return reverse(name, args=[client.pk, *ids])


def record(cast, client, **changed):
    values = {name: int(value) for name, value in READINESS.items() if value} | changed
    return record_readiness(client=client, by=cast.tara.user, on=changed.pop("on", cast.today()), **values)


def test_a_readiness_is_recorded_and_shown_with_its_words(cast, tara):
    answer = tara.post(at("readiness_new", cast.uma), READINESS | {"note": "Sleeps badly"})
    assert answer.url == at("readiness", cast.uma)
    found = Readiness.objects.get()
    assert (found.health, found.dedication, found.exertion, found.pain_threshold) == (3, 4, 5, 4)
    assert (found.on, found.by, found.note) == (cast.today(), cast.tara.user, "Sleeps badly")
    assert "Sleeps badly" in tara.get(answer.url).content.decode()


def test_nothing_is_chosen_beforehand_and_the_last_one_stands_beside(cast, tara):
    record(cast, cast.uma, health=2)
    page = BeautifulSoup(tara.get(at("readiness_new", cast.uma)).content, "html.parser")
    assert not page.select("main form [checked]")
    assert "2 of 5, fair: limited on most days" in page.text
    assert "4 of 10, moderate" in page.text


@pytest.mark.parametrize(
    ("name", "steps"), [("health", 5), ("dedication", 5), ("exertion", 11), ("pain_threshold", 11)]
)
def test_every_step_of_a_scale_has_a_word(cast, tara, name, steps):
    page = BeautifulSoup(tara.get(at("readiness_new", cast.uma)).content, "html.parser")
    labels = [one.text.strip() for one in page.select(f"#div_id_{name} fieldset label")]
    assert len(labels) == steps
    assert all(len(words.split()) > 1 for words in labels)


@pytest.mark.parametrize(
    "wrong",
    [{"health": "0"}, {"health": "6"}, {"dedication": ""}, {"exertion": "11"}, {"pain_threshold": "-1"},
     {"exertion": "2.5"}, {"note": "a\x00b"}, {"note": "x" * 1001}],
)  # fmt: skip
def test_bad_input_stands_beside_its_field_and_nothing_is_lost(cast, tara, wrong):
    answer = tara.post(at("readiness_new", cast.uma), READINESS | {"note": "Kept"} | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == list(wrong)
    assert "note" in wrong or "Kept" in answer.content.decode()
    assert not Readiness.objects.exists()


def test_the_same_form_sent_twice_is_stored_once(cast, tara):
    for _ in range(2):
        tara.post(at("readiness_new", cast.uma), READINESS)
    assert Readiness.objects.count() == 1


def test_the_trend_says_in_words_how_each_value_moved(cast, tara):
    record(cast, cast.uma)
    record(cast, cast.uma, health=4, dedication=2)
    page = BeautifulSoup(tara.get(at("readiness", cast.uma)).content, "html.parser")
    newest, first = ([one.get_text(" ", strip=True) for one in row.select("td")] for row in page.select("tbody tr"))
    assert newest[:4] == ["4 of 5 up from 3", "2 of 5 down from 4", "5 of 10 as before", "4 of 10 as before"]
    assert first[:4] == ["3 of 5", "4 of 5", "5 of 10", "4 of 10"]


@pytest.mark.parametrize("page", ["readiness", "readiness_new", "client"])
def test_a_page_takes_as_many_queries_for_20_as_for_10(cast, tara, page):
    taken = []
    for step in range(2):
        for health in range(10):
            record(cast, cast.uma, health=health % 5 + 1, note=f"{step}{health}")
        with CaptureQueriesContext(connection) as seen:
            tara.get(at(page, cast.uma))
        taken.append(len(seen))
    assert taken[0] == taken[1]


def test_an_archived_client_gets_no_new_readiness(cast, tara):
    archive_client(client=cast.uma, by=cast.tara.user)
    assert tara.post(at("readiness_new", cast.uma), READINESS).status_code in {409, 422}
    assert at("readiness_new", cast.uma) not in tara.get(at("readiness", cast.uma)).content.decode()
    assert not Readiness.objects.exists()


@pytest.mark.parametrize("page", ["patient", "decide"])
def test_the_physician_reads_the_newest_readiness_while_consent_covers_it(cast, page):
    record(cast, cast.ines, note="Old note")
    record(cast, cast.ines, health=2, note="Newest note")
    okafor = cast.browser(cast.okafor.user)
    shown = okafor.get(at(page, cast.ines)).content.decode()
    assert "Readiness on" in shown
    assert "fair" in shown
    assert "2 of 5" in shown
    assert "Newest note" in shown
    assert "Old note" not in shown
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="No more")
    shown = okafor.get(at(page, cast.ines)).content.decode()
    assert "Newest note" not in shown
    assert "2 of 5" not in shown


def test_without_a_readiness_the_physician_reads_of_none(cast):
    assert "Readiness" not in cast.browser(cast.okafor.user).get(at("patient", cast.ines)).content.decode()


def test_a_readiness_opens_no_gate(cast, tara):
    cast.knee
    tara.post(
        at("readiness_new", cast.ines), {"health": "5", "dedication": "5", "exertion": "0", "pain_threshold": "10"}
    )
    assert tara.get(at("program_new", cast.ines)).status_code == 409


def test_whoever_answers_under_a_link_reads_it_and_nobody_before_the_access_code(cast):
    record(cast, cast.ines, note="Newest note")
    asked = question(cast, channel="LINK")
    browser, url = cast.browser(None), f"/answer/{links.token_of(asked.links.get())}/"
    assert "Newest note" not in browser.get(f"{url}draft/", follow=True).content.decode()
    browser.post(url, {"code": asked.access_code})
    page = browser.get(f"{url}draft/").content.decode()
    assert "health good (3 of 5), dedication high (4 of 5), usual effort hard (5 of 10)" in page
    assert "Newest note" in page
    withdraw_consent(consent=consents_of(cast.ines.pk).first(), by=cast.tara.user, reason="No more")
    assert "Newest note" not in browser.get(f"{url}draft/", follow=True).content.decode()


def test_the_question_shows_the_trainer_what_travels_with_it(cast, tara):
    asked = question(cast)
    page = tara.get(at("request", cast.ines, asked.pk)).content.decode()
    assert at("readiness_new", cast.ines) in page
    record(cast, cast.ines)
    assert "health good (3 of 5)" in tara.get(at("request", cast.ines, asked.pk)).content.decode()


def test_the_letter_says_the_readiness_of_the_moment_it_was_asked(cast, tara):
    record(cast, cast.ines)
    asked = question(cast)
    record(cast, cast.ines, health=1)
    words = printed_words(tara.get(at("letter", cast.ines, asked.pk)).content)
    assert "health good (3 of 5), dedication high (4 of 5)" in words
    assert "poor" not in words


def test_a_letter_that_is_full_gives_up_the_readiness_before_it_gives_up_a_box(cast):
    record(cast, cast.ines)
    letter = letter_of(question(cast), staff_url="https://studio.example/letters/K7QM2R4T", usual=[])
    boxes = tuple(f"Limit number {number}, at most ____" for number in range(10))
    longer = (replace(letter, question="Stiff in the morning. " * size, restrictions=boxes) for size in range(60))
    full = next(one for one in longer if fits(one) == (False, True))
    words = printed_words(printed(full))
    assert "Limit number 9" in words
    assert "dedication" not in words


def fits(letter):
    """Whether a letter fits on its page with the readiness, and without it."""
    found = []
    for one in (letter, replace(letter, readiness="")):
        try:
            letter_pdf(one)
        except Refused:
            found.append(False)
        else:
            found.append(True)
    return tuple(found)


def printed_words(content):
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split())
