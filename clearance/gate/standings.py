"""Standings: the rule's last answer per client, for lists and counts. A cache that lets nobody through.

A write that locks the client's row makes its standing due (`Client.judge_by`), and so does the moment at which time
alone changes it. Reading a list first judges the due ones again, in batches.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from clearance.decisions.queries import waiting_clients
from clearance.gate import facts
from clearance.gate.models import Standing
from clearance.gate.rule import Code, Facts, Verdict, verdict
from clearance.people.lock import now
from clearance.people.models import Client

BATCH = 500
ENDING_SOON = timedelta(days=14)
SHUT = {
    Code.ON_HOLD: "on_hold",
    Code.WITHDRAWN: "withdrawn",
    Code.NOT_CLEARED: "not_cleared",
    Code.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "not_cleared",
    Code.NOT_MY_PATIENT: "not_cleared",
    Code.EXPIRED: "expired",
}
ADMINISTRATIVE = (Code.NO_PHYSICIAN, Code.PHYSICIAN_UNVERIFIED, Code.NO_CONSENT)


def refresh(studio: int) -> None:
    """Judge again every client of a studio whose standing is due."""
    while _refresh_batch(studio) == BATCH:
        pass


@transaction.atomic
def _refresh_batch(studio: int) -> int:
    at = now()
    due = list(
        Client.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(studio=studio, judge_by__lte=at).order_by("judge_by").values_list("pk", flat=True)[:BATCH]
    )  # fmt: skip
    if not due:
        return 0
    at = now()
    judged = _judged(studio, due, at)
    Standing.objects.bulk_create(
        [standing for standing, _ in judged],
        update_conflicts=True,
        unique_fields=["client"],
        update_fields=["studio", "state", "codes", "sentence", "turn", "since", "until", "last_day", "judged_at"],
    )
    Client.objects.bulk_update([Client(pk=one.client_id, judge_by=again) for one, again in judged], ["judge_by"])
    return len(due)


def _judged(studio: int, clients: list[int], at: datetime) -> list[tuple[Standing, datetime | None]]:
    waiting = waiting_clients(clients)
    found = []
    for client, known in facts.of_clients(clients, at=at).items():
        judged = verdict(known, at)
        found.append((_standing(studio, client, known, judged, waiting=client in waiting), judged.changes_at))
    return found


def _standing(studio: int, client: int, known: Facts, judged: Verdict, *, waiting: bool) -> Standing:
    first = judged.reasons[0] if judged.reasons else None
    last = judged.until - timedelta(seconds=1) if judged.until else None
    return Standing(
        client_id=client,
        studio=studio,
        state=state_of(known, judged, waiting=waiting),
        codes=list(dict.fromkeys(reason.code.value for reason in judged.reasons)),
        sentence=first.sentence if first else "",
        turn=first.turn if first else "",
        since=judged.since,
        until=judged.until,
        last_day=last.astimezone(ZoneInfo(known.names["zone"])).date() if last else None,
        judged_at=judged.at,
    )


def state_of(known: Facts, judged: Verdict, *, waiting: bool) -> str:
    """Return the status word's slug for a verdict; `waiting` says that a physician has been asked and not answered."""
    if judged.open:
        restricted = any(
            one.outcome == "CLEARED_WITH_RESTRICTIONS" for one in known.decisions if one.id in judged.decisions
        )
        return "restrictions" if restricted else "in_force" if judged.decisions else "not_needed"
    codes = [reason.code for reason in judged.reasons]
    # A stop or a refusal is said first, whatever paper work is missing beside it.
    telling = next((code for code in codes if code not in ADMINISTRATIVE), None)
    if telling in SHUT and not (waiting and telling is Code.EXPIRED):
        return SHUT[telling]
    return "waiting" if waiting else "blocked"


def of_studio(studio: int) -> QuerySet[Standing]:
    """Return a studio's standings, judged again where due, of clients in use."""
    refresh(studio)
    return Standing.objects.filter(studio=studio, client__archived_at=None).select_related("client__trainer__user")


def differences() -> Iterator[str]:
    """Yield a sentence for every standing that is not due and that the rule does not confirm."""
    at = now()
    fresh = Standing.objects.filter(client__judge_by=None) | Standing.objects.filter(client__judge_by__gt=at)
    for standing in fresh.order_by("pk").iterator(chunk_size=500):
        known = facts.of_client(standing.client_id, at=at)
        codes = list(dict.fromkeys(reason.code.value for reason in verdict(known, at).reasons))
        if codes != standing.codes:
            yield f"Client {standing.client_id}: stored {standing.codes}, the rule says {codes}."
