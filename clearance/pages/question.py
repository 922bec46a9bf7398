"""What the page of one question shows: its state and history, the codes, the papers, and what moves it on."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from clearance.anatomy.movements import Pattern, Phase
from clearance.decisions import links, papers
from clearance.decisions.board import contacts_of, needs_studio, with_history
from clearance.decisions.models import Decision, Link, Paper, Request
from clearance.decisions.queries import known_about, known_when_asked, papers_of
from clearance.decisions.questions import may_send_again
from clearance.decisions.statement import recorded
from clearance.decisions.states import OPEN, Kind, Stage, answers_to, history, stage_of
from clearance.exchange.question import short_code
from clearance.notices.queries import next_reminder
from clearance.pages.asked import LOOKS, Asked, chip
from clearance.pages.may import SignedIn
from clearance.pages.screened import shared_readiness
from clearance.pages.status import day
from clearance.people.lock import moment_of
from clearance.people.models import Channel, Client

Row = dict[str, Any]
MARKS = {"ending_soon": "stop"}


def question_page(request: SignedIn, client: Client, asked: Request) -> Row:
    """Return what templates/requests/show.html shows inside the client's frame."""
    at = moment_of(client.pk)
    (asked,) = with_history([asked])
    stage = stage_of(asked, at=at)
    link = next((one for one in asked.links.all() if not links.ended_because(one, at=at)), None)
    return {
        "asked": asked, "stage": stage, "chip": chip(stage, client.studio.time_zone), "waits": stage.kind in OPEN,
        "snag": Asked(asked, stage).sentence if needs_studio(asked, stage) else "",
        "plan": _plan(asked), "readiness": shared_readiness(client), "injuries": list(asked.asked_about.all()),
        "past": [_line(one, stage) for one in reversed(history(asked, at=at))],
        "answers": _answers(asked, stage), "changed": stage.kind in OPEN and _changed(asked, link, client),
        "link": link, "moved": stage.kind in OPEN and _moved(asked, at),
        "access_code": f"{asked.access_code[:4]} {asked.access_code[4:]}" if link and stage.kind in OPEN else "",
        "letter_code": short_code(asked) if asked.code else "",
        "papers": [_paper(request, client, one) for one in papers_of(asked)], "rule": papers.RULE,
        "contacts": list(contacts_of(asked)), "reminder": next_reminder(asked, at=at),
        **moves(asked, stage, at=at),
    }  # fmt: skip


def moves(asked: Request, stage: Stage, *, at: datetime) -> Row:
    """What the studio can do with a question. `again` is a button or None; `ready` says from when there will be one."""
    waits = stage.kind in OPEN
    mails = bool(asked.physician.email)
    ready = may_send_again(asked, asked.client.studio.ask_again_hours, at=at)
    return {
        "again": _again(asked, stage) if waits and mails and ready <= at else None,
        "ready": ready if waits and mails and ready > at else None,
        "letter": reverse("letter", args=[asked.client_id, asked.pk]) if waits and asked.code else "",
        "may_withdraw": waits or stage.kind is Kind.NEEDS_MORE,
    }


def _again(asked: Request, stage: Stage) -> dict[str, str]:
    failed = stage.kind in (Kind.EXPIRED, Kind.LOCKED, Kind.BOUNCED)
    by_link = asked.channel == Channel.PAPER and not asked.links.all()
    label = "Send it as a link" if by_link else "Send a new link" if failed and asked.links.all() else "Send again"
    return {"label": label, "url": reverse("request_again", args=[asked.client_id, asked.pk]), "method": "post"}


def _moved(asked: Request, at: datetime) -> bool:
    return any(links.ended_because(one, at=at) == "moved" for one in asked.links.all())


def _changed(asked: Request, link: Link | None, client: Client) -> bool:
    """Whether the record differs from what the physician has before their eyes: the link's facts, or the letter."""
    if link:
        return links.changed(link, client=client)
    if asked.channel != Channel.PAPER:
        return False
    now = recorded(known_about(client.pk, asked.physician_id, asked=asked))
    return list(now) != list(recorded(known_when_asked(asked)))


def _plan(asked: Request) -> list[dict[str, str]]:
    """The program envelope in words."""
    movements = ", ".join(str(Pattern(one).label) for one in asked.movements)
    found = [
        ("What is planned", asked.modes),
        ("Movements", movements),
        ("How often", f"{asked.days_a_week} days a week, {asked.minutes} minutes a day"),
        ("Highest phase", str(Phase(asked.top_phase).label)),
        ("Highest effort", f"{asked.top_effort} of 10"),
        ("Travels by", asked.get_channel_display()),
        ("Answer by", day(asked.reply_by) if asked.reply_by else ""),
    ]
    return [{"term": term, "value": value} for term, value in found if value]


def _line(one: Stage, present: Stage) -> Row:
    """A state in the history, with who brought it about and when. What the physician needs stands on top already."""
    slug, icon = LOOKS[one.kind]
    said = one.kind is Kind.NEEDS_MORE and one.at == present.at
    return {"stage": one, "icon": icon, "slug": MARKS.get(slug, "plain"), "note": "" if said else one.note}


def _answers(asked: Request, stage: Stage) -> list[Row]:
    """The physician's words on this question, newest first; the first word after it where none names it."""
    words = answers_to(asked)
    named = [one for one in words if one.request_id == asked.pk]
    over = stage.kind in (Kind.WITHDRAWN, Kind.REPLACED)
    return [
        {"decision": one, "void": getattr(one, "void", None)} for one in reversed(named or ([] if over else words[:1]))
    ]


def _paper(request: SignedIn, client: Client, paper: Paper) -> Row:
    """A paper, how far it has come, and the next step of whoever looks at it."""
    typed = next((one for one in paper.decisions.all() if not hasattr(one, "void")), None)
    word, step = _of_typed(request, client, typed) if typed else ("To be typed", _type(client, paper))
    return {"paper": paper, "word": word, "step": step, "typed": typed}


def _type(client: Client, paper: Paper) -> dict[str, str]:
    return {
        "label": "Type what it says",
        "url": reverse("paper_transcribe", args=[client.pk, paper.pk]),
        "method": "get",
    }


def _of_typed(request: SignedIn, client: Client, typed: Decision) -> tuple[str, dict[str, str] | None]:
    look = getattr(typed, "second_look", None)
    if look:
        return f"Confirmed by {look.by}", None
    if typed.entered_by_id == request.user.pk:
        return "Typed by you. Somebody else has to compare it.", None
    url = reverse("paper_check", args=[client.pk, typed.pk])
    return "Typed, waits for a second person", {"label": "Compare the paper", "url": url, "method": "get"}
