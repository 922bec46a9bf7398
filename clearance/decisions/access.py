"""The door to questions and decisions, for the studio and for physicians."""

from datetime import datetime

from django.http import Http404

from clearance.decisions.models import Decision, Paper, Request
from clearance.decisions.queries import own_words, patients_of
from clearance.people.models import Client, Physician, User


def request_for(client: Client, request_id: int) -> Request:
    """Return a question about this client, or raise 404."""
    try:
        return Request.objects.select_related("physician", "by", "client__studio").get(pk=request_id, client=client)
    except Request.DoesNotExist:
        raise Http404("No such request.") from None


def request_by_code(studio: int, code: str) -> Request:
    """Return the question of a letter in a studio by the letter's code, as typed or scanned, or raise 404."""
    plain = code.replace("-", "").replace(" ", "").upper()
    try:
        return Request.objects.select_related("client").get(code=plain, client__studio=studio)
    except Request.DoesNotExist:
        raise Http404("No such letter.") from None


def paper_for(client: Client, paper_id: int) -> Paper:
    """Return a paper that was filed for this client, or raise 404."""
    try:
        return Paper.objects.select_related("request__physician", "by").get(pk=paper_id, request__client=client)
    except Paper.DoesNotExist:
        raise Http404("No such paper.") from None


def decision_for(client: Client, decision_id: int) -> Decision:
    """Return a decision on this client, or raise 404."""
    try:
        return (
            Decision.objects.select_related(
                "physician", "void__by", "client__studio", "request", "replaced_by", "paper", "second_look__by"
            )
            .prefetch_related("restrictions", "coverage")
            .get(pk=decision_id, client=client)
        )
    except Decision.DoesNotExist:
        raise Http404("No such decision.") from None


def patient_for(user: User, client_id: int, *, at: datetime) -> tuple[Client, Physician, bool]:
    """Return a client, the studio's record of this physician, and whether the client's consent covers the physician.

    Without consent only a physician whose own word still stands finds the client: to read it and to take it back.
    Raises 404 otherwise.
    """
    place = patients_of(user, at=at).filter(client=client_id).first()
    if place is not None:
        return place.client, place.physician, True
    word = own_words(user).filter(client=client_id, replaced_by=None).order_by("-signed_at").first()
    if word is None:
        raise Http404("No such client here.")
    return word.client, word.physician, False
