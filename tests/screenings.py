"""Screenings and readiness for the tests: seven plain noes, and what is posted for them."""

from typing import Any

from clearance.checkins.actions import sign_screening
from clearance.checkins.models import Screening
from clearance.checkins.topics import TOPICS
from clearance.people.lock import now
from clearance.people.models import Client, User

NOES = {one.slug: "no" for one in TOPICS}
READINESS = {"health": "3", "dedication": "4", "exertion": "5", "pain_threshold": "4", "note": ""}


def said(client: Client, **changed: Any) -> dict[str, Any]:
    """What a client says who answers no to everything, as the action takes it."""
    values = {
        "answers": dict(NOES), "followups": {}, "active": True, "diseases": [], "symptoms": [], "intensity": "moderate",
        "signed_name": client.name,
    }  # fmt: skip
    return values | changed


def sign(client: Client, by: User, **changed: Any) -> Screening:
    """Sign on the trainer's device, today."""
    on = changed.pop("on", now().date())
    return sign_screening(client=client, by=by, on=on, at=changed.pop("at", None), **said(client, **changed))


def posted(client: Client, **changed: Any) -> dict[str, Any]:
    """What a browser sends for seven noes and nothing named."""
    topics = {f"topic_{slug}": "no" for slug in NOES} | {f"more_{slug}": "" for slug in NOES}
    beside = {"active": "True", "diseases": ["none"], "symptoms": ["none"], "intensity": "moderate"}
    return topics | beside | {"signed_name": client.name} | changed
