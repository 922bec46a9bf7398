"""Consents: recorded, renewed, withdrawn."""

from datetime import timedelta

import pytest

from clearance.gate.guard import judge
from clearance.people.actions import archive_client
from clearance.people.queries import consent_in_force, consents_of


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def url(cast):
    return f"/clients/{cast.ines.pk}/consents/"


@pytest.fixture
def given(cast):
    return consents_of(cast.ines.pk).get()


def fields(cast, **changed):
    on = cast.today()
    first, last = on - timedelta(days=1), on + timedelta(days=90)
    return {"physician": cast.okafor.pk, "how": "PAPER", "first_day": first, "last_day": last} | changed


def test_the_form_starts_with_a_year_from_today_and_the_supervising_physician(cast, tara, url):
    form = tara.get(url + "new/").context["form"]
    assert form["first_day"].value() == cast.today()
    assert form["last_day"].value() - form["first_day"].value() in (timedelta(days=364), timedelta(days=365))
    assert form["physician"].value() == cast.okafor.pk


def test_nothing_is_chosen_for_how_the_client_said_so(cast, tara, url):
    assert b"checked" not in tara.get(url + "new/").content


def test_a_consent_is_recorded_and_replaces_the_earlier_one(cast, tara, url, given):
    answer = tara.post(url + "new/", fields(cast), follow=True)
    assert "Recorded. You may share with Dr Ada Okafor now." in answer.content.decode()
    present = consent_in_force(cast.ines.pk, cast.okafor.pk, on=cast.today())
    assert (present.how, present.last_day) == ("PAPER", cast.today() + timedelta(days=90))
    given.refresh_from_db()
    assert given.until is not None


def test_a_renewed_consent_does_not_look_like_a_withdrawn_one(cast, tara, url):
    page = tara.post(url + "new/", fields(cast), follow=True).content.decode()
    assert "withdrawn" not in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_day": 2}, "first_day"),
        ({"last_day": -1}, "last_day"),
        ({"last_day": 400}, "last_day"),
        ({"last_day": "9999-12-31"}, "last_day"),
        ({"first_day": "0001-01-01"}, "first_day"),
        ({"last_day": ""}, "last_day"),
        ({"how": "SHOUTED"}, "how"),
        ({"how": ""}, "how"),
    ],
)
def test_days_and_ways_that_cannot_be_right_are_said_beside_the_field(cast, tara, url, changed, field):
    on = cast.today()
    changed = {key: on + timedelta(days=day) if isinstance(day, int) else day for key, day in changed.items()}
    answer = tara.post(url + "new/", fields(cast) | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert consents_of(cast.ines.pk).count() == 1


@pytest.mark.parametrize("who", ["lindt", "ode"])
def test_only_somebody_on_the_care_team_can_be_chosen(cast, tara, url, who):
    answer = tara.post(url + "new/", fields(cast, physician=getattr(cast, who).pk))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["physician"]


def test_without_a_care_team_the_page_says_what_comes_first(cast, tara):
    nora = cast.client(cast.tara, "Nora New")
    page = tara.get(f"/clients/{nora.pk}/consents/new/").content.decode()
    assert "Nobody to share with yet" in page
    assert f"/clients/{nora.pk}/care-team/supervising/" in page


def test_an_archived_client_is_brought_back_first(cast, tara, url):
    archive_client(client=cast.ines, by=cast.tara.user)
    answer = tara.post(url + "new/", fields(cast))
    assert answer.status_code == 422
    assert "Bring the client back first." in answer.content.decode()


def test_withdrawing_takes_a_reason_and_shuts_the_gate(cast, tara, url, given):
    cast.sign(cast.ines)
    assert judge(cast.ines.pk).open
    withdraw = f"{url}{given.pk}/withdraw/"
    assert tara.post(withdraw, {"reason": ""}).status_code == 422
    assert judge(cast.ines.pk).open
    answer = tara.post(withdraw, {"reason": "Does not want to share any more."}, follow=True)
    assert [reason.code for reason in judge(cast.ines.pk).reasons] == ["NO_CONSENT"]
    page = answer.content.decode()
    assert "Consent withdrawn" in page
    assert "Does not want to share any more." in page


def test_withdrawing_twice_is_harmless(cast, tara, url, given):
    withdraw = f"{url}{given.pk}/withdraw/"
    tara.post(withdraw, {"reason": "No more."})
    answer = tara.post(withdraw, {"reason": "Again."}, follow=True)
    assert answer.redirect_chain
    assert "This consent has ended already." in answer.content.decode()
    given.refresh_from_db()
    assert given.withdrawn_because == "No more."


@pytest.mark.parametrize("reason", ["r" * 301, "no\x00pe"])
def test_a_reason_that_cannot_be_kept_is_said_beside_it(cast, tara, url, given, reason):
    answer = tara.post(f"{url}{given.pk}/withdraw/", {"reason": reason})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reason"]


def test_the_care_team_page_leads_to_withdrawing_and_to_recording(cast, tara, url, given):
    page = tara.get(f"/clients/{cast.ines.pk}/care-team/").content.decode()
    assert f"{url}{given.pk}/withdraw/" in page
    tara.post(f"{url}{given.pk}/withdraw/", {"reason": "No more."})
    page = tara.get(f"/clients/{cast.ines.pk}/care-team/").content.decode()
    assert f"{url}new/?physician={cast.okafor.pk}" in page


def test_a_consent_of_another_client_does_not_exist_here(cast, tara, url, given):
    theirs, others = consents_of(cast.otto.pk).get(), consents_of(cast.uma.pk).get()
    assert tara.get(f"/clients/{cast.otto.pk}/consents/new/").status_code == 404
    assert tara.get(f"/clients/{cast.otto.pk}/consents/{theirs.pk}/withdraw/").status_code == 404
    assert tara.post(f"{url}{theirs.pk}/withdraw/", {"reason": "x"}).status_code == 404
    assert tara.post(f"{url}{others.pk}/withdraw/", {"reason": "x"}).status_code == 404


def test_a_physician_neither_gives_nor_takes_the_clients_consent(cast, url, given):
    okafor = cast.browser(cast.okafor.user)
    assert okafor.get(url + "new/").status_code == 403
    assert okafor.post(f"{url}{given.pk}/withdraw/", {"reason": "x"}).status_code == 403


def test_wrong_methods_are_refused(cast, tara, url, given):
    assert tara.delete(url + "new/").status_code == 405
    assert tara.put(f"{url}{given.pk}/withdraw/").status_code == 405
