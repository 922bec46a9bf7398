"""THE RED-FLAG RULES, one table. Pure: no database, no clock.

Each rule has a tier, a sentence, what to do, where it comes from, and a threshold where it has one. Tiers one to three
stop the training at once, tier four freezes progression until a trainer's review. "Not sure" counts as yes. Nothing
here can open a gate. Thresholds are settings of the studio with the stated source; a physician's number comes first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from clearance.checkins.scales import Strength
from clearance.checkins.seen import Answer, Seen, Thresholds, Treated
from clearance.checkins.symptoms import BY_SLUG
from clearance.checkins.tiers import Tier

WEEK = timedelta(days=7)
ACTIONS = {
    Tier.EMERGENCY: "Call the local emergency number now. Do not train, and do not leave the client alone.",
    Tier.SAME_DAY: "Call the treating physician today, or urgent care if nobody answers. Do not train.",
    Tier.REFER: "Do not train. Ask the physician before the next session.",
    Tier.REVIEW: "No later phase and no added load until the trainer has reviewed this.",
}
TO_CLIENT = {
    Tier.EMERGENCY: "Call your local emergency number now. Do not train.",
    Tier.SAME_DAY: "Call the physician who treats you today, or urgent care if nobody answers. Do not train.",
    Tier.REFER: "Do not train. Your physician has to be asked before the next session.",
    Tier.REVIEW: "Your trainer looks at this before anything gets harder.",
}
SOURCE_STOP = "Signs to stop exercise: ACSM's list; Finucane 2020, JOSPT 50:350 (single signs are often harmless)"
SOURCE_PAIN = "Pain-monitoring model: Silbernagel 2007, AJSM 35:897 (made for tendons; used here by analogy)"
SOURCE_WEAK = "Hides 1996, Spine 21:2763: muscle did not come back by itself when the pain had gone"


@dataclass(frozen=True)
class Fired:
    """A rule fired: once per `cause`, with the figures that made it."""

    cause: str
    figures: str = ""


Fires = Callable[[Seen, Thresholds], Fired | None]


@dataclass(frozen=True)
class Rule:
    """One row of the table. `threshold` is the default, `least` and `most` bound a studio's own, in `unit`.

    `within` names a more urgent rule that says the same: a flag of that one stands for both.
    """

    slug: str
    tier: Tier
    sentence: str
    source: str
    fires: Fires
    threshold: int | None = None
    unit: str = ""
    least: int = 0
    most: int = 0
    within: str = ""

    @property
    def action(self) -> str:
        """What to do."""
        return ACTIONS[self.tier]

    @property
    def may_be_off(self) -> bool:
        """A studio may switch off what is no emergency."""
        return self.tier is not Tier.EMERGENCY


@dataclass(frozen=True)
class Finding:
    """A rule that fired, in words."""

    rule: str
    tier: Tier
    sentence: str
    cause: str


def _told(*slugs: str, figures: bool = True) -> Fires:
    """Fires for each of these symptoms. Without `figures` the rule's own sentence says it already."""

    def fires(seen: Seen, thresholds: Thresholds) -> Fired | None:
        told = [slug for slug in slugs if seen.present and slug in seen.present.symptoms]
        words = "; ".join(BY_SLUG[slug].words for slug in told) if figures else ""
        return Fired(_of(seen), words) if told else None

    return fires


def _of(seen: Seen) -> str:
    return f"check_in:{seen.present.id}" if seen.present else ""


def _soreness(seen: Seen, thresholds: Thresholds) -> Fired | None:
    if seen.present is None or "soreness" not in seen.present.symptoms:
        return None
    last = seen.last_session
    days = (seen.present.on - last).days if last else None
    if days is not None and days <= thresholds["soreness_lasts"]:
        return None
    return Fired(_of(seen), f"{days} days after the last session" if days is not None else "")


def _pain_beyond(seen: Seen, thresholds: Thresholds) -> Fired | None:
    if seen.present is None:
        return None
    most = thresholds["pain_beyond"]
    limit = most if seen.present.limit is None else min(most, seen.present.limit)
    worst = max(seen.present.pains)
    return Fired(_of(seen), f"{worst} of 10, and {limit} is the most") if worst > limit else None


def _morning(seen: Seen, thresholds: Thresholds) -> Fired | None:
    if seen.present is None or seen.present.pain_morning is None or not seen.earlier:
        return None
    before, morning = seen.earlier[-1].pain_now, seen.present.pain_morning
    risen = morning - before >= thresholds["morning_after"]
    return Fired(_of(seen), f"{morning} of 10 on the morning after, {before} before the session") if risen else None


def _rising(seen: Seen, thresholds: Thresholds) -> Fired | None:
    if seen.present is None:
        return None
    this, before = _week_to(seen.answers, seen.present.on), _week_to(seen.answers, seen.present.on - WEEK)
    if not before or max(this) - max(before) < thresholds["rising_pain"]:
        return None
    return Fired(_of(seen), f"up to {max(this)} of 10 in the last seven days, {max(before)} in the week before")


def _week_to(answers: Iterable[Answer], end: date) -> list[int]:
    """The pains of the newest week with check-ins that ends on a day or in the two weeks before it: whoever checks in
    once a fortnight is compared, too."""
    told = [one for one in answers if end - 2 * WEEK <= one.on <= end]
    last = max((one.on for one in told), default=end)
    return [one.pain_now for one in told if last - WEEK < one.on]


def _effort(seen: Seen, thresholds: Thresholds) -> Fired | None:
    told = [one.effort for one in seen.earlier if one.effort is not None]
    if seen.present is None or seen.present.effort is None or not told or seen.present.load_rose:
        return None
    risen = seen.present.effort - told[-1] >= thresholds["rising_effort"]
    return Fired(_of(seen), f"{seen.present.effort} of 10 after {told[-1]}") if risen else None


def _weaker(seen: Seen, thresholds: Thresholds) -> Fired | None:
    # A "not sure" in between is no new measure: it must not hide what was lost since strength was last known.
    known = [one.strength for one in seen.earlier if one.strength != Strength.UNSURE]
    if seen.present is None or not known:
        return None
    lost = known[-1] - _strength(seen.present)
    return Fired(_of(seen), f"{lost} of 4 steps less than before") if lost >= thresholds["weaker"] else None


def _strength(answer: Answer) -> int:
    return int(Strength.WEAKER) if answer.strength == Strength.UNSURE else answer.strength


def _missed(seen: Seen, thresholds: Thresholds) -> Fired | None:
    if seen.due_on is None or seen.every_days <= 0 or seen.on <= seen.due_on:
        return None
    missed = ((seen.on - seen.due_on).days - 1) // seen.every_days + 1
    # Again for every so many: a review of the first ones says nothing of those that follow.
    series = missed // thresholds["missed_check_ins"]
    return Fired(f"due:{seen.due_on}:{series}", f"{missed} in a row") if series else None


def _beyond_plan(seen: Seen, thresholds: Thresholds) -> Fired | None:
    beyond = [one for one in seen.courses if one.planned is not None and len(one.before(seen.on)) > one.planned]
    if not beyond:
        return None
    # The one treated last: of two, the other was flagged at its own session.
    course = max(beyond, key=lambda one: one.before(seen.on)[-1])
    done = len(course.before(seen.on))
    return Fired(f"course:{course.id}:{done}", f"{done} done, {course.planned} planned")


def _pain_gone(seen: Seen, thresholds: Thresholds) -> tuple[Treated, str] | None:
    """The course in which pain has gone and weakness remains, with the figures; None where that is not so."""
    present = seen.present
    if present is None or not present.weak or present.pain_now > thresholds["pain_gone_still_weak"]:
        return None
    told = [pain for one in seen.earlier for pain in one.pains]
    before = max([*told, present.pain_now, present.pain_worst or 0])
    dropped = before - present.pain_now >= 2 or (before > 0 and (before - present.pain_now) * 2 >= before)
    courses = seen.running(thresholds["pain_gone_still_weak_early"])
    if not dropped or not courses:
        return None
    course = max(courses, key=lambda one: one.maybe(seen.on)[-1])
    of = f" of {course.planned}" if course.planned is not None else ""
    strength = Strength(present.strength).label.lower()
    # The figures compare like with like, where that shows the drop.
    now_before = max((one.pain_now for one in seen.earlier), default=0)
    before = now_before if now_before > present.pain_now else before
    figures = f"{before} to {present.pain_now} of 10, strength: {strength}, session {len(course.before(seen.on))}{of}"
    return course, figures


def _still_weak(seen: Seen, thresholds: Thresholds) -> Fired | None:
    found = _pain_gone(seen, thresholds)
    return Fired(_of(seen), found[1]) if found else None


def _still_weak_early(seen: Seen, thresholds: Thresholds) -> Fired | None:
    found = _pain_gone(seen, thresholds)
    if not found or not _soon_after(seen, found[0], thresholds):
        return None
    # Once for each session: the physician has been asked about it.
    return Fired(f"course:{found[0].id}:{found[0].maybe(seen.on)[-1]}", found[1])


def _soon_after(seen: Seen, course: Treated, thresholds: Thresholds) -> bool:
    days = course.maybe(seen.on)
    return len(days) == 1 or (seen.on - days[-1]).days <= thresholds["pain_gone_still_weak_early"]


E, D, R, V = Tier.EMERGENCY, Tier.SAME_DAY, Tier.REFER, Tier.REVIEW
RULES = (
    Rule("chest_symptoms", E, "Signs of a heart or lung emergency", SOURCE_STOP, _told("chest", "breath", "clot")),
    Rule("cauda_equina", E, "Signs of pressure on the nerves of the lower back", SOURCE_STOP, _told("cauda_equina")),
    Rule("stroke_signs", E, "Signs of a stroke", SOURCE_STOP, _told("stroke")),
    Rule(
        "infection", D, "Signs of an infection after treatment",
        "Septic joints after injections show after 12 days on average: JOCMR 2019;11:3838",
        _told("infection", "spinal"),
    ),
    Rule("nerve_signs", D, "New or growing weakness or numbness", SOURCE_STOP, _told("weakness", figures=False)),
    Rule(
        "hot_joint", D, "A hot, swollen joint, or a leg that takes no weight", SOURCE_STOP,
        _told("joint", figures=False),
    ),
    Rule("night_pain", R, "Pain at night that no position relieves", SOURCE_STOP, _told("night_pain", figures=False)),
    Rule("unwell", R, "Ill or losing weight for no known reason", SOURCE_STOP, _told("unwell", figures=False)),
    Rule(
        "soreness_lasts", R, "Still sore long after the treatment session",
        "Clinics ask to be called after a week of soreness (patient leaflets)", _soreness, 7, "days", 2, 27,
    ),
    Rule(
        "pain_gone_still_weak_early", R, "Pain has gone and weakness remains, early in the treatment",
        SOURCE_WEAK, _still_weak_early, 14, "days after a session", 7, 60,
    ),
    Rule(
        "pain_gone_still_weak", V, "Pain has gone and weakness remains, before the treatment has concluded",
        SOURCE_WEAK, _still_weak, 2, "of 10 at most, after it was more", 1, 5, within="pain_gone_still_weak_early",
    ),
    Rule(
        "pain_beyond", V, "Pain beyond what was agreed",
        SOURCE_PAIN, _pain_beyond, 5, "of 10, or less where the physician or the client's threshold says so", 1, 9,
    ),
    Rule("morning_after", V, "Pain higher on the morning after", SOURCE_PAIN, _morning, 1, "points higher", 1, 5),
    Rule("rising_pain", V, "Pain rises from week to week", SOURCE_PAIN, _rising, 1, "points higher", 1, 5),
    Rule(
        "rising_effort", V, "The same load feels harder",
        "Session effort on CR10: Foster 2001; the step is a convention", _effort, 2, "points higher", 1, 5,
    ),
    Rule(
        "weaker", V, "Strength is less than it was", SOURCE_WEAK, _weaker, 1, "of 4 steps less", 1, 3
    ),
    Rule("new_place", V, "Pain in a new place", SOURCE_STOP, _told("new_place", figures=False)),
    Rule(
        "missed_check_ins", V, "Check-ins were missed", "The studio's own agreement with its clients", _missed, 2,
        "in a row", 1, 10,
    ),
    Rule("beyond_plan", V, "More treatment sessions than planned", "The physician's own plan", _beyond_plan),
)  # fmt: skip
BY_RULE = {one.slug: one for one in RULES}


def judge(
    seen: Seen, *, off: frozenset[str] = frozenset(), thresholds: Mapping[str, int] | None = None
) -> tuple[Finding, ...]:
    """Return every rule that fires, most urgent first. Emergencies cannot be switched off; `thresholds` are a studio's
    own, within the bounds of each rule."""
    return tuple(sorted(_findings(seen, off, in_force(thresholds or {})), key=lambda one: one.tier))


def in_force(own: Mapping[str, int]) -> dict[str, int]:
    """Return the threshold of every rule that has one: the studio's own within the rule's bounds, or the default."""
    return {
        one.slug: min(max(own.get(one.slug, one.threshold), one.least), one.most)
        for one in RULES
        if one.threshold is not None
    }


def _findings(seen: Seen, off: frozenset[str], thresholds: Thresholds) -> Iterator[Finding]:
    for rule in RULES:
        fired = None if rule.may_be_off and rule.slug in off else rule.fires(seen, thresholds)
        if fired:
            words = f"{rule.sentence}: {fired.figures}." if fired.figures else f"{rule.sentence}."
            yield Finding(rule.slug, rule.tier, words, fired.cause)
