"""A real SMTP server receives what the app sends."""

import socket
from collections.abc import Iterator
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from django.test import RequestFactory

from clearance.pages.accounts import send_invitation
from clearance.people import staff


class Inbox:
    """Keeps every envelope that arrives."""

    def __init__(self) -> None:
        self.envelopes: list = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def inbox(settings) -> Iterator[Inbox]:
    """An SMTP server on a free port of this machine, and the app's settings pointing there."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield inbox
    server.stop()


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
