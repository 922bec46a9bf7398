"""Check-ins: told in 20 seconds, read back with what to do, and how often they are asked. Nothing here opens a gate."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.checkins import access as door
from clearance.checkins import actions, queries
from clearance.checkins.models import CheckIn, Schedule
from clearance.checkins.scales import Load, effort_word, pain_word, strength_word
from clearance.checkins.symptoms import ANSWERS, BY_SLUG
from clearance.decisions.queries import open_injuries
from clearance.gate.queries import pain_cap
from clearance.injuries import access as injuries
from clearance.injuries.models import InjuryVersion
from clearance.injuries.queries import current_versions
from clearance.pages.client_frame import client_page, today
from clearance.pages.flags import Held, flag_row, to_do
from clearance.pages.forms.base import posted
from clearance.pages.forms.check_ins import CheckInForm, ScheduleForm
from clearance.pages.gate_banner import banner_now, held_since
from clearance.pages.may import SignedIn, may
from clearance.pages.status import State, day
from clearance.people import access
from clearance.people.identity import phone_words
from clearance.people.models import Client
from clearance.people.roles import Permission

ON_A_PAGE = 30
PAINS = (
    ("pain_now", "now"),
    ("pain_worst", "worst"),
    ("pain_session", "last session"),
    ("pain_morning", "next morning"),
)
Row = dict[str, Any]


@require_safe
@may(Permission.SEE_CLIENTS)
def index(request: SignedIn, client_id: int) -> HttpResponse:
    """All check-ins of a client, newest first, under what waits: flags to review, the last stop, the schedule."""
    client = access.client_for(request.membership, client_id)
    gate = banner_now(request, client)
    page = Paginator(queries.check_ins_of(client.pk), ON_A_PAGE).get_page(request.GET.get("page"))
    held, stop = held_since(gate), queries.stops_of(client.pk).first()
    return client_page(
        request, "checkins/index.html", client, tab="check_ins", gate=gate,
        rows=list(_rows(client, page.object_list, held)),
        reviews=[flag_row(one, held) for one in queries.to_review(client.pk)],
        stop=flag_row(stop, held) if stop else None,
        schedule=_schedule(client, queries.schedule_of(client.pk)),
        newer_url=f"?page={page.previous_page_number()}" if page.has_previous() else "",
        older_url=f"?page={page.next_page_number()}" if page.has_next() else "",
    )  # fmt: skip


def _rows(client: Client, check_ins: Iterable[CheckIn], held: Held) -> Iterable[Row]:
    places = _places(client)
    for one in check_ins:
        version = places.get(one.injury_id)
        facts = told(one, other_side=queries.has_other_side(version.side if version else ""))
        yield {
            "on": one.on,
            "place": str(version or ""),
            "url": reverse("check_in", args=[client.pk, one.pk]),
            "told": facts,
            "who": one.by,
            "at": one.at,
            "flags": [flag_row(flag, held) for flag in sorted(one.flags.all(), key=lambda flag: (flag.tier, flag.pk))],
        }


def _places(client: Client) -> dict[int | None, InjuryVersion]:
    """The client's injuries as they are now, by id."""
    return {one.injury_id: one for one in current_versions(client.pk)}


def told(one: CheckIn, *, other_side: bool) -> list[Row]:
    """What was told, each line with its term."""
    pains = [(words, getattr(one, name)) for name, words in PAINS if getattr(one, name) is not None]
    lines = [
        ("Pain", "; ".join(f"{words} {pain} of 10, {pain_word(pain)}" for words, pain in pains)),
        ("Strength", strength_word(one.strength, other_side=other_side)),
        ("Effort", f"{one.effort} of 10, {effort_word(one.effort)}" if one.effort is not None else ""),
        ("Load", Load(one.load).label if one.load else ""),
        ("Symptoms", "; ".join(_symptoms(one.symptoms)) or "None of those asked for"),
        ("In the client's words", one.note),
    ]
    return [{"term": term, "value": value} for term, value in lines if value]


def _symptoms(symptoms: dict[str, str]) -> Iterable[str]:
    return (f"{ANSWERS[symptoms[slug]]}: {one.words}" for slug, one in BY_SLUG.items() if slug in symptoms)


def _schedule(client: Client, found: Schedule | None) -> Row | None:
    if found is None:
        return None
    late = (today(client.studio) - found.due_on).days
    return {
        "every": "Every day" if found.every_days == 1 else f"Every {found.every_days} days",
        "next": f"next by {day(found.due_on)}",
        "state": overdue(late) if late > 0 else None,
    }


def overdue(days: int) -> State:
    """Return how long a check-in is overdue, as a chip."""
    words = "1 day overdue" if days == 1 else f"{days} days overdue"
    return {"slug": "ending_soon", "icon": "clock", "word": words, "detail": ""}


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.CHECK_IN)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Record how a client is. The rules look at it at once."""
    client = access.client_for(request.membership, client_id)
    on = today(client.studio)
    asked = queries.symptoms_to_ask(client.pk, on=on)
    form = CheckInForm(posted(request), injuries=open_injuries(client.pk), symptoms=asked, on=on)
    if form.carry_out(lambda said: _record(request, client, on, said)):
        return redirect("check_in", client.pk, form.result.pk)
    return client_page(request, "checkins/new.html", client, form=form, status=form.status)


def _record(request: SignedIn, client: Client, on: date, said: dict[str, Any]) -> CheckIn:
    about = said.pop("injury", None)
    injury = injuries.injury_for(client, about) if about else None
    cap = pain_cap(client.pk)
    return actions.record_check_in(client=client, by=request.user, on=on, cap=cap, injury=injury, **said)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, check_in_id: int) -> HttpResponse:
    """Read a check-in: what to do first, then why, then what was told."""
    client = access.client_for(request.membership, client_id)
    check_in = door.check_in_for(client, check_in_id)
    gate = banner_now(request, client)
    version = _places(client).get(check_in.injury_id)
    flags = list(queries.flags_raised_by(check_in))
    return client_page(
        request, "checkins/show.html", client, gate=gate, check_in=check_in, place=str(version or ""),
        emergency_phone=phone_words(client.emergency_phone),
        told=told(check_in, other_side=queries.has_other_side(version.side if version else "")),
        **to_do(client, flags, gate),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.CHECK_IN)
def schedule(request: SignedIn, client_id: int) -> HttpResponse:
    """Agree how often a client checks in."""
    client = access.client_for(request.membership, client_id)
    on, present = today(client.studio), queries.schedule_of(client.pk)
    start = {"every_days": present.every_days if present else 7, "first_on": max(present.due_on, on) if present else on}
    form = ScheduleForm(posted(request), on=on, initial=start)
    if form.carry_out(lambda said: actions.set_schedule(client=client, by=request.user, **said)):
        messages.success(request, f"Agreed. The next check-in is due by {day(form.result.due_on)}.")
        return redirect("check_ins", client.pk)
    url = reverse("check_ins", args=[client.pk])
    return client_page(
        request, "checkins/schedule.html", client, form=form, present=present, cancel_url=url, status=form.status
    )


@require_POST
@may(Permission.CHECK_IN)
def schedule_stop(request: SignedIn, client_id: int) -> HttpResponse:
    """End the schedule. What was missed stays flagged."""
    client = access.client_for(request.membership, client_id)
    actions.stop_schedule(client=client, by=request.user)
    messages.success(request, "Stopped. No check-in is due any more; what was missed stays flagged.")
    return redirect("check_ins", client.pk)
