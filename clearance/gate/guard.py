"""The guard: the only way to a pass, and without a pass no program version can be stored."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from clearance.audit.actions import record
from clearance.gate import facts, replay
from clearance.gate.models import Pass
from clearance.gate.rule import Verdict, verdict
from clearance.people.actions import in_use
from clearance.people.lock import lock_client, moment_of
from clearance.people.models import Client, User


class GateShut(Exception):
    """The gate is shut. `verdict` says why, since when and what moves it on."""

    def __init__(self, verdict: Verdict, client: Client) -> None:
        super().__init__("; ".join(reason.sentence for reason in verdict.reasons))
        self.verdict = verdict
        self.client = client


def let_through(client_id: int, *, by: User) -> Pass:
    """Return a pass for this transaction, or raise GateShut. Holds the client's lock until commit.

    The moment is read after the lock is held: an end that passes while waiting for the lock counts.
    Raises Refused for an archived client.
    """
    client = in_use(lock_client(client_id))
    known = facts.of_client(client_id, at=client.changed_at)
    judged = verdict(known, client.changed_at)
    if not judged.open:
        raise GateShut(judged, client)
    return Pass.objects.create(
        client=client, at=client.changed_at, by=by, until=judged.until, decisions=list(judged.decisions),
        facts=replay.written(known),
    )  # fmt: skip


@contextmanager
def passing(client_id: int, *, by: User, to: str) -> Iterator[Pass]:
    """Run a block in one transaction with a pass, or raise GateShut; a refusal is in the trail. `to` says what for."""
    try:
        with transaction.atomic():
            yield let_through(client_id, by=by)
    except GateShut as shut:
        note_refusal(shut, by=by, to=to)
        raise


def see(client: Client, *, to: str, by: User) -> Verdict:
    """Return the verdict of this moment for showing or printing a plan, or raise GateShut and note the refusal."""
    judged = judge(client.pk)
    if not judged.open:
        shut = GateShut(judged, client)
        note_refusal(shut, by=by, to=to)
        raise shut
    return judged


def judge(client_id: int) -> Verdict:
    """Return the verdict of this moment, for showing. It lets nobody through."""
    at = moment_of(client_id)
    return verdict(facts.of_client(client_id, at=at), at)


def note_refusal(shut: GateShut, *, by: User, to: str) -> None:
    """Write a refused attempt into the trail."""
    codes = [reason.code.value for reason in shut.verdict.reasons]
    record(
        "gate.refused",
        f"{by} was refused: {to} for {shut.client}. {'; '.join(codes)}",
        at=shut.verdict.at, by=by, studio=shut.client.studio_id, client=shut.client.pk, reasons=codes, to=to,
    )  # fmt: skip
