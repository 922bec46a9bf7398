"""Whether a message is still true when it is due. What is not is skipped, with the reason."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from clearance.checkins.models import Flag
from clearance.checkins.tiers import Tier
from clearance.decisions.states import OPEN, SETTLED, stage_of
from clearance.decisions.states import Kind as Stage
from clearance.gate import facts
from clearance.gate.rule import verdict
from clearance.notices.models import Delivery
from clearance.notices.queries import by_account, living_link
from clearance.notices.readers import working
from clearance.notices.routes import Kind
from clearance.notices.shut import codes_of
from clearance.people import client_links
from clearance.people.models import ClientLink
from clearance.people.queries import consent_in_force, verification_of


def over(delivery: Delivery, *, at: datetime) -> str:
    """Return why a message is not needed any more, or an empty string."""
    return _gone(delivery, at) or CHECKS[Kind(delivery.kind)](delivery, at)


def _gone(delivery: Delivery, at: datetime) -> str:
    if delivery.user_id:
        return _reader_gone(delivery)
    return _link_gone(delivery.link, at) if delivery.link else _address_gone(delivery)


def _reader_gone(delivery: Delivery) -> str:
    member = working(delivery.studio_id).filter(user=delivery.user_id).first()
    if member is None:
        return "The reader no longer works here."
    return "" if member.user.email == delivery.address else "The reader's address has changed."


ENDED = {"moved": "The client's address has changed.", "archived": "The client is archived."}


def _link_gone(link: ClientLink, at: datetime) -> str:
    why = client_links.ended_because(link, at=at)
    return ENDED.get(why, "The link has ended.") if why else ""


def _address_gone(delivery: Delivery) -> str:
    physician = delivery.physician
    if physician is None or physician.email != delivery.address:
        return "The physician's address has changed."
    return "" if verification_of(physician.pk) else "No manager vouches for this contact any more."


def _asked(delivery: Delivery, at: datetime) -> str:
    request = delivery.request
    if request is None or request.client.archived_at is not None:
        return "The client is archived."
    stage = stage_of(request, at=at)
    if stage.kind not in OPEN:
        return "The question waits for no answer any more."
    if stage.asked_at > delivery.at:
        return "The question was asked again since."
    day = at.astimezone(ZoneInfo(delivery.studio.time_zone)).date()
    if consent_in_force(request.client_id, request.physician_id, on=day) is None:
        return "The client's consent is not in force."
    return "" if living_link(request, at=at) or by_account(request) else "The link has ended."


def _opened(delivery: Delivery, at: datetime) -> str:
    settled = delivery.request is not None and stage_of(delivery.request, at=at).kind in SETTLED
    return "Answered or taken back since." if settled else ""


def _stuck(stage: Stage) -> Callable[[Delivery, datetime], str]:
    def check(delivery: Delivery, at: datetime) -> str:
        still = delivery.request is not None and stage_of(delivery.request, at=at).kind == stage
        return "" if still else "The question has moved on since."

    return check


def _answered(delivery: Delivery, at: datetime) -> str:
    return "The entry was voided since." if hasattr(delivery.decision, "void") else ""


def _ending(delivery: Delivery, at: datetime) -> str:
    client, decision = delivery.client, delivery.decision
    if client is None or decision is None or not _counts(decision.pk, client, at):
        return "Another decision counts now."
    today = at.astimezone(ZoneInfo(decision.time_zone)).date()
    return "It has ended." if decision.valid_until is None or decision.valid_until < today else ""


def _counts(decision: int, client: int, at: datetime) -> bool:
    known = facts.of_client(client, at=at)
    confirmed = {one.id for one in known.decisions if one.confirmed}
    return decision in confirmed and decision in verdict(known, at).decisions


def _shut(delivery: Delivery, at: datetime) -> str:
    # Of a change that shut many gates, the list of clients shows what is left of it.
    if delivery.client is None:
        return ""
    return "" if codes_of([delivery.client], at=at)[delivery.client] else "The gate is open again."


def _verify(delivery: Delivery, at: datetime) -> str:
    return "It was verified since." if delivery.physician_id and verification_of(delivery.physician_id) else ""


def _confirm(delivery: Delivery, at: datetime) -> str:
    looked = hasattr(delivery.decision, "second_look") or hasattr(delivery.decision, "void")
    return "Somebody has looked at it since." if looked else ""


def _flag(delivery: Delivery, at: datetime) -> str:
    """One message stands for all flags of a moment: it is over when none of them waits any more."""
    raised = Flag.objects.filter(client=delivery.client, at=delivery.at)
    if raised.filter(tier=Tier.REVIEW, review=None).exists():
        return ""
    if raised.exclude(tier=Tier.REVIEW).exists():
        return _shut(delivery, at)
    return "It was reviewed since."


def _guessed(delivery: Delivery, at: datetime) -> str:
    link = client_links.living_link(delivery.client) if delivery.client else None
    return "A new link was sent since." if link else ""


def _always(delivery: Delivery, at: datetime) -> str:
    return ""


CHECKS: dict[Kind, Callable[[Delivery, datetime], str]] = {
    Kind.ASKED: _asked,
    Kind.REMINDER: _asked,
    Kind.OPENED: _opened,
    Kind.ANSWERED: _answered,
    Kind.BOUNCED: _stuck(Stage.BOUNCED),
    Kind.LOCKED: _stuck(Stage.LOCKED),
    Kind.ENDING: _ending,
    Kind.SHUT: _shut,
    Kind.VERIFY: _verify,
    Kind.CONFIRM: _confirm,
    Kind.REJECTED: _always,
    Kind.REFUSED: _always,
    Kind.INVITED: _always,
    Kind.GUESSED: _guessed,
    Kind.FLAG: _flag,
    # A consent that is recorded again right after does not make it untold.
    Kind.CONSENT: _always,
}
