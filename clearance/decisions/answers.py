"""Which decisions answered a hold. To say so opens nothing: whether the gate is open, the gate judges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from clearance.decisions.models import Decision, Outcome
from clearance.decisions.queries import askable, decisions_of
from clearance.injuries.models import Hold
from clearance.injuries.queries import holds_of
from clearance.people.models import Physician

# What a physician said, as part of a sentence that begins with who said it and when.
SAID = {
    Outcome.CLEARED: "cleared for what is planned",
    Outcome.CLEARED_WITH_RESTRICTIONS: "cleared with restrictions",
    Outcome.DEFERRED: "needs to know or see more first",
    Outcome.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: "not until treatment concludes",
    Outcome.NOT_CLEARED: "not cleared",
    Outcome.GUIDANCE_ONLY: "guidance only, no clearance",
    Outcome.WITHDRAWN: "clearance withdrawn",
}


@dataclass(frozen=True)
class HoldAnswer:
    """A hold, the first word of each physician after it, oldest first, and who has to answer it still."""

    hold: Hold
    answers: tuple[Decision, ...]
    waits_for: tuple[Physician, ...]

    @property
    def words(self) -> str:
        """What became of the hold, as "Answered on 12 Mar 2027 by Dr Okafor: not until treatment concludes."."""
        said = [_answer(one) for one in self.answers]
        waits = " and ".join(str(one) for one in self.waits_for)
        if said:
            return " ".join(said + ([f"Not answered yet by {waits}."] if waits else []))
        return f"Not answered yet: {waits} has to decide." if waits else "Not answered yet."


def holds_with_answers(client: int) -> list[HoldAnswer]:
    """Return a client's holds, newest first, each with the decisions that answered it, in a constant number of
    queries.

    As the gate looks at it: a paper answers what its letter said, and where a physician's newest word was a mistake, or
    answers an older letter, that physician has answered nothing.
    """
    holds = list(holds_of(client))
    if not holds:
        return []
    words, deciders = _all_words(client), list(askable(client))
    return [_answered(hold, words, deciders) for hold in holds]


def words_of(client: int) -> list[Decision]:
    """Return what physicians said on a client, newest first, without what was a mistake and without papers that
    nobody has compared yet."""
    return [one for one in _all_words(client) if _counts(one)]


def _all_words(client: int) -> list[Decision]:
    return list(decisions_of(client).select_related("request"))


def _counts(decision: Decision) -> bool:
    look = getattr(decision, "second_look", None)
    compared = decision.route != Decision.Route.PAPER or (look is not None and look.confirmed)
    return compared and not hasattr(decision, "void")


def _answered(hold: Hold, words: list[Decision], deciders: Iterable[Physician]) -> HoldAnswer:
    current = [one for one in words if not hasattr(one, "replaced_by")]
    silent = {one.physician_id for one in current if hasattr(one, "void") or _knew_at(one) <= hold.at}
    after = [one for one in words if _counts(one) and _knew_at(one) > hold.at and one.outcome != Outcome.NOT_MY_PATIENT]
    # Newest first: the oldest one after the hold is what stays.
    first = {one.physician_id: one for one in after if one.physician_id not in silent}
    answers = sorted(first.values(), key=lambda one: one.signed_at)
    return HoldAnswer(hold, tuple(answers), tuple(one for one in deciders if one.pk not in first))


def _knew_at(decision: Decision) -> datetime:
    """Up to when the physician knew the record: a paper answers the letter."""
    asked = decision.request if decision.route == Decision.Route.PAPER else None
    return asked.at if asked else decision.signed_at


def signed_day(decision: Decision) -> date:
    """Return the day on which a decision was signed, as the studio's clocks showed it."""
    return decision.signed_on or decision.signed_at.astimezone(ZoneInfo(decision.time_zone)).date()


def said(decision: Decision) -> str:
    """Return who said what in a few words, as "Dr Okafor: not until treatment concludes"."""
    return f"{decision.physician}: {SAID.get(Outcome(decision.outcome), decision.get_outcome_display().lower())}"


def _answer(decision: Decision) -> str:
    return f"Answered on {_day(signed_day(decision))} by {said(decision)}."


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
