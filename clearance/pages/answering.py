"""Where a physician answers: the own account, or a one-task link. The same pages, the same forms, the same words."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clearance.decisions import actions
from clearance.decisions.kinds import Kind
from clearance.decisions.models import OPENING, Decision, Outcome, Request
from clearance.decisions.queries import current_decision, injuries_supervised
from clearance.decisions.statement import MEANING, digest
from clearance.exercises.queries import names
from clearance.pages.forms.base import posted
from clearance.pages.forms.decide import DecisionForm, SignatureForm
from clearance.pages.forms.restrictions import RestrictionForm, new_row, usual_for
from clearance.pages.patients import Patient, patient_page, question_of, trends_for

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


@dataclass(frozen=True)
class Desk:
    """A place to answer: about whom, the addresses of its pages, and what is shown beside the form."""

    patient: Patient
    draft_url: str
    sign_url: str
    row_url: str
    back: dict[str, str]
    asked: Request | None = None
    extra: dict[str, Any] | None = None


def row(request: HttpRequest, row_url: str) -> HttpResponse:
    """One empty row: a new one, or a row whose kind was changed. `gone` answers the button that takes a row away."""
    if "gone" in request.GET:
        return HttpResponse()
    return render(request, "decide/restriction_row.html", {"row": _empty_row(request), "row_url": row_url})


def _empty_row(request: HttpRequest) -> RestrictionForm:
    index = request.GET.get("index", "")
    if not (index.isascii() and index.isdigit() and len(index) < 5):
        return new_row(request.GET, exercises=names())
    kind = request.GET.get("kind") or request.GET.get(f"r-{index}-kind", "")
    return RestrictionForm(index=int(index), kind=kind, exercises=names()).take_focus()


def form_at(request: HttpRequest, desk: Desk) -> DecisionForm:
    """Return the form of the answer, with what was sent."""
    patient = desk.patient
    return DecisionForm(
        posted(request), injuries=injuries_supervised(patient.physician, patient.client), exercises=names(),
        withdrawing=request.GET.get("outcome") == Outcome.WITHDRAWN, valid_from=patient.on,
    )  # fmt: skip


def read_back(form: DecisionForm, desk: Desk) -> bool:
    """Compose the statement of a complete answer as `form.result`; False while it is not complete."""
    patient = desk.patient
    return form.carry_out(
        lambda said: actions.read_back(
            client=patient.client, physician=patient.physician, draft=form.draft, on=patient.on, asked=desk.asked
        )
    )


def stored_before(request: HttpRequest, patient: Patient) -> Decision | None:
    """Return the decision that this very page has stored already. `replaces` is what was current when it was read."""
    current = current_decision(patient.client.pk, patient.physician.pk)
    sent_before = current is not None and current.statement_sha256 == request.POST.get("shown")
    return current if current and sent_before and str(current.pk) != request.POST.get("replaces") else None


def shown(request: HttpRequest) -> dict[str, Any]:
    """Return what the signed page says it showed: the statement's digest, and the decision that was current."""
    replaces = request.POST.get("replaces", "")[:18]
    return {
        "shown_sha256": request.POST.get("shown", ""),
        "replaces": int(replaces) if replaces.isascii() and replaces.isdecimal() else None,
    }


def note_change(request: HttpRequest, form: DecisionForm, signature: SignatureForm) -> None:
    """Refuse at once a signature under words that are no longer the present ones."""
    if digest(form.result) != request.POST.get("shown"):
        signature.refuse(actions.RecordChanged(form.result))


def draft_page(request: HttpRequest, desk: Desk, form: DecisionForm, *, status: int) -> HttpResponse:
    """Show the answer to be filled in."""
    patient = desk.patient
    places = [(one.area, one.side) for one in injuries_supervised(patient.physician, patient.client)]
    context = question_of(patient, asked=desk.asked) | {
        "desk": desk, "row_url": desk.row_url, "form": form, "rows": form.rows.forms, "problems": form.problems,
        "usual": usual_for(places), "kinds": Kind.choices, "obstacle": "" if form.withdrawing else patient.obstacle,
        "last_word": current_decision(patient.client.pk, patient.physician.pk) if patient.covered else None,
        "trends": trends_for(patient),
    }  # fmt: skip
    return patient_page(request, "decide/draft.html", patient, context | (desk.extra or {}), status=status)


def read_back_page(
    request: HttpRequest, desk: Desk, form: DecisionForm, signature: SignatureForm, *, status: int
) -> HttpResponse:
    """Show the words to be signed, and the signature under them."""
    statement = signature.changed or form.result
    outcome = form.cleaned_data["outcome"]
    patient = desk.patient
    current = current_decision(patient.client.pk, patient.physician.pk)
    context = {
        "desk": desk, "patient": patient.client, "form": form, "signature": signature,
        "lines": statement.split("\n"), "shown": digest(statement), "replaces": current.pk if current else "",
        "meaning": MEANING,
        "consequence": OPENS if outcome in OPENING else CONSEQUENCES.get(outcome, STAYS_SHUT),
    }  # fmt: skip
    return patient_page(request, "decide/read_back.html", patient, context, status=status)
