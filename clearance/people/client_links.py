"""A client's personal link: without an account, with an access code that is told in person and is not in the mail.

Under it a client reads and tells about the own person only, and nothing that is told there can open a gate.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from clearance.people import tokens
from clearance.people.lock import lock_client
from clearance.people.models import Client, ClientCodeTry, ClientLink, User
from clearance.people.queries import is_physicians_mailbox
from clearance.people.refused import Refused
from clearance.people.trail import record_for

SALT = "clearance.client-link"
# Sessions of a series lie weeks apart, and a course takes months: a link that outlives two or three of them is sent
# anew once a quarter, and one that nobody thinks of any more dies by itself.
LIVES = timedelta(days=90)
AT_ONCE = timedelta(minutes=1)


@transaction.atomic
def issue(*, client: Client, by: User, at: datetime | None = None) -> ClientLink:
    """Make a new link for a client's address; an earlier one ends. A double click makes one.

    Raises Refused without an address, for one of somebody who works here or of a physician, and for an archived client.
    """
    client = lock_client(client.pk, at=at)
    obstacle = obstacle_to(client)
    if obstacle:
        raise Refused(obstacle)
    last = living_link(client.pk)
    if last and not ended_because(last, at=client.changed_at) and client.changed_at - last.since < AT_ONCE:
        return last
    _end(client, "sent again")
    nonce = tokens.nonce()
    link = ClientLink.objects.create(
        client=client, nonce=nonce, token_sha256=tokens.sha256(_token(nonce)), mailbox=client.mailbox,
        access_code=tokens.access_code(), by=by, since=client.changed_at, expires_at=client.changed_at + LIVES,
    )  # fmt: skip
    record_for(client, "client.link_sent", f"{by} sent {client} a personal link.", by=by, link=link.pk)
    return link


def obstacle_to(client: Client) -> str:
    """Return why a client gets no link, or an empty string. Whoever works here, or decides, must not tell for them."""
    if client.archived_at is not None:
        return f"{client} is archived. Bring the client back first."
    if not client.mailbox:
        return f"No e-mail address of {client} is recorded. Add it first."
    if User.objects.filter(mailbox=client.mailbox, memberships__studio=client.studio_id).exists():
        return f"The address of {client} belongs to somebody who works here. A client needs an address of their own."
    if is_physicians_mailbox(client.studio, client.email):
        return f"The address of {client} belongs to a physician of this studio. A client needs an address of their own."
    return ""


@transaction.atomic
def revoke(*, client: Client, by: User) -> None:
    """End a client's link at once. Without one nothing happens."""
    client = lock_client(client.pk)
    for pk in _end(client, "revoked"):
        record_for(client, "client.link_ended", f"{by} ended the personal link of {client}.", by=by, link=pk)


def end(client: Client, *, because: str) -> None:
    """End the living link of a locked client, if there is one."""
    _end(client, because)


def _end(client: Client, because: str) -> list[int]:
    ended = list(ClientLink.objects.filter(client=client, until=None))
    for link in ended:
        link.until, link.ended_because = client.changed_at, because
        link.save(update_fields=["until", "ended_because"])
    return [link.pk for link in ended]


def links_of(client: int) -> QuerySet[ClientLink]:
    """Return a client's links, newest first, with who sent them."""
    return ClientLink.objects.select_related("client", "by").filter(client=client).order_by("-since", "-id")


def living_link(client: int) -> ClientLink | None:
    """Return the link of a client that nobody and nothing has ended; it may have expired, see `ended_because`."""
    return links_of(client).filter(until=None).first()


def token_of(link: ClientLink) -> str:
    """Return the token of a link, for the mail. Raises Refused when the installation's key is no longer the same."""
    token = _token(link.nonce)
    if tokens.sha256(token) != link.token_sha256:
        raise Refused("The key of this installation has changed since. Send a new link.")
    return token


def _token(nonce: str) -> str:
    return tokens.make(nonce, salt=SALT)


def find(token: str) -> ClientLink | None:
    """Return the link of a token exactly as it was mailed, or None."""
    if not tokens.could_be(token):
        return None
    found = ClientLink.objects.filter(token_sha256=tokens.sha256(token))
    return found.select_related("client__studio", "client__trainer__user").first()


def ended_because(link: ClientLink, *, at: datetime) -> str:
    """Return why nothing can be done under a link: "expired", "locked", "sent again", "revoked", "archived", "moved"
    (the client's address changed); or an empty string while it lives."""
    if link.until is not None:
        return link.ended_because
    if link.expires_at <= at:
        return "expired"
    if link.client.archived_at is not None:
        return "archived"
    return "" if link.client.mailbox == link.mailbox else "moved"


def check_lives(link: ClientLink, client: Client) -> None:
    """Raise Refused unless a link is this locked client's and lives at the moment of the lock."""
    fresh = ClientLink.objects.select_related("client").filter(pk=link.pk, client=client).first()
    if fresh is None or ended_because(fresh, at=client.changed_at):
        raise Refused("This link has ended. Nothing was stored. Please call the studio.")


@transaction.atomic
def enter_code(*, link: ClientLink, code: str) -> bool:
    """Compare an access code, and count the try; the fifth wrong one locks the link.

    Raises Refused when the link does not live. Something that is no eight digits is no try: call it for none.
    """
    client = lock_client(link.client_id)
    check_lives(link, client)
    right = tokens.same_code(code, link.access_code)
    first = right and not link.tries.filter(right=True).exists()
    ClientCodeTry.objects.create(link=link, right=right, at=client.changed_at)
    if first:
        record_for(client, "client.link_opened", f"{client} opened the personal link.", by=None, link=link.pk)
    if not right and not tries_left(link):
        _lock(client, link)
    return right


def _lock(client: Client, link: ClientLink) -> None:
    _end(client, "locked")
    wrong = f"{tokens.MOST_WRONG_CODES} wrong access codes"
    record_for(
        client, "client.link_locked", f"The personal link of {client} was locked after {wrong}.", by=None, link=link.pk
    )


def tries_left(link: ClientLink) -> int:
    """Return how many wrong codes a link still takes."""
    return max(0, tokens.MOST_WRONG_CODES - link.tries.filter(right=False).count())


def code_entered_at(link: ClientLink) -> datetime | None:
    """Return when the right code was entered last, or None."""
    return link.tries.filter(right=True).order_by("-at").values_list("at", flat=True).first()
