"""Check-ins over time, for tests."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clearance.checkins.actions import record_check_in
from clearance.checkins.models import CheckIn
from clearance.injuries.models import Injury
from clearance.people.lock import now
from clearance.people.models import Client


def told(client: Client, injury: Injury | None, *, ago: int, pain: int, strength: int = 2, **fields: Any) -> CheckIn:
    """A check-in of some days ago, told on that day."""
    day = now().date() - timedelta(days=ago)
    at = datetime.combine(day, time(12), tzinfo=ZoneInfo("UTC"))
    return record_check_in(
        client=client, by=client.trainer.user, on=day, cap=None, injury=injury, pain_now=pain, strength=strength, at=at,
        **fields,
    )  # fmt: skip


def days_ago(days: int) -> date:
    """The day so many days ago."""
    return now().date() - timedelta(days=days)
