"""Raise what was missed, and send what is due, with any number of workers, each message of its own.

A message is sent while its row is locked, and the row is marked in the same transaction. Whoever is killed between the
mail server's "taken" and the commit leaves the row as it was, and the next worker sends the same message again: the
same words, link, date and Message-ID, so that mailboxes can drop the second. One order of locks: the message's row,
then the client's (`note_sent`), then the trail's; nobody who holds a client's lock takes a message's.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException, SMTPRecipientsRefused
from threading import Event as Stop
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from clearance.audit.actions import record
from clearance.checkins.actions import raise_missed
from clearance.checkins.queries import missed_by
from clearance.decisions.questions import note_bounced, note_sent
from clearance.notices import letters, queries
from clearance.notices.models import Delivery
from clearance.notices.reading import read_on
from clearance.notices.refusals import for_good, reason_of
from clearance.notices.routes import Kind
from clearance.notices.truth import over
from clearance.people.lock import now
from clearance.people.models import Studio, User
from clearance.people.refused import Refused

State = Delivery.State
PAUSES = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120, 480))
MOST_MISSED = 200
TO_PHYSICIANS = (Kind.ASKED, Kind.REMINDER)
OF_CLIENT = ("link__client", "link__by", "flag")
log = logging.getLogger(__name__)


def run(*, at: datetime | None = None, stop: Stop | None = None) -> dict[str, int]:
    """Raise what was missed, read every trail on and send what is due; return how many were `sent`, `failed` for good,
    and are `waiting`.

    `at` is for tests and defaults to the database's clock. After `stop` is set, the present message is the last.
    """
    counts: Counter[str] = Counter()
    for studio in queries.studios_to_read(at=at or now()):
        _apart(partial(_miss, studio, at), f"looking for missed check-ins of studio {studio.pk}")
        _apart(partial(_read, studio, at), f"reading the trail of studio {studio.pk}")
    while not (stop and stop.is_set()):
        state = send_next(at=at)
        if state is None:
            break
        counts[state] += 1
    return {"sent": counts[State.SENT], "failed": counts[State.FAILED], "waiting": queries.waiting()}


def keep_running(stop: Stop, *, every: float) -> None:
    """Run again and again, with a pause of `every` seconds, until `stop` is set. An error ends one round only."""
    while not stop.is_set():
        _apart(partial(run, stop=stop), "sending what is due", close=True)
        stop.wait(every)


def _miss(studio: Studio, at: datetime | None) -> None:
    """Raise the flags that time alone brings, each client's apart; what is too much for one round is left to the next.

    Nothing is written where nothing was missed, and what was flagged is not found again.
    """
    on = (at or now()).astimezone(ZoneInfo(studio.time_zone)).date()
    for client in missed_by(studio.pk, on=on)[:MOST_MISSED]:
        _apart(partial(raise_missed, client=client, on=on), f"raising the missed check-ins of client {client.pk}")


def _read(studio: Studio, at: datetime | None) -> None:
    while read_on(studio, at=at or now()):
        pass


def _apart(act: Callable[[], object], doing: str, *, close: bool = False) -> None:
    """Do something whose failure must not keep the rest from being done."""
    try:
        act()
    except Exception:
        log.exception("An error while %s.", doing)
    finally:
        if close:
            connection.close()


@transaction.atomic
def send_next(*, at: datetime | None = None) -> str | None:
    """Send the message that is due for longest, unless another worker has it; return its new state, or None when
    nothing is due. PENDING means that it waits for another attempt."""
    moment = at or now()
    due = Delivery.objects.filter(state=State.PENDING, due_at__lte=moment).order_by("due_at", "id")
    locked = due.select_for_update(skip_locked=True, of=("self",))
    delivery = locked.select_related(
        "studio", "user", "physician", "request__physician", "request__by", "decision", *OF_CLIENT
    )
    found = delivery.first()
    if found is None:
        return None
    _try(found, moment)
    found.save(update_fields=["state", "attempts", "due_at", "sent_at", "why"])
    return found.state


def _try(delivery: Delivery, at: datetime) -> None:
    reader = None if delivery.user_id else delivery.physician
    heard = queries.heard(reader, delivery.studio, at)
    if heard > at:
        delivery.due_at = heard
        return
    try:
        # Whatever is wrong with one message, the others must not wait behind it.
        with transaction.atomic():
            delivery.why = over(delivery, at=at)
            message = None if delivery.why else letters.message_of(delivery)
        if message is None:
            delivery.state = State.SKIPPED
            return
        message.send()
    except Exception as error:
        _not_sent(delivery, error, at)
    else:
        _sent(delivery, at)


def _sent(delivery: Delivery, at: datetime) -> None:
    delivery.state, delivery.sent_at, delivery.why = State.SENT, at, ""
    delivery.attempts += 1
    if delivery.kind == Kind.ASKED and delivery.request:
        _note(delivery, partial(note_sent, request=delivery.request))


def _not_sent(delivery: Delivery, error: Exception, at: datetime) -> None:
    if not isinstance(error, SMTPException | OSError | Refused):
        log.error("Message %s could not be made or sent.", delivery.pk, exc_info=error)
    delivery.why, delivery.attempts = reason_of(error), delivery.attempts + 1
    if for_good(error) or delivery.attempts > len(PAUSES):
        delivery.state = State.FAILED
    else:
        delivery.due_at = queries.heard(
            None if delivery.user_id else delivery.physician, delivery.studio, at + PAUSES[delivery.attempts - 1]
        )
    came_back = isinstance(error, SMTPRecipientsRefused) and for_good(error)
    if came_back and delivery.kind in TO_PHYSICIANS and delivery.request:
        _note(delivery, partial(note_bounced, request=delivery.request, why=delivery.why))


def _note(delivery: Delivery, act: Callable[[], None]) -> None:
    """Write on the question what became of its message. What has left has left: an error here sends nothing twice."""

    def noted() -> None:
        with transaction.atomic():
            act()

    _apart(noted, f"noting message {delivery.pk} on its question")


@transaction.atomic
def again(*, delivery: Delivery, by: User) -> None:
    """Let a message that failed be tried again from the start. Raises Refused when it has not failed."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if delivery.state != State.FAILED:
        raise Refused("This message has not failed, or somebody has tried it again already.")
    delivery.state, delivery.attempts, delivery.due_at = State.PENDING, 0, now()
    delivery.save(update_fields=["state", "attempts", "due_at"])
    sentence = f"{by} had a message tried again: {delivery.get_kind_display().lower()}."
    record("notice.again", sentence, at=delivery.due_at, by=by, studio=delivery.studio_id, delivery=delivery.pk)


def send_test(*, studio: Studio, user: User) -> str:
    """Send a test to a member's own address at once; return why it did not leave, or an empty string."""
    try:
        letters.test_message(studio, user).send()
    except (SMTPException, OSError) as error:
        return reason_of(error)
    return ""
