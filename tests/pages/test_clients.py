"""Clients: list, search, own fields, archive."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.gate.queries import COUNTED
from clearance.pages.status import WORDS
from clearance.pages.today import TALLIES
from clearance.people.actions import archive_client
from clearance.people.queries import clients_of

HTMX = {"HX-Request": "true"}


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def fields(cast, **changed):
    return {"name": "Nora New", "born": "1990-02-03", "trainer": cast.tara.pk} | changed


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def many(cast):
    return [cast.client(cast.theo, f"Nr {number:02}") for number in range(60)]


def test_the_list_shows_every_client_of_the_studio_by_name(cast, tara):
    answer = tara.get("/clients/")
    assert names(answer) == ["Ines Injured", "Uma Uninjured"]
    assert b"Otto" not in answer.content


def test_a_shut_gate_says_why_in_the_list(cast, tara):
    row = tara.get("/clients/").context["rows"][0]
    assert row["state"]["slug"] == "blocked"
    assert row["why"] == "Dr Ada Okafor has not decided yet."


def test_an_open_gate_says_until_when(cast, tara):
    cast.sign(cast.uma, valid_until=cast.today() + timedelta(days=60))
    row = tara.get("/clients/").context["rows"][1]
    assert (row["state"]["slug"], row["why"]) == ("in_force", "")
    assert row["state"]["detail"].startswith("to ")


@pytest.mark.parametrize("typed", ["ines", "INJ", "ines@example", "555-0166", "+1 202 555 0166", "0166"])
def test_the_search_finds_by_name_e_mail_and_phone(cast, tara, typed):
    cast.client(cast.tara, "Walter Wall")
    known = fields(cast, name="Ines Injured", email="ines@example.test", phone="202 555 0166")
    tara.post(f"/clients/{cast.ines.pk}/edit/", known)
    assert names(tara.get("/clients/", {"q": typed})) == ["Ines Injured"]


def test_with_htmx_only_the_results_are_sent(cast, tara):
    part, whole = tara.get("/clients/", {"q": "uma"}, headers=HTMX), tara.get("/clients/", {"q": "uma"})
    assert b"<html" not in part.content
    assert b"<html" in whole.content
    assert names(part) == names(whole) == ["Uma Uninjured"]
    assert "HX-Request" in whole["Vary"]


def test_going_back_with_htmx_gets_the_whole_page(cast, tara):
    answer = tara.get("/clients/", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert b"<html" in answer.content


def test_the_list_is_narrowed_by_trainer_and_by_state(cast, tara):
    cast.client(cast.theo, "Theos Client")
    cast.sign(cast.uma)
    assert names(tara.get("/clients/", {"trainer": cast.theo.pk})) == ["Theos Client"]
    assert names(tara.get("/clients/", {"state": "in_force"})) == ["Uma Uninjured"]
    assert names(tara.get("/clients/", {"state": "open"})) == ["Uma Uninjured"]
    assert names(tara.get("/clients/", {"state": "shut"})) == ["Ines Injured", "Theos Client"]
    assert names(tara.get("/clients/", {"state": "blocked", "trainer": cast.tara.pk})) == ["Ines Injured"]


@pytest.mark.parametrize("state", [*COUNTED, *WORDS, *(name for name, *_ in TALLIES)])
def test_every_number_of_the_first_pages_leads_to_a_list_that_knows_its_state(cast, tara, state):
    assert tara.get("/clients/", {"state": state}).status_code == 200


def test_why_somebody_is_blocked_narrows_the_list(cast, tara):
    cast.client(cast.theo, "Nora New")
    assert names(tara.get("/clients/", {"state": "no_physician"})) == ["Nora New"]
    assert names(tara.get("/clients/", {"state": "to_ask"})) == ["Ines Injured", "Uma Uninjured"]


def test_ending_soon_means_within_fourteen_days(cast, tara):
    cast.sign(cast.uma, valid_until=cast.today() + timedelta(days=60))
    cast.sign(cast.ines, valid_until=cast.today() + timedelta(days=5))
    answer = tara.get("/clients/", {"state": "ending_soon"})
    assert names(answer) == ["Ines Injured"]
    assert answer.context["rows"][0]["state"]["slug"] == "ending_soon"


def test_archived_clients_are_behind_their_filter(cast, tara):
    archive_client(client=cast.uma, by=cast.tara.user)
    assert names(tara.get("/clients/")) == ["Ines Injured"]
    row = tara.get("/clients/", {"archived": "on"}).context["rows"][0]
    assert (row["name"], row["state"]["word"]) == ("Uma Uninjured", "Archived")


@pytest.mark.parametrize(
    "filters", [{"trainer": "x"}, {"trainer": "0"}, {"state": "nonsense"}, {"after": "x"}, {"after": 2**70}]
)
def test_a_filter_that_makes_no_sense_is_said_and_shows_nobody(cast, tara, filters):
    answer = tara.get("/clients/", filters)
    assert answer.status_code == 422
    assert names(answer) == []


def test_the_trainer_of_another_studio_is_no_filter(cast, tara):
    assert tara.get("/clients/", {"trainer": cast.olga.pk}).status_code == 422


def test_the_pages_of_the_list_hold_25_and_lead_to_everybody_and_back(cast, tara, many):
    seen, answer = [], tara.get("/clients/?trainer=" + str(cast.theo.pk))
    while True:
        seen.append(names(answer))
        if not answer.context["older_url"]:
            break
        answer = tara.get(answer.context["older_url"])
    assert [len(page) for page in seen] == [25, 25, 10]
    assert [name for page in seen for name in page] == sorted(one.name for one in many)
    answer = tara.get(answer.context["newer_url"])
    assert names(answer) == seen[1]
    answer = tara.get(answer.context["newer_url"])
    assert names(answer) == seen[0]
    assert answer.context["newer_url"] == ""


def test_two_clients_of_one_name_are_both_on_a_page_turned_between_them(cast, tara):
    twins = [cast.client(cast.theo, "Same Name", phone=f"+1202555{number:04}") for number in range(30)]
    first = tara.get("/clients/", {"trainer": cast.theo.pk})
    second = tara.get(first.context["older_url"])
    urls = [row["url"] for answer in (first, second) for row in answer.context["rows"]]
    assert urls == [f"/clients/{one.pk}/" for one in twins]


def test_no_name_is_in_the_address_of_the_next_page(cast, tara, many):
    assert "Nr" not in tara.get("/clients/").context["older_url"]


def test_a_client_of_another_studio_is_no_place_in_the_list(cast, tara):
    assert names(tara.get("/clients/", {"after": cast.otto.pk})) == ["Ines Injured", "Uma Uninjured"]


def test_a_place_behind_the_last_client_shows_the_first_page(cast, tara):
    assert names(tara.get("/clients/", {"after": cast.uma.pk})) == ["Ines Injured", "Uma Uninjured"]


def queries_of(browser, url):
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        browser.get(url)
    return [query["sql"] for query in seen.captured_queries]


@pytest.mark.parametrize("url", ["/clients/", "/clients/search/?q=n"])
def test_the_list_takes_as_many_queries_for_20_clients_as_for_10(cast, tara, url):
    for number in range(8):
        cast.client(cast.theo, f"Nr {number}")
    few = len(queries_of(tara, url))
    for number in range(10):
        cast.client(cast.mona, f"Nr 1{number}", cast.lindt)
    seen = queries_of(tara, url)
    assert len(seen) == few
    assert not any("COUNT(" in query for query in seen)


def test_an_empty_list_teaches_the_first_step(cast):
    answer = cast.browser(cast.olga).get("/clients/", {"q": "nobody"})
    assert b"Clear the filters" in answer.content
    archive_client(client=cast.otto, by=cast.olga.user)
    assert b"No clients yet" in cast.browser(cast.olga).get("/clients/").content


def test_the_header_search_shows_at_most_ten_with_their_state(cast, tara, many):
    answer = tara.get("/clients/search/", {"q": "nr"}, headers=HTMX)
    assert b"<html" not in answer.content
    assert len(names(answer)) == 10
    assert answer.content.count(b"chip-blocked") == 10
    assert b"Show all that match" in tara.get("/clients/search/", {"q": "nr"}).content


@pytest.mark.parametrize("typed", ["", " ", "'; drop table", "a" * 5000, "%", "\U0001f642", "&|!:*", "\\"])
def test_the_search_takes_whatever_is_typed(cast, tara, typed):
    assert tara.get("/clients/search/", {"q": typed}).status_code == 200


def test_a_client_is_added_and_the_page_says_what_comes_next(cast, tara):
    answer = tara.post("/clients/new/", fields(cast, phone="(202) 555-0123", email="nora@example.test"), follow=True)
    nora = clients_of(cast.north.pk, search="nora").get()
    assert answer.redirect_chain[0][0] == f"/clients/{nora.pk}/"
    assert (nora.phone, nora.born, nora.trainer) == ("+12025550123", date(1990, 2, 3), cast.tara)
    assert "Next: name the physician" in answer.content.decode()


def test_whoever_adds_is_offered_as_the_trainer(cast, tara):
    assert tara.get("/clients/new/").context["form"]["trainer"].initial == cast.tara


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"name": "No\x00ra"}, "name"),
        ({"born": "9999-01-01"}, "born"),
        ({"born": "1899-12-31"}, "born"),
        ({"born": "3.2.1990"}, "born"),
        ({"born": str(date.today() + timedelta(days=2))}, "born"),
        ({"email": "nora"}, "email"),
        ({"email": "n" * 300 + "@example.test"}, "email"),
        ({"email": "OKAFOR+x@clinic.test"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"emergency_phone": "call me"}, "emergency_phone"),
        ({"goals": "g" * 4001}, "goals"),
        ({"trainer": ""}, "trainer"),
        ({"trainer": "99999999999999999999"}, "trainer"),
    ],
)
def test_what_cannot_be_right_is_said_beside_the_field_and_nothing_typed_is_lost(cast, tara, changed, field):
    answer = tara.post("/clients/new/", fields(cast, notes="likes rowing") | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "likes rowing" in answer.content.decode()
    assert not clients_of(cast.north.pk, search="nora").exists()


def test_the_trainer_of_another_studio_cannot_be_chosen(cast, tara):
    answer = tara.post("/clients/new/", fields(cast, trainer=cast.olga.pk))
    assert answer.status_code == 422
    assert "trainer" in answer.context["form"].errors


def test_sending_a_new_client_twice_makes_one_client(cast, tara):
    tara.post("/clients/new/", fields(cast))
    answer = tara.post("/clients/new/", fields(cast, name="nora new"))
    assert answer.status_code == 422
    assert clients_of(cast.north.pk, search="nora").count() == 1
    assert "This is somebody else with the same name" in answer.content.decode()


def test_a_namesake_born_on_the_same_day_takes_a_tick(cast, tara):
    tara.post("/clients/new/", fields(cast))
    assert tara.post("/clients/new/", fields(cast, another="on")).status_code == 302
    assert clients_of(cast.north.pk, search="nora").count() == 2


def test_a_client_is_edited_and_every_field_comes_back(cast, tara):
    url = f"/clients/{cast.uma.pk}/edit/"
    values = fields(
        cast, name="Uma U.", phone="+44 20 7946 0018", emergency_name="Udo", emergency_phone="202 555 0188 ext. 12",
        goals="Ski again", notes="Early bird", email="uma@example.test",
    )  # fmt: skip
    assert tara.post(url, values)["Location"] == f"/clients/{cast.uma.pk}/"
    again = tara.get(url).context["form"].initial
    assert (again["phone"], again["emergency_phone"]) == ("+44 20 7946 0018", "+1 202-555-0188 ext. 12")
    assert tara.post(url, values | {name: again[name] for name in ("phone", "emergency_phone")}).status_code == 302
    cast.uma.refresh_from_db()
    assert (cast.uma.name, cast.uma.emergency_phone, cast.uma.goals) == ("Uma U.", "+12025550188;ext=12", "Ski again")


def test_editing_keeps_what_was_typed_when_it_is_refused(cast, tara):
    answer = tara.post(f"/clients/{cast.uma.pk}/edit/", fields(cast, email="okafor@clinic.test", notes="kept"))
    assert answer.status_code == 422
    assert "This address belongs to a physician of this studio." in answer.content.decode()
    assert "kept" in answer.content.decode()


def test_a_client_is_archived_and_brought_back_with_a_word_each_time(cast, tara):
    answer = tara.post(f"/clients/{cast.uma.pk}/archive/", follow=True)
    assert "Archived. Nothing is lost" in answer.content.decode()
    assert tara.post(f"/clients/{cast.uma.pk}/archive/").status_code == 302
    assert "Bring back" in tara.get(f"/clients/{cast.uma.pk}/edit/").content.decode()
    answer = tara.post(f"/clients/{cast.uma.pk}/bring-back/", follow=True)
    assert "Back on the list" in answer.content.decode()
    cast.uma.refresh_from_db()
    assert cast.uma.archived_at is None


@pytest.mark.parametrize("page", ["", "edit/"])
def test_a_client_of_another_studio_does_not_exist_here(cast, tara, page):
    assert tara.get(f"/clients/{cast.otto.pk}/{page}").status_code == 404
    assert tara.post(f"/clients/{cast.otto.pk}/archive/").status_code == 404
    assert tara.post(f"/clients/{cast.otto.pk}/bring-back/").status_code == 404


@pytest.mark.parametrize("page", ["", "new/", "search/", "{ines}/", "{ines}/edit/"])
def test_a_physician_sees_no_pages_of_the_staff(cast, page):
    url = "/clients/" + page.format(ines=cast.ines.pk)
    assert cast.browser(cast.okafor.user).get(url).status_code == 403


def test_buttons_take_a_post_and_pages_that_show_take_none(cast, tara):
    assert tara.get(f"/clients/{cast.uma.pk}/archive/").status_code == 405
    assert tara.get(f"/clients/{cast.uma.pk}/bring-back/").status_code == 405
    assert tara.post("/clients/").status_code == 405
    assert tara.post("/clients/search/").status_code == 405


def test_a_page_of_a_client_has_no_name_in_its_title(cast, tara):
    title = tara.get(f"/clients/{cast.ines.pk}/edit/").content.decode().partition("<title>")[2].partition("</title>")[0]
    assert title == "Edit a client · Clearance"
