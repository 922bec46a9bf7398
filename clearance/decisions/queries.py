"""Read requests and decisions."""

from datetime import datetime
from typing import Any

from django.db.models import DateField, DateTimeField, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from clearance.checkins.queries import screening_words
from clearance.decisions.models import OPENING, Coverage, Decision, Link, Paper, Request, RequestStep
from clearance.decisions.statement import Known
from clearance.injuries.models import InjuryVersion
from clearance.injuries.queries import (
    current_versions,
    ends_of,
    holds_of,
    planned_for,
    plans_of,
    sessions_at,
    sessions_of,
    versions_of,
)
from clearance.people.access import physician_records_of
from clearance.people.models import CareTeamMember, Channel, Client, Consent, Physician, User


def resolved_injuries(client: int) -> frozenset[int]:
    """Return the ids of injuries that a decision has resolved, while its physician's words since then open, the newest
    among them."""
    newest = Decision.objects.filter(client=client, replaced_by=None, void=None, outcome__in=OPENING)
    said = Coverage.objects.filter(~Exists(_refusals()), resolves=True, decision__client=client, decision__void=None)
    return frozenset(
        said.filter(decision__physician__in=newest.values("physician")).values_list("injury_id", flat=True)
    )


def _refusals() -> QuerySet[Decision]:
    """Later words of a coverage's physician that do not open: they take a resolution back for good."""
    later: QuerySet[Any] = Decision.objects.filter(
        client=OuterRef("decision__client"), physician=OuterRef("decision__physician")
    )
    return later.filter(signed_at__gt=OuterRef("decision__signed_at")).exclude(outcome__in=OPENING)


def open_injuries(client: int) -> list[InjuryVersion]:
    """Return the present version of each open injury: not void, and resolved by no decision."""
    resolved = resolved_injuries(client)
    return [one for one in current_versions(client) if not one.injury.voided_at and one.injury_id not in resolved]


def known_about(client: int, physician: int, *, asked: Request | None = None) -> Known:
    """Return what a physician has to see before signing, about the plan of `asked` or of the newest open question."""
    return Known(
        tuple(open_injuries(client)), tuple(sessions_of(client)), tuple(holds_of(client)), tuple(planned_for(client)),
        tuple(ends_of(client)), tuple(screening_words(client)), asked or open_request(client, physician),
    )  # fmt: skip


def known_when_asked(request: Request) -> Known:
    """Return what was recorded at the moment of a question: what its letter says."""
    at = request.at
    present = Q(since__lte=at) & (Q(until=None) | Q(until__gt=at))
    versions = (
        versions_of(request.client_id).filter(present).filter(Q(injury__voided_at=None) | Q(injury__voided_at__gt=at))
    )
    resolved = _resolved_at(request.client_id, at)
    return Known(
        tuple(one for one in versions if one.injury_id not in resolved), tuple(sessions_at(request.client_id, at)),
        tuple(holds_of(request.client_id).filter(at__lte=at)),
        tuple(plans_of(request.client_id).filter(present).order_by("planned_on", "id")),
        tuple(ends_of(request.client_id).filter(at__lte=at)), tuple(screening_words(request.client_id, at=at)), request,
    )  # fmt: skip


def _resolved_at(client: int, at: datetime) -> frozenset[int]:
    """As `resolved_injuries`, at a moment that has passed."""
    void_later = Q(void=None) | Q(void__at__gt=at)
    said = Decision.objects.filter(void_later, client=client, signed_at__lte=at)
    later = Decision.objects.filter(replaces=OuterRef("pk"), signed_at__lte=at)
    newest = said.filter(~Exists(later), outcome__in=OPENING).values("physician")
    refused = _refusals().filter(signed_at__lte=at)
    over = Coverage.objects.filter(~Exists(refused), resolves=True, decision__in=said.filter(physician__in=newest))
    return frozenset(over.values_list("injury_id", flat=True))


def decisions_of(client: int) -> QuerySet[Decision]:
    """Return all decisions on a client, newest first, with who, restrictions, coverage and what became of them."""
    return (
        Decision.objects.filter(client=client)
        .select_related("physician", "void__by", "replaced_by", "second_look")
        .prefetch_related("restrictions", "coverage")
        .order_by("-signed_at", "-id")
    )


def current_decision(client: int, physician: int) -> Decision | None:
    """Return a physician's newest word on a client."""
    return Decision.objects.filter(client=client, physician=physician, replaced_by=None).first()


def requests_of(client: int) -> QuerySet[Request]:
    """Return the questions asked about a client, newest first, each with `answered`, and `over` where it was taken
    back, replaced or declined."""
    asked = _with_answered(Request.objects.filter(client=client)).annotate(over=Exists(_ends()))
    return asked.select_related("physician", "by").order_by("-at", "-id")


def open_request(client: int, physician: int) -> Request | None:
    """Return the newest question to a physician about a client that no decision has followed. One that the clinic
    declined on the phone is still the plan that a signature is about."""
    asked = unanswered(declined=True).filter(client=client, physician=physician)
    return asked.select_related("by", "physician").order_by("-at", "-id").first()


def last_request(client: int, physician: int) -> Request | None:
    """Return the newest question to a physician about a client, whatever became of it."""
    asked = Request.objects.filter(client=client, physician=physician)
    return asked.select_related("by", "physician").order_by("-at", "-id").first()


def waiting_clients(clients: list[int]) -> frozenset[int]:
    """Return which of these clients have a question that no decision has followed."""
    return frozenset(unanswered().filter(client__in=clients).values_list("client_id", flat=True))


def messages_since(physician: int, moment: datetime) -> int:
    """Return how many questions and links have gone to a physician since a moment, paper left out."""
    mails = Link.objects.filter(request__physician=physician, since__gte=moment).count()
    steps = RequestStep.objects.filter(request__physician=physician, kind=RequestStep.Kind.AGAIN, at__gte=moment)
    asked = Request.objects.filter(physician=physician, channel=Channel.ACCOUNT, at__gte=moment)
    return mails + steps.count() + asked.count()


def _with_answered(requests: QuerySet[Request]) -> QuerySet[Any]:
    """Add `asked_last`, since when a question waits, and `answered`. Told more, it waits again; a decision that was
    entered by mistake answers nothing."""
    told = RequestStep.objects.filter(request=OuterRef("pk"), kind=RequestStep.Kind.TOLD)
    last = told.order_by("-at").values("at")[:1]
    words: QuerySet[Any] = Decision.objects.filter(client=OuterRef("client"), physician=OuterRef("physician"))
    answers = words.filter(Q(signed_at__gt=OuterRef("asked_last")), void=None)
    found: QuerySet[Any] = requests.annotate(asked_last=Coalesce(Subquery(last), F("at")))
    return found.annotate(answered=Exists(answers))


def patients_of(user: User, *, at: datetime) -> QuerySet[CareTeamMember]:
    """Return the care-team places of a physician's own records whose clients consent at that moment, longest
    waiting first. A consent's days are those of its studio.

    Each has `asked_at`, the moment of the newest unanswered question, or None.
    """
    day = Cast(Func(F("time_zone"), Value(at), function="timezone", output_field=DateTimeField()), DateField())
    given = Consent.objects.filter(client=OuterRef("client"), physician=OuterRef("physician"), until=None)
    consent = given.annotate(day=day).filter(first_day__lte=F("day"), last_day__gte=F("day"))
    waits: QuerySet[Any] = (
        unanswered().filter(client=OuterRef("client"), physician=OuterRef("physician")).order_by("-at")
    )
    places = CareTeamMember.objects.filter(Exists(consent), physician__in=physician_records_of(user), until=None)
    return (
        places.filter(client__archived_at=None)
        .annotate(asked_at=waits.values("asked_last")[:1])
        .select_related("client__studio", "physician")
        .order_by(F("asked_at").asc(nulls_last=True), "client__name", "id")
    )


def supervises(physician: Physician, client: Client) -> bool:
    """Say whether this physician's decision counts: supervises the client or an injury that is not void."""
    on_injury = InjuryVersion.objects.filter(
        injury__client=client, injury__voided_at=None, until=None, supervised_by=physician
    )
    return supervises_client(physician, client) or on_injury.exists()


def supervises_client(physician: Physician, client: Client) -> bool:
    """Say whether this physician supervises the client, beyond any injury."""
    return CareTeamMember.objects.filter(
        client=client, physician=physician, until=None, kind=CareTeamMember.Kind.SUPERVISING
    ).exists()


def history_of(decision: Decision) -> QuerySet[Decision]:
    """Return all words of the same physician on the same client, newest first."""
    return decisions_of(decision.client_id).filter(physician=decision.physician_id)


def injuries_supervised(physician: Physician, client: Client) -> list[InjuryVersion]:
    """Return the open injuries of a client that this physician supervises."""
    return [one for one in open_injuries(client.pk) if one.supervised_by_id == physician.pk]


def covering(injury: int) -> QuerySet[Coverage]:
    """Return what decisions say of an injury, newest decision first."""
    return (
        Coverage.objects.filter(injury=injury)
        .select_related("decision__physician", "decision__void", "decision__replaced_by")
        .order_by("-decision__signed_at", "-decision_id")
    )


def askable(client: int) -> QuerySet[Physician]:
    """Return the physicians on the care team who supervise the client or an open injury, by name."""
    on_an_injury = {one.supervised_by_id for one in open_injuries(client)}
    team = CareTeamMember.objects.filter(client=client, until=None)
    supervise = Q(kind=CareTeamMember.Kind.SUPERVISING) | Q(physician__in=on_an_injury - {None})
    return Physician.objects.filter(pk__in=team.filter(supervise).values("physician")).order_by("name", "id")


def questions_to(clients: list[int], physicians: list[int]) -> dict[tuple[int, int], Request]:
    """Return the newest unanswered question about each of these clients to each of these physicians."""
    asked = unanswered().filter(client__in=clients, physician__in=physicians)
    newest_last = asked.select_related("by").order_by("at", "id")
    return {(one.client_id, one.physician_id): one for one in newest_last}


def current_decisions(clients: list[int], physicians: list[int]) -> dict[tuple[int, int], Decision]:
    """Return the newest word of each of these physicians on each of these clients."""
    found = Decision.objects.filter(client__in=clients, physician__in=physicians, replaced_by=None)
    return {(one.client_id, one.physician_id): one for one in found.select_related("void")}


def unanswered(*, declined: bool = False) -> QuerySet[Request]:
    """Return the questions that nobody took back, that no newer one replaced and that no decision has followed; those
    that were declined only when asked for."""
    steps = RequestStep.objects.filter(request=OuterRef("pk"))
    ended = steps.filter(kind__in=(RequestStep.Kind.WITHDRAWN, RequestStep.Kind.REPLACED))
    no: QuerySet[Any] = steps.filter(kind=RequestStep.Kind.DECLINED, at__gt=OuterRef("asked_last"))
    found = _with_answered(Request.objects.filter(~Exists(ended))).filter(answered=False)
    return found if declined else found.filter(~Exists(no))


def _ends() -> QuerySet[RequestStep]:
    ended = (RequestStep.Kind.WITHDRAWN, RequestStep.Kind.REPLACED, RequestStep.Kind.DECLINED)
    return RequestStep.objects.filter(request=OuterRef("pk"), kind__in=ended)


def own_words(user: User) -> QuerySet[Decision]:
    """Return the decisions under a physician's own records."""
    return Decision.objects.filter(physician__in=physician_records_of(user)).select_related(
        "client__studio", "physician"
    )


def papers_of(request: Request) -> QuerySet[Paper]:
    """Return the papers that were filed under a question, newest first, each with its transcriptions."""
    papers = Paper.objects.filter(request=request).select_related("by")
    return papers.prefetch_related("decisions__void", "decisions__second_look__by").order_by("-at", "-id")


def transcription_of(paper: Paper) -> Decision | None:
    """Return the decision that was typed from a paper and not rejected, or None."""
    typed = Decision.objects.filter(paper=paper, void=None).select_related("entered_by", "second_look")
    return typed.order_by("-signed_at").first()


def asked_versions(request: Request) -> list[InjuryVersion]:
    """Return the injuries that a question asks about, as they were then, without those that its physician does not
    supervise any more: what a paper can cover."""
    asked = set(request.asked_about.values_list("injury", flat=True))
    mine = {one.injury_id for one in injuries_supervised(request.physician, request.client)}
    return [one for one in known_when_asked(request).injuries if one.injury_id in asked & mine]
