"""The chain: each line's digest covers its content and the digest of the line before it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import UTC

from clearance.audit.models import Event

START = "0" * 64
CONTENT = ("studio", "number", "actor", "actor_name", "client", "action", "sentence", "detail", "previous")


def digest(event: Event) -> str:
    """Return the SHA-256 of a line's canonical content, in hex."""
    content = {name: getattr(event, name) for name in CONTENT}
    content["at"] = event.at.astimezone(UTC).isoformat()
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def breaks(events: Iterable[Event]) -> Iterator[str]:
    """Yield a sentence for each place where one studio's lines, in number order, do not hold together."""
    previous, number = START, 0
    for event in events:
        if event.number != number + 1:
            yield f"Studio {event.studio}: line {number + 1} is missing."
        elif event.previous != previous:
            yield f"Studio {event.studio}: line {event.number} does not follow line {number}."
        if digest(event) != event.digest:
            yield f"Studio {event.studio}: line {event.number} was altered."
        previous, number = event.digest, event.number
