"""Judge past moments again: every pass against the facts of its moment."""

import dataclasses
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

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


def differences() -> Iterator[str]:
    """Yield a sentence for every pass whose moment, judged again, does not hold or does not read as it was judged."""
    for stored in Pass.objects.select_related("client").order_by("id").iterator(chunk_size=500):
        known = facts.of_client(stored.client_id, at=stored.at)
        # A studio may have moved its clocks since: judge under the time zone of the pass.
        known = dataclasses.replace(known, time_zone=stored.facts.get("time_zone", known.time_zone))
        judged, whose = verdict(known, stored.at), f"Pass {stored.pk} of client {stored.client_id}"
        if not judged.open:
            codes = ", ".join(reason.code for reason in judged.reasons)
            yield f"{whose}: the gate was shut at {stored.at:%Y-%m-%d %H:%M} ({codes})."
        elif written(known) != stored.facts:
            changed = sorted(key for key, value in written(known).items() if stored.facts.get(key) != value)
            yield f"{whose}: the facts read differently now ({', '.join(changed)})."
