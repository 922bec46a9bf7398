"""A real SMTP server receives what the app sends, and it is read as its reader would."""

import re
from email import message_from_bytes
from pathlib import Path

import pytest
from django.test import RequestFactory

from clearance.checkins.actions import record_check_in
from clearance.decisions import links
from clearance.injuries.actions import open_hold
from clearance.notices.actions import run
from clearance.notices.routes import SUBJECTS, Kind
from clearance.pages.accounts import send_invitation
from clearance.people import client_links, staff
from clearance.people.actions import withdraw_consent
from tests.db.test_notices import asked, doctor, token_in
from tests.postbox import text_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "mail"
ABOUT_HEALTH = re.compile(
    r"injur|pain|knee|shoulder|spine|sprain|diagnos|symptom|treat|therap|inject|patient|restrict|severe|dizz",
    re.IGNORECASE,
)


def invite(cast, studio_name="Northside"):
    seb = staff.invite(
        studio=cast.north, email="seb@example.test", name="Seb Second", role="TRAINER", by=cast.mona.user
    )
    cast.north.name = studio_name
    send_invitation(RequestFactory().get("/"), seb.user, cast.north, role="trainer")
    return seb


def test_an_invitation_arrives_at_one_recipient(cast, inbox):
    invite(cast)
    (envelope,) = inbox.envelopes
    message = message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["seb@example.test"]
    assert message["To"] == "seb@example.test"
    assert message["Subject"] == "Your account with Northside"
    assert "http://testserver/accounts/password/reset/key/" in message.get_payload(decode=True).decode()


def test_line_breaks_in_a_studios_name_add_no_header_and_no_recipient(cast, inbox):
    invite(cast, "North\r\nBcc: eve@example.test\r\n\r\nCome in")
    (envelope,) = inbox.envelopes
    message = message_from_bytes(envelope.content)
    assert envelope.rcpt_tos == ["seb@example.test"]
    assert message["Bcc"] is None
    assert message["Subject"] == "Your account with North Bcc: eve@example.test Come in"


def test_no_name_of_a_client_is_in_the_mail(cast, inbox):
    invite(cast)
    assert b"Ines" not in inbox.envelopes[0].content


def test_a_question_is_read_as_the_physician_would(cast, inbox):
    request = asked(cast, "Lotte Linked", question="May she lift the left shoulder?", modes="rowing")
    run()
    (envelope,) = inbox.envelopes
    (message,) = inbox.messages
    text, whole = text_of(message), envelope.content.decode()
    assert envelope.rcpt_tos == ["link@clinic.test"]
    assert message["To"] == "link@clinic.test"
    assert str(message["From"]) == "Northside <clearance@localhost>"
    assert message["Subject"] == "A question is waiting for you"
    assert text.startswith("Hello Dr Lena Link,\n\nTara Trainer of Northside has a question for you.")
    assert len(re.findall(r"https?://", text)) == 1
    assert links.find(token_in(message)).request == request
    assert not re.search("Lotte|Linked|1985|shoulder|rowing", whole)
    assert not ABOUT_HEALTH.search(whole)
    assert request.access_code not in whole


def test_the_link_in_the_mail_opens_the_page_that_asks_for_the_code(cast, inbox):
    asked(cast)
    run()
    page = cast.browser(None).get(f"/answer/{token_in(inbox.messages[0])}/")
    assert page.status_code == 200
    assert "access code" in page.content.decode().lower()
    assert "Lotte" not in page.content.decode()


def test_line_breaks_in_names_add_no_header_no_recipient_and_no_paragraph(cast, inbox):
    evil = "\r\nBcc: eve@example.test\r\n\r\nClick http://evil.test"
    cast.north.name = "North" + evil
    cast.north.save()
    cast.tara.user.name = "Tara" + evil
    cast.tara.user.save()
    asked(cast, physician=doctor(cast, name="Dr Lena" + evil, email="link@clinic.test"))
    run()
    (envelope,) = inbox.envelopes
    (message,) = inbox.messages
    assert envelope.rcpt_tos == ["link@clinic.test"]
    assert message["Bcc"] is None
    assert "\nClick" not in text_of(message)


def test_no_mail_to_the_staff_names_a_client_or_says_anything_about_health(cast, inbox):
    request = asked(cast, "Lotte Linked")
    links.enter_code(link=request.links.get(), code=request.access_code)
    cast.sign(cast.uma)
    run()
    open_hold(client=cast.uma, by=cast.theo.user, reason="Dizzy, pain in the knee.")
    cast.injury(cast.ines)
    run()
    assert len(inbox.messages) >= 4
    for envelope in inbox.envelopes:
        whole = envelope.content.decode()
        assert not re.search("Lotte|Uma|Uninjured|Ines", whole)
        assert not ABOUT_HEALTH.search(whole)
        assert len(envelope.rcpt_tos) == 1


def test_the_mail_with_a_personal_link_names_nobody_but_the_sender_and_holds_no_code(cast, inbox):
    link = client_links.issue(client=cast.ines, by=cast.tara.user)
    run()
    (envelope,) = inbox.envelopes
    (message,) = inbox.messages
    text, whole = text_of(message), envelope.content.decode()
    assert envelope.rcpt_tos == ["ines@example.test"]
    assert message["Subject"] == "Your personal page"
    assert text.startswith("Hello,\n\nTara Trainer of Northside has made a page for you.")
    assert len(re.findall(r"https?://", text)) == 1
    assert not re.search("Ines|Injured|Okafor|1985", re.sub("To: .*", "", whole))
    assert not ABOUT_HEALTH.search(whole)
    assert link.access_code not in whole
    token = re.search(r"/my/([\w-]{43})/", text)[1]
    page = cast.browser(None).get(f"/my/{token}/").content.decode()
    assert "Access code" in page
    assert "Ines" not in page


def test_no_mail_about_flags_links_and_consents_names_a_client_or_says_anything_about_health(cast, inbox):
    link = client_links.issue(client=cast.ines, by=cast.theo.user)
    for code in ("00000000", "11111111") * 3:
        if code != link.access_code and client_links.tries_left(link):
            client_links.enter_code(link=link, code=code)
    record_check_in(
        client=cast.uma, by=cast.theo.user, on=cast.today(), cap=None, pain_now=9, strength=0, symptoms={"chest": "yes"}
    )
    withdraw_consent(consent=cast.ines.consents.get(), by=cast.theo.user, reason="The knee is my own business.")
    run()
    assert {"A red flag needs you", "A consent was withdrawn"} <= set(inbox.subjects("tara@studio.test"))
    for envelope in inbox.envelopes:
        whole = re.sub("To: .*", "", envelope.content.decode())
        assert not re.search("Uma|Uninjured|Ines|chest|business", whole)
        assert not ABOUT_HEALTH.search(whole)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_message_has_its_words_and_a_subject_that_never_varies(kind):
    words = (TEMPLATES / f"{kind.lower()}.txt").read_text()
    assert "{{ link }}" in words or "mail/question.txt" in words
    assert not ABOUT_HEALTH.search(words)
    assert "{" not in SUBJECTS[kind]
