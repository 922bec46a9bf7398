"""A physician decides: the answer in a few taps, the words read back, the signature."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.decisions import actions
from clearance.decisions.kinds import Kind
from clearance.decisions.models import OPENING, Decision, Outcome
from clearance.decisions.queries import current_decision, injuries_supervised
from clearance.decisions.statement import MEANING, digest
from clearance.exercises.queries import names
from clearance.pages.forms.base import posted
from clearance.pages.forms.decide import DecisionForm, SignatureForm
from clearance.pages.forms.restrictions import RestrictionForm, new_row, usual_for
from clearance.pages.may import SignedIn, may
from clearance.pages.patients import Patient, patient_of, patient_page, question_of
from clearance.people.roles import Permission

CONSEQUENCES = {
    Outcome.WITHDRAWN: "When you sign, your clearance ends at once and no program can be built or used.",
    Outcome.GUIDANCE_ONLY: "When you sign, the studio reads your advice, and the gate stays shut.",
    Outcome.NOT_MY_PATIENT: "When you sign, the gate stays shut and the studio looks for the right physician.",
    Outcome.DEFERRED: "When you sign, the gate stays shut and the studio reads what you need.",
}
OPENS = (
    "When you sign, and unless another physician has to decide too, the studio may build and use programs in these "
    "days and within these limits, until a new injury, a hold or your withdrawal shuts the gate again."
)
STAYS_SHUT = "When you sign, no program can be built or used until you decide otherwise."


@require_safe
@may(Permission.DECIDE)
def restriction_row(request: SignedIn) -> HttpResponse:
    """One empty row: a new one, or a row whose kind was changed. `gone` answers the button that takes a row away."""
    if "gone" in request.GET:
        return HttpResponse()
    return render(request, "decide/restriction_row.html", {"row": _empty_row(request)})


def _empty_row(request: SignedIn) -> RestrictionForm:
    index = request.GET.get("index", "")
    if not (index.isascii() and index.isdigit() and len(index) < 5):
        return new_row(request.GET, exercises=names())
    kind = request.GET.get("kind") or request.GET.get(f"r-{index}-kind", "")
    return RestrictionForm(index=int(index), kind=kind, exercises=names()).take_focus()


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.DECIDE)
def draft(request: SignedIn, client_id: int) -> HttpResponse:
    """The answer; once it is complete, the page that reads it back."""
    patient = patient_of(request, client_id)
    form = _form(request, patient)
    if form.unjudged:
        return _draft_page(request, patient, form, status=200)
    if _read_back(form, patient):
        signature = SignatureForm(user=request.user, physician=patient.physician)
        return _read_back_page(request, patient, form, signature, status=200)
    return _draft_page(request, patient, form, status=form.status)


@require_POST
@may(Permission.DECIDE)
def sign(request: SignedIn, client_id: int) -> HttpResponse:
    """The signature under the words that were shown. The same words sent twice are stored once."""
    patient = patient_of(request, client_id)
    stored = _stored(request, patient)
    if stored:
        return redirect("patient_decision", client_id, stored.pk)
    form = _form(request, patient)
    if not _read_back(form, patient):
        return _draft_page(request, patient, form, status=422)
    signature = SignatureForm(request.POST, user=request.user, physician=patient.physician)
    if digest(form.result) != request.POST.get("shown"):
        signature.refuse(actions.RecordChanged(form.result))
    if signature.carry_out(lambda said: _sign(request, patient, form, said)):
        messages.success(request, "Signed. The studio reads it word for word.")
        return redirect("patient_decision", client_id, signature.result.pk)
    return _read_back_page(request, patient, form, signature, status=signature.status)


def _form(request: SignedIn, patient: Patient) -> DecisionForm:
    return DecisionForm(
        posted(request), injuries=injuries_supervised(patient.physician, patient.client), exercises=names(),
        withdrawing=request.GET.get("outcome") == Outcome.WITHDRAWN, valid_from=patient.on,
    )  # fmt: skip


def _read_back(form: DecisionForm, patient: Patient) -> bool:
    return form.carry_out(
        lambda said: actions.read_back(
            client=patient.client, physician=patient.physician, draft=form.draft, on=patient.on
        )
    )


def _sign(request: SignedIn, patient: Patient, form: DecisionForm, said: dict[str, Any]) -> Decision:
    replaces = request.POST.get("replaces", "")[:18]
    return actions.sign(
        client=patient.client, physician=patient.physician, by=request.user, draft=form.draft,
        name=said["signed_name"], credential=said["signed_credential"], licence=said["signed_licence"],
        shown_sha256=request.POST.get("shown", ""), replaces=int(replaces) if replaces.isdecimal() else None,
    )  # fmt: skip


def _stored(request: SignedIn, patient: Patient) -> Decision | None:
    """Return the decision that this very page has stored already. `replaces` is what was current when it was read."""
    current = current_decision(patient.client.pk, patient.physician.pk)
    sent_before = current is not None and current.statement_sha256 == request.POST.get("shown")
    return current if current and sent_before and str(current.pk) != request.POST.get("replaces") else None


def _draft_page(request: SignedIn, patient: Patient, form: DecisionForm, *, status: int) -> HttpResponse:
    places = [(one.area, one.side) for one in injuries_supervised(patient.physician, patient.client)]
    context = question_of(patient) | {
        "form": form, "rows": form.rows.forms, "problems": form.problems, "usual": usual_for(places),
        "kinds": Kind.choices, "obstacle": "" if form.withdrawing else patient.obstacle,
    }  # fmt: skip
    return patient_page(request, "decide/draft.html", patient, context, status=status)


def _read_back_page(
    request: SignedIn, patient: Patient, form: DecisionForm, signature: SignatureForm, *, status: int
) -> HttpResponse:
    statement = signature.changed or form.result
    outcome = form.cleaned_data["outcome"]
    current = current_decision(patient.client.pk, patient.physician.pk)
    context = {
        "patient": patient.client, "form": form, "signature": signature, "lines": statement.split("\n"),
        "shown": digest(statement), "replaces": current.pk if current else "", "meaning": MEANING,
        "consequence": OPENS if outcome in OPENING else CONSEQUENCES.get(outcome, STAYS_SHUT),
    }  # fmt: skip
    return patient_page(request, "decide/read_back.html", patient, context, status=status)
