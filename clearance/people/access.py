"""The door: returns the object or raises 404. Whoever stands outside learns nothing, not even that it exists."""

from django.db.models import QuerySet
from django.http import Http404

from clearance.people.models import Client, Consent, Membership, Physician, User


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the studios a user works in, by name."""
    return Membership.objects.filter(user=user, active=True).select_related("studio").order_by("studio__name", "id")


def works_as_physician(user: User) -> bool:
    """Say whether any studio has linked one of its physicians to this account."""
    return physician_records_of(user).exists()


def physician_records_of(user: User) -> QuerySet[Physician]:
    """Return the contact records linked to a user, except in studios where the user works: nobody clears for a client
    of the studio that pays them as staff."""
    staffed = Membership.objects.filter(user=user, active=True).values("studio")
    return Physician.objects.filter(user=user).exclude(studio__in=staffed)


def client_for(membership: Membership, client_id: int) -> Client:
    """Return a client of the member's studio."""
    try:
        return Client.objects.select_related("studio", "trainer__user").get(pk=client_id, studio=membership.studio_id)
    except Client.DoesNotExist:
        raise Http404("No such client here.") from None


def physician_for(membership: Membership, physician_id: int) -> Physician:
    """Return a physician of the member's studio."""
    try:
        return Physician.objects.get(pk=physician_id, studio=membership.studio_id)
    except Physician.DoesNotExist:
        raise Http404("No such physician here.") from None


def colleague_for(membership: Membership, membership_id: int) -> Membership:
    """Return a membership of the member's studio."""
    try:
        return Membership.objects.select_related("user").get(pk=membership_id, studio=membership.studio_id)
    except Membership.DoesNotExist:
        raise Http404("No such member here.") from None


def consent_for(client: Client, consent_id: int) -> Consent:
    """Return a consent of this client."""
    try:
        return Consent.objects.select_related("physician").get(pk=consent_id, client=client)
    except Consent.DoesNotExist:
        raise Http404("No such consent.") from None
