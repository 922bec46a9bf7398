"""The checklist of new symptoms, in plain words, most urgent first. Pure.

After the signs that stop exercise in public guidance: ACSM's list, IFOMPT's red flags (Finucane 2020, JOSPT 50:350),
and after injections the leaflets of treating clinics (infections show up to three weeks later: JOCMR 2019;11:3838).
The words are our own. "Not sure" counts as yes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from clearance.checkins.seen import Treated
from clearance.checkins.tiers import Tier

# What is stored of a symptom, and how it is read.
ANSWERS = {"yes": "Yes", "unsure": "Not sure"}
WATCH_FOR_INFECTION = timedelta(days=21)
WATCH_FOR_SORENESS = timedelta(days=28)


class When(Enum):
    """When a symptom is asked for."""

    ALWAYS = "at every check-in"
    AFTER_INJECTION = "for three weeks after an injection or an operation"
    AFTER_SPINAL = "for three weeks after an injection or an operation at the spine"
    AFTER_SESSION = "for four weeks after a treatment session"


@dataclass(frozen=True)
class Symptom:
    """One line of the checklist."""

    slug: str
    tier: Tier
    words: str
    when: When = When.ALWAYS


SYMPTOMS = (
    Symptom("chest", Tier.EMERGENCY, "Pain, pressure or tightness in the chest, or pain that spreads to jaw or arm"),
    Symptom("breath", Tier.EMERGENCY, "Sudden breathlessness, fainting, cold sweat, or a heart that races or stumbles"),
    Symptom("stroke", Tier.EMERGENCY, "A drooping face, an arm that sinks, slurred speech, or the worst headache ever"),
    Symptom(
        "cauda_equina", Tier.EMERGENCY,
        "Trouble holding or passing urine or stool, numbness between the legs, or weakness in both legs",
    ),
    Symptom("clot", Tier.EMERGENCY, "A swollen, painful calf together with breathlessness"),
    Symptom(
        "infection", Tier.SAME_DAY,
        "Fever or chills, or redness, warmth, swelling or pus where it was treated, or pain there that grows fast",
        When.AFTER_INJECTION,
    ),
    Symptom(
        "spinal", Tier.SAME_DAY, "A severe headache, a stiff neck or a fever since the treatment of the back or neck",
        When.AFTER_SPINAL,
    ),
    Symptom("weakness", Tier.SAME_DAY, "New or growing weakness, numbness or tingling in an arm or a leg"),
    Symptom("joint", Tier.SAME_DAY, "A joint that is suddenly hot and swollen, or a leg that takes no weight"),
    Symptom("night_pain", Tier.REFER, "Pain at night that no position relieves"),
    Symptom("unwell", Tier.REFER, "Feeling ill for no known reason, or losing weight without meaning to"),
    Symptom("soreness", Tier.REFER, "The treated place is still sore from the last session", When.AFTER_SESSION),
    Symptom("new_place", Tier.REVIEW, "Pain in a place where there was none before"),
)  # fmt: skip
BY_SLUG = {one.slug: one for one in SYMPTOMS}


def asked(courses: Iterable[Treated], on: date) -> tuple[Symptom, ...]:
    """Return the symptoms to ask for on a day, most urgent first."""
    known = list(courses)
    needles = [one for one in known if one.breaks_skin]
    wanted = {
        When.ALWAYS: True,
        When.AFTER_INJECTION: _lately(needles, on, WATCH_FOR_INFECTION),
        When.AFTER_SPINAL: _lately([one for one in needles if one.spinal], on, WATCH_FOR_INFECTION),
        When.AFTER_SESSION: _lately(known, on, WATCH_FOR_SORENESS),
    }
    return tuple(one for one in SYMPTOMS if wanted[one.when])


def _lately(courses: Iterable[Treated], on: date, span: timedelta) -> bool:
    return any(day <= on <= day + span for one in courses for day in one.maybe(on))
