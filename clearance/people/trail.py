"""Write a line about a client into the trail, at the moment of the client's lock."""

from typing import Any

from clearance.audit.actions import record
from clearance.people.models import Client, User


def record_for(client: Client, action: str, sentence: str, *, by: User | None, **detail: Any) -> None:
    """Record what happened to a locked client, at `client.changed_at`."""
    record(action, sentence, at=client.changed_at, by=by, studio=client.studio_id, client=client.pk, **detail)
