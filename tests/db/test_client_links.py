"""A client's personal link: one person, one address, one living link, and nothing after its end."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import InternalError, connection, transaction

from clearance.audit.models import Event
from clearance.checkins.actions import record_check_in, sign_screening
from clearance.checkins.models import CheckIn
from clearance.checkins.scales import Strength
from clearance.checkins.topics import TOPICS
from clearance.decisions import links
from clearance.people import actions as people
from clearance.people import client_links, tokens
from clearance.people.lock import now
from clearance.people.models import ClientCodeTry, ClientLink, Consent
from clearance.people.refused import Refused
from tests.factories import sent_earlier


def link_to(cast, client=None, **fields) -> ClientLink:
    return client_links.issue(client=client or cast.ines, by=cast.tara.user, **fields)


def ended(link) -> str:
    fresh = ClientLink.objects.select_related("client").get(pk=link.pk)
    return client_links.ended_because(fresh, at=now())


def edit(cast, **fields):
    known = {name: getattr(cast.ines, name) for name in people.CLIENT_FIELDS}
    people.edit_client(client=cast.ines, by=cast.tara.user, **known | fields)


def test_the_tokens_of_physicians_links_are_what_they_have_always_been(settings):
    settings.SECRET_KEY = "k" * 50
    assert tokens.make("n" * 32, salt=links.SALT) == "COGpWejV67pBLpPQpRb3fKtp3Eh0kVhjLsmpO-Qp0AM"
    assert tokens.make("n" * 32, salt=client_links.SALT) != tokens.make("n" * 32, salt=links.SALT)


def test_no_token_is_stored_anywhere(cast):
    link = link_to(cast)
    token = client_links.token_of(link)
    assert len(token) == tokens.TOKEN_LENGTH
    assert not [one for one in ClientLink.objects.filter(pk=link.pk).values_list()[0] if token in str(one)]
    assert not Event.objects.filter(detail__icontains=token).exists()
    assert not Event.objects.filter(sentence__icontains=link.access_code).exists()
    assert client_links.find(token) == link


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "ä" * 43, "a\x00" + "b" * 41])
def test_nothing_else_finds_a_link(cast, wrong):
    link_to(cast)
    assert client_links.find(wrong) is None


def test_a_clients_token_opens_no_physicians_link_and_the_other_way_round(cast):
    assert links.find(client_links.token_of(link_to(cast))) is None


def test_a_link_cannot_be_made_with_another_key(cast, settings):
    link = link_to(cast)
    settings.SECRET_KEY = "another key of this installation, long enough to be one"
    with pytest.raises(Refused, match="key of this installation"):
        client_links.token_of(link)


def test_a_double_click_makes_one_link_and_one_line_in_the_trail(cast):
    assert link_to(cast) == link_to(cast)
    assert Event.objects.filter(action="client.link_sent").count() == 1


def test_a_new_link_has_a_new_code_and_ends_the_earlier_one(cast):
    first = link_to(cast)
    sent_earlier(first, hours=1)
    second = link_to(cast)
    assert ended(first) == "sent again"
    assert ended(second) == ""
    assert first.access_code != second.access_code


def test_a_link_dies_after_ninety_days_by_itself(cast):
    link = link_to(cast)
    assert client_links.ended_because(link, at=link.since + timedelta(days=90, seconds=-1)) == ""
    assert client_links.ended_because(link, at=link.since + timedelta(days=90)) == "expired"


def test_a_link_ends_when_somebody_ends_it_once(cast):
    link = link_to(cast)
    for _ in range(2):
        client_links.revoke(client=cast.ines, by=cast.mona.user)
    assert ended(link) == "revoked"
    assert Event.objects.filter(action="client.link_ended").count() == 1


def test_a_link_dies_with_the_address_it_was_sent_to(cast):
    link = link_to(cast)
    edit(cast, email="INES+gym@example.test")
    assert ended(link) == ""
    edit(cast, email="other@example.test")
    assert ended(link) == "moved"


def test_archiving_ends_a_link_for_good(cast):
    link = link_to(cast)
    people.archive_client(client=cast.ines, by=cast.tara.user)
    people.bring_back_client(client=cast.ines, by=cast.tara.user)
    assert ended(link) == "archived"


@pytest.mark.parametrize(
    ("email", "why"),
    [("", "No e-mail address"), ("Theo@Studio.test", "somebody who works here"), ("mona+me@studio.test", "works here")],
)
def test_no_link_leaves_without_an_address_or_to_one_of_the_staff(cast, email, why):
    edit(cast, email=email)
    with pytest.raises(Refused, match=why):
        link_to(cast)
    assert not ClientLink.objects.exists()


def test_no_link_goes_to_a_physicians_address(cast):
    edit(cast, email="new@clinic.test")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_physician SET mailbox = 'new@clinic.test' WHERE id = %s", [cast.lindt.pk])
    with pytest.raises(Refused, match="belongs to a physician"):
        link_to(cast)


def test_an_archived_client_gets_no_link(cast):
    people.archive_client(client=cast.ines, by=cast.tara.user)
    with pytest.raises(Refused, match="archived"):
        link_to(cast)


def wrong(link) -> str:
    return "00000000" if link.access_code != "00000000" else "11111111"


def test_five_wrong_codes_lock_a_link_and_right_ones_in_between_do_not_help(cast):
    link = link_to(cast)
    for code in [wrong(link)] * 4 + [link.access_code]:
        client_links.enter_code(link=link, code=code)
    assert client_links.tries_left(link) == 1
    assert not client_links.enter_code(link=link, code=wrong(link))
    assert ended(link) == "locked"
    with pytest.raises(Refused, match="has ended"):
        client_links.enter_code(link=link, code=link.access_code)
    assert Event.objects.filter(action="client.link_locked").count() == 1


def test_the_first_right_code_is_in_the_trail_once(cast):
    link = link_to(cast)
    assert [client_links.enter_code(link=link, code=link.access_code) for _ in range(2)] == [True, True]
    assert Event.objects.filter(action="client.link_opened").count() == 1
    assert client_links.code_entered_at(link) is not None


def test_an_empty_code_is_never_the_right_one(cast):
    assert not client_links.enter_code(link=link_to(cast), code="")


def check_in(cast, link, client=None):
    return record_check_in(
        client=client or cast.ines, by=None, link=link, on=cast.today(), cap=None, pain_now=1, strength=Strength.SAME
    )


def screen(cast, link):
    return sign_screening(
        client=cast.ines, by=None, link=link, on=cast.today(), answers={one.slug: "no" for one in TOPICS}, followups={},
        active=True, diseases=[], symptoms=[], intensity="light", signed_name="Ines Injured",
    )  # fmt: skip


def withdraw(cast, link):
    people.withdraw_consent(consent=Consent.objects.get(client=cast.ines), by=None, link=link, reason="No.")


@pytest.mark.parametrize("act", [check_in, screen, withdraw])
def test_nothing_is_stored_under_a_link_that_ended_while_the_page_was_open(cast, act):
    link = link_to(cast)
    client_links.revoke(client=cast.ines, by=cast.tara.user)
    with pytest.raises(Refused, match="Nothing was stored"):
        act(cast, link)
    assert not CheckIn.objects.exists()
    assert Consent.objects.get(client=cast.ines).until is None


@pytest.mark.parametrize("act", [check_in, screen, withdraw])
def test_nothing_is_stored_about_one_client_under_the_link_of_another(cast, act):
    with pytest.raises(Refused, match="Nothing was stored"):
        act(cast, link_to(cast, cast.uma))


def test_a_consent_is_withdrawn_by_somebody_or_under_a_link_but_never_by_nobody(cast):
    consent = Consent.objects.get(client=cast.ines)
    for by, link in ((None, None), (cast.tara.user, link_to(cast))):
        with pytest.raises(TypeError):
            people.withdraw_consent(consent=consent, by=by, link=link, reason="")


@pytest.mark.parametrize("change", [{"access_code": "12345678"}, {"mailbox": "x"}, {"expires_at": now}])
def test_the_database_keeps_a_link_as_it_was_made(cast, change):
    link = link_to(cast)
    values = {name: value() if callable(value) else value for name, value in change.items()}
    with pytest.raises(InternalError), transaction.atomic():
        ClientLink.objects.filter(pk=link.pk).update(**values)


def test_a_try_is_never_taken_back(cast):
    link = link_to(cast)
    client_links.enter_code(link=link, code=wrong(link))
    with pytest.raises(InternalError), transaction.atomic():
        ClientCodeTry.objects.all().delete()


def test_ten_wrong_codes_at_once_are_five_tries(committed):
    link = link_to(committed)
    start = Barrier(10)

    def guess():
        start.wait()
        try:
            client_links.enter_code(link=link, code=wrong(link))
        except Refused:
            pass
        finally:
            connection.close()

    threads = [Thread(target=guess) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ClientCodeTry.objects.filter(link=link).count() == tokens.MOST_WRONG_CODES
    assert ended(link) == "locked"


def test_two_who_send_a_link_at_once_send_one(committed):
    start = Barrier(2)

    def send():
        start.wait()
        link_to(committed)
        connection.close()

    threads = [Thread(target=send) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert ClientLink.objects.count() == 1
