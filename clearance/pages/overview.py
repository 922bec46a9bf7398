"""A client's first page: the time line, the injuries, the programs, how to reach the client, and what can be done."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from clearance.anatomy.movements import Phase
from clearance.decisions.queries import resolved_injuries
from clearance.injuries.models import InjuryVersion
from clearance.injuries.queries import course_progress, courses_of, versions_of
from clearance.pages.client_frame import today
from clearance.pages.flags import alerts
from clearance.pages.gate_banner import Banner, banner_now
from clearance.pages.may import SignedIn
from clearance.pages.screened import card_of
from clearance.pages.status import day, plain, state
from clearance.pages.timeline import kinds_in, only, page_of, what_happened
from clearance.pages.timeline_line import KINDS
from clearance.people.identity import phone_words
from clearance.people.models import Client
from clearance.programs.queries import programs_of

MOST_LINES = 40
Row = dict[str, Any]


def overview(request: SignedIn, client: Client) -> dict[str, Any]:
    """Return what templates/clients/show.html shows inside the client's frame, in a constant number of queries."""
    gate = banner_now(request, client)
    versions = list(versions_of(client.pk))
    programs = list(programs_of(client.pk))
    before = _moment(request.GET.get("before", ""))
    kinds = kinds_in(request.GET.getlist("kind"))
    lines, older = page_of(only(what_happened(client, versions, programs), kinds), before, most=MOST_LINES)
    url = reverse("client", args=[client.pk])
    return {
        "gate": gate,
        "chip": plain("Archived") if client.archived_at else gate.state,
        "timeline": lines,
        "kinds": [{"slug": slug, "label": label, "chosen": slug in kinds} for slug, label in KINDS.items()],
        "narrowed": ", ".join(KINDS[kind].lower() for kind in kinds),
        "older_url": _address(url, kinds, older) if older else "",
        "newer_url": _address(url, kinds) if before else "",
        "injuries": _injuries(client, [one for one in versions if one.until is None]),
        "programs": [_program(client, one, gate) for one in programs],
        "screened": card_of(client),
        "contact": _contact(client),
        "steps": [] if client.archived_at else _steps(client, gate),
        **alerts(client, gate),
    }


def _address(url: str, kinds: list[str], before: datetime | None = None) -> str:
    query: list[tuple[str, str]] = [("kind", kind) for kind in kinds]
    query += [("before", before.isoformat())] if before else []
    return f"{url}?{urlencode(query)}" if query else url


def _moment(text: str) -> datetime | None:
    """Return the moment in the address, or None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _injuries(client: Client, versions: list[InjuryVersion]) -> list[Row]:
    """Open ones first, then what is over, then what was entered by mistake."""
    resolved, on = resolved_injuries(client.pk), today(client.studio)
    courses: dict[int, list[Row]] = {}
    for course in courses_of(client.pk):
        courses.setdefault(course.injury_id, []).append(_course(client, course, on))
    rows = [_injury(client, one, courses.get(one.injury_id, []), resolved) for one in reversed(versions)]
    return sorted(rows, key=lambda row: (row["void"], row["over"]))


def _injury(client: Client, one: InjuryVersion, courses: list[Row], resolved: frozenset[int]) -> Row:
    over = one.injury_id in resolved
    logged = one.injury.created_at.astimezone(ZoneInfo(client.studio.time_zone))
    return {
        "title": str(one),
        "url": reverse("injury", args=[client.pk, one.injury_id]),
        "state": plain("resolved" if over else one.severity_word),
        "why": f"since {day(one.injury.onset_on or logged)}",
        "courses": courses,
        "void": one.injury.voided_at is not None,
        "over": over,
    }


def _course(client: Client, course: Any, on: date) -> Row:
    words = f"{course.get_kind_display()}: {course_progress(course, on=on)}"
    return {"words": words, "url": reverse("treatment", args=[client.pk, course.pk])}


def _program(client: Client, one: Any, gate: Banner) -> Row:
    return {
        "title": one.title,
        "url": reverse("program", args=[client.pk, one.pk]),
        "state": None if gate.open else state("on_hold"),
        "why": f"Phase {Phase(one.phase).label} · version {one.number}, {day(one.saved_at)}",
        "step": None,
    }


def _contact(client: Client) -> list[Row]:
    """What is known, each with the address that calls or writes where there is one."""
    rows = [
        ("Goals", client.goals, ""),
        ("E-mail", client.email, f"mailto:{client.email}"),
        ("Phone", phone_words(client.phone), f"tel:{client.phone}"),
        ("In an emergency", client.emergency_name, ""),
        ("Emergency phone", phone_words(client.emergency_phone), f"tel:{client.emergency_phone}"),
        ("Notes", client.notes, ""),
    ]
    return [{"term": term, "value": value, "link": link} for term, value, link in rows if value]


def _steps(client: Client, gate: Banner) -> list[Row]:
    """What a trainer does most. Asking stands in the banner already where that is the next step."""
    names = [
        ("Check in", "check_in_new"),
        ("Log an injury", "injury_new"),
        ("Open a hold", "hold_new"),
        ("Record a treatment", "treatment_new"),
        ("Ask a physician", "request_new"),
    ]
    if gate.open:
        names.insert(1, ("Build a program", "program_new"))
    steps = [{"label": label, "url": reverse(name, args=[client.pk]), "method": "get"} for label, name in names]
    offered = {step["url"].partition("?")[0] for step in [gate.step, *gate.more_steps] if step}
    return [step for step in steps if step["url"] not in offered]
