"""Read people."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from clearance.people.identity import same_mailbox
from clearance.people.models import (
    CareTeamMember,
    Client,
    Consent,
    Identity,
    Membership,
    Physician,
    Policy,
    Studio,
    User,
    Verification,
)

WORD = re.compile(r"[^\W_]+")


def search_words(*texts: str) -> str:
    """Return the words under which a record is found: words as they stand, and the ends of phone numbers."""
    words = [word.casefold() for text in texts for word in WORD.findall(text)]
    digits = ["".join(filter(str.isdigit, text)) for text in texts if text.startswith("+")]
    return " ".join(words + [number[start:] for number in digits for start in range(max(0, len(number) - 3))])


def clients_of(
    studio: int, *, search: str = "", trainer: int | None = None, archived: bool = False
) -> QuerySet[Client]:
    """Return a studio's clients by name; `search` matches the beginnings of words in name, e-mail and phone."""
    clients = Client.objects.filter(studio=studio, archived_at__isnull=not archived)
    if trainer is not None:
        clients = clients.filter(trainer=trainer)
    words = [word.casefold() for word in WORD.findall(search)][:8]
    if words:
        phrase = " & ".join(f"'{word}':*" for word in words)
        clients = clients.filter(search=SearchQuery(phrase, search_type="raw", config="simple"))
    elif search.strip():
        return clients.none()
    return clients.select_related("trainer__user").order_by("name", "id")


def supervising(client: int) -> CareTeamMember | None:
    """Return the client's supervising physician now."""
    return (
        CareTeamMember.objects.select_related("physician")
        .filter(client=client, kind=CareTeamMember.Kind.SUPERVISING, until=None)
        .first()
    )


def care_team(client: int) -> QuerySet[CareTeamMember]:
    """Return everybody who is or was on the client's care team, present ones first."""
    return (
        CareTeamMember.objects.select_related("physician", "by").filter(client=client).order_by("until", "-since", "id")
    )


def consents_of(client: int) -> QuerySet[Consent]:
    """Return the client's consents, newest first."""
    return Consent.objects.select_related("physician", "by").filter(client=client).order_by("-since", "-id")


def consent_in_force(client: int, physician: int, *, on: date) -> Consent | None:
    """Return the consent that lets the studio share this client with this physician on a day."""
    return Consent.objects.filter(
        client=client, physician=physician, until=None, first_day__lte=on, last_day__gte=on
    ).first()


def address_book(studio: int, *, search: str = "") -> QuerySet[Physician]:
    """Return a studio's physicians by name, each with `verified`."""
    current = Verification.objects.filter(physician=OuterRef("pk"), until=None)
    physicians = Physician.objects.filter(studio=studio).annotate(verified=Exists(current))
    if search:
        physicians = physicians.filter(Q(name__icontains=search) | Q(clinic__icontains=search))
    return physicians.order_by("name", "id")


def verification_of(physician: int) -> Verification | None:
    """Return the verification in force, or None."""
    return Verification.objects.select_related("by").filter(physician=physician, until=None).first()


def past_verifications(physician: int) -> QuerySet[Verification]:
    """Return the verifications that were dropped, newest first."""
    return Verification.objects.select_related("by").filter(physician=physician).exclude(until=None).order_by("-since")


def policy_of(studio: int) -> Policy:
    """Return the studio's policy in force."""
    return Policy.objects.get(studio=studio, until=None)


def staff_of(studio: int) -> QuerySet[Membership]:
    """Return a studio's members, active ones first, each with the number of `active_clients`."""
    count = Count("clients", filter=Q(clients__archived_at=None))
    return (
        Membership.objects.filter(studio=studio)
        .select_related("user")
        .annotate(active_clients=count)
        .order_by("-active", "user__name", "id")
    )


def trainers_of(studio: int) -> QuerySet[Membership]:
    """Return the active members of a studio: any of them can be a client's trainer."""
    return Membership.objects.filter(studio=studio, active=True).select_related("user").order_by("user__name", "id")


def mailbox_conflict(studio: Studio, email: str, *, physician: Physician | None = None) -> str:
    """Say why an address cannot be a physician's in this studio, or return an empty string."""
    mailbox = same_mailbox(email)
    if not mailbox:
        return ""
    if User.objects.filter(mailbox=mailbox, memberships__studio=studio).exists():
        return "This address belongs to somebody who works here. A physician answers from an address of their own."
    if Client.objects.filter(studio=studio, mailbox=mailbox).exists():
        return "This address belongs to a client of this studio. A physician answers from an address of their own."
    others = Physician.objects.filter(studio=studio, mailbox=mailbox).exclude(pk=physician.pk if physician else 0)
    return "Another physician in the address book has this address." if others.exists() else ""


def is_physicians_mailbox(studio: Studio, email: str) -> bool:
    """Say whether an address is in the studio's address book of physicians."""
    mailbox = same_mailbox(email)
    return bool(mailbox) and Physician.objects.filter(studio=studio, mailbox=mailbox).exists()


def named_clients(studio: int, clients: Iterable[int]) -> dict[int, str]:
    """Return the names of these clients of a studio by id, archived or not."""
    return dict(Client.objects.filter(studio=studio, pk__in=set(clients)).values_list("pk", "name"))


def last_days_of_consents(clients: Iterable[int]) -> frozenset[tuple[int, date]]:
    """Return the last day of every consent of these clients that was not withdrawn, as (client id, day)."""
    present = Consent.objects.filter(client__in=list(clients), until=None)
    return frozenset(present.values_list("client", "last_day"))


def client_count(studio: int) -> int:
    """Return how many clients a studio has in use."""
    return Client.objects.filter(studio=studio, archived_at=None).count()


@dataclass(frozen=True)
class Page:
    """One page of a list by name. `older` and `newer` are the ids beyond which the next and the previous page lie."""

    rows: list[Any]
    older: int | None
    newer: int | None


def page_by_name(
    found: QuerySet[Any], *, studio: int, after: int | None = None, before: int | None = None, size: int = 25
) -> Page:
    """Return the page of a studio's clients or physicians that follows one of them, or that comes before one.

    The place is an id and not a name: a name does not belong into an address. An unknown id means the first page.
    """
    kin = found.model._default_manager.filter(studio=studio)
    place = kin.filter(pk__in=[after or before or 0]).values_list("name", "pk").first()
    if place and not after:
        earlier = list(found.filter(_beyond("lt", *place)).order_by("-name", "-id")[: size + 1])
        if len(earlier) > size:
            rows = earlier[:size][::-1]
            return Page(rows, older=rows[-1].pk, newer=rows[0].pk)
        place = None
    rows = list((found.filter(_beyond("gt", *place)) if place else found)[: size + 1])
    if place and not rows:
        return page_by_name(found, studio=studio, size=size)
    newer = rows[0].pk if place else None
    return Page(rows[:size], older=rows[size - 1].pk if len(rows) > size else None, newer=newer)


def _beyond(side: str, name: str, id: int) -> Q:
    # The first condition alone lets the index by name be used.
    return Q(**{f"name__{side}e": name}) & (Q(**{f"name__{side}": name}) | Q(**{f"id__{side}": id}))


def namesake(studio: int, *, name: str, born: date) -> Client | None:
    """Return a client of this name who was born on this day, archived or not."""
    return Client.objects.filter(studio=studio, name__iexact=name, born=born).order_by("id").first()


def physician_with_licence(studio: int, *, name: str, licence: str, place: str) -> Physician | None:
    """Return the physician of this name with this licence in the address book."""
    same = Physician.objects.filter(studio=studio, name__iexact=name)
    return same.filter(licence__iexact=licence, licence_place__iexact=place).order_by("id").first()


def cared_for(physician: int) -> QuerySet[CareTeamMember]:
    """Return the present places of a physician on the care teams of clients in use, by the client's name."""
    return (
        CareTeamMember.objects.select_related("client")
        .filter(physician=physician, until=None, client__archived_at=None)
        .order_by("client__name", "client_id")
    )


def care_team_now(client: int) -> QuerySet[Physician]:
    """Return the physicians who are on the client's care team now, by name."""
    return Physician.objects.filter(care_of__client=client, care_of__until=None).order_by("name", "id")


def clients_found(studio: int, search: str) -> list[int]:
    """Return the ids of a studio's clients, archived or not, whose name, e-mail or phone matches."""
    both = [clients_of(studio, search=search, archived=archived) for archived in (False, True)]
    return [client for found in both for client in found.values_list("pk", flat=True)]


def people_of(studio: int) -> QuerySet[User]:
    """Return everybody who works or worked in a studio, and its physicians with an account, by name."""
    members, physicians = Membership.objects.filter(studio=studio), Physician.objects.filter(studio=studio)
    return User.objects.filter(
        Q(pk__in=members.values("user")) | Q(pk__in=physicians.exclude(user=None).values("user"))
    ).order_by("name", "id")


def team_of(client: Client) -> QuerySet[Physician]:
    """Return the physicians who are on the client's care team now, by name, each with `verified`."""
    return address_book(client.studio_id).filter(care_of__client=client, care_of__until=None)


def not_on_team(client: Client) -> QuerySet[Physician]:
    """Return the physicians of the address book who are not on the client's care team, each with `verified`."""
    return address_book(client.studio_id).exclude(pk__in=team_of(client).values("pk"))


def unverified_physicians(studio: int) -> QuerySet[Physician]:
    """Return the physicians that no manager vouches for, by name."""
    current = Verification.objects.filter(physician=OuterRef("pk"), until=None)
    return Physician.objects.filter(~Exists(current), studio=studio).order_by("name", "id")


def verified_only(found: QuerySet[Physician], *, yes: bool = True) -> QuerySet[Physician]:
    """Return the physicians of an address book whose contact is verified, or with `yes=False` those where it is not."""
    current = Exists(Verification.objects.filter(physician=OuterRef("pk"), until=None))
    return found.filter(current if yes else ~current)


def renamed_since(client: int, moment: datetime) -> bool:
    """Say whether a client's name or date of birth was changed after a moment."""
    return Identity.objects.filter(client=client, until=None, since__gt=moment).exists()


def verification_at(physician: int, moment: datetime) -> Verification | None:
    """Return the verification that was in force at a moment, or None."""
    held = Verification.objects.select_related("by").filter(physician=physician, since__lte=moment)
    return held.filter(Q(until=None) | Q(until__gt=moment)).order_by("-since").first()
