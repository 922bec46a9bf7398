import re

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from clearance.people import staff
from clearance.people.models import Membership, User
from tests.cast import PASSWORD

LOGIN = "/accounts/login/"
RESET = "/accounts/password/reset/"
NEW = "a wholly different sentence 7"


@pytest.fixture(autouse=True)
def fresh_limits(db):
    """Rate limits are counted in the database's cache: each test starts from none."""
    cache.clear()


@pytest.fixture
def stranger(cast):
    return cast.browser(None)


def sign_in(browser, email, password=PASSWORD, **more):
    return browser.post(LOGIN, {"login": email, "password": password} | more)


def link_in(message):
    return re.search(r"http://testserver(/accounts/password/reset/key/\S+)", message.body)[1]


def choose(browser, link, password=NEW):
    """Follow a link to the form, and choose a password there."""
    shown = browser.get(link, follow=True)
    assert shown.status_code == 200
    return browser.post(shown.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_login_is_by_e_mail_in_any_case(cast, stranger):
    assert sign_in(stranger, "Tara@Studio.TEST").url == "/"
    assert b"Tara" in stranger.get("/").content


def test_login_leads_back_to_where_one_wanted_to_go_but_to_no_other_place(cast, stranger):
    assert sign_in(stranger, "tara@studio.test", next="/physicians/").url == "/physicians/"
    stranger.logout()
    assert sign_in(stranger, "tara@studio.test", next="https://evil.test/").url == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(cast, stranger):
    wrong = sign_in(stranger, "tara@studio.test", "wrong")
    unknown = sign_in(stranger, "nobody@studio.test", "wrong")
    assert wrong.status_code == unknown.status_code == 200
    words = [list(answer.context["form"].non_field_errors()) for answer in (wrong, unknown)]
    assert words[0] == words[1] == ["The email address and/or password you specified are not correct."]


def test_after_several_wrong_passwords_even_the_right_one_waits(cast, stranger):
    answers = [sign_in(stranger, "tara@studio.test", "wrong") for _ in range(12)]
    last = sign_in(stranger, "tara@studio.test")
    assert last.status_code in (200, 429)
    assert "_auth_user_id" not in stranger.session
    assert "Too many" in (last.content + answers[-1].content).decode()


def test_too_many_resets_are_answered_with_429(cast, stranger):
    answers = [stranger.post(RESET, {"email": "tara@studio.test"}).status_code for _ in range(12)]
    assert answers[0] == 302
    assert answers[-1] == 429
    assert len(mail.outbox) < 12


def test_nobody_signs_up_by_themselves(cast, stranger):
    assert b"by invitation" in stranger.get("/accounts/signup/").content
    stranger.post("/accounts/signup/", {"email": "eve@example.test", "password1": NEW, "password2": NEW})
    assert not User.objects.filter(email="eve@example.test").exists()


def test_a_forgotten_password_is_reset_with_the_mailed_link(cast, stranger):
    assert stranger.post(RESET, {"email": "tara@studio.test"}).url == reverse("account_reset_password_done")
    assert [message.to for message in mail.outbox] == [["tara@studio.test"]]
    assert choose(stranger, link_in(mail.outbox[0])).url == reverse("account_reset_password_from_key_done")
    assert "_auth_user_id" not in stranger.session
    assert sign_in(cast.browser(None), "tara@studio.test").status_code == 200
    assert sign_in(cast.browser(None), "tara@studio.test", NEW).url == "/"


def test_a_reset_link_works_once(cast, stranger):
    stranger.post(RESET, {"email": "tara@studio.test"})
    link = link_in(mail.outbox[0])
    choose(stranger, link)
    assert b"does not work any more" in cast.browser(None).get(link, follow=True).content


def test_a_weak_password_is_refused_with_reasons(cast, stranger):
    stranger.post(RESET, {"email": "tara@studio.test"})
    answer = choose(stranger, link_in(mail.outbox[0]), "password")
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert sign_in(cast.browser(None), "tara@studio.test").url == "/"


def test_asking_for_an_unknown_address_looks_the_same_and_gives_no_link(cast, stranger):
    assert stranger.post(RESET, {"email": "nobody@studio.test"}).url == reverse("account_reset_password_done")
    assert not [message for message in mail.outbox if "/password/reset/key/" in message.body]


def test_an_invited_person_chooses_a_password_and_signs_in(cast, stranger):
    cast.browser(cast.mona).post(
        "/studio/staff/invite/", {"email": "Seb@Example.test", "name": "Seb Second", "role": Membership.Role.TRAINER}
    )
    assert sign_in(stranger, "seb@example.test", "").status_code == 200
    assert choose(stranger, link_in(mail.outbox[0])).status_code == 302
    assert sign_in(stranger, "seb@example.test", NEW).url == "/"
    assert b"Northside" in stranger.get("/").content


def test_whoever_left_every_studio_signs_in_to_nothing(cast, stranger):
    staff.change_member(membership=cast.theo, by=cast.mona.user, role=Membership.Role.TRAINER, active=False)
    assert sign_in(stranger, "theo@studio.test").url == "/"
    assert b"Northside" not in stranger.get("/").content


def test_a_closed_account_does_not_get_in(cast, stranger):
    User.objects.filter(pk=cast.theo.user_id).update(is_active=False)
    answer = sign_in(stranger, "theo@studio.test")
    assert "_auth_user_id" not in stranger.session
    assert answer.status_code == 200 or answer.url == reverse("account_inactive")


def test_a_link_of_one_person_resets_nobody_else(cast, stranger):
    key = default_token_generator.make_token(cast.theo.user)
    link = f"/accounts/password/reset/key/{user_pk_to_url_str(cast.tara.user)}-{key}/"
    assert b"does not work any more" in stranger.get(link, follow=True).content


def test_a_password_is_changed_only_with_the_old_one(cast):
    tara = cast.browser(cast.tara)
    page = tara.get("/accounts/password/change/")
    assert page.status_code == 200
    new = {"password1": NEW, "password2": NEW}
    assert tara.post("/accounts/password/change/", {"oldpassword": "wrong"} | new).status_code == 200
    assert tara.post("/accounts/password/change/", {"oldpassword": PASSWORD} | new).status_code == 302
    assert sign_in(cast.browser(None), "tara@studio.test", NEW).url == "/"


def test_signing_out_is_a_post(cast):
    tara = cast.browser(cast.tara)
    assert tara.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in tara.session
    tara.post("/accounts/logout/")
    assert "_auth_user_id" not in tara.session


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "account_reauthenticate",
        "account_change_password",
    ],
)  # fmt: skip
def test_the_pages_of_the_own_account_open(cast, name):
    tara = cast.browser(None)
    sign_in(tara, "tara@studio.test")
    answer = tara.get(reverse(name), follow=True)
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup", "account_inactive"])
def test_the_pages_before_sign_in_open_for_anybody(cast, stranger, name):
    assert stranger.get(reverse(name)).status_code == 200


def test_the_own_account_is_only_for_somebody_signed_in(cast, stranger):
    for name in ("mfa_index", "account_change_password", "account_reauthenticate"):
        assert stranger.get(reverse(name)).url.startswith(LOGIN)
