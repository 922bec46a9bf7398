"""What went wrong while sending, in words without addresses or tokens. Pure."""

from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from clearance.people.refused import Refused

# The first that fits.
REASONS = {
    SMTPAuthenticationError: "The mail server does not accept the sign-in of this installation",
    SMTPResponseException: "The mail server refused the message",
    SMTPException: "The mail server broke off",
    TimeoutError: "The mail server did not answer in time",
    OSError: "The mail server could not be reached",
}
OTHER = "The message could not be made; whoever runs this server finds the reason in its log"


def for_good(error: Exception) -> bool:
    """Say whether trying again makes no sense: the mail server will never take this address, or there is no message."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code in _codes(error))
    return isinstance(error, Refused)


def reason_of(error: Exception) -> str:
    """Return a sentence about what went wrong."""
    if isinstance(error, Refused):
        return error.sentence[:200]
    if isinstance(error, SMTPRecipientsRefused):
        return f"The mail server does not take this address ({', '.join(map(str, _codes(error)))})."
    code = f" ({error.smtp_code})" if isinstance(error, SMTPResponseException) else ""
    words = next((words for kind, words in REASONS.items() if isinstance(error, kind)), OTHER)
    return f"{words}{code}."


def _codes(error: SMTPRecipientsRefused) -> list[int]:
    return [code for code, _ in error.recipients.values()]
