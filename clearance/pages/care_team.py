"""Who cares for a client: the supervising physician, the others, what the client consents to, and what came before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.decisions.models import Decision
from clearance.decisions.queries import decisions_of, open_injuries
from clearance.gate.standings import ENDING_SOON
from clearance.injuries.actions import dismiss, hand_over
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.care_team import JoinForm, SupervisingForm
from clearance.pages.may import SignedIn, has, may
from clearance.pages.status import State, day, plain
from clearance.people import access, actions, queries
from clearance.people.models import CareTeamMember, Client, Consent, Physician
from clearance.people.roles import Permission

Step = dict[str, str]


@dataclass(frozen=True)
class Place:
    """One physician who is on the care team now, as the page shows it."""

    physician: Physician
    supervises: bool
    verified: bool
    injuries: list[str]
    word: dict[str, Any] | None
    consent: State
    consent_note: str
    consent_steps: list[Step]
    url: str
    verify_url: str
    leave: Step | None


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int) -> HttpResponse:
    """A client's care team."""
    client = access.client_for(request.membership, client_id)
    past = list(queries.care_team(client.pk))
    consents, decisions = list(queries.consents_of(client.pk)), list(decisions_of(client.pk))
    team = _team(client, past, consents, decisions)
    supervising = next((one for one in team if one.supervises), None)
    context: dict[str, Any] = {
        "supervising": supervising,
        "others": [one for one in team if not one.supervises],
        "refusals": _refusals(client, decisions, supervising),
        "history": sorted(_history(past, consents), key=lambda item: item["at"], reverse=True),
        "name_step": _step("Name the supervising physician", "supervising", client),
        "change_step": _step("Change the supervising physician", "supervising", client),
        "may_verify": has(request, Permission.VERIFY_PHYSICIANS),
        "join_step": _step("Add a physician", "care_team_join", client),
    }
    return client_page(request, "care_team/show.html", client, tab="care_team", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def supervising(request: SignedIn, client_id: int) -> HttpResponse:
    """Name the supervising physician, or another one with a reason."""
    client = access.client_for(request.membership, client_id)
    present = queries.supervising(client.pk)
    others = queries.address_book(client.studio_id)
    others = others.exclude(pk=present.physician_id) if present else others
    form = SupervisingForm(posted(request), physicians=others, changes=present is not None, initial=_asked_for(request))
    if form.carry_out(lambda data: hand_over(client=client, by=request.user, **data)):
        messages.success(request, f"{form.result.physician} supervises from now on.")
        return redirect("care_team", client.pk)
    context = {"form": form, "present": present, **_choices(client, others)}
    return client_page(request, "care_team/supervising.html", client, status=form.status, **context)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.EDIT_CLIENTS)
def join(request: SignedIn, client_id: int) -> HttpResponse:
    """Add a physician who does not supervise."""
    client = access.client_for(request.membership, client_id)
    others = queries.not_on_team(client)
    form = JoinForm(posted(request), physicians=others, initial=_asked_for(request))
    if form.carry_out(lambda data: actions.join_care_team(client=client, by=request.user, **data)):
        messages.success(request, f"{form.result.physician} is on the care team.")
        return redirect("care_team", client.pk)
    context = {"form": form, **_choices(client, others)}
    return client_page(request, "care_team/join.html", client, status=form.status, **context)


@require_POST
@may(Permission.EDIT_CLIENTS)
def leave(request: SignedIn, client_id: int, physician_id: int) -> HttpResponse:
    """Take a physician who does not supervise off the care team."""
    client = access.client_for(request.membership, client_id)
    physician = access.physician_for(request.membership, physician_id)
    dismiss(client=client, physician=physician, by=request.user)
    messages.success(request, f"{physician} is off the care team. What they said stays readable.")
    return redirect("care_team", client.pk)


def _asked_for(request: SignedIn) -> dict[str, Any]:
    return {"physician": request.GET.get("physician")}


def _choices(client: Client, physicians: Any) -> dict[str, Any]:
    url = f"{reverse('physician_new')}?client={client.pk}"
    return {
        "some": physicians.exists(),
        "add_url": url,
        "add_step": {"label": "Add a physician to the address book", "url": url, "method": "get"},
        "team_url": reverse("care_team", args=[client.pk]),
    }


def _team(
    client: Client, past: list[CareTeamMember], consents: list[Consent], decisions: list[Decision]
) -> list[Place]:
    verified = {one.pk for one in queries.verified_only(queries.team_of(client))}
    injuries = open_injuries(client.pk)
    on = today(client.studio)
    present = sorted((one for one in past if one.until is None), key=lambda one: (one.kind != "SUPERVISING", one.since))
    return [
        _place(
            client, member, verified=member.physician_id in verified,
            injuries=[str(one) for one in injuries if one.supervised_by_id == member.physician_id],
            consent=next((one for one in consents if one.physician_id == member.physician_id), None), on=on,
            word=next((one for one in decisions if one.physician_id == member.physician_id), None),
        )
        for member in present
    ]  # fmt: skip


def _place(
    client: Client, member: CareTeamMember, *, verified: bool, injuries: list[str], consent: Consent | None, on: date,
    word: Decision | None,
) -> Place:  # fmt: skip
    physician, supervises = member.physician, member.kind == CareTeamMember.Kind.SUPERVISING
    state, note = _consent(consent, on, client)
    return Place(
        physician=physician,
        supervises=supervises,
        verified=verified,
        injuries=injuries,
        word=_word(word, client) if word else None,
        consent=state,
        consent_note=note,
        consent_steps=_consent_steps(client, physician, consent, on),
        url=reverse("physician_record", args=[physician.pk]),
        verify_url=reverse("physician_verify", args=[physician.pk]),
        leave=None if supervises or injuries else _leave(client, physician),
    )


def _leave(client: Client, physician: Physician) -> Step:
    url = reverse("care_team_leave", args=[client.pk, physician.pk])
    return {"label": "Take off the care team", "url": url, "method": "post"}


def _in_force(consent: Consent | None, on: date) -> bool:
    return consent is not None and consent.until is None and consent.last_day >= on


def _consent(consent: Consent | None, on: date, client: Client) -> tuple[State, str]:
    if consent is None:
        return plain("No consent"), "Nothing may be shared with this physician yet."
    how = f"{consent.get_how_display()}, recorded by {consent.by}."
    if consent.until is not None:
        return _chip(
            "withdrawn", "octagon-x", "Consent withdrawn", _on(consent.until, client)
        ), consent.withdrawn_because
    if consent.last_day < on:
        return _chip("expired", "calendar-x", "Consent ended", _day(consent.last_day)), how
    slug = "ending_soon" if consent.last_day - on <= ENDING_SOON else "in_force"
    return _chip(slug, "handshake", "Consent", f"to {_day(consent.last_day)}"), how


def _consent_steps(client: Client, physician: Physician, consent: Consent | None, on: date) -> list[Step]:
    record = reverse("consent_new", args=[client.pk]) + f"?physician={physician.pk}"
    if consent is None or not _in_force(consent, on):
        return [{"label": "Record the consent", "url": record, "method": "get"}]
    withdraw = reverse("consent_withdraw", args=[client.pk, consent.pk])
    renew = [{"label": "Renew the consent", "url": record, "method": "get"}]
    soon = consent.last_day - on <= timedelta(days=30)
    return [*(renew if soon else []), {"label": "Withdraw the consent", "url": withdraw, "method": "get"}]


def _chip(slug: str, icon: str, word: str, detail: str) -> State:
    return {"slug": slug, "icon": icon, "word": word, "detail": detail}


def _refusals(client: Client, decisions: Iterable[Decision], supervising: Place | None) -> list[dict[str, Any]]:
    """What physicians other than the supervising one said that did not clear, voided entries too."""
    now = supervising.physician.pk if supervising else None
    return [_word(one, client) for one in decisions if not one.opens and one.physician_id != now]


def _word(decision: Decision, client: Client) -> dict[str, Any]:
    return {
        "physician": str(decision.physician),
        "outcome": decision.get_outcome_display(),
        "on": _on(decision.signed_at, client),
        "url": reverse("decision", args=[client.pk, decision.pk]),
        "void": hasattr(decision, "void"),
        "replaced": hasattr(decision, "replaced_by"),
    }


def _history(past: Iterable[CareTeamMember], consents: list[Consent]) -> Iterator[dict[str, Any]]:
    for member in past:
        supervises = member.kind == CareTeamMember.Kind.SUPERVISING
        begins, ends = ("supervises", "no longer supervises") if supervises else ("joins", "leaves")
        yield _item(member.since, "other", f"{member.physician} {begins}", f"Entered by {member.by}. {member.reason}")
        if member.until:
            yield _item(member.until, "other", f"{member.physician} {ends}")
    starts = {(one.physician_id, one.since) for one in consents}
    for one in consents:
        what = f"{one.get_how_display()}, from {_day(one.first_day)} to {_day(one.last_day)}. Recorded by {one.by}."
        yield _item(one.since, "consent", f"Consent to share with {one.physician}", what)
        if one.until and (one.physician_id, one.until) not in starts:
            title = f"Consent to share with {one.physician} withdrawn"
            yield _item(one.until, "consent", title, one.withdrawn_because, slug="stop")


def _item(at: datetime, kind: str, title: str, text: str = "", slug: str = "plain") -> dict[str, Any]:
    item = {"at": at, "kind": kind, "slug": slug, "title": title, "text": text}
    return item | {"day_only": False, "url": "", "struck": False}


def _step(label: str, name: str, client: Client) -> Step:
    return {"label": label, "url": reverse(name, args=[client.pk]), "method": "get"}


def _on(moment: datetime, client: Client) -> str:
    return day(moment.astimezone(ZoneInfo(client.studio.time_zone)))


def _day(on: date) -> str:
    return f"{on.day} {on:%b %Y}"
