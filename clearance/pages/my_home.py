"""What a client reads on the own page: what is allowed now, what the physician said, and what comes next.

Plain words of our own about the gate, the physician's own words about everything else, and no prediction.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clearance.anatomy.movements import Phase
from clearance.checkins import queries as checkins
from clearance.checkins.red_flags import TO_CLIENT
from clearance.checkins.tiers import Tier
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import decisions_of
from clearance.gate import guard
from clearance.gate.queries import limits_of
from clearance.gate.rule import Code, Reason, Verdict
from clearance.injuries.queries import course_progress, courses_of
from clearance.pages.client_frame import today
from clearance.pages.gate_banner import turns
from clearance.pages.my_door import url_of
from clearance.pages.status import day
from clearance.pages.timeline_care import SAID
from clearance.people.models import Client, ClientLink
from clearance.people.queries import consents_of
from clearance.programs import queries as programs

MOST_PROGRAMS = 10
Row = dict[str, Any]
# What the rule says about a client, said to the client; without what the staff typed.
WHY = {
    Code.NO_PHYSICIAN: "No physician supervises you, or one of your injuries, yet. Only a physician can clear you.",
    Code.PHYSICIAN_UNVERIFIED: "The studio has not checked your physician's contact yet.",
    Code.NO_CONSENT: "You have not allowed the studio to share with your physician, or that permission has ended.",
    Code.ON_HOLD: "Your training was stopped. Your physician has to look at it first.",
    Code.WITHDRAWN: "Your physician took the clearance back.",
    Code.NOT_CLEARED: "Your physician has not cleared you to train.",
    Code.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "Your physician does not clear you until the treatment has concluded.",
    Code.DEFERRED: "Your physician needs to know or see more before deciding.",
    Code.GUIDANCE_ONLY: "Your physician gave advice, and advice is no clearance.",
    Code.NOT_MY_PATIENT: "The physician who was asked says that somebody else has to decide.",
    Code.NO_DECISION: "Your physician has not decided yet.",
    Code.PAPER_UNVERIFIED: "Your physician's answer on paper has to be compared by a second person of the studio.",
    Code.EVIDENCE_TOO_WEAK: "The studio needs a stronger signature from your physician.",
    Code.NOT_COVERED: "Your physician's decision does not cover an injury as it is recorded now.",
    Code.TREATED_SINCE: "You were treated since your physician decided.",
    Code.SCREENED_SINCE: "You told of something before training that your physician has not answered yet.",
    Code.TREATMENT_DUE: "A treatment was planned, and your physician's clearance ended on that day.",
}


def home_of(client: Client, link: ClientLink) -> Row:
    """Return what templates/my/home.html shows, in a constant number of queries."""
    judged = guard.judge(client.pk)
    on = today(client.studio)
    screening = checkins.screenings_of(client.pk).first()
    schedule = checkins.schedule_of(client.pk)
    return {
        "gate": gate_of(client, judged),
        "said": [_said(one, judged, client) for one in decisions_of(client.pk).filter(replaced_by=None, void=None)],
        "courses": [_course(one, on) for one in courses_of(client.pk) if one.injury.voided_at is None],
        "schedule": schedule,
        "overdue": max(0, (on - schedule.due_on).days) if schedule else 0,
        "review": checkins.open_reviews(client.pk).exists(),
        "consents": [_consent(one, link, on) for one in consents_of(client.pk).filter(until=None)],
        "screening": screening,
        "screening_problem": checkins.screening_problem(screening, on=on),
        "check_in_url": url_of("my_check_in", link),
        "screening_url": url_of("my_screening", link),
        **_programs(client, judged, link),
    }


def gate_of(client: Client, judged: Verdict) -> Row:
    """Return whether the client may train now, until when, or why not and whose turn it is."""
    last = (judged.until - timedelta(seconds=1)).astimezone(ZoneInfo(client.studio.time_zone)) if judged.until else None
    why = {_why(one): turn for one, turn in zip(judged.reasons, turns(client, judged), strict=True)}
    return {
        "open": judged.open, "needed": judged.needed, "last_day": day(last) if last else "",
        "why": [{"sentence": sentence, "turn": _turn(turn)} for sentence, turn in why.items()],
        **_stop_of(client, judged),
    }  # fmt: skip


def _why(reason: Reason) -> str:
    # The days that a physician set stand in the rule's own sentence.
    return WHY.get(reason.code, reason.sentence)


def _turn(turn: str) -> str:
    """Whose move it is, said to the client; empty where only days have to pass."""
    return "" if turn.startswith("nobody") else turn.replace("the trainer", "your trainer", 1)


def _stop_of(client: Client, judged: Verdict) -> Row:
    """What to do because of the most urgent red flag behind the holds that still stand. What is urgent is urgent on the
    day on which it was told: `told_at` says when that was."""
    moments = [one.since for one in judged.reasons if one.code is Code.ON_HOLD]
    flag = (
        checkins.stops_of(client.pk).filter(hold__at__in=moments).order_by("tier", "-at").first() if moments else None
    )
    if flag is None:
        return {"action": ""}
    tier = Tier(flag.tier)
    return {"action": TO_CLIENT[tier], "tier": tier, "told_at": None if tier is Tier.REFER else flag.at}


def _said(decision: Decision, judged: Verdict, client: Client) -> Row:
    compared = decision.route != Decision.Route.PAPER or hasattr(decision, "second_look")
    return {
        "title": f"{decision.physician} {SAID.get(Outcome(decision.outcome), decision.get_outcome_display().lower())}",
        "decision": decision,
        "clauses": [one.words for one in sorted(decision.restrictions.all(), key=lambda one: one.position)],
        # A word that opens reads like a green light: beside a shut gate it is said that it is none.
        "idle": decision.opens and not (judged.open and decision.pk in judged.decisions),
        "compared": compared,
    }


def _course(course: Any, on: date) -> Row:
    return {
        "title": course.get_kind_display(), "progress": course_progress(course, on=on), "over": hasattr(course, "end"),
        "aftercare": course.aftercare, "medicines": course.medicines,
    }  # fmt: skip


def _consent(consent: Any, link: ClientLink, on: date) -> Row:
    url = url_of("my_consent_withdraw", link, consent.pk)
    return {"consent": consent, "ended": consent.last_day < on, "url": url}


def _programs(client: Client, judged: Verdict, link: ClientLink) -> Row:
    """The programs that may be used on this day; of the others only that there are some."""
    found = list(programs.programs_of(client.pk)[:MOST_PROGRAMS])
    if not judged.open or client.archived_at is not None:
        return {"programs": [], "held": bool(found)}
    usable = list(_usable(found, judged))
    return {"programs": [_program(one, link) for one in usable], "held": len(usable) < len(found)}


def _usable(found: list[Any], judged: Verdict) -> Iterator[Any]:
    plans = programs.plans_of(one.version for one in found)
    problems = programs.check_all(plans, limits_of(judged.decisions))
    yield from (one for one in found if not problems[one.version])


def _program(one: Any, link: ClientLink) -> Row:
    return {"title": one.title, "why": f"Phase {Phase(one.phase).label}", "url": url_of("my_program", link, one.pk)}
