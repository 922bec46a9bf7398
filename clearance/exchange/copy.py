"""The physician's own copy of a signed decision, as PDF."""

from zoneinfo import ZoneInfo

from clearance.decisions.models import Decision
from clearance.exchange.evidence_pdf import Document, Section, document_pdf


def copy_pdf(decision: Decision) -> bytes:
    """Return the words that were signed, the signature under them and their SHA-256, as a PDF."""
    at = decision.signed_at.astimezone(ZoneInfo(decision.time_zone))
    signature = (
        ("Name", decision.signed_name),
        ("Credential", decision.signed_credential),
        ("Licence", decision.signed_licence),
        ("Signed", f"{at.day} {at:%B %Y, %H:%M} ({decision.time_zone})"),
        ("By way of", decision.get_route_display()),
        ("Meaning", decision.meaning),
    )
    return document_pdf(
        Document(
            title="Copy of your answer",
            lead="What was signed, word for word. To correct or withdraw it, open the link again or call the studio.",
            sections=(
                Section(title="Signed words", lines=tuple(decision.statement.split("\n"))),
                Section(title="Signature", pairs=signature),
                Section(title="Fingerprint", pairs=(("SHA-256", decision.statement_sha256),)),
            ),
            footer=decision.client.studio.name,
        )
    )
