"""The demo's treatment: a course of six with one session done, pain from 7 to 1 while the strength stays weak. Written
in the order in which it happened, because a client's moments never go back."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clearance.anatomy.areas import Area, Side
from clearance.checkins.actions import (
    record_check_in,
    record_readiness,
    record_session,
    review_flag,
    set_schedule,
    sign_screening,
)
from clearance.checkins.models import CheckIn
from clearance.checkins.queries import open_reviews
from clearance.checkins.scales import Strength
from clearance.checkins.topics import TOPICS
from clearance.injuries.courses import keep_template, plan_session, start_course
from clearance.injuries.models import Injury, TreatmentCourse
from clearance.people.models import Client, Physician


def begin_treatment(client: Client, back: Injury, physician: Physician, at: datetime) -> TreatmentCourse:
    """A course of six begins; the client tells how it is before the first session."""
    tara = client.trainer.user
    course = start_course(
        injury=back, by=tara, kind="prolotherapy", agent="dextrose 15 %", physician=physician, planned_sessions=6,
        interval_days=28, sites=[f"{Area.LUMBAR_SPINE}:{Side.MIDLINE}"],
        aftercare="Walk every day. No lifting and no end-range twisting for two weeks after each session.",
        medicines="No anti-inflammatory tablets during the whole course.", at=at - timedelta(days=40),
    )  # fmt: skip
    keep_template(course=course, physician=physician, name="Lower back, six sessions", by=tara)
    _screen(client, at - timedelta(days=40))
    record_readiness(
        client=client, by=tara, on=_day(client, at - timedelta(days=39)), health=3, dedication=5, exertion=4,
        pain_threshold=5, at=at - timedelta(days=39),
    )  # fmt: skip
    set_schedule(
        client=client, by=tara, every_days=7, first_on=_day(client, at - timedelta(days=32)), at=at - timedelta(days=39)
    )
    _tell(client, back, at - timedelta(days=32), Strength.MUCH_WEAKER, pain_now=7, pain_worst=8)
    _review(client, "Known before the treatment: the physician plans it because of this pain.")
    _tell(client, back, at - timedelta(days=25), Strength.WEAKER, pain_now=7, pain_worst=8)
    _review(client, "As at the check-in before. Nothing gets harder until the course is under way.")
    return course


def go_on(client: Client, back: Injury, course: TreatmentCourse, at: datetime) -> None:
    """After the clearance: the first session, and a flare."""
    tara, treated = client.trainer.user, at - timedelta(days=13)
    _tell(client, back, at - timedelta(days=18), Strength.WEAKER, pain_now=6, pain_session=5, effort=4)
    _review(client, "Within what the physician expects before the first session.")
    record_session(
        course=course, by=tara, performed_on=_day(client, treated), on=_day(client, treated), at=treated,
        sites=course.sites, notes="Sore for two days, as the clinic had said.",
    )  # fmt: skip
    _tell(client, back, at - timedelta(days=8), Strength.WEAKER, pain_now=4, pain_worst=6)
    _review(client, "The flare of the first days. The clinic says that this is what they expect.")
    plan_session(
        course=course, by=tara, planned_on=_day(client, at + timedelta(days=15)), on=_day(client, at),
        at=at - timedelta(days=7),
    )  # fmt: skip


def feel_better(client: Client, back: Injury, at: datetime) -> None:
    """The pain has gone, and the strength has not come back: the rules stop the training."""
    told = {"pain_now": 1, "pain_worst": 2, "pain_session": 1, "effort": 3}
    _tell(client, back, at, Strength.WEAKER, note="“It is gone! Can we do squats again?”", **told)


def watch(cleared: Client, knee: Injury, ending: Client, at: datetime) -> None:
    """Two clients who train: one is overdue with a check-in, of the other a red flag waits for the trainer's review."""
    tara = cleared.trainer.user
    first = _day(cleared, at - timedelta(days=9))
    set_schedule(client=cleared, by=tara, every_days=7, first_on=first, at=at - timedelta(days=12))
    _tell(cleared, knee, at - timedelta(days=9), Strength.LITTLE_WEAKER, pain_now=2, pain_session=2, effort=4)
    _tell(ending, None, at - timedelta(days=6), Strength.SAME, pain_now=1, effort=4)
    _tell(ending, None, at - timedelta(hours=20), Strength.SAME, pain_now=1, pain_session=2, pain_morning=3, effort=5)


def _tell(client: Client, injury: Injury | None, at: datetime, strength: Strength, **told: Any) -> CheckIn:
    return record_check_in(
        client=client, by=client.trainer.user, injury=injury, on=_day(client, at), strength=strength, cap=None, at=at,
        **told,
    )  # fmt: skip


def _review(client: Client, reason: str) -> None:
    for flag in open_reviews(client.pk):
        review_flag(flag=flag, by=client.trainer.user, reason=reason, at=flag.at + timedelta(minutes=5))


def _screen(client: Client, at: datetime) -> None:
    answers = {one.slug: "yes" if one.slug in ("joints", "supervised") else "no" for one in TOPICS}
    sign_screening(
        client=client, by=client.trainer.user, on=_day(client, at), answers=answers, active=False, diseases=[],
        followups={"joints": "The lower back, loose since a fall.", "supervised": "Dr Okafor, during the injections."},
        symptoms=[], intensity="moderate", signed_name=client.name, at=at,
    )  # fmt: skip


def _day(client: Client, at: datetime) -> date:
    return at.astimezone(ZoneInfo(client.studio.time_zone)).date()
