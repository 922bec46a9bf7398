"""A physician decides under the own account: the answer in a few taps, the words read back, the signature."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.decisions import actions
from clearance.decisions.models import Decision
from clearance.decisions.queries import open_injuries
from clearance.pages import answering
from clearance.pages.answering import Desk
from clearance.pages.forms.decide import AccountSignatureForm, DecisionForm
from clearance.pages.may import SignedIn, may
from clearance.pages.patients import Patient, patient_of, record_of
from clearance.people.roles import Permission


@require_safe
@may(Permission.DECIDE)
def restriction_row(request: SignedIn) -> HttpResponse:
    """One row of a restriction."""
    return answering.row(request, reverse("restriction_row"))


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.DECIDE)
def draft(request: SignedIn, client_id: int) -> HttpResponse:
    """The answer; once it is complete, the page that reads it back."""
    desk = _desk(patient_of(request, client_id))
    form = answering.form_at(request, desk)
    if form.unjudged:
        return answering.draft_page(request, desk, form, status=200)
    if answering.read_back(form, desk):
        signature = AccountSignatureForm(user=request.user, physician=desk.patient.physician)
        return answering.read_back_page(request, desk, form, signature, status=200)
    return answering.draft_page(request, desk, form, status=form.status)


@require_POST
@may(Permission.DECIDE)
def sign(request: SignedIn, client_id: int) -> HttpResponse:
    """The signature under the words that were shown. The same words sent twice are stored once."""
    patient = patient_of(request, client_id)
    desk, stored = _desk(patient), answering.stored_before(request, patient)
    if stored:
        return redirect("patient_decision", client_id, stored.pk)
    form = answering.form_at(request, desk)
    if not answering.read_back(form, desk):
        return answering.draft_page(request, desk, form, status=422)
    signature = AccountSignatureForm(request.POST, user=request.user, physician=patient.physician)
    answering.note_change(request, form, signature)
    if signature.carry_out(lambda said: _sign(request, patient, form, said)):
        messages.success(request, "Signed. The studio reads it word for word.")
        return redirect("patient_decision", client_id, signature.result.pk)
    return answering.read_back_page(request, desk, form, signature, status=signature.status)


def _desk(patient: Patient) -> Desk:
    pk = patient.client.pk
    extra = record_of(patient, open_injuries(pk)) if patient.covered else None
    return Desk(
        patient, draft_url=reverse("decide", args=[pk]), sign_url=reverse("sign", args=[pk]),
        row_url=reverse("restriction_row"),
        back={"label": patient.client.name, "url": reverse("patient", args=[pk])}, extra=extra,
    )  # fmt: skip


def _sign(request: SignedIn, patient: Patient, form: DecisionForm, said: dict[str, Any]) -> Decision:
    return actions.sign(
        client=patient.client, physician=patient.physician, by=request.user, draft=form.draft,
        name=said["signed_name"], credential=said["signed_credential"], licence=said["signed_licence"],
        second_factor=signed_in_twice(request), **answering.shown(request),
    )  # fmt: skip


def signed_in_twice(request: SignedIn) -> bool:
    """Say whether this sign-in used a second factor."""
    return any(one.get("method") == "mfa" for one in get_authentication_records(request, request.user))
