"""A physician's own pages: who waits, what consent covers about one client, and what the physician has said."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from clearance.anatomy.bodymap import body_map
from clearance.checkins.queries import screening_words
from clearance.decisions import access, queries
from clearance.decisions.answers import holds_with_answers
from clearance.decisions.models import Decision, Outcome, Request, RequestStep
from clearance.decisions.statement import planned
from clearance.exchange.trends import A_YEAR, Trend, trends_of
from clearance.gate import facts
from clearance.gate.queries import by_need
from clearance.gate.rule import Facts, Verdict, verdict
from clearance.gate.standings import state_of
from clearance.gate.steps import Step, step_of
from clearance.injuries.models import InjuryVersion
from clearance.injuries.queries import (
    course_progress,
    course_words,
    courses_of,
    current_versions,
)
from clearance.pages.client_frame import today
from clearance.pages.gate_banner import TITLES
from clearance.pages.may import SignedIn, may
from clearance.pages.screened import shared_readiness
from clearance.pages.session_list import sessions_shown
from clearance.pages.status import State, plain, state
from clearance.people.lock import moment_of, now
from clearance.people.models import CareTeamMember, Client, Physician
from clearance.people.queries import care_team, verification_of
from clearance.people.roles import Permission

A_PAGE = 25
DECIDES = Step.ASK_PHYSICIAN
REFUSED = {
    Outcome.WITHDRAWN: "withdrawn",
    Outcome.NOT_CLEARED: "not_cleared",
    Outcome.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "not_cleared",
}


@dataclass(frozen=True)
class Patient:
    """A client whose consent covers the physician who asks, on the studio's today."""

    client: Client
    physician: Physician
    on: date
    covered: bool = True

    @property
    def obstacle(self) -> str:
        """Why this physician's signature would be refused, or an empty string."""
        if not self.covered:
            return "The client's consent to share with you is not in force: you can only take back your own word."
        if not queries.supervises(self.physician, self.client):
            return "You supervise neither this client nor an injury, so there is nothing for you to decide."
        if verification_of(self.physician.pk) is None:
            return "A manager of the studio has to verify your contact before you can sign."
        return ""


def patient_of(request: SignedIn, client_id: int) -> Patient:
    """Return the physician's patient, or raise 404: the door of every page here."""
    client, physician, covered = access.patient_for(request.user, client_id, at=now())
    return Patient(client, physician, today(client.studio), covered)


def patient_page(
    request: HttpRequest, template: str, patient: Patient, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a page about a patient, with every time as the studio's clocks show it."""
    with timezone.override(ZoneInfo(patient.client.studio.time_zone)):
        return render(request, template, context, status=status)


@require_safe
@may(Permission.DECIDE)
def inbox(request: SignedIn) -> HttpResponse:
    """Clients about whom somebody asks come first, longest waiting on top; then those who cannot train until this
    physician decides; then the others, with the state of the own decision."""
    at = now()
    places = queries.patients_of(request.user, at=at).select_related("client__trainer__user")
    page = Paginator(by_need(places), A_PAGE).get_page(request.GET.get("page"))
    clients, physicians = [one.client_id for one in page], [one.physician_id for one in page]
    asked, said = queries.questions_to(clients, physicians), queries.current_decisions(clients, physicians)
    known = facts.of_clients(clients, at=at)
    groups: dict[str, list[dict[str, Any]]] = {"asked": [], "stopped": [], "others": []}
    for one in page:
        key = (one.client_id, one.physician_id)
        group, row = _row(one, asked.get(key), said.get(key), known[one.client_id], at)
        groups[group].append(row)
    return render(request, "patients/inbox.html", {"page": page} | groups)


def _row(
    member: CareTeamMember, question: Request | None, decision: Decision | None, known: Facts, at: datetime
) -> tuple[str, dict[str, Any]]:
    client, judged = member.client, verdict(known, at)
    row = {"title": f"{client.name}, born {client.born.year}", "url": reverse("patient", args=[client.pk])}
    answer = {"step": _link("Answer", reverse("decide", args=[client.pk]))}
    if question:
        return "asked", row | answer | {"state": _waiting(question, client), "why": _question(question, client)}
    own = [one for one in judged.reasons if one.physician == member.physician_id and step_of(one.code) is DECIDES]
    if own:
        slug = state_of(known, judged, waiting=False)
        return "stopped", row | answer | {"state": state(slug), "why": own[0].sentence}
    on = at.astimezone(ZoneInfo(client.studio.time_zone)).date()
    why = f"{client.studio.name}, trainer {client.trainer.user.name}"
    return "others", row | {"state": state_of_decision(decision, on), "why": why, "step": None}


def _waiting(question: Request, client: Client) -> State:
    return state("waiting", f"since {_day(question.at.astimezone(ZoneInfo(client.studio.time_zone)))}")


def _question(question: Request, client: Client) -> str:
    words = f"{question.by} of {client.studio.name} asks"
    return f"{words}, and hopes for an answer by {_day(question.reply_by)}." if question.reply_by else f"{words}."


def state_of_decision(decision: Decision | None, on: date) -> State:
    """Return the chip of one physician's own word on a day."""
    if decision is None:
        return plain("No decision yet")
    if hasattr(decision, "void"):
        return plain("Entered by mistake")
    if decision.valid_from is None or decision.valid_until is None:
        slug = REFUSED.get(Outcome(decision.outcome))
        return state(slug) if slug else plain(decision.get_outcome_display())
    if decision.valid_until < on:
        return state("expired", f"on {_day(decision.valid_until)}")
    if decision.valid_from > on:
        return plain(f"From {_day(decision.valid_from)}")
    restricted = decision.outcome == Outcome.CLEARED_WITH_RESTRICTIONS
    return state("restrictions" if restricted else "in_force", f"to {_day(decision.valid_until)}")


@require_safe
@may(Permission.DECIDE)
def show(request: SignedIn, client_id: int) -> HttpResponse:
    """What consent covers about one client, and nothing else of the studio's records."""
    patient = patient_of(request, client_id)
    own = queries.current_decision(patient.client.pk, patient.physician.pk)
    context = question_of(patient)
    if not patient.covered:
        context |= {"own": own, "state": state_of_decision(own, patient.on), "obstacle": patient.obstacle}
        return patient_page(request, "patients/uncovered.html", patient, context)
    at = moment_of(patient.client.pk)
    known = facts.of_client(patient.client.pk, at=at)
    judged = verdict(known, at)
    reasons = _reasons(patient, judged)
    # An opening word beside a shut gate would read as a green light.
    stopped = own is not None and own.opens and bool(reasons)
    chip = state(state_of(known, judged, waiting=False)) if stopped else state_of_decision(own, patient.on)
    context |= record_of(patient, context["injuries"]) | {"own": own, "state": chip, "reasons": reasons}
    context |= {"obstacle": patient.obstacle, "history": _history(patient), "trends": trends_for(patient)}
    context["can_withdraw"] = _can_withdraw(own, patient.on)
    return patient_page(request, "patients/show.html", patient, context)


def _can_withdraw(own: Decision | None, on: date) -> bool:
    return bool(own and own.valid_until and own.valid_until >= on and not hasattr(own, "void"))


def question_of(patient: Patient, *, asked: Request | None = None) -> dict[str, Any]:
    """Return what the question is, `asked` or the newest open one: the client, who asks, what is planned, and the open
    injuries. Without consent nothing recorded is in it."""
    client = patient.client
    asked = (asked or queries.open_request(client.pk, patient.physician.pk)) if patient.covered else None
    injuries = queries.open_injuries(client.pk) if patient.covered else []
    return {
        "patient": client,
        "physician": patient.physician,
        "asked": asked,
        "told": _told(asked) if asked else [],
        "planned": planned(asked) if asked else "",
        "injuries": injuries,
        "courses": _courses(client) if patient.covered else [],
        "screened": screening_words(client.pk) if patient.covered else [],
        "readiness": shared_readiness(client) if patient.covered else None,
        "patient_url": reverse("patient", args=[client.pk]),
        "decide_url": reverse("decide", args=[client.pk]),
    }


def _told(asked: Request) -> list[RequestStep]:
    """What the trainer has told since the question, oldest first."""
    return [one for one in asked.steps.all() if one.kind == RequestStep.Kind.TOLD and one.note]


def record_of(patient: Patient, injuries: list[InjuryVersion]) -> dict[str, Any]:
    """Return what consent covers beside the question: where, every session, and every hold with what answered it."""
    return {
        "body_map": body_map([(one.area, one.side) for one in injuries]),
        "sessions": sessions_shown(patient.client.pk),
        "holds": holds_with_answers(patient.client.pk),
    }


def trends_for(patient: Patient) -> list[Trend]:
    """Return the trends of the last year that consent covers: none without it."""
    if not patient.covered:
        return []
    found = trends_of(patient.client, holds=holds_with_answers(patient.client.pk), since=patient.on - A_YEAR)
    return [one for one in found if not one.told.void]


def _courses(client: Client) -> list[dict[str, str]]:
    where = {one.injury_id: str(one) for one in current_versions(client.pk)}
    on = today(client.studio)
    return [{"term": where.get(one.injury_id, ""), "value": _course(one, on)} for one in courses_of(client.pk)]


def _course(course: Any, on: date) -> str:
    apart = f", {course.interval_days} days apart" if course.interval_days else ""
    return f"{course_words(course)}: {course_progress(course, on=on)}{apart}"


def _reasons(patient: Patient, judged: Verdict) -> list[dict[str, Any]]:
    mine = [one for one in judged.reasons if one.physician in (None, patient.physician.pk)]
    name = patient.physician.name
    return [
        {
            "title": TITLES[one.code], "sentence": one.sentence, "since": one.since,
            "turn": "You" if one.turn == name else one.turn,
        }
        for one in mine
    ]  # fmt: skip


def _history(patient: Patient) -> list[dict[str, Any]]:
    """Every physician's words, the earlier ones' refusals too, and why the supervising physician changed."""
    said = [_said(one, patient) for one in queries.decisions_of(patient.client.pk)]
    team = care_team(patient.client.pk).filter(kind=CareTeamMember.Kind.SUPERVISING)
    return sorted(said + [_took_over(one) for one in team], key=lambda item: item["at"], reverse=True)


def _said(decision: Decision, patient: Patient) -> dict[str, Any]:
    mine = decision.physician_id == patient.physician.pk
    url = reverse("patient_decision", args=[patient.client.pk, decision.pk]) if mine else ""
    return {
        "at": decision.signed_at, "day_only": False, "kind": "decision", "slug": "ok" if decision.opens else "stop",
        "title": f"{decision.physician}: {decision.get_outcome_display()}", "text": _terms_of(decision),
        "url": url, "struck": hasattr(decision, "void"),
    }  # fmt: skip


def _terms_of(decision: Decision) -> str:
    words = []
    if decision.valid_from and decision.valid_until:
        words.append(f"From {_day(decision.valid_from)} until {_day(decision.valid_until)}.")
    words += [f"{one.words}." for one in sorted(decision.restrictions.all(), key=lambda one: one.position)]
    return " ".join([*words, decision.conditions]).strip()


def _took_over(member: CareTeamMember) -> dict[str, Any]:
    return {
        "at": member.since, "day_only": False, "kind": "other", "slug": "plain", "url": "", "struck": False,
        "title": f"{member.physician} became the supervising physician",
        "text": f"Reason: {member.reason}" if member.reason else "",
    }  # fmt: skip


@require_safe
@may(Permission.DECIDE)
def decision(request: SignedIn, client_id: int, decision_id: int) -> HttpResponse:
    """One of the physician's own decisions, word for word."""
    patient = patient_of(request, client_id)
    found = access.decision_for(patient.client, decision_id)
    if found.physician_id != patient.physician.pk:
        raise Http404("No such decision of yours.")
    context = {
        "patient": patient.client, "decision": found, "lines": found.statement.split("\n"),
        "state": state_of_decision(found, patient.on),
        "current": not hasattr(found, "replaced_by"), "void": getattr(found, "void", None),
        "history": [one for one in queries.history_of(found) if one.pk != found.pk],
        "patient_url": reverse("patient", args=[patient.client.pk]),
        "decide_url": reverse("decide", args=[patient.client.pk]), "obstacle": patient.obstacle,
    }  # fmt: skip
    return patient_page(request, "patients/decision.html", patient, context)


def _link(label: str, url: str) -> dict[str, str]:
    return {"label": label, "url": url, "method": "get"}


def _day(moment: date) -> str:
    return f"{moment.day} {moment:%b %Y}"
