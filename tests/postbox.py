"""A real SMTP server for the tests: it keeps what arrives, or refuses it as a test says."""

import asyncio
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller


class Inbox:
    """Keeps every envelope that arrives. `refuse` is the answer to a recipient, `pause` the seconds for one message."""

    def __init__(self) -> None:
        self.envelopes: list = []
        self.refuse = ""
        self.pause = 0.0
        self.port = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.envelopes.append(envelope)
        await asyncio.sleep(self.pause)
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(one.content, EmailMessage, policy=policy.default) for one in self.envelopes]

    def to(self, address: str) -> list[EmailMessage]:
        """What one recipient got."""
        pairs = zip(self.envelopes, self.messages, strict=True)
        return [message for envelope, message in pairs if envelope.rcpt_tos == [address]]

    def subjects(self, address: str) -> list[str]:
        return [str(one["Subject"]) for one in self.to(address)]


def text_of(message: EmailMessage) -> str:
    return message.get_content().replace("\r\n", "\n")


@pytest.fixture
def inbox(settings) -> Iterator[Inbox]:
    """An SMTP server on a free port of this machine, and the app's settings pointing there."""
    inbox = Inbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        inbox.port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", inbox.port
    yield inbox
    server.stop()
