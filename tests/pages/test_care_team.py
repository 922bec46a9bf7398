"""The care team: who supervises, who else cares, and what stays readable."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.gate.guard import judge
from clearance.injuries.queries import current_version
from clearance.people import actions, address_book
from clearance.people.models import Physician
from clearance.people.queries import supervising

WHY = "Dr Okafor has moved away."


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def url(cast):
    return f"/clients/{cast.ines.pk}/care-team/"


def new_physician(cast, name="Dr Nia New"):
    return cast.physician(cast.north, name, cast.mona.user, verified=False)


def test_the_page_says_who_supervises_and_that_the_contact_is_verified(cast, tara, url):
    answer = tara.get(url)
    place = answer.context["supervising"]
    assert (place.physician, place.verified) == (cast.okafor, True)
    assert "The contact is verified." in answer.content.decode()


def test_an_unverified_contact_is_prominent_and_only_a_manager_gets_the_link(cast, tara, url):
    address_book.edit_physician(physician=cast.okafor, by=cast.tara.user, phone="+12025550199")
    link = f'href="/physicians/{cast.okafor.pk}/verify/">Verify the contact</a>'
    assert "<b>not verified</b>" in tara.get(url).content.decode()
    assert link not in tara.get(url).content.decode()
    assert link in cast.browser(cast.mona).get(url).content.decode()


def test_without_a_physician_the_page_says_whom_to_name(cast, tara):
    nora = cast.client(cast.tara, "Nora New")
    page = tara.get(f"/clients/{nora.pk}/care-team/").content.decode()
    assert "Nobody supervises yet" in page
    assert f"/clients/{nora.pk}/care-team/supervising/" in page


def test_the_first_supervising_physician_takes_no_reason(cast, tara):
    nora = cast.client(cast.tara, "Nora New")
    form = tara.get(f"/clients/{nora.pk}/care-team/supervising/").context["form"]
    assert "reason" not in form.fields
    answer = tara.post(f"/clients/{nora.pk}/care-team/supervising/", {"physician": cast.lindt.pk}, follow=True)
    assert supervising(nora.pk).physician == cast.lindt
    assert "Dr Leo Lindt supervises from now on." in answer.content.decode()


def test_a_change_of_the_supervising_physician_demands_a_reason(cast, tara, url):
    answer = tara.post(url + "supervising/", {"physician": cast.lindt.pk, "reason": "  "})
    assert answer.status_code == 422
    assert "Say why the supervising physician changes." in answer.content.decode()
    assert answer.context["form"]["physician"].value() == str(cast.lindt.pk)
    assert supervising(cast.ines.pk).physician == cast.okafor


def test_a_change_hands_the_injuries_over_and_shuts_the_gate(cast, tara, url):
    knee = cast.knee
    cast.sign(cast.ines)
    assert judge(cast.ines.pk).open
    tara.post(url + "supervising/", {"physician": cast.lindt.pk, "reason": WHY})
    assert current_version(knee).supervised_by == cast.lindt
    assert not judge(cast.ines.pk).open
    page = tara.get(url).content.decode()
    assert WHY in page
    assert "Dr Ada Okafor no longer supervises" in page


def test_the_refusal_of_an_earlier_physician_stays_visible(cast, tara, url):
    cast.refuse(cast.ines)
    assert tara.get(url).context["refusals"] == []
    tara.post(url + "supervising/", {"physician": cast.lindt.pk, "reason": WHY})
    answer = tara.get(url)
    (refusal,) = answer.context["refusals"]
    assert (refusal["physician"], refusal["outcome"]) == ("Dr Ada Okafor", "Not cleared")
    assert "Dr Ada Okafor: Not cleared" in answer.content.decode()
    assert refusal["url"] in answer.content.decode()


def test_the_present_supervising_physician_cannot_be_chosen_again(cast, tara, url):
    answer = tara.post(url + "supervising/", {"physician": cast.okafor.pk, "reason": WHY})
    assert answer.status_code == 422
    assert answer.context["form"]["reason"].value() == WHY


def test_a_physician_in_the_address_is_chosen_beforehand(cast, tara, url):
    page = tara.get(f"{url}supervising/?physician={cast.lindt.pk}").content.decode()
    assert f'<option value="{cast.lindt.pk}" selected>' in page
    assert "selected" not in tara.get(f"{url}supervising/?physician=x").content.decode().partition("<form method")[2]


@pytest.mark.parametrize("page", ["supervising/", "join/"])
@pytest.mark.parametrize("physician", ["other", "0", "99999999999999999999", "x", "", "1\x00"])
def test_a_physician_of_another_address_book_cannot_be_chosen(cast, tara, url, page, physician):
    chosen = cast.ode.pk if physician == "other" else physician
    answer = tara.post(url + page, {"physician": chosen, "reason": WHY})
    assert answer.status_code == 422
    assert supervising(cast.ines.pk).physician == cast.okafor


@pytest.mark.parametrize("reason", ["r" * 301, "no\x00pe"])
def test_a_reason_that_cannot_be_kept_is_said_beside_it(cast, tara, url, reason):
    answer = tara.post(url + "supervising/", {"physician": cast.lindt.pk, "reason": reason})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]


def test_an_empty_address_book_leads_to_adding_a_physician(cast):
    answer = cast.browser(cast.olga).get(f"/clients/{cast.otto.pk}/care-team/join/")
    assert "Nobody to choose from" in answer.content.decode()
    assert f"/physicians/new/?client={cast.otto.pk}" in answer.content.decode()


def test_somebody_joins_and_leaves_and_both_stay_readable(cast, tara, url):
    tara.post(url + "join/", {"physician": cast.lindt.pk})
    (place,) = tara.get(url).context["others"]
    assert place.physician == cast.lindt
    answer = tara.post(f"{url}{cast.lindt.pk}/leave/", follow=True)
    assert answer.context["others"] == []
    assert "Dr Leo Lindt leaves" in answer.content.decode()


def test_joining_twice_is_refused_beside_the_field(cast, tara, url):
    tara.post(url + "join/", {"physician": cast.lindt.pk})
    assert tara.post(url + "join/", {"physician": cast.lindt.pk}).status_code == 422


def test_the_supervising_physician_cannot_leave(cast, tara, url):
    answer = tara.post(f"{url}{cast.okafor.pk}/leave/")
    assert answer.status_code == 409
    assert "Name another supervising physician instead." in answer.content.decode()


def test_whoever_decides_on_an_injury_is_not_offered_to_leave(cast, tara, url):
    actions.join_care_team(client=cast.ines, physician=cast.lindt, by=cast.tara.user)
    assert tara.get(url).context["others"][0].leave
    cast.injury(cast.ines, area="elbow", supervised_by=cast.lindt)
    place = tara.get(url).context["others"][0]
    assert place.leave is None
    assert len(place.injuries) == 1


def test_nothing_changes_for_an_archived_client(cast, tara, url):
    actions.archive_client(client=cast.ines, by=cast.tara.user)
    assert tara.get(url).status_code == 200
    assert tara.post(url + "join/", {"physician": cast.lindt.pk}).status_code == 422
    assert "Change the supervising physician" not in tara.get(url).content.decode()


def test_the_page_takes_as_many_queries_for_20_physicians_as_for_10(cast, tara, url):
    def grow(start, end):
        for number in range(start, end):
            physician = new_physician(cast, f"Dr Nr {number:02}x{number}")
            actions.join_care_team(client=cast.ines, physician=physician, by=cast.tara.user)
            cast.consent(cast.ines, physician)

    grow(0, 10)
    tara.get(url)
    with CaptureQueriesContext(connection) as few:
        tara.get(url)
    grow(10, 20)
    with CaptureQueriesContext(connection) as many:
        tara.get(url)
    assert len(many) == len(few)


@pytest.mark.parametrize("page", ["", "supervising/", "join/"])
def test_the_care_team_of_another_studios_client_does_not_exist_here(cast, tara, page):
    assert tara.get(f"/clients/{cast.otto.pk}/care-team/{page}").status_code == 404


def test_a_physician_of_another_studio_cannot_be_taken_off(cast, tara, url):
    assert tara.post(f"{url}{cast.ode.pk}/leave/").status_code == 404
    assert tara.post(f"{url}{Physician.objects.count() + 999}/leave/").status_code == 404


@pytest.mark.parametrize("page", ["", "supervising/", "join/"])
def test_a_physician_has_no_business_on_the_staffs_pages(cast, url, page):
    assert cast.browser(cast.okafor.user).get(url + page).status_code == 403


def test_wrong_methods_are_refused(cast, tara, url):
    assert tara.post(url).status_code == 405
    assert tara.get(f"{url}{cast.okafor.pk}/leave/").status_code == 405
    assert tara.delete(url + "join/").status_code == 405
