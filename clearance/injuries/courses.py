"""Write treatment courses and their sessions. Every one of them can only shut the gate.

A session is never changed: a correction is a row of its own, and the gate looks at the corrected row too until a
physician has signed after the correction. A day that was planned stays a day that the gate looks at, moved or not.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from clearance.injuries.models import (
    CourseEnd,
    Injury,
    PlannedSession,
    TreatmentCourse,
    TreatmentSession,
)
from clearance.injuries.templates import keep_template
from clearance.people.actions import in_use, same_studio
from clearance.people.lock import lock_client, lock_studio
from clearance.people.models import Client, User
from clearance.people.refused import Refused
from clearance.people.trail import last_done, record_for

FIELDS = (
    "kind", "agent", "physician", "performed_by", "planned_sessions", "interval_days", "sites", "aftercare",
    "medicines",
)  # fmt: skip
FARTHEST_PLAN = timedelta(days=366)
# The second of two clicks, or a form sent again on bad Wi-Fi.
SENT_AGAIN = timedelta(minutes=2)


@transaction.atomic
def start_course(
    *, injury: Injury, by: User, at: datetime | None = None, on: date | None = None, next_on: date | None = None,
    keep_as: str = "", **fields: Any,
) -> TreatmentCourse:  # fmt: skip
    """Record that a series of treatments of an injury begins, with the fields of FIELDS. `next_on` is the day planned
    for its first session, `on` today in the studio, and `keep_as` names a template of its physician to keep. The same
    sent twice is stored once. Raises Refused."""
    if keep_as.strip() and fields.get("physician"):
        # A studio is locked before its clients.
        lock_studio(fields["physician"].studio_id)
    client = in_use(lock_client(injury.client_id, at=at))
    _check_fields(client, fields)
    if Injury.objects.get(pk=injury.pk).voided_at:
        raise Refused("This injury is void: it was a mistake. A treatment belongs to another one.", field="injury")
    lately = TreatmentCourse.objects.filter(created_at__gt=client.changed_at - SENT_AGAIN)
    sent_before = lately.filter(injury=injury, by=by, end=None, **fields).first()
    if sent_before:
        # What was added to the form before it was sent again counts.
        return _with_plan(sent_before, by, next_on, on, at)
    course = TreatmentCourse.objects.create(injury=injury, by=by, created_at=client.changed_at, **fields)
    sentence = f"{by} recorded a course: {course.get_kind_display()}."
    record_for(client, "course.started", sentence, by=by, course=course.pk)
    _with_plan(course, by, next_on, on, at)
    if keep_as.strip():
        keep_template(course=course, physician=course.physician, name=keep_as, by=by)
    return course


def _with_plan(
    course: TreatmentCourse, by: User, next_on: date | None, on: date | None, at: datetime | None
) -> TreatmentCourse:
    if next_on and on:
        _plan_after(course, by, next_on, on, at)
    return course


def _plan_after(course: TreatmentCourse, by: User, next_on: date, on: date, at: datetime | None) -> None:
    """Plan at a moment of its own, so that each line of the trail says what it alone has changed."""
    client = lock_client(course.injury.client_id, at=at)
    _plan(client, course, by, next_on, on, because="")


def _check_fields(client: Client, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"no fields of a course: {sorted(unknown)}")
    if fields.get("physician"):
        same_studio(client, fields["physician"])


@transaction.atomic
def edit_course(*, course: TreatmentCourse, by: User, at: datetime | None = None, **fields: Any) -> TreatmentCourse:
    """Change what is recorded of a course. Its history keeps the earlier values. Raises Refused once it is over."""
    client, course = _running(course, at)
    _check_fields(client, fields)
    changed = [name for name, value in fields.items() if getattr(course, name) != value]
    if changed:
        for name in changed:
            setattr(course, name, fields[name])
        course.save(update_fields=changed)
        sentence = f"{by} changed what is recorded of a course: {', '.join(sorted(changed)).replace('_', ' ')}."
        record_for(client, "course.edited", sentence, by=by, course=course.pk, fields=sorted(changed))
    return course


def _running(course: TreatmentCourse, at: datetime | None) -> tuple[Client, TreatmentCourse]:
    """Return the locked client and the course as it is now. Raises Refused for a course that is over."""
    client = in_use(lock_client(course.injury.client_id, at=at))
    found = TreatmentCourse.objects.select_related("injury").get(pk=course.pk)
    if CourseEnd.objects.filter(course=found).exists():
        raise Refused("This course is over. Record another course for what comes after it.")
    return client, found


@transaction.atomic
def plan_session(
    *, course: TreatmentCourse, by: User, planned_on: date, on: date, because: str = "", at: datetime | None = None
) -> PlannedSession:
    """Plan the next session for a day; it replaces the day planned before. `on` is today in the studio.

    A clearance that does not hold through the course ends on that day, also when the session is moved later: moving a
    plan must not make a clearance longer. Raises Refused.
    """
    client, course = _running(course, at)
    return _plan(client, course, by, planned_on, on, because=because)


def _plan(
    client: Client, course: TreatmentCourse, by: User, planned_on: date, on: date, *, because: str
) -> PlannedSession:
    if not on <= planned_on <= on + FARTHEST_PLAN:
        raise Refused("Plan a day from today on, within a year.", field="next_on")
    present = PlannedSession.objects.filter(course=course, until=None).first()
    if present and present.planned_on == planned_on:
        return present
    if present:
        why = f": {because.strip()}" if because.strip() else ""
        _close(present, client.changed_at, f"moved to {_day(planned_on)}{why}")
    planned = PlannedSession.objects.create(course=course, planned_on=planned_on, by=by, since=client.changed_at)
    sentence = f"{by} planned the next session of {course.kind_word} for {_day(planned_on)}."
    record_for(client, "session.planned", sentence, by=by, planned=planned.pk)
    return planned


def _close(planned: PlannedSession, at: datetime, because: str) -> None:
    planned.until, planned.ended_because = at, because
    planned.save(update_fields=["until", "ended_because"])


@transaction.atomic
def call_off(*, course: TreatmentCourse, by: User, reason: str, at: datetime | None = None) -> None:
    """Say that the planned session will not take place. Raises Refused without a reason and without a plan."""
    client, course = _running(course, at)
    present = PlannedSession.objects.filter(course=course, until=None).first()
    if present is None:
        if last_done(client, "session.called_off", by=by).get("why") == reason.strip():
            return
        raise Refused("No session is planned.")
    if not reason.strip():
        raise Refused("Say why it is called off.", field="reason")
    _close(present, client.changed_at, reason.strip())
    sentence = f"{by} called off the session of {course.kind_word} on {_day(present.planned_on)}."
    record_for(client, "session.called_off", sentence, by=by, planned=present.pk, why=reason.strip())


@transaction.atomic
def record_session(
    *, course: TreatmentCourse, by: User, performed_on: date, on: date, notes: str = "", sites: Iterable[str] = (),
    next_on: date | None = None, keep_plan: bool = False, at: datetime | None = None,
) -> TreatmentSession:  # fmt: skip
    """Record a session that took place. `on` is today in the studio, `next_on` the day of the next one, None where none
    is planned; with `keep_plan` a plan for a later day than the session's stays as it is.

    The same sent twice is stored once. Raises Refused for a day in the future and for a course that is over.
    """
    client, course = _running(course, at)
    if performed_on > on:
        raise Refused("A session is recorded once it took place.", field="performed_on")
    said = {"performed_on": performed_on, "by": by, "notes": notes, "sites": list(sites)}
    lately = TreatmentSession.objects.filter(course=course, recorded_at__gt=client.changed_at - SENT_AGAIN, **said)
    sent_before = lately.filter(corrects=None, corrected_by=None).first()
    if sent_before:
        _with_plan(course, by, next_on, on, at)
        return sent_before
    last = TreatmentSession.objects.filter(course=course).aggregate(last=Max("number"))["last"] or 0
    session = TreatmentSession.objects.create(course=course, number=last + 1, recorded_at=client.changed_at, **said)
    _close_reached(client, course, performed_on, on, next_on, keep_plan=keep_plan and not next_on)
    sentence = f"{by} recorded a session of {course.kind_word}, on {_day(performed_on)}."
    record_for(client, "session.recorded", sentence, by=by, session=session.pk)
    _with_plan(course, by, next_on, on, at)
    return session


def _close_reached(
    client: Client, course: TreatmentCourse, performed_on: date, on: date, next_on: date | None, *, keep_plan: bool
) -> None:
    """Close the plan that a session has reached, and any other one unless it is kept or planned again."""
    present = PlannedSession.objects.filter(course=course, until=None).first()
    if present is None or present.planned_on == next_on or (keep_plan and present.planned_on > performed_on):
        return
    _close(present, client.changed_at, "took place" if present.planned_on <= on else "planned anew")


@transaction.atomic
def correct_session(
    *, session: TreatmentSession, by: User, reason: str, on: date, performed_on: date, took_place: bool = True,
    sites: Iterable[str] = (), notes: str = "", at: datetime | None = None,
) -> TreatmentSession:  # fmt: skip
    """Correct what is recorded of a session; `took_place` false says that there was none, and nothing else. The old row
    stays readable, and stays a reason to shut until a physician has signed after the correction. The same sent twice is
    stored once. Raises Refused."""
    client = in_use(lock_client(session.course.injury.client_id, at=at))
    present = TreatmentSession.objects.select_related("course").get(pk=session.pk)
    said = {"performed_on": performed_on, "sites": list(sites), "notes": notes}
    recorded = {name: getattr(present, name) for name in said}
    said = (said if took_place else recorded) | {"took_place": took_place, "reason": reason.strip()}
    earlier = TreatmentSession.objects.filter(corrects=present)
    sent_before = earlier.filter(by=by, recorded_at__gt=client.changed_at - SENT_AGAIN, **said).first()
    if sent_before:
        return sent_before
    if earlier.exists():
        raise Refused("Somebody has corrected this session already. Look at it again.")
    _check_correction(present, said, on=on, same=took_place and said | recorded == said)
    corrected = TreatmentSession.objects.create(
        course=present.course, number=present.number, corrects=present, by=by, recorded_at=client.changed_at, **said
    )
    what = f"it took place on {_day(performed_on)}" if took_place else "it did not take place"
    sentence = f"{by} corrected a session of {present.course.kind_word}: {what}."
    record_for(client, "session.corrected", sentence, by=by, session=corrected.pk, why=reason.strip())
    return corrected


def _check_correction(present: TreatmentSession, said: dict[str, Any], *, on: date, same: bool) -> None:
    if not present.took_place:
        raise Refused("This session is marked as one that did not take place. Record it anew if it did.")
    if not said["reason"]:
        raise Refused("Say why the entry is corrected.", field="reason")
    if said["performed_on"] > on:
        raise Refused("A session is recorded once it took place.", field="performed_on")
    if same:
        raise Refused("Nothing is different from what is recorded.")


@transaction.atomic
def end_course(
    *, course: TreatmentCourse, by: User, kind: str, ended_on: date, on: date, reason: str = "",
    at: datetime | None = None,
) -> CourseEnd:  # fmt: skip
    """Record that a course was concluded or stopped. It opens nothing: whoever waits for the end of the treatment asks
    the physician again. The same sent twice is stored once. Raises Refused."""
    said = {"kind": kind, "ended_on": ended_on, "reason": reason.strip(), "by": by}
    client = lock_client(course.injury.client_id, at=at)
    sent_before = CourseEnd.objects.filter(course=course, at__gt=client.changed_at - SENT_AGAIN, **said).first()
    if sent_before:
        return sent_before
    client, course = _running(course, at)
    _check_end(course, said, on)
    present = PlannedSession.objects.filter(course=course, until=None).first()
    if present:
        _close(present, client.changed_at, "the course ended")
    end = CourseEnd.objects.create(course=course, at=client.changed_at, **said)
    sentence = f"{by} recorded that a course of {course.kind_word} was {kind}."
    record_for(client, "course.ended", sentence, by=by, course=course.pk, why=reason.strip())
    return end


def _check_end(course: TreatmentCourse, said: dict[str, Any], on: date) -> None:
    if said["ended_on"] > on:
        raise Refused("An end is recorded once it is reached: not in the future.", field="ended_on")
    if said["kind"] == CourseEnd.Kind.STOPPED and not said["reason"]:
        raise Refused("Say why the course was stopped.", field="reason")
    took_place = TreatmentSession.objects.filter(course=course, corrected_by=None, took_place=True)
    last = took_place.aggregate(last=Max("performed_on"))["last"]
    if last and said["ended_on"] < last:
        raise Refused(f"The last session took place on {_day(last)}: it did not end before.", field="ended_on")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
