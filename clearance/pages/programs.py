"""Programs of a client: the list, the builder, one program, its print view. The gate is asked first, every time."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clearance.anatomy.movements import Phase
from clearance.checkins.queries import freezes
from clearance.gate import guard
from clearance.gate.limits import Limits
from clearance.gate.queries import limits_of
from clearance.gate.rule import Verdict
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.programs import PlanForm, builder
from clearance.pages.gate_banner import banner
from clearance.pages.may import SignedIn, may
from clearance.pages.status import day, state
from clearance.people import access
from clearance.people.actions import in_use
from clearance.people.lock import now
from clearance.people.models import Client
from clearance.people.refused import Refused
from clearance.people.roles import Permission
from clearance.programs import actions, queries
from clearance.programs.access import program_for
from clearance.programs.models import Program, ProgramVersion

PAGE = 25
Row = dict[str, Any]


@require_safe
@may(Permission.SEE_CLIENTS)
def index(request: SignedIn, client_id: int) -> HttpResponse:
    client = access.client_for(request.membership, client_id)
    judged = guard.judge(client.pk)
    page = Paginator(queries.programs_of(client.pk), PAGE).get_page(request.GET.get("page"))
    usable = _usable(client, judged)
    return client_page(
        request, "programs/index.html", client, tab="programs", gate=banner(request, client, judged), usable=usable,
        rows=_rows(client, page, limits_of(judged.decisions) if usable else None), **_neighbours(page),
        new={"label": "New program", "url": reverse("program_new", args=[client.pk]), "method": "get"},
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.BUILD_PROGRAMS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    client = in_use(access.client_for(request.membership, client_id))
    return _behind_the_gate(request, client, None)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.BUILD_PROGRAMS)
def edit(request: SignedIn, client_id: int, program_id: int) -> HttpResponse:
    client = access.client_for(request.membership, client_id)
    program = program_for(client, program_id)
    return _behind_the_gate(request, in_use(client), program)


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, program_id: int) -> HttpResponse:
    client = access.client_for(request.membership, client_id)
    program = program_for(client, program_id)
    versions = list(queries.versions_of(program))
    version = _asked_for(request, versions)
    judged = guard.judge(client.pk)
    usable = _usable(client, judged)
    return client_page(
        request, "programs/show.html", client, tab="programs", gate=banner(request, client, judged), program=program,
        version=version, versions=versions, is_last=version == versions[0], usable=usable,
        phase=phase_words(version.phase), **(content_of(version, judged) if usable else {}),
    )  # fmt: skip


@require_safe
@may(Permission.BUILD_PROGRAMS)
def print_view(request: SignedIn, client_id: int, program_id: int) -> HttpResponse:
    client = access.client_for(request.membership, client_id)
    program = program_for(client, program_id)
    judged = guard.see(in_use(client), to="print a program", by=request.user)
    version = queries.last_version(program)
    content = content_of(version, judged)
    if content["problems"] or content["broken"]:
        raise Refused("This program breaks a restriction that is in force now. Change it and save it first.")
    return client_page(
        request, "programs/print.html", client, gate=banner(request, client, judged), version=version,
        phase=phase_words(version.phase), needed=judged.needed, printed_at=now(), nav=[], search_url="",
        logout_url="", **content,
    )  # fmt: skip


def _usable(client: Client, judged: Verdict) -> bool:
    return judged.open and client.archived_at is None


def _rows(client: Client, page: Page[Any], limits: Limits | None) -> list[Row]:
    """One row per program. Without limits nothing may be used, and nothing is offered."""
    plans = queries.plans_of(one.version for one in page) if limits else {}
    broken = queries.check_all(plans, limits) if limits else {}
    return [_row(client, one, held=limits is None, broken=bool(broken.get(one.version))) for one in page]


def _row(client: Client, program: Any, *, held: bool, broken: bool) -> Row:
    saved = day(program.saved_at.astimezone(ZoneInfo(client.studio.time_zone)))
    why = f"Version {program.number} · {phase_words(program.phase)} · saved {saved} by {program.saved_by}"
    url = reverse("program_edit", args=[client.pk, program.pk])
    return {
        "title": program.title,
        "url": reverse("program", args=[client.pk, program.pk]),
        "state": state("on_hold") if held or broken else None,
        "why": f"{why}. The restrictions have changed since: change it before it is used." if broken else why,
        "step": None if held else {"label": "Change" if broken else "Edit", "url": url, "method": "get"},
    }


def phase_words(number: int) -> str:
    """Return a phase with its number and name."""
    return f"Phase {Phase(number).label}"


def _neighbours(page: Page[Any]) -> Row:
    return {
        "older_url": f"?page={page.next_page_number()}" if page.has_next() else "",
        "newer_url": f"?page={page.previous_page_number()}" if page.has_previous() else "",
    }


def _asked_for(request: HttpRequest, versions: list[ProgramVersion]) -> ProgramVersion:
    """Return the version named in the address, or the last one."""
    asked = request.GET.get("version", "")
    found = versions[0] if not asked else next((one for one in versions if f"{one.number}" == asked), None)
    if found is None:
        raise Http404("No such version.")
    return found


def content_of(version: ProgramVersion, judged: Verdict) -> Row:
    """What a version says, line by line with what the limits of this moment object to."""
    limits = limits_of(judged.decisions)
    found = queries.check(queries.plan_of(version), limits)
    refused = {(one.day, one.line): one.sentence for one in found if one.line is not None}
    workouts = [
        {"name": workout.name, "lines": [(row, refused.get((number, place))) for place, row in enumerate(lines)]}
        for number, (workout, lines) in enumerate(queries.workouts_of(version))
    ]
    return {
        "workouts": workouts, "problems": [one.sentence for one in found if one.line is None], "broken": bool(refused),
        "restrictions": limits.clauses, "spoken": queries.said_in_words(judged.decisions),
    }  # fmt: skip


def _behind_the_gate(request: SignedIn, client: Client, program: Program | None) -> HttpResponse:
    """The builder. A gate that shuts while somebody types does not take away what was typed."""
    try:
        return _build(request, client, program)
    except guard.GateShut as shut:
        if request.method != "POST":
            raise
        return _shut(request, shut)


def _build(request: SignedIn, client: Client, program: Program | None) -> HttpResponse:
    judged = guard.see(client, to=_purpose(request, program), by=request.user)
    versions = list(queries.versions_of(program)) if program else []
    start = _asked_for(request, versions) if versions else None
    form = builder(
        posted(request), limits=limits_of(judged.decisions), plan=queries.plan_of(start) if start else None,
        latest=versions[0].number if versions else None,
    )  # fmt: skip
    if form.carry_out(lambda data: _save(request, client, program, form)):
        messages.success(request, f"Saved. This is version {form.result.number}.")
        return redirect("program", client.pk, form.result.program_id)
    return client_page(
        request, "programs/builder.html", client, gate=banner(request, client, judged), form=form, status=form.status,
        program=program, start=start, frozen=freezes(client, on=today(client.studio)),
    )  # fmt: skip


def _purpose(request: HttpRequest, program: Program | None) -> str:
    if request.method != "POST":
        return "open the builder"
    return "change a program" if program else "build a program"


def _save(request: SignedIn, client: Client, program: Program | None, form: PlanForm) -> ProgramVersion:
    if program is None:
        return actions.build(client=client, by=request.user, plan=form.plan)
    return actions.revise(program=program, by=request.user, plan=form.plan, onto=form.cleaned_data["onto"])


def _shut(request: SignedIn, shut: guard.GateShut) -> HttpResponse:
    """The page of a shut gate, with what was typed in it, so that it can be sent once more."""
    kept = ((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    typed = [(name, value) for name, values in kept for value in values]
    gate = banner(request, shut.client, shut.verdict)
    return render(request, "programs/shut.html", {"client": shut.client, "gate": gate, "typed": typed}, status=409)
