"""Read check-ins, readiness, screenings and flags."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from clearance.anatomy.areas import Area, Side
from clearance.checkins.models import CheckIn, Flag, Readiness, RuleSettings, Schedule, Screening
from clearance.checkins.notes import Told, note
from clearance.checkins.red_flags import Finding, in_force, judge
from clearance.checkins.seen import Answer, Seen, Treated
from clearance.checkins.symptoms import Symptom, asked
from clearance.checkins.tiers import STOPS, Tier
from clearance.checkins.topics import DISEASES, SYMPTOMS, TOPICS, Said
from clearance.injuries.models import Injury, InjuryVersion, TreatmentCourse
from clearance.injuries.queries import course_progress, courses_of, most_planned, planned_for, session_rows
from clearance.people.models import Client, Membership

NEEDLE_FREE = (TreatmentCourse.Kind.PHYSIOTHERAPY, TreatmentCourse.Kind.MANIPULATION)
MISSED = "missed_check_ins"
WHOLE = IntegerField()
SPINE = (Area.NECK, Area.THORACIC_SPINE, Area.LUMBAR_SPINE, Area.SACROILIAC)


class ToText(Func):
    """A day as Python writes it, whatever the database's date style."""

    function = "to_char"
    template = "%(function)s(%(expressions)s, 'YYYY-MM-DD')"
    output_field = TextField()


def check_ins_of(client: int) -> QuerySet[CheckIn]:
    """Return a client's check-ins, newest first, with who told them and the flags they raised."""
    found = (
        CheckIn.objects.filter(client=client)
        .select_related("by", "injury")
        .prefetch_related("flags__review__by", "flags__hold")
    )
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


def screening_words(client: int, *, at: datetime | None = None) -> list[str]:
    """Return what a physician has to know of a client's screenings, newest first, now or as it was at a moment: each
    that had an answer other than a plain no, or of which an answer has changed."""
    rows = Screening.objects.filter(client=client).select_related("void").order_by("-at", "-id")
    known = rows.filter(at__lte=at) if at else rows
    return [words for one in known if (words := _screening_words(one, at))]


def _screening_words(one: Screening, at: datetime | None) -> str:
    void = getattr(one, "void", None)
    changed = void is not None and (at is None or void.at <= at)
    named = [topic.about for topic in TOPICS if one.answers.get(topic.slug) != Said.NO]
    named += [DISEASES.get(slug, slug) for slug in one.diseases] + [SYMPTOMS.get(slug, slug) for slug in one.symptoms]
    told = f"yes or not sure to {'; '.join(named)}" if named else "plain noes"
    if not (named or changed):
        return ""
    return f"{_day(one.first_day)}, {told}" + (", and an answer has changed since" if changed else "")


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def flags_of(client: int) -> QuerySet[Flag]:
    """Return a client's flags, newest first, with their reviews and holds."""
    found = Flag.objects.filter(client=client).select_related("review__by", "hold", "check_in")
    return found.order_by("-at", "tier", "-id")


def flags_raised_by(check_in: CheckIn) -> QuerySet[Flag]:
    """Return the flags about a check-in, and those that telling it brought about a later one, most urgent first."""
    same = Q(check_in=check_in) | Q(at=check_in.at)
    return flags_of(check_in.client_id).filter(same).order_by("tier", "id")


def open_reviews(client: int) -> QuerySet[Flag]:
    """Return a client's flags that wait for a trainer's review, oldest first."""
    waits = Flag.objects.filter(client=client, tier=Tier.REVIEW, review=None)
    return waits.select_related("review").order_by("at", "id")


def to_review(client: int) -> list[Flag]:
    """Return a client's flags that wait for a review, of each rule the newest about an injury, longest waiting first. A
    review of it is one of the earlier ones of its rule about the same, too."""
    waiting = open_reviews(client).select_related("client", "check_in")
    newest = {(one.rule, one.check_in.injury_id if one.check_in else None): one for one in waiting}
    return list(newest.values())


def _seen_by(member: Membership) -> QuerySet[Flag]:
    """The flags of clients in use that are a member's to see to: a trainer's own, a manager's whole studio."""
    whose = Q(client__studio=member.studio_id) if member.manages else Q(client__trainer=member)
    return Flag.objects.filter(whose, client__archived_at=None)


def reviews_by_client(member: Membership) -> QuerySet[Any]:
    """Return a row for each client with flags that wait for a review, of a trainer or of a manager's studio, longest
    waiting first: `client`, `number` of rules and `newest`, the id of the newest flag."""
    waits = _seen_by(member).filter(tier=Tier.REVIEW, review=None)
    counted = waits.values("client").annotate(number=Count("rule", distinct=True), newest=Max("pk"), oldest=Min("at"))
    return counted.order_by("oldest", "client")


def flags_by_id(ids: Iterable[int]) -> dict[int, Flag]:
    """Return these flags with their clients."""
    return {one.pk: one for one in Flag.objects.select_related("client").filter(pk__in=list(ids))}


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
    """Return a client's courses as the rules look at them. A trainer's later entry takes nothing from them: the highest
    number ever planned counts, and a session that was corrected away or a planned day that passed may have been one."""
    days: dict[int, list[date]] = {}
    doubtful: dict[int, list[date]] = {}
    for session in session_rows(client):
        stands = session.took_place and not hasattr(session, "corrected_by")
        (days if stands else doubtful).setdefault(session.course_id, []).append(session.performed_on)
    for plan in planned_for(client):
        doubtful.setdefault(plan.course_id, []).append(plan.planned_on)
    places = TreatmentCourse.objects.filter(injury__client=client, injury__versions__until=None)
    areas = dict(places.values_list("pk", "injury__versions__area"))
    most = most_planned(client)
    return tuple(
        _treated(one, sorted(days.get(one.pk, ())), doubtful.get(one.pk, ()), areas.get(one.pk, ""), most.get(one.pk))
        for one in courses_of(client)
    )


def _treated(course: Any, days: Iterable[date], doubtful: Iterable[date], area: str, most: int | None) -> Treated:
    sites = {one.partition(":")[0] for one in course.sites} | {area}
    return Treated(
        id=course.pk, planned=most, days=tuple(days), over=hasattr(course, "end"),
        injury=course.injury_id, doubtful=tuple(doubtful), breaks_skin=course.kind not in NEEDLE_FREE,
        spinal=course.kind == TreatmentCourse.Kind.EPIDURAL or bool(sites & set(SPINE)),
    )  # fmt: skip


def symptoms_to_ask(client: int, *, on: date) -> tuple[Symptom, ...]:
    """Return the symptoms to ask a client for on a day."""
    return asked(treated(client), on)


def answers_about(client: int, injury: int | None, *, until: CheckIn | None = None) -> tuple[Answer, ...]:
    """Return the check-ins about one injury, and those about none, as the rules look at them, oldest first, up to and
    with `until`."""
    rows = CheckIn.objects.filter(Q(injury=injury) | Q(injury=None), client=client).order_by("on", "id")
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


def freezes(client: Client, *, on: date) -> list[str]:
    """Return what freezes a client's progression on a day, a sentence each: flags that wait for a review, and what
    time alone has brought since they were last looked for. Empty: nothing does."""
    stored = Flag.objects.filter(client=client)
    waiting = [one.sentence for one in open_reviews(client.pk)]
    known = set(stored.values_list("rule", "cause"))
    found = [one for one in findings(client, on=on) if one.tier is Tier.REVIEW]
    return waiting + [one.sentence for one in found if (one.rule, one.cause) not in known]


def told_since(client: int, day: date) -> QuerySet[CheckIn]:
    """Return a client's check-ins from a day on, oldest first."""
    return CheckIn.objects.filter(client=client, on__gte=day).order_by("on", "id")


def told_later(check_in: CheckIn) -> QuerySet[CheckIn]:
    """Return the newest check-in about the same injury where it is about a later day, else none."""
    same = CheckIn.objects.filter(client=check_in.client_id, injury=check_in.injury_id, on__gt=check_in.on)
    return same.order_by("-on", "-id")[:1]


def stops_lately(member: Membership, *, since: datetime) -> QuerySet[Flag]:
    """Return the flags of tiers one to three from a moment on, of a trainer's clients or of a manager's studio, most
    urgent first."""
    found = _seen_by(member).filter(tier__in=STOPS, at__gte=since)
    return found.select_related("client", "check_in", "hold").order_by("tier", "-at", "-id")


def missed_by(studio: int, *, on: date) -> QuerySet[Client]:
    """Return the clients in use of a studio who missed so many check-ins that it is worth a flag, and have none for it
    yet. `on` is today in the studio."""
    rules = rules_of(studio)
    if MISSED in rules.off:
        return Client.objects.none()
    more = in_force(rules.thresholds)[MISSED] - 1
    # PostgreSQL counts days between dates, and divides whole numbers, as red_flags does.
    late_by = Func(Value(on), F("schedule__due_on"), arg_joiner=" - ", template="(%(expressions)s)", output_field=WHOLE)
    series = ((late_by - 1) / F("schedule__every_days") + 1) / (more + 1)
    number = Cast(series, TextField())
    cause = Concat(Value("due:"), ToText("schedule__due_on"), Value(":"), number, output_field=TextField())
    flagged: QuerySet[Any] = Flag.objects.filter(client=OuterRef("pk"), rule=MISSED, cause=OuterRef("missed"))
    late = Client.objects.filter(studio=studio, archived_at=None, schedule__due_on__lt=on).annotate(missed=cause)
    last = ExpressionWrapper(F("schedule__due_on") + F("schedule__every_days") * more, output_field=DateField())
    return late.annotate(last=last).filter(~Exists(flagged), last__lt=on).order_by("schedule__due_on", "pk")


def prepared_note(flag: Flag, *, on: date, held: str = "") -> str:
    """Return the note for the physician that a flag calls for. `on` is today in the studio, and `held` since when
    training is on hold, in words."""
    row, place, told, before = flag.check_in, "", None, None
    version = InjuryVersion.objects.filter(injury=row.injury_id, until=None).first() if row else None
    if row:
        answers = answers_about(flag.client_id, row.injury_id, until=row)
        before = answers[-2] if len(answers) > 1 else None
        told = Told(answers[-1], row.symptoms, row.note, has_other_side(version.side if version else ""))
    if version:
        place = f"{str(version)[0].lower()}{str(version)[1:]}"
    courses = [one for one in courses_of(flag.client_id) if not row or row.injury_id in (None, one.injury_id)]
    words = [f"{one.kind_word}, {course_progress(one, on=on)}" for one in courses]
    return note(flag.sentence, place=place, told=told, before=before, courses=words, held=held)


def has_other_side(side: str) -> bool:
    """Say whether strength can be compared with another side. Where none is named, nobody knows, and it can."""
    return side not in (Side.MIDLINE, Side.BOTH)
