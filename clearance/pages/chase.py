"""The chase board: every question that waits, oldest first, and how quickly physicians and clinics answer."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from clearance.decisions import access as door
from clearance.decisions.board import answer_times, on_board, with_history
from clearance.decisions.models import Request
from clearance.decisions.states import Kind, stage_of
from clearance.notices.queries import next_reminder
from clearance.pages.asked import LOOKS, Asked, chip
from clearance.pages.forms.chase import STATES, ChaseFilter, clinics_of
from clearance.pages.may import SignedIn, may
from clearance.pages.question import moves
from clearance.people.lock import now
from clearance.people.models import Physician, Studio
from clearance.people.queries import address_book, trainers_of
from clearance.people.roles import Permission

A_PAGE = 50
A_YEAR = timedelta(days=365)
Row = dict[str, Any]


@require_safe
@may(Permission.SEE_CASELOAD)
def board(request: SignedIn) -> HttpResponse:
    """All that waits for an answer, with one next action each. A letter's code leads to its question."""
    studio, at = request.membership.studio, now()
    physicians = list(address_book(studio.pk))
    form = ChaseFilter(request.GET, physicians=physicians, trainers=trainers_of(studio.pk))
    asked = _lettered(form, studio)
    if asked:
        return redirect("request", asked.client_id, asked.pk)
    waits = _narrowed(form, on_board(studio.pk, at=at), at)
    rows, pages = _page(request, form, waits, studio, at)
    context = {
        "form": form, "rows": rows, "tallies": _tallies(request, waits), "zone": studio.time_zone, **pages,
        "by_physician": _by_physician(studio, physicians, at), "by_clinic": _by_clinic(studio, physicians, at),
        "back": {"url": reverse("caseload"), "label": "Caseload"},
    }  # fmt: skip
    return render(request, "chase/board.html", context, status=form.status)


def _lettered(form: ChaseFilter, studio: Studio) -> Request | None:
    """The question of the letter whose code was typed."""
    code = form.cleaned_data.get("code", "").strip("- ") if form.is_valid() else ""
    if not code:
        return None
    try:
        return door.request_by_code(studio.pk, code)
    except Http404:
        form.add_error("code", "No letter of this studio has this code.")
        return None


def _narrowed(form: ChaseFilter, waits: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """All filters but the state, which is counted first."""
    said = form.cleaned_data
    wanted = {
        "physician": said.get("physician"), "physician__clinic": said.get("clinic"),
        "client__trainer": said.get("trainer"),
    }  # fmt: skip
    found = waits.filter(**{name: value for name, value in wanted.items() if value})
    days = said.get("days")
    return found if days is None else found.filter(at__lt=at - timedelta(days=days))


def _tallies(request: SignedIn, waits: QuerySet[Any]) -> list[Row]:
    """How many are in each state; each leads to its list."""
    counted = waits.order_by().values("state").annotate(number=Count("pk"))
    numbers = {one["state"]: one["number"] for one in counted}
    return [
        {
            "number": numbers[one], "label": one.label, "slug": LOOKS[one][0], "url": _url(request, state=one.value),
        }
        for one in STATES
        if one in numbers
    ]  # fmt: skip


def _page(
    request: SignedIn, form: ChaseFilter, waits: QuerySet[Any], studio: Studio, at: datetime
) -> tuple[list[Row], dict[str, str]]:
    state, number = form.cleaned_data.get("state"), form.cleaned_data.get("page") or 1
    found = waits.filter(state=state) if state else waits
    asked = list(found[(number - 1) * A_PAGE : number * A_PAGE + 1])
    rows = [_row(request, one, studio, at) for one in with_history(asked[:A_PAGE])]
    older = _url(request, page=number + 1) if len(asked) > A_PAGE else ""
    return rows, {"older_url": older, "newer_url": _url(request, page=number - 1) if number > 1 else ""}


def _url(request: SignedIn, **place: Any) -> str:
    kept = {name: value for name, value in request.GET.items() if value and name not in ("page", "code")}
    return f"{request.path}?{urlencode(kept | place)}"


def _row(request: SignedIn, one: Request, studio: Studio, at: datetime) -> Row:
    stage = stage_of(one, at=at)
    days = (at - one.at).days
    return {
        "asked": one, "url": reverse("request", args=[one.client_id, one.pk]), "chip": chip(stage, studio.time_zone),
        "waits": "today" if days == 0 else f"{days} day{'' if days == 1 else 's'}",
        "overdue": one.reply_by is not None and one.reply_by < at.astimezone(ZoneInfo(studio.time_zone)).date(),
        "reminder": next_reminder(one, at=at), **_next(request, Asked(one, stage), at),
    }  # fmt: skip


def _next(request: SignedIn, asked: Asked, at: datetime) -> Row:
    """One next action: answer what the physician needs, print the letter, or send it again."""
    can = moves(asked.request, asked.stage, at=at)
    if asked.stage.kind is Kind.NEEDS_MORE:
        url = reverse("request_tell", args=[asked.request.client_id, asked.request.pk])
        return {"step": {"label": "Answer it", "url": url, "method": "get"}, "ready": None}
    if asked.letter_waits and can["letter"]:
        return {"step": {"label": "Print the letter", "url": can["letter"], "method": "get"}, "ready": None}
    step = can["again"]
    if step:
        step = step | {"url": f"{step['url']}?{urlencode({'next': request.get_full_path()})}"}
    return {"step": step, "ready": can["ready"]}


def _by_physician(studio: Studio, physicians: Sequence[Physician], at: datetime) -> list[Row]:
    times = {one["physician"]: one for one in answer_times(studio.pk, "physician", since=at - A_YEAR)}
    return [_times(one.name, one.clinic, f"physician={one.pk}", times[one.pk]) for one in physicians if one.pk in times]


def _by_clinic(studio: Studio, physicians: Sequence[Physician], at: datetime) -> list[Row]:
    times = {one["clinic"]: one for one in answer_times(studio.pk, "clinic", since=at - A_YEAR)}
    known = clinics_of(physicians)
    return [_times(name, "", f"clinic={pk}", times[name]) for name, pk in known.items() if name in times]


def _times(name: str, more: str, query: str, times: Row) -> Row:
    """A line on how quickly somebody answers. The median is in days, to a tenth."""
    days = round(times["median"] / timedelta(days=1), 1) if times["median"] else None
    words = "" if days is None else "under 1" if days < 1 else f"{days:g}"
    return {"name": name, "more": more, "url": f"{reverse('chase')}?{query}", "median": words, **_numbers(times)}


def _numbers(times: Row) -> Row:
    return {name: times[name] for name in ("asked", "answered")}
