import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.audit.queries import trail
from clearance.gate.guard import GateShut, passing
from clearance.people.actions import archive_client, edit_client
from clearance.people.staff import edit_studio

ALL = "/studio/trail/"
REFUSALS = "/studio/refusals/"


def sentences(page):
    return [line["event"].sentence for line in page.context["events"]]


def see(cast, address=ALL, who=None):
    return cast.browser(who or cast.mona).get(address)


def be_refused(cast, client, by=None):
    with pytest.raises(GateShut), passing(client.pk, by=(by or cast.tara).user, to="build a program"):
        pass


def test_the_newest_line_stands_first_with_who_and_when(cast):
    archive_client(client=cast.uma, by=cast.theo.user)
    page = see(cast)
    assert sentences(page)[0] == "Theo Trainer archived Uma Uninjured."
    assert f'href="/clients/{cast.uma.pk}/"' in page.content.decode()


def test_moments_are_told_in_the_studios_time_zone(cast):
    edit_studio(studio=cast.north, by=cast.mona.user, name="Northside", time_zone="Pacific/Kiritimati", phone="")
    line = trail(cast.north.pk).first()
    assert (line.at.hour + 14) % 24 != line.at.hour
    assert f", {(line.at.hour + 14) % 24:02}:{line.at.minute:02}" in see(cast).content.decode()


def test_lines_are_filtered_by_client(cast):
    found = sentences(see(cast, f"{ALL}?client={cast.uma.pk}"))
    assert found
    assert all("Uma" in sentence for sentence in found)
    assert sentences(see(cast, f"{ALL}?q=uma")) == found


def test_an_archived_client_is_found_by_name(cast):
    archive_client(client=cast.uma, by=cast.theo.user)
    assert "Theo Trainer archived Uma Uninjured." in sentences(see(cast, f"{ALL}?q=Uninj"))


def test_lines_are_filtered_by_person_and_kind(cast):
    archive_client(client=cast.uma, by=cast.theo.user)
    assert sentences(see(cast, f"{ALL}?person={cast.theo.user_id}")) == ["Theo Trainer archived Uma Uninjured."]
    kinds = {line.action.split(".")[0] for line in see_events(cast, f"{ALL}?kind=consent.")}
    assert kinds == {"consent"}


def see_events(cast, address):
    return [line["event"] for line in see(cast, address).context["events"]]


def test_a_physicians_lines_can_be_filtered_too(cast):
    cast.sign(cast.ines)
    assert len(sentences(see(cast, f"{ALL}?person={cast.okafor.user_id}"))) == 1


def test_a_filter_that_makes_no_sense_is_said_beside_its_field(cast):
    for query in (f"person={cast.olga.user_id}", "person=x", "kind=nonsense", f"q={'x' * 200}"):
        answer = see(cast, f"{ALL}?{query}")
        assert answer.status_code == 422, query
        assert answer.context["form"].errors
    for query in ("before=-1", "before=x", f"client={10**30}"):
        assert see(cast, f"{ALL}?{query}").status_code == 422, query


def test_nothing_found_says_so(cast):
    assert b"Nothing found" in see(cast, f"{ALL}?q=nobody").content


def test_another_studios_trail_stays_there(cast):
    assert not [one for one in sentences(see(cast)) if "Otto" in one or "Southside" in one]
    assert sentences(see(cast, f"{ALL}?client={cast.otto.pk}")) == []
    assert sentences(see(cast, f"{ALL}?q=otto")) == []
    assert b"Otto" not in see(cast, f"{ALL}?client={cast.otto.pk}").content


def test_a_long_trail_is_turned_page_by_page_and_back(cast):
    for number in range(110):
        edit_client(client=cast.uma, by=cast.tara.user, notes=f"{number}")
    first = see(cast, f"{ALL}?client={cast.uma.pk}")
    second = see(cast, first.context["older_url"])
    third = see(cast, second.context["older_url"])
    seen = [numbers(page) for page in (first, second, third)]
    assert [*seen[0], *seen[1], *seen[2]] == list(
        trail(cast.north.pk, client=cast.uma.pk).values_list("number", flat=True)
    )
    assert [len(one) for one in seen[:2]] == [50, 50]
    assert first.context["newer_url"] == third.context["older_url"] == ""
    back = see(cast, third.context["newer_url"])
    assert numbers(back) == seen[1]
    start = see(cast, back.context["newer_url"])
    assert numbers(start) == seen[0]
    assert start.context["newer_url"] == ""


def numbers(page):
    return [line["event"].number for line in page.context["events"]]


def test_refusals_say_who_wanted_what_for_whom_and_why_not(cast):
    be_refused(cast, cast.ines)
    page = see(cast, REFUSALS).content.decode()
    assert "Tara Trainer wanted to build a program" in page
    assert "No decision yet." in page
    assert f'href="/clients/{cast.ines.pk}/"' in page


def test_refusals_are_filtered_by_client_and_person(cast):
    be_refused(cast, cast.ines)
    be_refused(cast, cast.uma, by=cast.theo)
    assert len(sentences(see(cast, REFUSALS))) == 2
    assert len(sentences(see(cast, f"{REFUSALS}?client={cast.ines.pk}"))) == 1
    assert len(sentences(see(cast, f"{REFUSALS}?person={cast.theo.user_id}&q=uma"))) == 1


def test_no_refusals_say_what_will_be_there(cast):
    assert b"Nobody has been refused" in see(cast, REFUSALS).content


@pytest.mark.parametrize("address", [ALL, REFUSALS])
def test_only_a_manager_reads_the_trail(cast, address):
    assert see(cast, address, cast.tara).status_code == 403
    assert see(cast, address, cast.okafor.user).status_code == 403
    assert cast.browser(None).get(address).status_code == 302
    assert cast.browser(cast.mona).post(address).status_code == 405


def test_as_many_queries_for_20_lines_as_for_10(cast):
    browser = cast.browser(cast.mona)

    def fill_and_count():
        for number in range(5):
            be_refused(cast, cast.client(cast.tara, f"New {number}"))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(ALL).status_code == 200
            assert browser.get(REFUSALS).status_code == 200
        return len(queries)

    assert fill_and_count() == fill_and_count()
