"""The scales of check-ins, readiness and screening, with a word for each step. Pure.

Pain is the numeric rating scale 0 to 10 (NPRS). Effort is a category-ratio scale 0 to 10 (CR10, Borg), with anchors in
our own words. Strength is what a trainer or a client observes against the other side, not a manual muscle test.
"""

from django.db.models import IntegerChoices, TextChoices


class Strength(IntegerChoices):
    """Strength or control against the other side, or against before the injury where there is no other side. Whoever
    is not sure counts as weaker."""

    NONE = 0, "Cannot hold or move it"
    MUCH_WEAKER = 1, "Much weaker"
    WEAKER = 2, "Clearly weaker"
    LITTLE_WEAKER = 3, "A little weaker"
    SAME = 4, "As strong as the other side"
    UNSURE = 9, "Not sure"


class Load(TextChoices):
    """The load of the last session against the one before it."""

    LESS = "less", "Less"
    SAME = "same", "The same"
    MORE = "more", "More"


PAIN_BANDS = ((0, "no pain"), (3, "mild"), (6, "moderate"), (10, "severe"))
EFFORT = (
    "nothing at all", "very light", "light", "moderate", "rather hard", "hard", "hard and heavy", "very hard",
    "very, very hard", "nearly the most", "the most there is",
)  # fmt: skip
HEALTH = {
    1: "poor: everyday tasks are hard",
    2: "fair: limited on most days",
    3: "good: everyday life without limits",
    4: "very good: trains or is active every week",
    5: "excellent: used to hard training",
}
DEDICATION = {
    1: "low: came because somebody said so",
    2: "some: trains when it suits",
    3: "good: keeps most appointments",
    4: "high: follows the plan between sessions too",
    5: "very high: tends to do more than planned",
}


def pain_word(pain: int) -> str:
    """Return the band of a pain from 0 to 10. The bands 1-3, 4-6 and 7-10 are the stricter of the usual ones
    (Boonstra 2016, Front Psychol 7:1466, discusses others)."""
    return next(word for most, word in PAIN_BANDS if pain <= most)


def readiness_words(*, health: int, dedication: int, exertion: int, pain_threshold: int) -> str:
    """Return a readiness in one line."""
    return (
        f"health {HEALTH[health].partition(':')[0]} ({health} of 5), "
        f"dedication {DEDICATION[dedication].partition(':')[0]} ({dedication} of 5), "
        f"usual effort {effort_word(exertion)} ({exertion} of 10), trains well up to a pain of {pain_threshold} of 10"
    )


def effort_word(effort: int) -> str:
    """Return the anchor of an effort from 0 to 10."""
    return EFFORT[effort]


def strength_word(strength: int, *, other_side: bool = True) -> str:
    """Return a strength in words, for a place that has another side to compare with or for one that has none."""
    if strength == Strength.SAME and not other_side:
        return "As strong as before"
    return str(Strength(strength).label)
