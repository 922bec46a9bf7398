import pytest
from django.contrib.messages import get_messages
from django.core import mail

from clearance.audit.queries import trail
from clearance.pages.forms.studio import zones
from clearance.people import staff
from clearance.people.models import Membership, User
from clearance.people.queries import policy_of
from tests.cast import PASSWORD

MANAGER, TRAINER = Membership.Role.MANAGER, Membership.Role.TRAINER
SEB = {"email": "seb@example.test", "name": "Seb Second", "role": TRAINER}
PAGES = ["/studio/", "/studio/edit/", "/studio/policy/", "/studio/staff/invite/"]


@pytest.fixture
def mona(cast):
    return cast.browser(cast.mona)


def said(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def member_url(membership):
    return f"/studio/staff/{membership.pk}/"


def test_the_studio_shows_its_policy_and_who_works_here(cast, mona):
    page = mona.get("/studio/").content.decode()
    assert "Every client. Nobody’s program" in page
    assert "Tara Trainer" in page
    assert f'href="/clients/?trainer={cast.tara.pk}"' in page
    assert "Olga" not in page


def test_a_manager_edits_the_studio(cast, mona):
    answer = mona.post(
        "/studio/edit/", {"name": "North\r\nside  Gym", "time_zone": "Europe/Vienna", "phone": "+43 1 5344"}
    )
    assert answer.url == "/studio/"
    cast.north.refresh_from_db()
    assert (cast.north.name, cast.north.time_zone, cast.north.phone) == ("North side Gym", "Europe/Vienna", "+4315344")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "x" * 121), ("name", "a\x00b"), ("time_zone", "Mars/Base"), ("time_zone", ""),
        ("phone", "call me"),
    ],
)  # fmt: skip
def test_what_cannot_be_saved_is_said_beside_the_field_and_kept(cast, mona, field, value):
    answer = mona.post("/studio/edit/", {"name": "Kept name", "time_zone": "UTC", "phone": ""} | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert field == "name" or b"Kept name" in answer.content
    cast.north.refresh_from_db()
    assert cast.north.name == "Northside"


def test_time_zones_are_listed_by_part_of_the_world():
    listed = dict(zones())
    assert listed["World"] == [("UTC", "UTC")]
    assert ("America/Argentina/Buenos_Aires", "Argentina: Buenos Aires") in listed["America"]
    assert [zone for zone, _ in listed["Europe"]] == sorted(zone for zone, _ in listed["Europe"])


def test_a_zone_that_is_no_longer_listed_stays_choosable(cast, mona):
    staff.edit_studio(studio=cast.north, by=cast.mona.user, name="Northside", time_zone="EST5EDT", phone="")
    assert b'value="EST5EDT" selected' in mona.get("/studio/edit/").content
    answer = mona.post("/studio/edit/", {"name": "Northside", "time_zone": "EST5EDT", "phone": ""})
    assert answer.status_code == 302


def test_a_change_of_policy_is_recorded(cast, mona):
    assert mona.post("/studio/policy/", {"needs": "INJURED_OR_FLAGGED", "least_evidence": "40"}).url == "/studio/"
    policy = policy_of(cast.north.pk)
    assert (policy.needs, policy.least_evidence) == ("INJURED_OR_FLAGGED", 40)
    assert trail(cast.north.pk).first().action == "studio.policy"
    assert b"From the first injury" in mona.get("/studio/").content
    assert "the physician’s own account, with or without a second factor" in mona.get("/studio/").content.decode()


def test_the_same_policy_again_changes_nothing(cast, mona):
    before = policy_of(cast.north.pk).pk
    mona.post("/studio/policy/", {"needs": "EVERY_CLIENT", "least_evidence": "10"})
    assert policy_of(cast.north.pk).pk == before
    assert mona.post("/studio/policy/", {"needs": "NOBODY"}).status_code == 422


def test_an_invited_person_gets_a_mail_with_a_link(cast, mona):
    answer = mona.post("/studio/staff/invite/", SEB)
    assert answer.url == "/studio/"
    assert "seb@example.test is on its way" in said(answer)
    assert [one.to for one in mail.outbox] == [["seb@example.test"]]
    assert "http://testserver/accounts/password/reset/key/" in mail.outbox[0].body
    assert b"Invited" in mona.get("/studio/").content


def test_somebody_with_an_account_is_invited_without_a_new_password(cast, mona):
    mona.post("/studio/staff/invite/", {"email": "olga@studio.test", "name": "Olga", "role": TRAINER})
    assert "password/reset/key" not in mail.outbox[0].body
    assert User.objects.get(email="olga@studio.test").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "theo+x@studio.test", "works here already"),
        ("email", "okafor@clinic.test", "belongs to a physician"),
        ("email", "nobody", "Enter an e-mail address"),
        ("email", f"{'x' * 250}@example.test", ""),
        ("name", "", "required"),
        ("role", "OWNER", "valid choice"),
    ],
)
def test_an_invitation_that_cannot_be_is_refused_beside_the_field(cast, mona, field, value, words):
    answer = mona.post("/studio/staff/invite/", SEB | {field: value})
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert not mail.outbox


def test_a_mail_that_fails_is_said_and_can_be_sent_again(cast, mona, settings):
    settings.EMAIL_BACKEND = "tests.pages.test_studio.NoMail"
    answer = mona.post("/studio/staff/invite/", SEB)
    assert "could not be sent" in said(answer)
    seb = Membership.objects.get(user__email=SEB["email"])
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert b"Send the invitation again" in mona.get(member_url(seb)).content
    assert mona.post(member_url(seb), {"again": "yes"}).url == member_url(seb)
    assert len(mail.outbox) == 1


class NoMail:
    """A mail backend that nobody answers."""

    def __init__(self, *args, **kwargs):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError


def test_nobody_with_a_password_is_invited_again(cast, mona):
    answer = mona.post(member_url(cast.theo), {"again": "yes"})
    assert answer.status_code == 422
    assert not mail.outbox


def test_a_trainer_becomes_a_manager_and_sees_the_studio_at_once(cast, mona):
    theo = cast.browser(cast.theo)
    assert theo.get("/studio/").status_code == 403
    mona.post(member_url(cast.theo), {"role": MANAGER, "active": "True"})
    assert theo.get("/studio/").status_code == 200


def test_whoever_leaves_sees_nothing_of_the_studio_from_the_next_click_on(cast, mona):
    theo = cast.browser(cast.theo)
    theo.post("/switch/", {"studio": cast.north.pk})
    assert theo.get("/clients/").status_code == 200
    assert mona.post(member_url(cast.theo), {"role": TRAINER, "active": "False"}).url == "/studio/"
    for address in ("/clients/", f"/clients/{cast.ines.pk}/", "/physicians/", "/studio/"):
        answer = theo.get(address)
        assert answer.status_code == 403
        assert b"Northside" not in answer.content
        assert b"Ines" not in answer.content
    assert b"Northside" not in theo.get("/").content


def test_a_trainer_with_clients_stays_until_they_are_given_away(cast, mona):
    answer = mona.post(member_url(cast.tara), {"role": TRAINER, "active": "False"})
    assert answer.status_code == 422
    assert b"still has clients" in answer.content


def test_a_studio_keeps_its_last_manager(cast, mona):
    answer = mona.post(member_url(cast.mona), {"role": TRAINER, "active": "True"})
    assert answer.status_code == 422
    assert b"at least one manager" in answer.content


def test_a_manager_who_steps_down_lands_where_they_may_be(cast, mona):
    staff.change_member(membership=cast.theo, by=cast.mona.user, role=MANAGER, active=True)
    assert mona.post(member_url(cast.mona), {"role": TRAINER, "active": "True"}).url == "/"


def test_another_studios_member_is_not_here(cast, mona):
    assert mona.get(member_url(cast.olga)).status_code == 404
    assert mona.post(member_url(cast.olga), {"role": TRAINER, "active": "False"}).status_code == 404


@pytest.mark.parametrize("address", PAGES)
def test_only_a_manager_runs_the_studio(cast, address):
    assert cast.browser(cast.tara).get(address).status_code == 403
    assert cast.browser(cast.tara).post(address, SEB).status_code in (403, 405)
    assert cast.browser(cast.okafor.user).get(address).status_code == 403
    assert cast.browser(None).get(address).status_code == 302
    assert cast.browser(cast.mona).delete(address).status_code == 405


def test_somebody_of_two_studios_switches_between_them(cast):
    staff.invite(studio=cast.south, email="tara@studio.test", name="Tara", role=TRAINER, by=cast.olga.user)
    tara = cast.browser(cast.tara)
    assert tara.get(f"/clients/{cast.otto.pk}/").status_code == 404
    assert tara.post("/switch/", {"studio": cast.south.pk, "next": "/clients/?q=o"}).url == "/clients/?q=o"
    assert tara.get(f"/clients/{cast.otto.pk}/").status_code == 200
    assert tara.get(f"/clients/{cast.ines.pk}/").status_code == 404


@pytest.mark.parametrize("wanted", ["south", "999999", "x", ""])
def test_nobody_switches_to_a_studio_that_is_not_theirs(cast, wanted):
    tara = cast.browser(cast.tara)
    assert tara.post("/switch/", {"studio": cast.south.pk if wanted == "south" else wanted}).status_code == 404
    assert "studio" not in tara.session


@pytest.mark.parametrize(
    "next", ["https://evil.test/", "//evil.test/", "/\\evil.test", "///evil.test", "javascript:a()", "", "evil"]
)
def test_switching_leads_to_no_other_place(cast, next):
    assert cast.browser(cast.tara).post("/switch/", {"studio": cast.north.pk, "next": next}).url == "/"


def test_switching_is_a_post_of_somebody_signed_in(cast):
    assert cast.browser(cast.tara).get("/switch/").status_code == 405
    assert cast.browser(None).post("/switch/", {"studio": cast.north.pk}).url.startswith("/accounts/login/")
    assert cast.browser(cast.okafor.user).post("/switch/", {"studio": cast.north.pk}).status_code == 404


def test_how_physicians_are_asked_is_set_by_a_manager(cast, mona):
    sent = {"link_days": "3", "ask_again_hours": "0", "asks_a_day": "1"}
    assert mona.post("/studio/asking/", sent).url == "/studio/"
    cast.north.refresh_from_db()
    assert (cast.north.link_days, cast.north.ask_again_hours, cast.north.asks_a_day) == (3, 0, 1)
    assert trail(cast.north.pk).first().action == "studio.asking"
    assert mona.post("/studio/asking/", sent | {"link_days": "31"}).status_code == 422
    assert cast.browser(cast.tara).get("/studio/asking/").status_code == 403
