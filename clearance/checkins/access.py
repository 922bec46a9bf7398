"""The door to check-ins, screenings and flags."""

from django.http import Http404

from clearance.checkins.models import CheckIn, Flag, Screening
from clearance.people.models import Client


def check_in_for(client: Client, check_in_id: int) -> CheckIn:
    """Return a check-in of this client, or raise 404."""
    try:
        return CheckIn.objects.select_related("by", "injury").get(pk=check_in_id, client=client)
    except CheckIn.DoesNotExist:
        raise Http404("No such check-in.") from None


def screening_for(client: Client, screening_id: int) -> Screening:
    """Return a screening of this client, or raise 404."""
    try:
        return Screening.objects.select_related("by", "void__by").get(pk=screening_id, client=client)
    except Screening.DoesNotExist:
        raise Http404("No such screening.") from None


def flag_for(client: Client, flag_id: int) -> Flag:
    """Return a flag of this client, or raise 404."""
    try:
        return Flag.objects.select_related("review__by", "hold", "check_in").get(pk=flag_id, client=client)
    except Flag.DoesNotExist:
        raise Http404("No such flag.") from None
