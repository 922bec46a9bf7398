"""What happened to a client, in one time line, from the rows themselves: each line is a fact with its moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from clearance.anatomy.movements import Phase
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import decisions_of, requests_of
from clearance.injuries.models import InjuryVersion, TreatmentSession
from clearance.injuries.queries import courses_of, holds_of, sessions_of
from clearance.pages.status import day
from clearance.people.models import CareTeamMember, Client
from clearance.people.queries import care_team, consents_of

SAID = {
    Outcome.CLEARED: "cleared what is planned",
    Outcome.CLEARED_WITH_RESTRICTIONS: "cleared with restrictions",
    Outcome.DEFERRED: "needs to know or see more first",
    Outcome.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "does not clear until treatment concludes",
    Outcome.NOT_CLEARED: "did not clear",
    Outcome.GUIDANCE_ONLY: "gave guidance and no clearance",
    Outcome.NOT_MY_PATIENT: "says that this is not their patient",
    Outcome.WITHDRAWN: "withdrew the clearance",
}


@dataclass(frozen=True)
class Line:
    """One line, in the shape of components/timeline.html; `link` says what the address leads to."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    slug: str = "plain"
    url: str = ""
    link: str = ""
    struck: bool = False
    day_only: bool = False


def what_happened(client: Client, versions: list[InjuryVersion], programs: list[Any]) -> list[Line]:
    """Return every line of a client, newest first. `versions` and `programs` are all of the client's, as their queries
    return them."""
    places = {one.injury_id: str(one) for one in versions}
    lines = [
        *_injuries(client, versions),
        *_treatment(client, places),
        *_holds(client),
        *_requests(client),
        *_decisions(client),
        *_consents(client),
        *_care_team(client),
        *_programs(client, programs),
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def page_of(lines: list[Line], before: datetime | None, *, most: int) -> tuple[list[Line], datetime | None]:
    """Return at most so many lines from before a moment, and the moment before which the next ones lie, or None.

    Lines of one moment stay on one page.
    """
    left = [line for line in lines if before is None or line.at < before]
    page, rest = left[:most], left[most:]
    while rest and len(page) > 1 and page[-1].at == rest[0].at:
        page.pop()
    return page, page[-1].at if rest else None


def _injuries(client: Client, versions: list[InjuryVersion]) -> Iterator[Line]:
    before: InjuryVersion | None = None
    for one in versions:
        url = reverse("injury", args=[client.pk, one.injury_id])
        yield _version(one, before if before and before.injury_id == one.injury_id else None, url)
        injury = one.injury
        if injury.voided_at and one.until is None:
            text = f"{_stop(injury.void_reason)} By {injury.voided_by}. This opened nothing."
            yield Line(injury.voided_at, "injury", f"Entry voided: {one}", text, "stop", url, "See the entry")
        before = one


def _version(one: InjuryVersion, before: InjuryVersion | None, url: str) -> Line:
    now = f"{one}, {one.severity_word}"
    if before is None:
        injury = one.injury
        text = f"{injury.get_tissue_display()}. {injury.get_onset_display()}. By {one.by}."
        title = f"Injury logged: {now}"
    else:
        earlier = f"{before}, {before.severity_word}"
        was = f"Was: {earlier}. " if earlier != now else f"Supervised by {one.supervised_by or 'nobody'}. "
        text, title = f"{was}{_stop(one.reason)} By {one.by}.", f"Injury amended: {now}"
    void = one.injury.voided_at is not None
    return Line(one.since, "injury", title, text, "plain" if void else "stop", url, "See the injury", void)


def _treatment(client: Client, places: dict[int, str]) -> Iterator[Line]:
    for course in courses_of(client.pk):
        planned = f" {course.planned_sessions} sessions planned." if course.planned_sessions else ""
        agent = f" with {course.agent}" if course.agent else ""
        title = f"{course.get_kind_display()}{agent} begins"
        yield Line(course.created_at, "treatment", title, f"{places[course.injury_id]}.{planned}")
    for session in sessions_of(client.pk):
        course = session.course
        of = f" of {course.planned_sessions}" if course.planned_sessions else ""
        title = f"{course.get_kind_display()}, session {session.number}{of}"
        at = _moment(session, client.studio.time_zone)
        yield Line(at, "treatment", title, f"{places[course.injury_id]}. By {session.by}.", "stop", day_only=True)


def _moment(session: TreatmentSession, zone: str) -> datetime:
    """A session lies on its day, however late it was written down."""
    end = datetime.combine(session.performed_on, time.max, tzinfo=ZoneInfo(zone))
    return min(session.recorded_at, end)


def _holds(client: Client) -> Iterator[Line]:
    for hold in holds_of(client.pk):
        yield Line(hold.at, "hold", f"Hold opened by {hold.by or 'a rule'}", hold.reason, "stop")


def _requests(client: Client) -> Iterator[Line]:
    questions: list[Any] = list(requests_of(client.pk))
    for one in questions:
        url = reverse("request", args=[client.pk, one.pk])
        waits = "" if one.answered else " Nothing to answer any more." if one.over else " Not answered yet."
        text = f"{_stop(one.modes)} {one.days_a_week} days a week, {one.minutes} minutes a day.{waits}"
        yield Line(one.at, "request", f"{one.by} asked {one.physician}", text, url=url, link="Read the question")


def _decisions(client: Client) -> Iterator[Line]:
    for one in decisions_of(client.pk):
        url = reverse("decision", args=[client.pk, one.pk])
        void = getattr(one, "void", None)
        title = f"{one.physician} {SAID.get(Outcome(one.outcome), one.get_outcome_display())}"
        uncompared = one.route == Decision.Route.PAPER and not void and not hasattr(one, "second_look")
        slug = "plain" if void or (uncompared and one.opens) else "ok" if one.opens else "stop"
        text = f"On paper, not compared by a second person yet. {_gist(one)}" if uncompared else _gist(one)
        yield Line(one.signed_at, "decision", title, text, slug, url, "Read the signed decision", bool(void))
        if void:
            text = f"{_stop(void.reason)} By {void.by}. This opened nothing."
            yield Line(
                void.at, "decision", f"Decision of {one.physician} voided", text, "stop", url, "Read the decision"
            )


def _gist(decision: Decision) -> str:
    until = f"Until {day(decision.valid_until)}. " if decision.valid_until else ""
    clauses = sorted(decision.restrictions.all(), key=lambda one: one.position)
    return until + " ".join(_stop(words) for words in [*(one.words for one in clauses), decision.conditions])


def _consents(client: Client) -> Iterator[Line]:
    consents = list(consents_of(client.pk))
    begins = {(one.physician_id, one.since) for one in consents}
    for one in consents:
        days = f"{one.get_how_display()}, {day(one.first_day)} to {day(one.last_day)}. By {one.by}."
        yield Line(one.since, "consent", f"Consent to share with {one.physician}", days)
        if one.until and (one.physician_id, one.until) not in begins:
            title = f"Consent to share with {one.physician} withdrawn"
            yield Line(one.until, "consent", title, _stop(one.withdrawn_because), "stop")


def _care_team(client: Client) -> Iterator[Line]:
    members = list(care_team(client.pk))
    begins = {one.since for one in members}
    for one in members:
        joins = "supervises" if one.kind == CareTeamMember.Kind.SUPERVISING else "joins the care team"
        yield Line(one.since, "other", f"{one.physician} {joins}", f"{_stop(one.reason)} By {one.by}.".strip())
        if one.until and one.until not in begins:
            yield Line(one.until, "other", f"{one.physician} leaves the care team")


def _programs(client: Client, programs: list[Any]) -> Iterator[Line]:
    for one in programs:
        url = reverse("program", args=[client.pk, one.pk])
        text = f"Phase {Phase(one.phase).label}. By {one.by}."
        yield Line(one.created_at, "program", f"Program built: {one.title}", text, url=url, link="Open the program")
        if one.number > 1:
            title = f"Program saved: {one.title}, version {one.number}"
            yield Line(one.saved_at, "program", title, url=url, link="Open the program")


def _stop(words: str) -> str:
    """A sentence ends with a stop, whoever typed it."""
    words = words.strip()
    return words if not words or words[-1] in ".!?…" else f"{words}."
