"""Today: who needs the trainer, who waits for a physician, whose clearance ends soon, and who may train."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.checkins.models import Schedule
from clearance.checkins.queries import due_check_ins
from clearance.decisions.board import newest_questions
from clearance.decisions.queries import waiting_clients
from clearance.decisions.states import OPEN, Kind, stage_of
from clearance.gate.models import Standing
from clearance.gate.queries import counts, in_state
from clearance.gate.rule import Code
from clearance.gate.standings import of_studio
from clearance.gate.steps import Step, step_of
from clearance.pages.asked import Asked
from clearance.pages.check_ins import overdue
from clearance.pages.flags import of_today
from clearance.pages.may import SignedIn, has
from clearance.pages.status import day, state_of_standing
from clearance.people.lock import now
from clearance.people.models import Membership
from clearance.people.queries import last_days_of_consents
from clearance.people.roles import Permission

MOST = 25
TALLIES = (
    ("needs_you", "needs you today", "need you today", "blocked"),
    ("asked", "waits for a physician", "wait for a physician", "waiting"),
    ("ending_soon", "ends within 14 days", "end within 14 days", "ending_soon"),
    ("open", "open to train", "open to train", "in_force"),
)
OFFERS = {
    Step.NAME_PHYSICIAN: ("Name a physician", "care_team"),
    Step.CHANGE_PHYSICIAN: ("Change the physician", "care_team"),
    Step.RECORD_CONSENT: ("Record the consent", "consent_new"),
}
ASK = ("Ask the physician", "request_new")
NEW = ("Add a client", "client_new")
Row = dict[str, Any]


@require_safe
def show(request: SignedIn) -> HttpResponse:
    """The first page. Whoever works in no studio is sent to the patients, or told whom to ask."""
    if request.membership is None:
        return redirect("physician") if request.is_physician else render(request, "today/nowhere.html")
    at, me = now(), request.membership
    everybody = of_studio(me.studio_id)
    mine = everybody.filter(client__trainer=me)
    numbers = counts(mine, ["shut", *(name for name, *_ in TALLIES)], at=at)
    flags, due = of_today(me, everybody, at, most=MOST), _due(me, at)
    context = {
        "greeting": _greeting(me, at),
        "tallies": [*(_tally(me, numbers[one[0]], one) for one in TALLIES), *_more_tallies(flags, due)],
        "flags": flags,
        "due": due,
        "trains": numbers["open"] + numbers["shut"] > 0,
        "step": _first_step(request),
        "chase_url": reverse("chase") if has(request, Permission.SEE_CASELOAD) else "",
        **_lists(mine, me, at),
    }
    return render(request, "today/show.html", context)


def _greeting(me: Membership, at: datetime) -> str:
    hour = at.astimezone(ZoneInfo(me.studio.time_zone)).hour
    part = "morning" if 4 <= hour < 12 else "afternoon" if 12 <= hour < 18 else "evening"
    first = me.user.name.split()[:1]
    return ", ".join([f"Good {part}", *first])


def _first_step(request: SignedIn) -> Row:
    label, name = ("See the caseload", "caseload") if has(request, Permission.SEE_CASELOAD) else NEW
    return {"label": label, "url": reverse(name), "method": "get"}


def _tally(me: Membership, number: int, words: tuple[str, str, str, str]) -> Row:
    state, one, many, slug = words
    return {"number": number, "label": one if number == 1 else many, "url": _list_url(me, state), "slug": slug}


def _more_tallies(flags: Row, due: Row) -> list[Row]:
    """These lists are on this page, in full up to MOST."""
    return [
        {"number": flags["number"], "label": "with a red flag", "url": "#red-flags", "slug": "on_hold"},
        {"number": due["number"], "label": "check-in due" if due["number"] == 1 else "check-ins due", "url": "#due",
         "slug": "ending_soon"},
    ]  # fmt: skip


def _due(me: Membership, at: datetime) -> Row:
    """The check-ins that are due today or before, the longest overdue first."""
    on = at.astimezone(ZoneInfo(me.studio.time_zone)).date()
    found = due_check_ins(me, on=on)
    return {"rows": [_to_check_in(one, on) for one in found[:MOST]], "number": found.count()}


def _to_check_in(schedule: Schedule, on: date) -> Row:
    late, often = (on - schedule.due_on).days, schedule.every_days
    every = "every day" if often == 1 else f"every {often} days"
    return {
        "title": schedule.client.name,
        "url": reverse("client", args=[schedule.client_id]),
        "state": overdue(late) if late else None,
        "why": f"Due {'today' if not late else f'by {day(schedule.due_on)}'}, {every}.",
        "step": {"label": "Check in", "url": reverse("check_in_new", args=[schedule.client_id]), "method": "get"},
    }


def _list_url(me: Membership, state: str) -> str:
    return f"{reverse('clients')}?{urlencode({'trainer': me.pk, 'state': state})}"


def _lists(mine: QuerySet[Standing], me: Membership, at: datetime) -> dict[str, Any]:
    needs, soon = in_state("needs_you", at=at), in_state("ending_soon", at=at)

    def section(state: str, which: Q, *order: str) -> dict[str, Any]:
        found = list(mine.filter(which).order_by(*order, "client__name", "client")[: MOST + 1])
        rows = [_row(one, at, me.studio.time_zone, may_ask=which is needs) for one in found[:MOST]]
        return {"rows": rows, "more_url": _list_url(me, state) if len(found) > MOST else ""}

    ending, ours = section("ending_soon", soon, "until"), section("needs_you", needs, "-since")
    _say_what_ends(ending["rows"])
    _say_what_is_stuck(ours["rows"], at)
    # Who was stopped last stands on top: what is new today is seen today.
    return {
        "needs_you": ours,
        "waiting": section("asked", in_state("shut", at=at) & ~needs, "since"),
        "ending": ending,
        "open": section("open", in_state("open", at=at) & ~soon),
    }


def _row(standing: Standing, at: datetime, zone: str, *, may_ask: bool) -> Row:
    return {
        "standing": standing,
        "title": standing.client.name,
        "url": reverse("client", args=[standing.client_id]),
        "state": state_of_standing(standing, at=at, zone=zone),
        "why": standing.sentence,
        "step": _step(standing, may_ask=may_ask),
    }


def _step(standing: Standing, *, may_ask: bool) -> Row:
    steps = [step_of(Code(code)) for code in standing.codes]
    # Asking comes last: it is refused before the contact is verified, and asking twice moves nothing.
    asks = may_ask and Step.ASK_PHYSICIAN in steps and Step.VERIFY_PHYSICIAN not in steps
    rest = ASK if asks else ("See the client", "client") if steps else ("Programs", "programs")
    return _link(standing, *next((OFFERS[step] for step in steps if step in OFFERS), rest))


def _say_what_is_stuck(rows: list[Row], at: datetime) -> None:
    """Where a physician was asked and cannot answer, the next move is on that question, and not to ask again."""
    to_ask = {row["standing"].client_id: row for row in rows if row["step"]["label"] == ASK[0]}
    asked = [Asked(one, stage_of(one, at=at)) for one in newest_questions(to_ask)]
    for one in asked:
        if one.stage.kind in (*OPEN, Kind.NEEDS_MORE) and one.ours:
            to_ask[one.request.client_id] |= {"why": one.sentence, "step": one.step}


def _say_what_ends(rows: list[Row]) -> None:
    """What ends is the clearance, or the consent behind it: each has its own next step."""
    clients = [row["standing"].client_id for row in rows]
    asked, consents = waiting_clients(clients), last_days_of_consents(clients)
    for row in rows:
        standing = row["standing"]
        what, label, name = "clearance", "Ask again", "request_new"
        if (standing.client_id, standing.last_day) in consents:
            what, label, name = "consent", "Renew the consent", "consent_new"
        elif standing.client_id in asked:
            label, name = "See the client", "client"
        last = f"The {what} ends after {day(standing.last_day)}."
        row["why"] = f"{last} The physician has been asked." if name == "client" else last
        row["step"] = _link(standing, label, name)


def _link(standing: Standing, label: str, name: str) -> Row:
    return {"label": label, "url": reverse(name, args=[standing.client_id]), "method": "get"}
