"""The screening before training: seven established topics in our own words, and what is recorded beside them. Pure.

Topics after the PAR-Q+ (eparmedx.com), whose own text may only be used complete and unchanged, so none of it stands
here. Beside them the inputs of ACSM's pre-participation algorithm (Riebe 2015, MSSE 47:2473): activity, known disease,
signs and symptoms, wished intensity. A yes, and whoever is not sure, counts as flagged; no answer here ever clears.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices


class Said(TextChoices):
    """An answer. Not sure counts as yes."""

    NO = "no", "No"
    YES = "yes", "Yes"
    UNSURE = "unsure", "Not sure"


class Intensity(TextChoices):
    """How hard the client wishes to train."""

    LIGHT = "light", "Light: talking and singing are easy"
    MODERATE = "moderate", "Moderate: talking is easy, singing is not"
    VIGOROUS = "vigorous", "Vigorous: a few words at a time"


@dataclass(frozen=True)
class Topic:
    """One question, what to tell when it is not a plain no, and what it is about, for the physician."""

    slug: str
    about: str
    question: str
    more: str


TOPICS = (
    Topic(
        "heart", "heart or blood pressure", "Has a doctor ever found a heart condition or high blood pressure?",
        "Which, and since when?",
    ),
    Topic(
        "chest", "pain in the chest", "Do you have pain in the chest at rest, in daily life or when you move?",
        "When, and how often?",
    ),
    Topic(
        "balance", "balance or consciousness",
        "In the last twelve months, have you lost your balance from dizziness, or lost consciousness?",
        "When, and what happened?",
    ),
    Topic("chronic", "another lasting illness", "Has a doctor found any other lasting illness?", "Which?"),
    Topic(
        "medicine", "prescribed medicine", "Do you take medicine that was prescribed for a lasting illness?",
        "Which, and for what?",
    ),
    Topic(
        "joints", "bone, joint, tendon or muscle",
        "Do you have, or had you in the last twelve months, a problem of bone, joint, tendon or muscle that exercise "
        "could make worse?",
        "Where, and what happened?",
    ),
    Topic(
        "supervised", "exercise only under supervision",
        "Has a doctor told you to exercise only under medical supervision?", "Who, and why?",
    ),
)  # fmt: skip
DISEASES = {
    "heart": "heart or vessels",
    "metabolic": "diabetes or another disease of the metabolism",
    "kidney": "kidneys",
}
SYMPTOMS = {
    "chest": "discomfort in the chest, neck, jaw or arm",
    "breath": "short of breath at rest or with little effort",
    "dizzy": "dizziness or fainting",
    "lying": "short of breath when lying flat or at night",
    "ankles": "swollen ankles",
    "heartbeat": "a heart that races or stumbles",
    "calves": "pain in the calves when walking",
    "murmur": "a known heart murmur",
    "tired": "unusual tiredness with everyday tasks",
}


def is_flagged(answers: Mapping[str, str], diseases: Iterable[str], symptoms: Iterable[str]) -> bool:
    """Say whether anything but seven plain noes was answered, or a disease or a symptom was named."""
    plain = all(answers.get(one.slug) == Said.NO for one in TOPICS)
    return not plain or bool(list(diseases)) or bool(list(symptoms))
