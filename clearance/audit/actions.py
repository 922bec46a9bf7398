"""Write the trail."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from clearance.audit.chain import START, digest
from clearance.audit.models import Event


def record(
    action: str,
    sentence: str,
    *,
    at: datetime,
    by: Any,
    studio: int | None,
    client: int | None = None,
    **detail: Any,
) -> Event:
    """Append one line to a studio's trail, in the caller's transaction.

    Locks the studio's chain until commit: take client locks first. `by` is a user or None for the system.
    """
    with transaction.atomic():
        last = _last_line(studio)
        event = Event(
            studio=studio,
            number=last.number + 1 if last else 1,
            at=at,
            actor=getattr(by, "pk", None),
            actor_name=str(by) if by else "Clearance",
            client=client,
            action=action,
            sentence=sentence,
            detail=detail,
            previous=last.digest if last else START,
        )
        event.digest = digest(event)
        event.save(force_insert=True)
    return event


def _last_line(studio: int | None) -> Event | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('trail', %s))", [studio or 0])
    return Event.objects.filter(studio=studio).order_by("-number").first()
