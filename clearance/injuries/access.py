"""The door to injuries."""

from django.http import Http404

from clearance.injuries.models import Injury
from clearance.people.models import Client


def injury_for(client: Client, injury_id: int) -> Injury:
    """Return an injury of this client, or raise 404."""
    try:
        return Injury.objects.select_related("client", "by", "voided_by").get(pk=injury_id, client=client)
    except Injury.DoesNotExist:
        raise Http404("No such injury.") from None
