"""The door to questions and decisions, for the studio and for physicians."""

from datetime import date

from django.http import Http404

from clearance.decisions.models import Decision, Request
from clearance.decisions.queries import patients_of
from clearance.people.models import Client, Physician, User


def request_for(client: Client, request_id: int) -> Request:
    """Return a question about this client, or raise 404."""
    try:
        return Request.objects.select_related("physician", "by").get(pk=request_id, client=client)
    except Request.DoesNotExist:
        raise Http404("No such request.") from None


def decision_for(client: Client, decision_id: int) -> Decision:
    """Return a decision on this client, or raise 404."""
    try:
        return (
            Decision.objects.select_related("physician", "void__by", "client__studio", "request", "replaced_by")
            .prefetch_related("restrictions", "coverage")
            .get(pk=decision_id, client=client)
        )
    except Decision.DoesNotExist:
        raise Http404("No such decision.") from None


def patient_for(user: User, client_id: int, *, on: date) -> tuple[Client, Physician]:
    """Return a client whose consent covers this physician today, and the studio's record of the physician; or 404."""
    place = patients_of(user, on=on).filter(client=client_id).first()
    if place is None:
        raise Http404("No such client here.")
    return place.client, place.physician
