"""The lines of what a client told: check-ins, readiness, screenings, and the red flags and holds that follow."""

from collections.abc import Iterator

from django.urls import reverse

from clearance.checkins.models import CheckIn, Flag, Screening
from clearance.checkins.queries import check_ins_of, flags_of, readiness_of, screenings_of
from clearance.checkins.scales import DEDICATION, HEALTH, effort_word
from clearance.checkins.symptoms import BY_SLUG
from clearance.checkins.tiers import STOPS, Tier
from clearance.checkins.trend import strength_words
from clearance.decisions.answers import holds_with_answers
from clearance.injuries.models import InjuryVersion
from clearance.pages.status import day
from clearance.pages.timeline_line import Line, on_its_day, sentence
from clearance.people.models import Client

TITLES = {
    Tier.EMERGENCY: "Red flag: emergency",
    Tier.SAME_DAY: "Red flag: the physician has to be called today",
    Tier.REFER: "Red flag: stop and ask the physician",
    Tier.REVIEW: "Red flag for the trainer to review",
}


def told_lines(client: Client, versions: list[InjuryVersion]) -> Iterator[Line]:
    """Yield check-ins, flags with their reviews, readiness and screenings."""
    yield from _flags(client)
    places = {one.injury_id: str(one) for one in versions}
    for check_in in check_ins_of(client.pk):
        yield _check_in(client, check_in, places)
    for one in readiness_of(client.pk):
        at = on_its_day(one.on, one.at, client.studio.time_zone)
        health, dedication = HEALTH[one.health].partition(":")[0], DEDICATION[one.dedication].partition(":")[0]
        text = (
            f"Level of health {one.health} of 5 ({health}), dedication {one.dedication} of 5 ({dedication}), usual "
            f"effort {one.exertion} of 10, pain threshold {one.pain_threshold} of 10. {sentence(one.note)} By {one.by}."
        )
        yield Line(at, "readiness", "Readiness recorded", text, day_only=at != one.at)
    for screening in screenings_of(client.pk):
        yield from _screening(screening)


def _check_in(client: Client, one: CheckIn, places: dict[int, str]) -> Line:
    about = f"{places[one.injury_id]}." if one.injury_id in places else ""
    worst = f", worst {one.pain_worst}" if one.pain_worst is not None else ""
    effort = f"Effort {one.effort} of 10 ({effort_word(one.effort)})." if one.effort is not None else ""
    strength = strength_words(one.strength)
    title = f"Check-in: pain {one.pain_now}{worst}, {strength}"
    signs = [f"{BY_SLUG[slug].words}{' (not sure)' if said == 'unsure' else ''}." for slug, said in _known(one)]
    told = f"Told by {one.by or 'the client, through the personal link'}."
    text = " ".join(filter(None, [about, *signs, sentence(one.note), effort, told]))
    stopped = any(flag.tier in STOPS for flag in one.flags.all())
    at = on_its_day(one.on, one.at, client.studio.time_zone)
    slug, url = "stop" if stopped else "plain", reverse("check_in", args=[client.pk, one.pk])
    return Line(at, "check_in", title, text, slug, url, "Read the check-in", day_only=at != one.at)


def _known(one: CheckIn) -> list[tuple[str, str]]:
    return [(slug, said) for slug, said in one.symptoms.items() if slug in BY_SLUG]


def _flags(client: Client) -> Iterator[Line]:
    for flag in flags_of(client.pk):
        yield Line(flag.at, "flag", TITLES[Tier(flag.tier)], _waits(flag), "stop")
        review = getattr(flag, "review", None)
        if review:
            text = f"{sentence(review.reason)} About: {flag.sentence}"
            yield Line(review.at, "flag", f"{review.by} reviewed a red flag", text)


def _waits(flag: Flag) -> str:
    if flag.tier in STOPS:
        return f"{flag.sentence} The training was put on hold."
    return flag.sentence if hasattr(flag, "review") else f"{flag.sentence} Waits for a trainer's review."


def _screening(one: Screening) -> Iterator[Line]:
    void = getattr(one, "void", None)
    found = "An answer was yes or not sure." if one.flagged else "Every answer was no."
    text = f"{found} Good until {day(one.last_day)}, signed {one.get_how_display()}."
    yield Line(one.at, "screening", "Screening signed", text, "stop" if one.flagged else "plain")
    if void:
        text = f"{sentence(void.reason)} By {void.by or 'the client'}. It has to be signed anew."
        yield Line(void.at, "screening", "Screening void: an answer has changed", text, "stop")


def hold_lines(client: Client) -> Iterator[Line]:
    """Yield holds, each with what a physician answered."""
    for one in holds_with_answers(client.pk):
        hold = one.hold
        text = f"{sentence(hold.reason)} {one.words}"
        yield Line(hold.at, "hold", f"Hold opened by {hold.by or 'a rule'}", text, "stop")
