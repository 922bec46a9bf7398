"""Red flags: what to do, who answers them, and the review of those that wait for a trainer."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clearance.checkins import access as door
from clearance.checkins import actions, queries
from clearance.checkins.models import Flag
from clearance.checkins.red_flags import ACTIONS
from clearance.checkins.tiers import Tier
from clearance.decisions.board import newest_questions
from clearance.decisions.queries import waiting_clients
from clearance.gate.models import Standing
from clearance.gate.rule import Code
from clearance.pages.client_frame import client_page
from clearance.pages.forms.base import posted
from clearance.pages.forms.check_ins import ReviewForm
from clearance.pages.gate_banner import Banner, banner_now, held_since
from clearance.pages.may import SignedIn, may
from clearance.pages.status import State, day
from clearance.people import access
from clearance.people.identity import phone_words
from clearance.people.lock import now
from clearance.people.models import Client, Membership, Physician
from clearance.people.queries import supervising
from clearance.people.roles import Permission

LOOKS = {
    Tier.EMERGENCY: ("emergency", "siren"),
    Tier.SAME_DAY: ("same_day", "phone-call"),
    Tier.REFER: ("refer", "octagon-pause"),
    Tier.REVIEW: ("review", "eye"),
}
# So long an emergency or a call of today is said as one. Later it is what happened, and the stop still stands.
FRESH = timedelta(hours=24)
LATELY = timedelta(days=14)
Row = dict[str, Any]
Held = frozenset[datetime]


def tier_chip(tier: int) -> State:
    """Return how urgent a flag is, as a chip."""
    slug, icon = LOOKS[Tier(tier)]
    return {"slug": slug, "icon": icon, "word": str(Tier(tier).label), "detail": ""}


def flag_row(flag: Flag, held: Held) -> Row:
    """Return a flag as the pages show it. `held` are the moments of the stops that no physician has answered."""
    stops = flag.hold is not None
    review = getattr(flag, "review", None)
    return {
        "id": flag.pk,
        "at": flag.at,
        "state": tier_chip(flag.tier),
        "sentence": flag.sentence,
        "action": ACTIONS[Tier(flag.tier)],
        "since": flag.hold.at if flag.hold else None,
        "stops": stops,
        "holds": flag.hold is not None and flag.hold.at in held,
        "review": review,
        "waits": not stops and review is None,
        "check_in_url": reverse("check_in", args=[flag.client_id, flag.check_in_id]) if flag.check_in_id else "",
        "review_url": reverse("flag_review", args=[flag.client_id, flag.pk]),
        "ask_url": ask_url(flag),
    }


def ask_url(flag: Flag) -> str:
    """Return the address of the question to the physician that begins with a flag's note."""
    return f"{reverse('request_new', args=[flag.client_id])}?{urlencode({'flag': flag.pk})}"


@require_http_methods(["GET", "HEAD", "POST"])
@may(Permission.REVIEW_FLAGS)
def review(request: SignedIn, client_id: int, flag_id: int) -> HttpResponse:
    """Review a flag of tier four, with the reason. The others are a physician's to answer."""
    client = access.client_for(request.membership, client_id)
    flag = door.flag_for(client, flag_id)
    form = ReviewForm(posted(request))
    if form.carry_out(lambda said: actions.review_flag(flag=flag, by=request.user, **said)):
        messages.success(request, "Reviewed. Your reason stays readable with the flag.")
        return redirect("check_ins", client.pk)
    gate = banner_now(request, client)
    row = flag_row(flag, held_since(gate))
    url = reverse("check_ins", args=[client.pk])
    return client_page(
        request, "checkins/review.html", client, gate=gate, form=form, flag=row, cancel_url=url, status=form.status
    )


def to_do(client: Client, flags: Sequence[Flag], gate: Banner) -> Row:
    """Return what a check-in page says first: the stop and what to do, whom to call, what to review."""
    rows = [flag_row(one, held_since(gate)) for one in flags]
    stops = [one for one in rows if one["stops"]]
    stop = next((one for one in stops if one["holds"]), None)
    fresh = stop is not None and now() - stop["at"] < FRESH
    tier = flags[rows.index(stop)].tier if stop else None
    return {
        "stop": stop,
        "alarm": LOOKS[Tier(tier)][0] if tier is not None and fresh else "",
        "stops": stops,
        "reviews": [one for one in rows if not one["stops"]],
        "asked": _asked_since(client, stop) if stop else None,
        "call": _to_call(client) if tier == Tier.SAME_DAY and fresh else None,
    }


def _asked_since(client: Client, stop: Row) -> Row | None:
    """The question that was asked after a stop."""
    asked = [one for one in newest_questions([client.pk]) if one.at >= stop["since"]]
    return {"who": asked[0].physician, "url": reverse("request", args=[client.pk, asked[0].pk])} if asked else None


def _to_call(client: Client) -> Row | None:
    member = supervising(client.pk)
    physician: Physician | None = member.physician if member else None
    if physician is None or not physician.phone:
        return None
    return {"name": physician.name, "phone": phone_words(physician.phone), "number": physician.phone}


def alerts(client: Client, gate: Banner) -> Row:
    """Return what stands on top of a client's page: the newest stop that holds (the banner names all of them), and the
    flag that has waited longest for a review, with how many more wait."""
    held = held_since(gate)
    stops = queries.stops_of(client.pk).filter(hold__at__in=held)[:1] if held else []
    waits = queries.to_review(client.pk)
    return {"alerts": [flag_row(one, held) for one in [*stops, *waits[:1]]], "more_alerts": max(len(waits) - 1, 0)}


def of_today(me: Membership, seen: QuerySet[Standing], at: datetime, *, most: int) -> Row:
    """Return the first page's red flags, one line for each client that a member sees to: who is stopped by one of the
    last two weeks that nobody has answered, most urgent first; then who has one to review, longest waiting first."""
    on_hold = seen.filter(codes__contains=[Code.ON_HOLD]).values("client")
    stops: dict[int, Flag] = {}
    for flag in queries.stops_lately(me, since=at - LATELY).filter(client__in=on_hold):
        stops.setdefault(flag.client_id, flag)
    waiting = {one["client"]: one for one in queries.reviews_by_client(me)}
    shown, others = list(stops.values())[:most], [one for pk, one in waiting.items() if pk not in stops]
    asked = waiting_clients([one.client_id for one in shown])
    rows = [_stopped(one, me.studio.time_zone, asked=one.client_id in asked) for one in shown]
    left = others[: most - len(rows)]
    flags = queries.flags_by_id(one["newest"] for one in left)
    rows += [_to_review(flags[one["newest"]], one["number"]) for one in left if one["newest"] in flags]
    return {"rows": rows, "number": len(stops) + len(others)}


def _stopped(flag: Flag, zone: str, *, asked: bool) -> Row:
    since = day(flag.at.astimezone(ZoneInfo(zone)))
    step = ("See what to do", "check_in", [flag.client_id, flag.check_in_id])
    if asked or flag.check_in_id is None:
        step = ("See the client", "client", [flag.client_id])
    said = " The physician has been asked." if asked else ""
    return _row(flag, f"{flag.sentence} On hold since {since}.{said}", *step)


def _to_review(flag: Flag, number: int) -> Row:
    if number == 1:
        return _row(flag, flag.sentence, "Review now", "flag_review", [flag.client_id, flag.pk])
    why = f"{flag.sentence} And {number - 1} more to review."
    return _row(flag, why, "Review them", "check_ins", [flag.client_id])


def _row(flag: Flag, why: str, label: str, name: str, ids: Iterable[Any]) -> Row:
    return {
        "title": flag.client.name,
        "url": reverse("client", args=[flag.client_id]),
        "state": tier_chip(flag.tier),
        "why": why,
        "step": {"label": label, "url": reverse(name, args=list(ids)), "method": "get"},
    }
