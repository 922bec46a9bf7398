"""Read check-ins, readiness, screenings and flags."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from clearance.anatomy.areas import Area
from clearance.checkins.models import CheckIn, Flag, Readiness, RuleSettings, Schedule, Screening
from clearance.checkins.red_flags import Finding, judge
from clearance.checkins.seen import Answer, Seen, Treated
from clearance.checkins.symptoms import Symptom, asked
from clearance.checkins.tiers import STOPS, Tier
from clearance.checkins.topics import Said
from clearance.injuries.models import Injury, TreatmentCourse
from clearance.injuries.queries import courses_of, sessions_of
from clearance.people.models import Client, Membership

NEEDLE_FREE = (TreatmentCourse.Kind.PHYSIOTHERAPY, TreatmentCourse.Kind.MANIPULATION)
SPINE = (Area.NECK, Area.THORACIC_SPINE, Area.LUMBAR_SPINE, Area.SACROILIAC)


def check_ins_of(client: int) -> QuerySet[CheckIn]:
    """Return a client's check-ins, newest first, with who told them and the flags they raised."""
    found = CheckIn.objects.filter(client=client).select_related("by", "injury").prefetch_related("flags__review")
    return found.order_by("-on", "-id")


def readiness_of(client: int) -> QuerySet[Readiness]:
    """Return a client's readiness, newest first."""
    return Readiness.objects.filter(client=client).select_related("by").order_by("-on", "-id")


def readiness_now(client: int) -> Readiness | None:
    """Return the newest readiness of a client."""
    return readiness_of(client).first()


def readiness_when(client: int, *, at: datetime) -> Readiness | None:
    """Return the newest of a client's readiness that was recorded by a moment."""
    return readiness_of(client).filter(at__lte=at).first()


def screenings_of(client: int) -> QuerySet[Screening]:
    """Return a client's screenings, newest first, with what made them void."""
    return Screening.objects.filter(client=client).select_related("by", "void__by").order_by("-at", "-id")


def screening_problem(screening: Screening | None, *, on: date) -> str:
    """Return why a screening is not good on a day, or an empty string. One query where it says that no joint hurts."""
    if screening is None:
        return "There is no screening yet."
    if hasattr(screening, "void"):
        return "An answer has changed since."
    if on > screening.last_day:
        return "It is older than twelve months."
    later = Injury.objects.filter(client=screening.client_id, voided_at=None, created_at__gt=screening.at)
    if screening.answers.get("joints") == Said.NO and later.exists():
        return "An injury was logged since."
    return ""


def flags_of(client: int) -> QuerySet[Flag]:
    """Return a client's flags, newest first, with their reviews and holds."""
    found = Flag.objects.filter(client=client).select_related("review__by", "hold", "check_in")
    return found.order_by("-at", "tier", "-id")


def open_reviews(clients: Iterable[int]) -> QuerySet[Flag]:
    """Return the flags of these clients that wait for a trainer's review, oldest first."""
    waits = Flag.objects.filter(client__in=list(clients), tier=Tier.REVIEW, review=None)
    return waits.select_related("client").order_by("at", "id")


def reviews_waiting(trainer: Membership) -> QuerySet[Flag]:
    """Return the flags of a trainer's clients in use that wait for a review, oldest first."""
    waits = Flag.objects.filter(client__trainer=trainer, client__archived_at=None, tier=Tier.REVIEW, review=None)
    return waits.select_related("client").order_by("at", "id")


def stops_of(client: int) -> QuerySet[Flag]:
    """Return the flags of tiers one to three of a client, newest first. Whether a hold was answered, decisions say."""
    return flags_of(client).filter(tier__in=STOPS)


def schedule_of(client: int) -> Schedule | None:
    """Return how often a client checks in, or None."""
    return Schedule.objects.filter(client=client).first()


def due_check_ins(trainer: Membership, *, on: date) -> QuerySet[Schedule]:
    """Return the schedules of a trainer's clients in use whose check-in is due on a day or before, oldest first."""
    due = Schedule.objects.filter(client__trainer=trainer, client__archived_at=None, due_on__lte=on)
    return due.select_related("client").order_by("due_on", "client__name", "client_id")


def rules_of(studio: int) -> RuleSettings:
    """Return a studio's present settings of the rules; without any, the table's defaults."""
    return RuleSettings.objects.filter(studio=studio, until=None).first() or RuleSettings(studio_id=studio)


def treated(client: int) -> tuple[Treated, ...]:
    """Return a client's courses as the rules look at them."""
    days: dict[int, list[date]] = {}
    for session in sessions_of(client).order_by("performed_on", "id"):
        days.setdefault(session.course_id, []).append(session.performed_on)
    places = TreatmentCourse.objects.filter(injury__client=client, injury__versions__until=None)
    areas = dict(places.values_list("pk", "injury__versions__area"))
    return tuple(
        _treated(course, tuple(days.get(course.pk, ())), areas.get(course.pk, "")) for course in courses_of(client)
    )


def _treated(course: Any, days: tuple[date, ...], area: str) -> Treated:
    sites = {one.partition(":")[0] for one in course.sites} | {area}
    return Treated(
        id=course.pk, planned=course.planned_sessions, days=days, over=hasattr(course, "end"), injury=course.injury_id,
        breaks_skin=course.kind not in NEEDLE_FREE,
        spinal=course.kind == TreatmentCourse.Kind.EPIDURAL or bool(sites & set(SPINE)),
    )  # fmt: skip


def symptoms_to_ask(client: int, *, on: date) -> tuple[Symptom, ...]:
    """Return the symptoms to ask a client for on a day."""
    return asked(treated(client), on)


def answers_about(client: int, injury: int | None, *, until: CheckIn | None = None) -> tuple[Answer, ...]:
    """Return the check-ins about one injury as the rules look at them, oldest first, up to and with `until`."""
    rows = CheckIn.objects.filter(client=client, injury=injury).order_by("on", "id")
    if until is not None:
        rows = rows.filter(Q(on__lt=until.on) | Q(on=until.on, id__lte=until.pk))
    return tuple(answer_of(row) for row in rows)


def answer_of(row: CheckIn) -> Answer:
    """Return a check-in as the rules look at it."""
    limits = [one for one in (row.cap, row.threshold) if one is not None]
    return Answer(
        id=row.pk, on=row.on, pain_now=row.pain_now, pain_worst=row.pain_worst, pain_session=row.pain_session,
        pain_morning=row.pain_morning, strength=row.strength, effort=row.effort, load=row.load,
        symptoms=frozenset(row.symptoms), limit=min(limits, default=None),
    )  # fmt: skip


def findings(client: Client, *, on: date, check_in: CheckIn | None = None) -> tuple[Finding, ...]:
    """Return what the rules find on a day: about a check-in, or without one what the schedule and the sessions say."""
    rules, schedule = rules_of(client.studio_id), schedule_of(client.pk)
    seen = Seen(
        on=check_in.on if check_in else on,
        answers=answers_about(client.pk, check_in.injury_id, until=check_in) if check_in else (),
        courses=treated(client.pk),
        injury=check_in.injury_id if check_in else None,
        due_on=schedule.due_on if schedule else None,
        every_days=schedule.every_days if schedule else 0,
    )
    return judge(seen, off=frozenset(rules.off), thresholds=rules.thresholds)


def last_told(client: int) -> QuerySet[Any]:
    """Return the newest check-in about each injury of a client."""
    newest = CheckIn.objects.filter(client=OuterRef("client"), injury=OuterRef("injury")).order_by("-on", "-id")
    return CheckIn.objects.filter(client=client, pk=Subquery(newest.values("pk")[:1]))
