"""Lines about a client in the trail, at the moment of the client's lock."""

from typing import Any

from clearance.audit.actions import record
from clearance.audit.queries import last_line
from clearance.people.models import Client, User


def record_for(client: Client, action: str, sentence: str, *, by: User | None, **detail: Any) -> None:
    """Record what happened to a locked client, at `client.changed_at`."""
    record(action, sentence, at=client.changed_at, by=by, studio=client.studio_id, client=client.pk, **detail)


def last_done(client: Client, action: str, *, by: User | None) -> dict[str, Any]:
    """Return the detail of the last line about a locked client if it is this person's and of this action, else nothing.

    A double click, or a form sent again on bad Wi-Fi, finds itself there; after anything else happened, it does not.
    """
    line = last_line(client.pk)
    mine = line is not None and line.action == action and line.actor == getattr(by, "pk", None)
    return dict(line.detail) if line and mine else {}
