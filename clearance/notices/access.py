"""The door to messages: a studio's own."""

from django.http import Http404

from clearance.notices.models import Delivery
from clearance.people.models import Membership


def delivery_for(membership: Membership, delivery_id: int) -> Delivery:
    """Return a message of the member's studio, or raise 404."""
    try:
        return Delivery.objects.get(pk=delivery_id, studio=membership.studio_id)
    except Delivery.DoesNotExist:
        raise Http404("No such message.") from None
