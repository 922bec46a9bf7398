"""The note for the physician, prepared from a red flag. Pure: the client's figures and days, and no advice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from clearance.checkins.scales import Load, effort_word, pain_word, strength_word
from clearance.checkins.seen import Answer
from clearance.checkins.symptoms import ANSWERS, SYMPTOMS

LONGEST_WORDS = 600


@dataclass(frozen=True)
class Told:
    """A check-in as it goes into the note: the figures, what was said to each symptom, and the note beside them."""

    answer: Answer
    symptoms: dict[str, str]
    words: str = ""
    other_side: bool = True


def note(
    sentence: str, *, place: str = "", told: Told | None = None, before: Answer | None = None,
    courses: Iterable[str] = (), held: str = "",
) -> str:  # fmt: skip
    """Return the note: the flag's `sentence`, what was told and what was told before it, the `courses` in words, and
    since when training is on hold (`held`), each a line of its own."""
    lines = [f"Red flag{f', {place}' if place else ''}. {sentence}"]
    if told:
        lines += _told(told, before)
    lines += [f"Treatment: {one}." for one in courses]
    if held:
        lines.append(f"Training is on hold since {held}. Only a physician's decision answers that.")
    return "\n".join(lines)


def _told(told: Told, before: Answer | None) -> Iterator[str]:
    answer = told.answer
    earlier = f" On {_day(before.on)}: {_pain(before.pain_now)}." if before else ""
    yield f"Check-in of {_day(answer.on)}. Pain now: {_pain(answer.pain_now)}.{earlier}"
    rest = (
        ("Worst pain since the last check-in", answer.pain_worst),
        ("Pain during the last session", answer.pain_session),
        ("Pain on the morning after it", answer.pain_morning),
    )
    yield from (f"{name}: {_pain(pain)}." for name, pain in rest if pain is not None)
    strength, earlier = _strength(answer, told), f" On {_day(before.on)}: {_strength(before, told)}." if before else ""
    yield f"Strength: {strength}.{earlier}"
    if answer.effort is not None:
        load = f", load against the session before: {Load(answer.load).label.lower()}" if answer.load else ""
        yield f"Effort of the last session: {answer.effort} of 10 ({effort_word(answer.effort)}){load}."
    for one in SYMPTOMS:
        if one.slug in told.symptoms:
            yield f"{ANSWERS[told.symptoms[one.slug]]}: {one.words[0].lower()}{one.words[1:]}."
    if told.words:
        yield f"Noted with it: {_short(told.words)}"


def _pain(pain: int) -> str:
    return f"{pain} of 10 ({pain_word(pain)})"


def _strength(answer: Answer, told: Told) -> str:
    return strength_word(answer.strength, other_side=told.other_side).lower()


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _short(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[:LONGEST_WORDS].rstrip()} …"
