"""Write check-ins, readiness and screenings, and raise the flags that follow from them. Nothing here opens the gate.

Flags are raised in the transaction and under the lock of what they follow from, so no program is saved in between.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from clearance.audit.actions import record
from clearance.checkins import queries
from clearance.checkins.models import (
    CheckIn,
    Flag,
    FlagReview,
    Readiness,
    RuleSettings,
    Schedule,
    Screening,
    ScreeningVoid,
)
from clearance.checkins.red_flags import BY_RULE, Finding
from clearance.checkins.symptoms import ANSWERS, BY_SLUG
from clearance.checkins.tiers import STOPS, Tier
from clearance.checkins.topics import TOPICS, is_flagged
from clearance.injuries import courses
from clearance.injuries.actions import open_hold
from clearance.injuries.models import Hold, Injury, TreatmentCourse, TreatmentSession
from clearance.injuries.queries import courses_of
from clearance.people import client_links
from clearance.people.actions import in_use
from clearance.people.lock import day_of, lock_client, lock_studio, now
from clearance.people.models import Client, ClientLink, Studio, User
from clearance.people.refused import Refused
from clearance.people.trail import record_for

SENT_AGAIN = timedelta(minutes=2)
LONGEST_BACK = timedelta(days=60)
SCREENING_LASTS = timedelta(days=365)


@transaction.atomic
def record_check_in(
    *, client: Client, by: User | None, on: date, cap: int | None, link: ClientLink | None = None,
    injury: Injury | None = None, told_on: date | None = None, symptoms: Mapping[str, str] | None = None,
    at: datetime | None = None, **told: Any,
) -> CheckIn:  # fmt: skip
    """Record a check-in, raise its flags, and stop the training where one of them says so.

    `by` of the staff, or the client under `link`. `on` is today in the studio and `told_on` the day it is about; `cap`
    is the least pain that a restriction in force allows, None without one. The same sent twice is stored once.
    Raises Refused.
    """
    client = in_use(lock_client(client.pk, at=at))
    if link:
        client_links.check_lives(link, client)
    day = told_on or on
    if not on - LONGEST_BACK <= day <= on:
        raise Refused("A check-in is about today, or a day of the last two months.", field="told_on")
    if injury is not None and not Injury.objects.filter(pk=injury.pk, client=client, voided_at=None).exists():
        raise Refused("Choose an injury of this client.", field="injury")
    said = {"injury": injury, "on": day, "by": by, "link": link, "symptoms": _known(symptoms or {})} | told
    sent_before = CheckIn.objects.filter(client=client, at__gt=client.changed_at - SENT_AGAIN, **said).first()
    if sent_before:
        return sent_before
    threshold = queries.readiness_now(client.pk)
    check_in = CheckIn.objects.create(
        client=client, at=client.changed_at, cap=cap, threshold=threshold.pain_threshold if threshold else None,
        asked=[one.slug for one in queries.symptoms_to_ask(client.pk, on=day)], **said,
    )  # fmt: skip
    missed = queries.findings(client, on=on)
    _move_on(client, check_in)
    who = str(by) if by else str(client)
    record_for(client, "check_in.recorded", f"{who} told a check-in of {client}.", by=by, check_in=check_in.pk)
    _judge(client, on, [check_in, *queries.told_later(check_in)])
    _raise(client, missed, None)
    return check_in


def _judge(client: Client, on: date, told: Iterable[CheckIn]) -> None:
    """Raise what the rules find about these check-ins, the most urgent first: it is what is told by mail."""
    found = [(queries.findings(client, on=on, check_in=one), one) for one in told]
    for findings, one in sorted(found, key=lambda pair: [finding.tier for finding in pair[0][:1]] or [Tier.REVIEW]):
        _raise(client, findings, one)


def _known(symptoms: Mapping[str, str]) -> dict[str, str]:
    unknown = [slug for slug, said in symptoms.items() if slug not in BY_SLUG or said not in ANSWERS]
    if unknown:
        raise TypeError(f"no symptoms with a yes or not sure: {unknown}")
    return dict(symptoms)


def _move_on(client: Client, check_in: CheckIn) -> None:
    """The next check-in is due so many days after this one. An old one told late puts nothing off, and one about
    something else than what is in treatment does not, either."""
    treated = {one.injury_id for one in courses_of(client.pk) if not hasattr(one, "end")}
    if treated and check_in.injury_id not in treated:
        return
    schedule = Schedule.objects.filter(client=client).first()
    due_on = check_in.on + timedelta(days=schedule.every_days) if schedule else None
    if schedule and due_on and due_on > schedule.due_on:
        schedule.due_on = due_on
        schedule.save(update_fields=["due_on"])


def _raise(client: Client, found: Iterable[Finding], check_in: CheckIn | None) -> list[Flag]:
    """Store the findings that were not stored before. Those of tiers one to three share one hold."""
    known = set(Flag.objects.filter(client=client).values_list("rule", "cause"))
    new = [one for one in found if (one.rule, one.cause) not in known]
    said = {one.rule for one in new}
    new = [one for one in new if BY_RULE[one.rule].within not in said]
    stops = [one for one in new if one.tier in STOPS]
    hold = _hold(client, stops) if stops else None
    flags = [_flag(client, one, check_in, hold) for one in new]
    for flag in flags:
        action = "flag.stop" if flag.tier in STOPS else "flag.review"
        sentence = f"A red flag of {client}, {Tier(flag.tier).label.lower()}."
        record_for(client, action, sentence, by=None, flag=flag.pk, rule=flag.rule, tier=flag.tier)
    return flags


def _hold(client: Client, stops: Iterable[Finding]) -> Hold:
    return open_hold(client=client, by=None, reason=" ".join(one.sentence for one in stops), at=client.changed_at)


def _flag(client: Client, found: Finding, check_in: CheckIn | None, hold: Hold | None) -> Flag:
    return Flag.objects.create(
        client=client, rule=found.rule, tier=found.tier, sentence=found.sentence, cause=found.cause, check_in=check_in,
        hold=hold if found.tier in STOPS else None, at=client.changed_at,
    )  # fmt: skip


@transaction.atomic
def record_session(*, course: TreatmentCourse, by: User, on: date, **session: Any) -> TreatmentSession:
    """Record a treatment session (injuries.courses.record_session) and raise the flags that follow from it: also of
    check-ins that were told before the session was written down."""
    recorded = courses.record_session(course=course, by=by, on=on, **session)
    client = lock_client(course.injury.client_id, at=session.get("at"))
    _judge(client, on, queries.told_since(client.pk, max(recorded.performed_on, on - LONGEST_BACK)))
    _raise(client, queries.findings(client, on=on), None)
    return recorded


@transaction.atomic
def correct_session(*, session: TreatmentSession, by: User, on: date, **said: Any) -> TreatmentSession:
    """Correct a treatment session (injuries.courses.correct_session) and judge the check-ins since again: they were
    judged beside a session of another day."""
    corrected = courses.correct_session(session=session, by=by, on=on, **said)
    client = lock_client(session.course.injury.client_id, at=said.get("at"))
    since = min(corrected.performed_on, session.performed_on)
    _judge(client, on, queries.told_since(client.pk, max(since, on - LONGEST_BACK)))
    _raise(client, queries.findings(client, on=on), None)
    return corrected


@transaction.atomic
def raise_missed(*, client: Client, on: date) -> list[Flag]:
    """Raise the flags that time alone brings, as missed check-ins. `on` is today in the studio."""
    client = lock_client(client.pk)
    return _raise(client, queries.findings(client, on=on), None) if client.archived_at is None else []


@transaction.atomic
def review_flag(*, flag: Flag, by: User, reason: str, at: datetime | None = None) -> FlagReview:
    """Record a trainer's review of a flag of tier four, and of the earlier ones of its rule that still wait.

    Raises Refused without a reason, for a flag that only a physician answers, and for one that somebody reviewed
    already. The same sent twice is stored once.
    """
    client = in_use(lock_client(flag.client_id, at=at))
    if flag.tier != Tier.REVIEW:
        raise Refused("Only a physician's later decision answers this flag.")
    if not reason.strip():
        raise Refused("Write what you found and what you do about it.", field="reason")
    reviewed = FlagReview.objects.filter(flag=flag).first()
    if reviewed and (reviewed.by_id, reviewed.reason) == (by.pk, reason.strip()):
        return reviewed
    if reviewed:
        raise Refused("Somebody has reviewed this flag already.")
    same = queries.open_reviews(client.pk).filter(rule=flag.rule, at__lte=flag.at)
    earlier = same.filter(check_in__injury=flag.check_in.injury_id if flag.check_in else None).exclude(pk=flag.pk)
    review, *_ = [
        FlagReview.objects.create(flag=one, reason=reason.strip(), by=by, at=client.changed_at)
        for one in [flag, *earlier]
    ]
    sentence = f"{by} reviewed a red flag of {client}."
    record_for(client, "flag.reviewed", sentence, by=by, flag=flag.pk, rule=flag.rule)
    return review


@transaction.atomic
def record_readiness(
    *, client: Client, by: User, on: date, health: int, dedication: int, exertion: int, pain_threshold: int,
    note: str = "", at: datetime | None = None,
) -> Readiness:  # fmt: skip
    """Record a client's readiness. The same sent twice is stored once. Raises Refused for an archived client."""
    client = in_use(lock_client(client.pk, at=at))
    said = {
        "on": on, "health": health, "dedication": dedication, "exertion": exertion, "pain_threshold": pain_threshold,
        "note": note, "by": by,
    }  # fmt: skip
    sent_before = Readiness.objects.filter(client=client, at__gt=client.changed_at - SENT_AGAIN, **said).first()
    if sent_before:
        return sent_before
    readiness = Readiness.objects.create(client=client, at=client.changed_at, **said)
    record_for(client, "readiness.recorded", f"{by} recorded {client}'s readiness.", by=by, readiness=readiness.pk)
    return readiness


@transaction.atomic
def sign_screening(
    *, client: Client, by: User | None, on: date, answers: Mapping[str, str], followups: Mapping[str, str],
    active: bool, diseases: list[str], symptoms: list[str], intensity: str, signed_name: str,
    link: ClientLink | None = None, at: datetime | None = None,
) -> Screening:  # fmt: skip
    """Store a client's signed screening, on the device of `by` or under `link`. `on` is today in the studio.

    A positive or unsure answer counts as flagged for the studio's policy, and stays counted: a later screening takes
    nothing back. The same sent twice is stored once. Raises Refused.
    """
    client = in_use(lock_client(client.pk, at=at))
    if link:
        client_links.check_lives(link, client)
    if signed_name.casefold().split() != client.name.casefold().split():
        raise Refused(f"Sign with the name as it is recorded here: {client.name}.", field="signed_name")
    said = {
        "answers": dict(answers), "followups": dict(followups), "active": active, "diseases": diseases,
        "symptoms": symptoms, "intensity": intensity, "by": by, "link": link,
    }  # fmt: skip
    latest = Screening.objects.filter(client=client, at__gt=client.changed_at - SENT_AGAIN, void=None)
    sent_before = latest.filter(**said).first()
    if sent_before:
        return sent_before
    screening = Screening.objects.create(
        client=client, flagged=is_flagged(answers, diseases, symptoms), signed_name=signed_name,
        asked={one.slug: one.question for one in TOPICS},
        how=Screening.How.LINK if link else Screening.How.DEVICE, first_day=on, last_day=on + SCREENING_LASTS,
        at=client.changed_at, **said,
    )  # fmt: skip
    record_for(client, "screening.signed", f"{client} signed a screening.", by=by, screening=screening.pk)
    return screening


@transaction.atomic
def void_screening(*, screening: Screening, by: User | None, reason: str, at: datetime | None = None) -> ScreeningVoid:
    """Record that an answer has changed: the screening is void and has to be signed anew. It opens nothing.

    Raises Refused without a reason, and when it is void already.
    """
    client = lock_client(screening.client_id, at=at)
    if ScreeningVoid.objects.filter(screening=screening).exists():
        raise Refused("This screening is void already.")
    if not reason.strip():
        raise Refused("Say what has changed.", field="reason")
    who = str(by) if by else str(client)
    record_for(client, "screening.voided", f"{who} said that an answer has changed.", by=by, screening=screening.pk)
    return ScreeningVoid.objects.create(screening=screening, reason=reason.strip(), by=by, at=client.changed_at)


@transaction.atomic
def set_schedule(*, client: Client, by: User, every_days: int, first_on: date, at: datetime | None = None) -> Schedule:
    """Agree how often a client checks in, and by which day first. What was missed until now stays flagged.

    Raises Refused for an archived client.
    """
    client = in_use(lock_client(client.pk, at=at))
    _raise(client, queries.findings(client, on=day_of(client)), None)
    schedule, _ = Schedule.objects.update_or_create(
        client=client, defaults={"every_days": every_days, "due_on": first_on, "by": by}
    )
    record_for(client, "schedule.set", f"{by} agreed on a check-in every {every_days} days.", by=by, every=every_days)
    return schedule


@transaction.atomic
def stop_schedule(*, client: Client, by: User) -> None:
    """End a client's schedule of check-ins. What was missed stays flagged."""
    client = lock_client(client.pk)
    _raise(client, queries.findings(client, on=day_of(client)), None)
    gone, _ = Schedule.objects.filter(client=client).delete()
    if gone:
        record_for(client, "schedule.stopped", f"{by} ended the schedule of check-ins.", by=by)


@transaction.atomic
def change_rules(*, studio: Studio, by: User, off: Iterable[str], thresholds: Mapping[str, int]) -> RuleSettings:
    """Set which rules of a studio are off and what their thresholds are; the earlier settings stay readable.
    The same settings again change nothing.

    Raises Refused for a rule that cannot be off and a threshold outside its bounds.
    """
    studio = lock_studio(studio.pk)
    chosen = sorted(set(off))
    for slug in chosen:
        if slug not in BY_RULE or not BY_RULE[slug].may_be_off:
            raise Refused("An emergency is never switched off.", field=f"on_{slug}")
    for slug, value in thresholds.items():
        rule = BY_RULE[slug]
        if not rule.least <= value <= rule.most:
            raise Refused(f"Enter a number from {rule.least} to {rule.most}.", field=f"at_{slug}")
    present = RuleSettings.objects.filter(studio=studio, until=None).first()
    if present and (present.off, present.thresholds) == (chosen, dict(thresholds)):
        return present
    at = now()
    RuleSettings.objects.filter(studio=studio, until=None).update(until=at)
    settings = RuleSettings.objects.create(studio=studio, off=chosen, thresholds=dict(thresholds), by=by, since=at)
    _note_rules(studio, by, settings)
    return settings


def _note_rules(studio: Studio, by: User, settings: RuleSettings) -> None:
    sentence = f"{by} changed the red-flag rules."
    record(
        "studio.rules", sentence, at=settings.since, by=by, studio=studio.pk, off=settings.off,
        thresholds=settings.thresholds,
    )  # fmt: skip
