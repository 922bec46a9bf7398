"""The address book: adding, verifying, editing, inviting."""

from smtplib import SMTPException

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.people import address_book
from clearance.people.models import Physician
from clearance.people.queries import address_book as book
from clearance.people.queries import verification_of

HTMX = {"HX-Request": "true"}
VALID_NPI = "1234567893"


def names(answer):
    return [row["name"] for row in answer.context["rows"]]


def fields(**changed):
    return {
        "name": "Dr Nia New", "credential": "DO", "licence": "B 77", "licence_place": "Maine", "phone": "202 555 0177",
        "clinic": "Harbour Clinic",
    } | changed  # fmt: skip


def vouch(browser, physician, **changed):
    url = f"/physicians/{physician.pk}/verify/"
    checked = browser.get(url).context["form"]["checked"].value()
    how = "called the clinic at a number from that source"
    return browser.post(url, {"how": how, "source": "Maine Board", "checked": checked} | changed)


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def mona(cast):
    return cast.browser(cast.mona)


@pytest.fixture
def nia(cast):
    values = fields(email="nia@harbour.test", phone="+12025550177")
    return address_book.add_physician(studio=cast.north, by=cast.tara.user, **values)


def test_the_address_book_shows_this_studios_physicians_and_whether_they_are_verified(cast, tara, nia):
    answer = tara.get("/physicians/")
    assert names(answer) == ["Dr Ada Okafor", "Dr Leo Lindt", "Dr Nia New"]
    assert [row["state"]["word"] for row in answer.context["rows"]] == ["Verified", "Verified", "Not verified"]
    assert b"Ode" not in answer.content


def test_the_address_book_is_searched_by_name_and_clinic(cast, tara, nia):
    assert names(tara.get("/physicians/", {"q": "okaf"})) == ["Dr Ada Okafor"]
    assert names(tara.get("/physicians/", {"q": "harbour"})) == ["Dr Nia New"]
    part = tara.get("/physicians/", {"q": "harbour"}, headers=HTMX)
    assert b"<html" not in part.content
    assert names(part) == ["Dr Nia New"]


def test_the_unverified_are_one_filter_away(cast, tara, nia):
    assert names(tara.get("/physicians/", {"contact": "unverified"})) == ["Dr Nia New"]
    assert names(tara.get("/physicians/", {"contact": "verified"})) == ["Dr Ada Okafor", "Dr Leo Lindt"]
    assert tara.get("/physicians/", {"contact": "x"}).status_code == 422


def test_the_pages_hold_25_and_take_a_constant_number_of_queries(cast, tara):
    def count(url="/physicians/"):
        with CaptureQueriesContext(connection) as seen:
            answer = tara.get(url)
        return len(seen), answer

    tara.get("/physicians/")
    few, _ = count()
    for number in range(28):
        cast.physician(cast.north, f"Dr Nr {number}x{number}", cast.mona.user, verified=False)
    many, answer = count()
    assert many == few
    assert len(names(answer)) == 25
    assert len(names(tara.get(answer.context["older_url"]))) == 5


def test_a_trainer_adds_a_physician_who_is_not_verified_yet(cast, tara):
    answer = tara.post("/physicians/new/", fields(npi=f" {VALID_NPI[:4]}-{VALID_NPI[4:]} "), follow=True)
    nia = book(cast.north.pk, search="Nia").get()
    assert (nia.phone, nia.npi, nia.verified) == ("+12025550177", VALID_NPI, False)
    assert answer.redirect_chain[0][0] == f"/physicians/{nia.pk}/"
    assert "A manager has to verify the contact." in answer.content.decode()


def test_adding_from_a_clients_care_team_leads_back_with_the_physician_chosen(cast, tara):
    answer = tara.post(f"/physicians/new/?client={cast.ines.pk}", fields())
    nia = book(cast.north.pk, search="Nia").get()
    assert answer["Location"] == f"/clients/{cast.ines.pk}/care-team/supervising/?physician={nia.pk}"
    assert tara.get(f"/physicians/new/?client={cast.otto.pk}").status_code == 404
    assert tara.get("/physicians/new/?client=x").status_code == 200
    assert tara.get("/physicians/new/?client=99999999999999999999").status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "tara@studio.test",
        "TARA@Studio.Test",
        "tara+doctor@studio.test",
        "tara@ｓｔｕｄｉｏ.test",
        "ｔａｒａ@studio.test",
    ],
)
def test_an_address_of_the_staff_is_refused_beside_the_field(cast, tara, address):
    answer = tara.post("/physicians/new/", fields(email=address))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]
    assert not book(cast.north.pk, search="Nia").exists()
    assert address in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("Tara+x@studio.test", "belongs to somebody who works here"),
        ("ines+x@example.test", "belongs to a client of this studio"),
        ("OKAFOR@clinic.test", "Another physician in the address book has this address"),
    ],
)
def test_the_sentence_says_whose_address_it_is(cast, tara, address, sentence):
    answer = tara.post("/physicians/new/", fields(email=address))
    assert sentence in answer.content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "n" * 121}, "name"),
        ({"credential": ""}, "credential"),
        ({"licence": ""}, "licence"),
        ({"licence_place": ""}, "licence_place"),
        ({"licence": "A\x001"}, "licence"),
        ({"npi": "1234567890"}, "npi"),
        ({"npi": "１２３４５６７８９３"}, "npi"),
        ({"npi": "x" * 30}, "npi"),
        ({"phone": "12"}, "phone"),
        ({"fax": "call"}, "fax"),
        ({"phone": ""}, "phone"),
        ({"email": "nia"}, "email"),
    ],
)
def test_what_cannot_be_right_is_said_beside_the_field_and_nothing_typed_is_lost(cast, tara, changed, field):
    answer = tara.post("/physicians/new/", fields(specialty="Sports medicine") | changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Sports medicine" in answer.content.decode()
    assert not book(cast.north.pk, search="Nia").exists()


def test_sending_a_new_physician_twice_makes_one(cast, tara):
    tara.post("/physicians/new/", fields())
    answer = tara.post("/physicians/new/", fields(name="dr nia new"))
    assert answer.status_code == 422
    assert "is in the address book with this licence already" in answer.content.decode()


def test_a_trainer_cannot_verify_and_is_not_offered_to(cast, tara, nia):
    assert tara.get(f"/physicians/{nia.pk}/verify/").status_code == 403
    assert tara.post(f"/physicians/{nia.pk}/verify/", {"how": "x", "source": "y"}).status_code == 403
    page = tara.get(f"/physicians/{nia.pk}/").content.decode()
    assert f"/physicians/{nia.pk}/verify/" not in page
    assert "Ask a manager to check it." in page
    assert verification_of(nia.pk) is None


def test_a_manager_verifies_with_how_and_source(cast, mona, nia):
    page = mona.get(f"/physicians/{nia.pk}/verify/").content.decode()
    assert "B 77, Maine" in page
    assert "nia@harbour.test" in page
    assert vouch(mona, nia)["Location"] == f"/physicians/{nia.pk}/"
    verification = verification_of(nia.pk)
    assert (verification.source, verification.by) == ("Maine Board", cast.mona.user)
    page = mona.get(f"/physicians/{nia.pk}/").content.decode()
    assert "Mona Manager</b> called the clinic" in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"how": ""}, "how"),
        ({"how": "guessed"}, "how"),
        ({"source": ""}, "source"),
        ({"source": "s" * 301}, "source"),
        ({"source": "a\x00b"}, "source"),
    ],
)
def test_how_and_source_are_demanded(cast, mona, nia, changed, field):
    answer = vouch(mona, nia, **changed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert verification_of(nia.pk) is None


def test_a_contact_that_changed_behind_the_open_page_is_not_vouched_for(cast, mona, nia):
    url = f"/physicians/{nia.pk}/verify/"
    checked = mona.get(url).context["form"]["checked"].value()
    address_book.edit_physician(physician=nia, by=cast.tara.user, email="nia@elsewhere.test")
    answer = vouch(mona, nia, checked=checked)
    assert answer.status_code == 422
    assert "The contact has changed since you opened this page." in answer.content.decode()
    assert verification_of(nia.pk) is None
    again = {"how": answer.context["form"]["how"].value(), "source": "Maine Board"}
    assert mona.post(url, again | {"checked": answer.context["form"]["checked"].value()}).status_code == 302


def test_editing_what_was_vouched_for_drops_the_verification_and_says_so(cast, tara):
    url = f"/physicians/{cast.okafor.pk}/edit/"
    assert "drops the verification" in tara.get(url).content.decode()
    values = tara.get(url).context["form"].initial
    answer = tara.post(url, values | {"phone": "+1 202 555 0199"}, follow=True)
    assert "The contact is not verified any more" in answer.content.decode()
    assert verification_of(cast.okafor.pk) is None
    assert "dropped: phone changed" in answer.content.decode()


def test_saving_without_a_change_keeps_the_verification(cast, tara):
    url = f"/physicians/{cast.okafor.pk}/edit/"
    values = tara.get(url).context["form"].initial
    answer = tara.post(url, values | {"specialty": "Orthopaedics"}, follow=True)
    assert "Saved." in answer.content.decode()
    assert verification_of(cast.okafor.pk)
    cast.okafor.refresh_from_db()
    assert (cast.okafor.specialty, cast.okafor.phone) == ("Orthopaedics", "+12025550143")


def test_an_edit_to_the_address_of_the_staff_is_refused(cast, tara):
    url = f"/physicians/{cast.okafor.pk}/edit/"
    values = tara.get(url).context["form"].initial
    answer = tara.post(url, values | {"email": "mona+x@studio.test"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["email"]


def test_the_page_of_a_physician_names_the_clients(cast, tara):
    page = tara.get(f"/physicians/{cast.okafor.pk}/").content.decode()
    assert "Ines Injured" in page
    assert "Uma Uninjured" in page
    assert "On nobody" in tara.get(f"/physicians/{cast.lindt.pk}/").content.decode()


def test_a_manager_invites_a_verified_physician_by_mail(cast, mona, nia):
    vouch(mona, nia)
    assert "Invite to sign online" in mona.get(f"/physicians/{nia.pk}/").content.decode()
    answer = mona.post(f"/physicians/{nia.pk}/invite/", follow=True)
    assert "Sent to nia@harbour.test." in answer.content.decode()
    assert mail.outbox[0].to == ["nia@harbour.test"]
    assert "Ines" not in mail.outbox[0].body
    nia.refresh_from_db()
    assert nia.user.email == "nia@harbour.test"
    assert "Send the invitation again" in mona.get(f"/physicians/{nia.pk}/").content.decode()


def test_nobody_is_invited_to_an_unverified_address(cast, mona, nia):
    answer = mona.post(f"/physicians/{nia.pk}/invite/")
    assert answer.status_code == 409
    assert "Verify this contact first" in answer.content.decode()
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_said_and_breaks_nothing(cast, mona, nia, monkeypatch):
    def fail(*args, **kwargs):
        raise SMTPException("down")

    monkeypatch.setattr("clearance.pages.physicians.send_invitation", fail)
    vouch(mona, nia)
    answer = mona.post(f"/physicians/{nia.pk}/invite/", follow=True)
    assert "the mail could not be sent" in answer.content.decode()


def test_a_trainer_does_not_invite(cast, tara, nia):
    assert tara.post(f"/physicians/{nia.pk}/invite/").status_code == 403


@pytest.mark.parametrize("page", ["", "edit/", "verify/"])
def test_a_physician_of_another_studio_does_not_exist_here(cast, mona, page):
    assert mona.get(f"/physicians/{cast.ode.pk}/{page}").status_code == 404
    assert mona.post(f"/physicians/{cast.ode.pk}/invite/").status_code == 404
    assert mona.get(f"/physicians/{Physician.objects.count() + 999}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["", "new/", "{pk}/", "{pk}/edit/", "{pk}/verify/"])
def test_a_physician_does_not_see_the_studios_address_book(cast, page):
    url = "/physicians/" + page.format(pk=cast.okafor.pk)
    assert cast.browser(cast.okafor.user).get(url).status_code == 403


def test_wrong_methods_are_refused(cast, mona):
    assert mona.post("/physicians/").status_code == 405
    assert mona.post(f"/physicians/{cast.okafor.pk}/").status_code == 405
    assert mona.get(f"/physicians/{cast.okafor.pk}/invite/").status_code == 405


def test_wishes_of_a_physician_are_kept_and_drop_no_verification(cast):
    url, browser = f"/physicians/{cast.okafor.pk}/", cast.browser(cast.tara)
    values = browser.get(f"{url}edit/").context["form"].initial
    wishes = {"channel": "PAPER", "quiet_from": "18:00", "quiet_until": "07:30", "habits": "Form fee 25 $"}
    assert browser.post(f"{url}edit/", values | wishes).status_code == 302
    text = browser.get(url).content.decode()
    assert "18:00 to 07:30" in text
    assert "Form fee 25 $" in text
    assert verification_of(cast.okafor.pk)


def test_quiet_hours_have_a_beginning_and_an_end(cast):
    browser, url = cast.browser(cast.tara), f"/physicians/{cast.okafor.pk}/edit/"
    answer = browser.post(url, browser.get(url).context["form"].initial | {"quiet_from": "18:00"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["quiet_until"] == ["Give both times, or none."]
