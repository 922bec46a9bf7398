"""The one lock. Every write that can change a gate fact locks the client row first, and every moment comes from it.

The moment is read under the lock from the database's clock and never goes back, so the order of moments is the order of
commits: a hold that waited behind a signature is later than the signature. A moment that was read before waiting would
let the signature answer a hold that the physician never saw. That is why actions take no time from pages; `at` is for
histories that are written after the fact (the demo, tests), and a moment in the future becomes now.
"""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from clearance.people.models import Client, Studio

MOMENT = """
UPDATE people_client c SET changed_at = m.at, judge_by = m.at
FROM (
    SELECT greatest(least(coalesce(%s, clock_timestamp()), clock_timestamp()),
                    max(changed_at) + interval '1 microsecond') AS at
    FROM people_client WHERE id = ANY(%s)
) m
WHERE c.id = ANY(%s) RETURNING c.changed_at
"""


def now() -> datetime:
    """Return the database's clock, now and not at the start of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def moment_of(client_id: int) -> datetime:
    """Return the moment at which to judge a client for showing: now, and never before the last write about the client,
    even if the database's clock was set back. Raises Client.DoesNotExist."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(clock_timestamp(), changed_at) FROM people_client WHERE id = %s", [client_id])
        row = cursor.fetchone()
    if row is None:
        raise Client.DoesNotExist
    return row[0]


def lock_client(client_id: int, *, at: datetime | None = None) -> Client:
    """Lock a client's row until commit and return the client; `changed_at` is the moment of this write.

    A full FOR UPDATE: the weaker FOR NO KEY UPDATE lets a row that refers to the client in between.
    Raises Client.DoesNotExist, and TransactionManagementError outside a transaction.
    """
    client = Client.objects.select_for_update(of=("self",)).select_related("studio").get(pk=client_id)
    client.changed_at = client.judge_by = _stamp([client.pk], at)
    return client


def day_of(client: Client) -> date:
    """Return the day of a locked client's moment, by the clock of the studio."""
    return client.changed_at.astimezone(ZoneInfo(client.studio.time_zone)).date()


def lock_clients(clients: QuerySet[Client], *, at: datetime | None = None) -> datetime:
    """Lock all these clients' rows, in one order, and return the one moment of this write."""
    ids = list(clients.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    return _stamp(ids, at) if ids else at or now()


def lock_studio(studio_id: int) -> Studio:
    """Lock a studio's row: for writes to its staff, address book and policy. Taken before any client's lock."""
    return Studio.objects.select_for_update(no_key=True).get(pk=studio_id)


def _stamp(client_ids: Iterable[int], at: datetime | None) -> datetime:
    ids = list(client_ids)
    with connection.cursor() as cursor:
        cursor.execute(MOMENT, [at, ids, ids])
        return cursor.fetchone()[0]
