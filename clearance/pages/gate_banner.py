"""The gate banner: what the rule says, as the pages show it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from clearance.decisions.board import newest_questions
from clearance.decisions.queries import current_decisions, waiting_clients
from clearance.decisions.states import OPEN, Kind, stage_of
from clearance.gate import facts
from clearance.gate.limits import Clause
from clearance.gate.queries import limits_of, words_of
from clearance.gate.rule import Code, Facts, Reason, Verdict, verdict
from clearance.gate.standings import state_of as slug_of
from clearance.gate.steps import Step, step_of
from clearance.pages.asked import Asked
from clearance.pages.may import has
from clearance.pages.status import State, day, state_of
from clearance.people.lock import moment_of
from clearance.people.models import Client
from clearance.people.roles import Permission

TITLES = {
    Code.NO_PHYSICIAN: "Nobody supervises.",
    Code.PHYSICIAN_UNVERIFIED: "The physician's contact is not verified.",
    Code.NO_CONSENT: "No consent in force.",
    Code.ON_HOLD: "Stopped.",
    Code.WITHDRAWN: "The clearance was withdrawn.",
    Code.NOT_CLEARED: "Not cleared.",
    Code.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "Not until treatment concludes.",
    Code.DEFERRED: "The physician needs more.",
    Code.GUIDANCE_ONLY: "Guidance is no clearance.",
    Code.NOT_MY_PATIENT: "Not this physician's patient.",
    Code.NO_DECISION: "No decision yet.",
    Code.PAPER_UNVERIFIED: "The paper waits for a second person.",
    Code.EVIDENCE_TOO_WEAK: "The signature is not strong enough.",
    Code.NOT_COVERED: "An injury is not covered.",
    Code.TREATED_SINCE: "Treated since the decision.",
    Code.SCREENED_SINCE: "A screening answer since the decision.",
    Code.TREATMENT_DUE: "A treatment was due.",
    Code.EXPIRED: "The clearance has ended.",
    Code.NOT_YET: "Not yet.",
    Code.RESTING: "Rest after treatment.",
}

Waiting = dict[int | None, Asked]


@dataclass(frozen=True)
class Banner:
    """What `components/gate_banner.html` shows."""

    open: bool
    headline: str
    state: State
    since: Any
    until_words: str
    reasons: list[dict[str, Any]]
    turn: str
    step: dict[str, str] | None
    more_steps: list[dict[str, str]]
    restrictions: tuple[Clause, ...]


def banner_now(request: Any, client: Client) -> Banner:
    """Judge this moment and return the banner."""
    at = moment_of(client.pk)
    known = facts.of_client(client.pk, at=at)
    return _banner(request, client, known, verdict(known, at))


def banner(request: Any, client: Client, judged: Verdict) -> Banner:
    """Return the banner of a verdict that was reached already."""
    return _banner(request, client, facts.of_client(client.pk, at=judged.at), judged)


def _banner(request: Any, client: Client, known: Facts, judged: Verdict) -> Banner:
    asked = _asked(client, judged)
    slug = slug_of(known, judged, waiting=bool(waiting_clients([client.pk])))
    zone = client.studio.time_zone
    steps = (
        _steps(request, client, judged, asked, supervised=known.supervising is not None)
        if judged.reasons
        else _build(request, client)
    )
    return Banner(
        open=judged.open,
        headline="A program can be built and used" if judged.open else "No program can be built or used",
        state=state_of(slug, since=judged.since, until=judged.until, at=judged.at, zone=zone),
        since=judged.since,
        until_words=_until(known, judged, zone),
        reasons=[_reason(one, asked) for one in judged.reasons],
        turn=_turn(judged.reasons[0], asked) if judged.reasons else "",
        step=steps[0] if steps else None,
        more_steps=steps[1:],
        restrictions=(*limits_of(judged.decisions).clauses, *words_of(judged.decisions)) if judged.open else (),
    )


def held_since(gate: Banner) -> frozenset[datetime]:
    """Return the moments of the stops that a physician who must decide has not answered."""
    return frozenset(one["since"] for one in gate.reasons if one["title"] == TITLES[Code.ON_HOLD])


def _asked(client: Client, judged: Verdict) -> Waiting:
    """The questions that wait: for the physicians of these reasons, or for the studio to bring them there."""
    named = {one.physician for one in judged.reasons if one.physician}
    newest = newest_questions([client.pk]) if named else []
    found = [Asked(one, stage_of(one, at=judged.at)) for one in newest if one.physician_id in named]
    return {one.request.physician_id: one for one in found if one.stage.kind in (*OPEN, Kind.NEEDS_MORE)}


def _until(known: Facts, judged: Verdict, zone: str) -> str:
    if judged.until is None:
        return "" if judged.needed else "no clearance is needed under the studio's policy"
    next_day = judged.until.astimezone(ZoneInfo(zone)).date()
    words = f"until {day((judged.until - timedelta(seconds=1)).astimezone(ZoneInfo(zone)))}"
    return f"{words}: a treatment is planned for the next day" if _planned_for(known, next_day) else words


def _planned_for(known: Facts, on: date) -> bool:
    return any(one.on == on for one in known.planned)


def _reason(reason: Reason, asked: Waiting) -> dict[str, Any]:
    turn = _turn(reason, asked)
    return {"title": TITLES[reason.code], "sentence": reason.sentence, "turn": turn, "since": reason.since}


def turns(client: Client, judged: Verdict) -> list[str]:
    """Return whose move each reason of a verdict is, in their order."""
    asked = _asked(client, judged)
    return [_turn(one, asked) for one in judged.reasons]


def _turn(reason: Reason, asked: Waiting) -> str:
    """A physician's turn begins when somebody has asked, and ends where the question cannot be answered."""
    if step_of(reason.code) is not Step.ASK_PHYSICIAN:
        return reason.turn
    waits = asked.get(reason.physician)
    return waits.turn if waits else f"the trainer, to ask {reason.turn}"


def _steps(request: Any, client: Client, judged: Verdict, asked: Waiting, *, supervised: bool) -> list[dict[str, str]]:
    """The one next step first. A step that is somebody else's is not offered: the reason says whose turn it is."""
    found = [
        step for reason in judged.reasons if (step := _step(request, client, reason, asked, supervised=supervised))
    ]
    return list({step["url"]: step for step in found}.values())


def _build(request: Any, client: Client) -> list[dict[str, str]]:
    url = reverse("program_new", args=[client.pk])
    here = request.path.startswith(reverse("programs", args=[client.pk])) or client.archived_at is not None
    return [_link("Build a program", url)] if has(request, Permission.BUILD_PROGRAMS) and not here else []


def _step(request: Any, client: Client, reason: Reason, asked: Waiting, *, supervised: bool) -> dict[str, str] | None:
    name = reason.turn
    offers = {
        Step.NAME_PHYSICIAN: ("Name the supervising physician", "supervising", Permission.EDIT_CLIENTS),
        Step.CHANGE_PHYSICIAN: ("Change the supervising physician", "supervising", Permission.EDIT_CLIENTS),
        Step.RECORD_CONSENT: ("Record the consent", "consent_new", Permission.EDIT_CLIENTS),
        Step.ASK_PHYSICIAN: (f"Ask {name}", "request_new", Permission.ASK_PHYSICIANS),
    }
    next_step = step_of(reason.code)
    if next_step is Step.VERIFY_PHYSICIAN and has(request, Permission.VERIFY_PHYSICIANS):
        return _link("Verify the contact", reverse("physician_verify", args=[reason.physician]))
    if next_step is Step.CONFIRM_PAPER and reason.physician and has(request, Permission.HANDLE_PAPERS):
        return _compare(request, client, reason.physician)
    label, url_name, permission = offers.get(next_step, ("", "", Permission.SEE_CLIENTS))
    if not label or not has(request, permission):
        return None
    if next_step is Step.ASK_PHYSICIAN and reason.physician in asked:
        return asked[reason.physician].step
    if next_step is Step.NAME_PHYSICIAN and reason.injury is not None and supervised:
        return _link("Name a physician for this injury", reverse("injury_amend", args=[client.pk, reason.injury]))
    query = f"?physician={reason.physician}" if reason.physician else ""
    return _link(label, reverse(url_name, args=[client.pk]) + query)


def _compare(request: Any, client: Client, physician: int) -> dict[str, str] | None:
    """The second look at a paper, for anybody but whoever typed it."""
    typed = current_decisions([client.pk], [physician]).get((client.pk, physician))
    if typed is None or typed.entered_by_id in (None, request.user.pk):
        return None
    return _link("Compare the paper", reverse("paper_check", args=[client.pk, typed.pk]))


def _link(label: str, url: str) -> dict[str, str]:
    return {"label": label, "url": url, "method": "get"}
