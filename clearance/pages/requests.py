"""Questions to physicians: ask one in two clicks, and see what became of it."""

from collections.abc import Iterable
from dataclasses import replace
from smtplib import SMTPException

from django.contrib import messages
from django.core.mail import send_mail
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clearance.anatomy.movements import Phase
from clearance.decisions import access as door
from clearance.decisions import questions
from clearance.decisions.models import Decision, Request
from clearance.decisions.queries import answer_to, askable
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.requests import AskForm
from clearance.pages.gate_banner import Banner, banner_now
from clearance.pages.may import SignedIn, has, may
from clearance.pages.status import State, plain, state
from clearance.people import access
from clearance.people.identity import phone_words
from clearance.people.lock import now
from clearance.people.models import Client, Physician
from clearance.people.queries import consent_in_force, supervising
from clearance.people.roles import Permission


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.ASK_PHYSICIANS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Ask a physician. The first click brought the trainer here with the physician chosen; the second sends."""
    client = access.client_for(request.membership, client_id)
    physicians, on = askable(client.pk), today(client.studio)
    unshared = [one for one in physicians if consent_in_force(client.pk, one.pk, on=on) is None]
    first = _first(request, client, physicians)
    form = AskForm(posted(request), physicians=physicians, on=on, initial={"physician": first})
    if form.carry_out(lambda data: questions.ask(client=client, by=request.user, on=on, **data)):
        asked, is_new = form.result
        if is_new:
            _tell(request, asked)
        else:
            messages.info(request, "This question waits for an answer already. It was not sent again.")
        return redirect("request", client.pk, asked.pk)
    gate = _elsewhere(banner_now(request, client), reverse("request_new", args=[client.pk]))
    return client_page(
        request, "requests/new.html", client, gate=gate, form=form, physicians=physicians, status=form.status,
        consent_step=_consent_step(client, unshared) if len(unshared) == len(physicians) else None,
        team_step={"label": "Go to the care team", "url": reverse("care_team", args=[client.pk]), "method": "get"},
    )  # fmt: skip


def _consent_step(client: Client, unshared: list[Physician]) -> dict[str, str] | None:
    """Before the client consents there is nothing to ask: the question itself would share."""
    if not unshared:
        return None
    url = f"{reverse('consent_new', args=[client.pk])}?physician={unshared[0].pk}"
    return {"label": "Record the consent", "url": url, "method": "get"}


def _elsewhere(gate: Banner, here: str) -> Banner:
    """The banner without the button that would lead to this page again."""
    steps = [step for step in [gate.step, *gate.more_steps] if step and not step["url"].startswith(here)]
    return replace(gate, step=steps[0] if steps else None, more_steps=steps[1:])


def _first(request: SignedIn, client: Client, physicians: Iterable[Physician]) -> int | None:
    """The physician in the address, or the supervising one, or the only one."""
    ids = [one.pk for one in physicians]
    member = supervising(client.pk)
    wishes = [request.GET.get("physician", ""), str(member.physician_id) if member else ""]
    found = [pk for wish in wishes for pk in ids if str(pk) == wish]
    return next(iter(found or ids[:1] * (len(ids) == 1)), None)


def _tell(request: SignedIn, asked: Request) -> None:
    """Tell the physician that something waits: neither about whom nor what. A lost mail does not lose the question."""
    physician = asked.physician
    if not physician.user_id or not physician.email:
        messages.warning(request, f"The question is recorded, but nobody told {physician}: read below what is missing.")
        return
    try:
        _mail(request, asked)
    except (SMTPException, OSError):
        words = f"The question is recorded, but the notice to {physician} could not be mailed. Please call the clinic."
        messages.warning(request, words)
    else:
        messages.success(request, f"Asked. A notice went to {physician}.")


def _mail(request: SignedIn, asked: Request) -> None:
    studio = asked.client.studio
    words = {
        "name": asked.physician.name, "studio": studio.name, "phone": phone_words(studio.phone),
        "link": request.build_absolute_uri(reverse("physician")),
    }  # fmt: skip
    send_mail("A question is waiting for you", render_to_string("mail/asked.txt", words), None, [asked.physician.email])


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Read a question: what was asked, by whom, and which decision answered it."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    answer = answer_to(asked)
    return client_page(
        request, "requests/show.html", client, asked=asked, answer=answer, chip=_chip(answer), plan=_plan(asked),
        answer_void=getattr(answer, "void", None),
        days=(now() - asked.at).days, may_invite=has(request, Permission.VERIFY_PHYSICIANS),
    )  # fmt: skip


def _chip(answer: Decision | None) -> State:
    return plain("Answered") if answer else state("waiting")


def _plan(asked: Request) -> list[dict[str, str]]:
    """The program envelope in words."""
    return [
        {"term": "What is planned", "value": asked.modes},
        {"term": "How often", "value": f"{asked.days_a_week} days a week, {asked.minutes} minutes a day"},
        {"term": "Highest phase", "value": str(Phase(asked.top_phase).label)},
        {"term": "Highest effort", "value": f"{asked.top_effort} of 10"},
    ]


def again(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    raise NotImplementedError


withdraw = tell = contact = by_code = again
