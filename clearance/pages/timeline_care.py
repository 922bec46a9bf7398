"""The lines of what was agreed about a client: questions, decisions, consent, the care team and the programs."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse

from clearance.anatomy.movements import Phase
from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import decisions_of, requests_of
from clearance.pages.status import day
from clearance.pages.timeline_line import Line, sentence
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


def request_lines(client: Client) -> Iterator[Line]:
    questions: list[Any] = list(requests_of(client.pk))
    for one in questions:
        url = reverse("request", args=[client.pk, one.pk])
        waits = "" if one.answered else " Nothing to answer any more." if one.over else " Not answered yet."
        text = f"{sentence(one.modes)} {one.days_a_week} days a week, {one.minutes} minutes a day.{waits}"
        yield Line(one.at, "request", f"{one.by} asked {one.physician}", text, url=url, link="Read the question")


def decision_lines(client: Client) -> Iterator[Line]:
    for one in decisions_of(client.pk):
        url = reverse("decision", args=[client.pk, one.pk])
        void = getattr(one, "void", None)
        title = f"{one.physician} {SAID.get(Outcome(one.outcome), one.get_outcome_display())}"
        uncompared = one.route == Decision.Route.PAPER and not void and not hasattr(one, "second_look")
        slug = "plain" if void or (uncompared and one.opens) else "ok" if one.opens else "stop"
        text = f"On paper, not compared by a second person yet. {_gist(one)}" if uncompared else _gist(one)
        yield Line(one.signed_at, "decision", title, text, slug, url, "Read the signed decision", bool(void))
        if void:
            text = f"{sentence(void.reason)} By {void.by}. This opened nothing."
            yield Line(
                void.at, "decision", f"Decision of {one.physician} voided", text, "stop", url, "Read the decision"
            )


def _gist(decision: Decision) -> str:
    until = f"Until {day(decision.valid_until)}. " if decision.valid_until else ""
    clauses = sorted(decision.restrictions.all(), key=lambda one: one.position)
    return until + " ".join(sentence(words) for words in [*(one.words for one in clauses), decision.conditions])


def consent_lines(client: Client) -> Iterator[Line]:
    consents = list(consents_of(client.pk))
    begins = {(one.physician_id, one.since) for one in consents}
    for one in consents:
        days = f"{one.get_how_display()}, {day(one.first_day)} to {day(one.last_day)}. By {one.by}."
        yield Line(one.since, "consent", f"Consent to share with {one.physician}", days)
        if one.until and (one.physician_id, one.until) not in begins:
            title = f"Consent to share with {one.physician} withdrawn"
            yield Line(one.until, "consent", title, sentence(one.withdrawn_because), "stop")


def care_team_lines(client: Client) -> Iterator[Line]:
    members = list(care_team(client.pk))
    begins = {one.since for one in members}
    for one in members:
        joins = "supervises" if one.kind == CareTeamMember.Kind.SUPERVISING else "joins the care team"
        yield Line(one.since, "other", f"{one.physician} {joins}", f"{sentence(one.reason)} By {one.by}.".strip())
        if one.until and one.until not in begins:
            yield Line(one.until, "other", f"{one.physician} leaves the care team")


def program_lines(client: Client, programs: list[Any]) -> Iterator[Line]:
    for one in programs:
        url = reverse("program", args=[client.pk, one.pk])
        text = f"Phase {Phase(one.phase).label}. By {one.by}."
        yield Line(one.created_at, "program", f"Program built: {one.title}", text, url=url, link="Open the program")
        if one.number > 1:
            title = f"Program saved: {one.title}, version {one.number}"
            yield Line(one.saved_at, "program", title, url=url, link="Open the program")
