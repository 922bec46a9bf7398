"""The evidence of a decision: on a page, as a PDF and as JSON, all from the same facts."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from clearance.decisions import access as door
from clearance.exchange.evidence import evidence_of
from clearance.exchange.evidence_document import document_of
from clearance.exchange.evidence_pdf import document_pdf
from clearance.pages.client_frame import client_page
from clearance.pages.may import SignedIn, may
from clearance.people import access
from clearance.people.lock import now
from clearance.people.models import Client
from clearance.people.roles import Permission


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """Read what stands behind a decision. Every fingerprint is computed again for this very page."""
    client, evidence = _evidence(request, client_id, decision_id)
    document = document_of(evidence)
    return client_page(
        request, "evidence/show.html", client, evidence=evidence, document=document, decision_id=decision_id
    )


@require_safe
@may(Permission.SEE_CLIENTS)
def pdf(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """The same as a file to hand on."""
    _, evidence = _evidence(request, client_id, decision_id)
    return _as_file(
        HttpResponse(document_pdf(document_of(evidence)), content_type="application/pdf"), decision_id, "pdf"
    )


@require_safe
@may(Permission.SEE_CLIENTS)
def as_json(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """The same for a machine."""
    _, evidence = _evidence(request, client_id, decision_id)
    shape = {"indent": 2, "ensure_ascii": False}
    return _as_file(JsonResponse(evidence, json_dumps_params=shape), decision_id, "json")


def _evidence(request: SignedIn, client_id: int, decision_id: int) -> tuple[Client, dict[str, Any]]:
    client = access.client_for(request.membership, client_id)
    decision = door.decision_for(client, decision_id)
    return client, evidence_of(decision, at=now())


def _as_file(answer: HttpResponse, decision_id: int, extension: str) -> HttpResponse:
    """No name stands in the name of a file: it lies in a folder that others see."""
    answer.headers["Content-Disposition"] = f'attachment; filename="evidence-{decision_id}.{extension}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
