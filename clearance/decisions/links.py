"""One-task links: a physician without an account answers one question, with an access code that is not in the mail.

How a token is made, and what is stored of it: people/tokens.py.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from clearance.decisions.actions import check_may_decide, read_again, store
from clearance.decisions.models import CodeTry, Decision, Link, Request, RequestStep
from clearance.decisions.queries import current_decision, known_about
from clearance.decisions.statement import MEANING, Draft, recorded
from clearance.decisions.states import ENDED, stage_of
from clearance.people import tokens
from clearance.people.lock import lock_client
from clearance.people.models import Client, Evidence, Physician, User
from clearance.people.queries import verification_of
from clearance.people.refused import Refused
from clearance.people.tokens import MOST_WRONG_CODES
from clearance.people.trail import record_for

SALT = "clearance.one-task-link"


def issue(request: Request, *, client: Client, by: User) -> Link:
    """Make a new link for a question, under the client's lock; an earlier one ends. It lives for the studio's days."""
    end(request, at=client.changed_at, because="sent again")
    nonce = tokens.nonce()
    facts = list(recorded(known_about(client.pk, request.physician_id, asked=request)))
    return Link.objects.create(
        request=request, nonce=nonce, token_sha256=tokens.sha256(_token(nonce)), mailbox=request.physician.mailbox,
        facts=facts, by=by, since=client.changed_at,
        expires_at=client.changed_at + timedelta(days=client.studio.link_days),
    )  # fmt: skip


def end(request: Request, *, at: datetime, because: str) -> None:
    """End the living link of a question, if there is one."""
    _end(Link.objects.filter(request=request), at, because)


def end_all(client: Client, physician: Physician, *, because: str) -> None:
    """End every living link to a physician about a client: whoever asks anew wants no answer to an older question."""
    links = Link.objects.filter(request__client=client, request__physician=physician)
    _end(links, client.changed_at, because)


def _end(links: QuerySet[Link], at: datetime, because: str) -> None:
    for link in links.filter(until=None):
        link.until, link.ended_because = at, because
        link.save(update_fields=["until", "ended_because"])


def token_of(link: Link) -> str:
    """Return the token of a link, for the mail. Raises Refused when the installation's key is no longer the same."""
    token = _token(link.nonce)
    if tokens.sha256(token) != link.token_sha256:
        raise Refused("The key of this installation has changed since. Send the question again.")
    return token


def find(token: str) -> Link | None:
    """Return the link of a token exactly as it was mailed, or None."""
    if not tokens.could_be(token):
        return None
    found = Link.objects.filter(token_sha256=tokens.sha256(token))
    return found.select_related("request__client__studio", "request__physician", "request__by").first()


def _token(nonce: str) -> str:
    return tokens.make(nonce, salt=SALT)


def ended_because(link: Link, *, at: datetime) -> str:
    """Return why nothing can be done under a link: "expired", "locked", "sent again", "withdrawn", "replaced", "moved"
    (the physician's address changed), "unverified" (no manager vouches for the contact any more); or an empty string
    while it lives."""
    if link.until is not None:
        return link.ended_because
    if link.expires_at <= at:
        return "expired"
    if link.request.physician.mailbox != link.mailbox:
        return "moved"
    return "" if verification_of(link.request.physician_id) else "unverified"


@transaction.atomic
def enter_code(*, link: Link, code: str) -> bool:
    """Compare an access code, and count the try; the fifth wrong one locks the link.

    Raises Refused when the link does not live. Something that is no eight digits is no try: call it for none.
    """
    client, link = lock_client(link.request.client_id), _fresh(link)
    _check_lives(link, client.changed_at)
    right = tokens.same_code(code, link.request.access_code)
    CodeTry.objects.create(link=link, right=right, at=client.changed_at)
    request = link.request
    if right and not request.steps.filter(kind=RequestStep.Kind.OPENED, at__gte=link.since).exists():
        _opened(client, request)
    if not right and CodeTry.objects.filter(link=link, right=False).count() >= MOST_WRONG_CODES:
        _lock(client, request)
    return right


def _opened(client: Client, request: Request) -> None:
    RequestStep.objects.create(request=request, kind=RequestStep.Kind.OPENED, at=client.changed_at)
    sentence = f"{request.physician} opened the question about {client}."
    record_for(client, "request.opened", sentence, by=None, request=request.pk)


def _lock(client: Client, request: Request) -> None:
    end(request, at=client.changed_at, because="locked")
    RequestStep.objects.create(request=request, kind=RequestStep.Kind.LOCKED, at=client.changed_at)
    sentence = f"The link to {request.physician} about {client} was locked after {MOST_WRONG_CODES} wrong access codes."
    record_for(client, "link.locked", sentence, by=None, request=request.pk)


def tries_left(link: Link) -> int:
    """Return how many wrong codes a link still takes."""
    return max(0, MOST_WRONG_CODES - CodeTry.objects.filter(link=link, right=False).count())


def changes(link: Link, *, client: Client) -> list[str]:
    """Return what is recorded now and was not when the question was sent, a line each. Without changes: empty."""
    now = recorded(known_about(client.pk, link.request.physician_id, asked=link.request))
    return [line for line in now if line not in link.facts]


def changed(link: Link, *, client: Client) -> bool:
    """Say whether the record is another one than when the question was sent."""
    return list(recorded(known_about(client.pk, link.request.physician_id, asked=link.request))) != link.facts


@transaction.atomic
def answer(
    *, link: Link, draft: Draft, name: str, credential: str, licence: str, shown_sha256: str, replaces: int | None,
) -> Decision:  # fmt: skip
    """Store the decision that was signed under a link, once: the same page sent again finds what is stored.

    `shown_sha256` and `replaces` as for `actions.sign`. Raises RecordChanged when the record is no longer what was
    shown, and Refused when the link does not live, or the physician's word would not count.
    """
    client, link = lock_client(link.request.client_id), _fresh(link)
    request = link.request
    physician = request.physician
    current = current_decision(client.pk, physician.pk)
    if current and current.pk != replaces and current.link_id == link.pk and current.statement_sha256 == shown_sha256:
        return current
    _check_lives(link, client.changed_at)
    check_may_decide(client, physician, draft)
    statement = read_again(
        client, physician, draft, shown_sha256=shown_sha256, replaces=replaces, asked=request, current=current
    )
    return store(
        client, physician, draft, statement=statement, by=None, route=Decision.Route.LINK, evidence=Evidence.LINK,
        link=link, request=request, replaces=current, signed_name=name, signed_credential=credential,
        signed_licence=licence, meaning=MEANING,
    )  # fmt: skip


def _fresh(link: Link) -> Link:
    # What was read before the lock may be old.
    return Link.objects.select_related("request__physician", "request__by").get(pk=link.pk)


def _check_lives(link: Link, at: datetime) -> None:
    if ended_because(link, at=at) or stage_of(link.request, at=at).kind in ENDED:
        raise Refused("This link has ended. Nothing was stored. Please call the studio.")
