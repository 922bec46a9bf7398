"""Judge past moments again: every pass against the facts of its moment."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from clearance.audit.queries import was_recorded
from clearance.decisions.models import Decision
from clearance.decisions.statement import digest
from clearance.gate import facts
from clearance.gate.models import Pass
from clearance.gate.rule import Facts, verdict


def written(known: Facts) -> dict[str, Any]:
    """Return facts as plain JSON, without the names that only serve sentences; equal facts are equal JSON."""
    plain = {field.name: _plain(getattr(known, field.name)) for field in dataclasses.fields(known) if field.compare}
    return dict(json.loads(json.dumps(plain)))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _reads_as(stored: Any, now: Any) -> bool:
    """Whether what was written then reads the same now. A fact that the rule learned to ask for later is not held
    against a pass that was judged before."""
    if isinstance(stored, dict) and isinstance(now, dict):
        return all(_reads_as(value, now.get(name)) for name, value in stored.items())
    if isinstance(stored, list) and isinstance(now, list):
        return len(stored) == len(now) and all(map(_reads_as, stored, now))
    return bool(stored == now)


def differences() -> Iterator[str]:
    """Yield a sentence for every pass whose moment, judged again, does not hold or does not read as it was judged."""
    for stored in Pass.objects.select_related("client").order_by("id").iterator(chunk_size=500):
        known = facts.of_client(stored.client_id, at=stored.at)
        judged, whose = verdict(known, stored.at), f"Pass {stored.pk} of client {stored.client_id}"
        if not judged.open:
            codes = ", ".join(reason.code for reason in judged.reasons)
            yield f"{whose}: the gate was shut at {stored.at:%Y-%m-%d %H:%M} ({codes})."
        elif list(judged.decisions) != stored.decisions:
            yield f"{whose}: it rested on decisions {stored.decisions}, now on {list(judged.decisions)}."
        elif not _reads_as(stored.facts, written(known)):
            now = written(known)
            changed = sorted(key for key, value in stored.facts.items() if not _reads_as(value, now.get(key)))
            yield f"{whose}: the facts read differently now ({', '.join(changed)})."


def unsigned() -> Iterator[str]:
    """Yield a sentence for every decision whose statement does not verify, or whose signature is not in the trail."""
    for decision in Decision.objects.order_by("id").iterator(chunk_size=500):
        if digest(decision.statement) != decision.statement_sha256:
            yield f"Decision {decision.pk}: the statement is not what was signed."
        elif not was_recorded(
            decision.client_id, "decision.signed", decision=decision.pk, sha256=decision.statement_sha256
        ):
            yield f"Decision {decision.pk}: the trail knows of no such signature."
