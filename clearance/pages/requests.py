"""Questions to physicians: ask one in two clicks, see what became of it, and bring it to an answer."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clearance.checkins.access import flag_for
from clearance.checkins.models import Flag
from clearance.checkins.queries import prepared_note
from clearance.checkins.tiers import Tier
from clearance.decisions import access as door
from clearance.decisions import questions
from clearance.decisions.models import Request, RequestStep
from clearance.decisions.queries import askable, last_request, open_injuries
from clearance.decisions.states import OPEN, Kind, Stage, stage_of
from clearance.injuries.models import InjuryVersion
from clearance.pages.client_frame import client_page, today
from clearance.pages.forms.base import posted
from clearance.pages.forms.requests import AskForm, ContactForm, TellForm, WithdrawForm
from clearance.pages.gate_banner import Banner, banner_now, held_since
from clearance.pages.may import SignedIn, has, may
from clearance.pages.question import question_page
from clearance.pages.status import day
from clearance.people import access
from clearance.people.identity import phone_words
from clearance.people.lock import moment_of
from clearance.people.models import Channel, Client, Physician
from clearance.people.queries import consent_in_force, supervising
from clearance.people.roles import Permission

# By when an answer is hoped for: what has to be looked at today is asked for today.
SOON = {
    Tier.EMERGENCY: timedelta(), Tier.SAME_DAY: timedelta(), Tier.REFER: timedelta(days=2),
    Tier.REVIEW: timedelta(days=7),
}  # fmt: skip
ASKED = {
    Channel.LINK: "Asked. The mail to {name} leaves within a minute. Tell them the access code by phone.",
    Channel.PAPER: "Recorded. Print the letter and hand or fax it.",
    Channel.ACCOUNT: "Asked. The notice to {name} leaves within a minute.",
}


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.ASK_PHYSICIANS)
def new(request: SignedIn, client_id: int) -> HttpResponse:
    """Ask a physician. The first click brought the trainer here with everything chosen; the second sends."""
    client = access.client_for(request.membership, client_id)
    physicians, on = askable(client.pk), today(client.studio)
    unshared = [one for one in physicians if consent_in_force(client.pk, one.pk, on=on) is None]
    injuries, gate, flag = _askable_injuries(client, physicians), banner_now(request, client), _flag(request, client)
    first = _first(request, client, physicians, _treating(flag, injuries))
    start = _start(client, first, injuries) | _prepared(client, flag, gate)
    form = AskForm(posted(request), physicians=physicians, injuries=injuries, on=on, initial=start)
    if form.carry_out(lambda said: questions.ask(client=client, by=request.user, on=on, **_wanted(form, said))):
        _say(request, *form.result)
        return redirect("request", client.pk, form.result[0].pk)
    gate = _elsewhere(gate, reverse("request_new", args=[client.pk]))
    return client_page(
        request, "requests/new.html", client, gate=gate, form=form, flag=flag, physicians=physicians,
        status=form.status,
        consent_step=_consent_step(client, unshared) if len(unshared) == len(physicians) else None,
        team_step={"label": "Go to the care team", "url": reverse("care_team", args=[client.pk]), "method": "get"},
    )  # fmt: skip


def _flag(request: SignedIn, client: Client) -> Flag | None:
    """The red flag that the address names: what the question is about."""
    wish = request.GET.get("flag", "")
    if not (wish.isascii() and wish.isdigit()):
        return None
    if len(wish) > 18:
        raise Http404("No such flag.")
    return flag_for(client, int(wish))


def _treating(flag: Flag | None, injuries: list[InjuryVersion]) -> str:
    """Who supervises the injury that a flag is about."""
    about = flag.check_in.injury_id if flag and flag.check_in else None
    return next((str(one.supervised_by_id) for one in injuries if one.injury_id == about), "")


def _prepared(client: Client, flag: Flag | None, gate: Banner) -> dict[str, Any]:
    """The question as a red flag's note; the trainer reads it and may change it."""
    if flag is None:
        return {}
    held = flag.hold.at.astimezone(ZoneInfo(client.studio.time_zone)) if flag.hold else None
    since = f"{day(held)}, {held:%H:%M}" if held and flag.hold and flag.hold.at in held_since(gate) else ""
    on = today(client.studio)
    return {"question": prepared_note(flag, on=on, held=since), "reply_by": on + SOON[Tier(flag.tier)]}


def _askable_injuries(client: Client, physicians: Iterable[Physician]) -> list[InjuryVersion]:
    """The open injuries that one of these physicians supervises."""
    ids = {one.pk for one in physicians}
    return [one for one in open_injuries(client.pk) if one.supervised_by_id in ids]


def _first(request: SignedIn, client: Client, physicians: Iterable[Physician], treating: str) -> Physician | None:
    """The physician in the address, or who supervises what a flag is about, or the client, or the only one."""
    known = list(physicians)
    member = supervising(client.pk)
    wishes = [request.GET.get("physician", ""), treating, str(member.physician_id) if member else ""]
    found = [one for wish in wishes for one in known if str(one.pk) == wish]
    return next(iter(found or known[:1] * (len(known) == 1)), None)


def _start(client: Client, physician: Physician | None, injuries: list[InjuryVersion]) -> dict[str, Any]:
    """What is chosen beforehand: all that this physician supervises, the plan asked about last, the usual way."""
    if physician is None:
        return {}
    last = last_request(client.pk, physician.pk)
    plan = {name: getattr(last, name) for name in AskForm.PLAN} if last else {}
    mine = [one.injury_id for one in injuries if one.supervised_by_id == physician.pk]
    return {"physician": physician.pk, "about": mine, "channel": questions.usual_channel(physician), **plan}


def _wanted(form: AskForm, said: dict[str, Any]) -> dict[str, Any]:
    # Without an injury to choose there is no field, and "all of them" is none.
    return said if "about" in form.fields else said | {"about": None}


def _say(request: SignedIn, asked: Request, is_new: bool) -> None:
    if is_new:
        messages.success(request, ASKED[Channel(asked.channel)].format(name=asked.physician))
    else:
        messages.info(request, "This question waits for an answer already. It was not sent again.")


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


@require_safe
@may(Permission.SEE_CLIENTS)
def show(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Read a question: what was asked, how far it has come, what moves it on, and which decision answered it."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    gate = _elsewhere(banner_now(request, client), reverse("request", args=[client.pk, asked.pk]))
    return client_page(request, "requests/show.html", client, gate=gate, **question_page(request, client, asked))


@require_POST
@may(Permission.ASK_PHYSICIANS)
def again(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Send a question again, from its page or from the chase board."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    questions.send_again(request=asked, by=request.user)
    messages.success(request, f"Sent again. The mail to {asked.physician} leaves within a minute.")
    board = request.GET.get("next", "")
    if board.startswith(reverse("chase")) and has(request, Permission.SEE_CASELOAD):
        return redirect(board)
    return redirect("request", client.pk, asked.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.ASK_PHYSICIANS)
def tell(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Answer what the physician needs to know, on the same question."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    stage = _stage(asked)
    form = TellForm(posted(request))
    if form.carry_out(lambda said: questions.tell_more(request=asked, by=request.user, **said)):
        messages.success(request, f"Told. The question waits for {asked.physician} again.")
        return redirect("request", client.pk, asked.pk)
    if not form.is_bound and stage.kind is not Kind.NEEDS_MORE:
        return _over(request, asked, "The physician waits for no more on this question.")
    return _form(request, "requests/tell.html", client, asked, form, wish=stage.note)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.ASK_PHYSICIANS)
def contact(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Note who was called or written to, and what they said."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    wish = request.GET.get("effect", "")
    start = {"effect": wish if wish in RequestStep.Kind.values else ""}
    form = ContactForm(posted(request), waits=_stage(asked).kind in OPEN, initial=start)
    if form.carry_out(lambda said: questions.log_contact(request=asked, by=request.user, **said)):
        messages.success(request, "Noted.")
        return redirect("request", client.pk, asked.pk)
    numbers = {name: phone_words(getattr(asked.physician, name)) for name in ("phone", "fax")}
    return _form(request, "requests/contact.html", client, asked, form, **numbers)


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.ASK_PHYSICIANS)
def withdraw(request: SignedIn, client_id: int, request_id: int) -> HttpResponse:
    """Take a question back."""
    client = access.client_for(request.membership, client_id)
    asked = door.request_for(client, request_id)
    form = WithdrawForm(posted(request))
    if form.carry_out(lambda said: questions.withdraw_request(request=asked, by=request.user, **said)):
        messages.success(request, "Withdrawn. Its link has ended.")
        return redirect("request", client.pk, asked.pk)
    if not form.is_bound and _stage(asked).kind not in (*OPEN, Kind.NEEDS_MORE):
        return _over(request, asked, "This question waits for no answer any more.")
    return _form(request, "requests/withdraw.html", client, asked, form)


def _stage(asked: Request) -> Stage:
    return stage_of(asked, at=moment_of(asked.client_id))


def _over(request: SignedIn, asked: Request, sentence: str) -> HttpResponse:
    messages.info(request, sentence)
    return redirect("request", asked.client_id, asked.pk)


def _form(request: SignedIn, template: str, client: Client, asked: Request, form: Any, **context: Any) -> HttpResponse:
    """A form about a question, under the way back to it."""
    url = reverse("request", args=[client.pk, asked.pk])
    gate = _elsewhere(banner_now(request, client), url)
    frame = {"asked": asked, "form": form, "request_url": url, "gate": gate, **context}
    return client_page(request, template, client, status=form.status, **frame)


@require_safe
@may(Permission.SEE_CLIENTS)
def by_code(request: SignedIn, code: str) -> HttpResponse:
    """Go from the code on a letter to its question."""
    if not code.strip("- "):
        raise Http404("No such letter.")
    asked = door.request_by_code(request.membership.studio_id, code)
    return redirect("request", asked.client_id, asked.pk)
