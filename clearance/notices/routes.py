"""The table: which line of the trail tells whom what. Pure."""

from dataclasses import dataclass
from enum import Enum

from django.db.models import TextChoices

from clearance.gate.rule import Code


class Kind(TextChoices):
    """What a mail tells. The template of the words is `mail/<kind>.txt`, in small letters."""

    ASKED = "ASKED", "A question to a physician"
    REMINDER = "REMINDER", "A reminder to a physician"
    OPENED = "OPENED", "A question was opened"
    ANSWERED = "ANSWERED", "An answer came in"
    BOUNCED = "BOUNCED", "A question came back"
    LOCKED = "LOCKED", "A link was locked"
    ENDING = "ENDING", "A clearance is ending"
    SHUT = "SHUT", "A gate was shut"
    VERIFY = "VERIFY", "A contact to verify"
    CONFIRM = "CONFIRM", "A paper to confirm"
    REJECTED = "REJECTED", "A paper to type again"
    REFUSED = "REFUSED", "A refused attempt"
    INVITED = "INVITED", "A client's personal link"
    GUESSED = "GUESSED", "A personal link was locked"
    FLAG = "FLAG", "A red flag"
    CONSENT = "CONSENT", "A consent was withdrawn"


class To(Enum):
    """Who is told. Nobody is told what they did themselves; what a rule or the client did has nobody as its actor."""

    PHYSICIAN = "the physician who is asked"
    CLIENT = "the client"
    TRAINER = "the client's trainer"
    ASKER = "whoever asked"
    TYPIST = "whoever typed the paper"
    MANAGERS = "the studio's managers"


@dataclass(frozen=True)
class Route:
    kind: Kind
    to: tuple[To, ...]


ROUTES = {
    "physician.asked": Route(Kind.ASKED, (To.PHYSICIAN,)),
    "physician.asked_again": Route(Kind.ASKED, (To.PHYSICIAN,)),
    "physician.told_more": Route(Kind.ASKED, (To.PHYSICIAN,)),
    "request.opened": Route(Kind.OPENED, (To.TRAINER, To.ASKER)),
    "request.bounced": Route(Kind.BOUNCED, (To.TRAINER, To.ASKER)),
    "link.locked": Route(Kind.LOCKED, (To.TRAINER, To.ASKER, To.MANAGERS)),
    "decision.signed": Route(Kind.ANSWERED, (To.TRAINER, To.ASKER)),
    "paper.confirmed": Route(Kind.ANSWERED, (To.TRAINER, To.ASKER)),
    "paper.rejected": Route(Kind.REJECTED, (To.TRAINER, To.TYPIST)),
    "physician.added": Route(Kind.VERIFY, (To.MANAGERS,)),
    "physician.edited": Route(Kind.VERIFY, (To.MANAGERS,)),
    "gate.refused": Route(Kind.REFUSED, (To.MANAGERS,)),
    "client.link_sent": Route(Kind.INVITED, (To.CLIENT,)),
    "client.link_locked": Route(Kind.GUESSED, (To.TRAINER, To.MANAGERS)),
    "flag.stop": Route(Kind.FLAG, (To.TRAINER, To.MANAGERS)),
    "flag.review": Route(Kind.FLAG, (To.TRAINER,)),
    "consent.withdrawn": Route(Kind.CONSENT, (To.TRAINER, To.MANAGERS)),
}
# A paper that was typed waits for a second person first.
TYPED = Route(Kind.CONFIRM, (To.MANAGERS, To.TRAINER))

# What can shut a gate that was open. The client's trainer is told when it does, instead of anything else. A withdrawn
# consent and a rule's hold are not among it: they are told whether the gate was open or not, as CONSENT and as FLAG.
SHUTTING = frozenset({
    "injury.logged", "injury.amended", "injury.voided", "course.started", "session.recorded", "session.planned",
    "session.corrected", "screening.signed", "screening.voided", "hold.opened",
    "client.identity", "care_team.joined", "care_team.supervising", "care_team.left", "consent.given",
    "decision.signed", "decision.voided", "paper.rejected",
})  # fmt: skip
# These have no client of their own: they can shut the gates of many at once.
SHUTTING_MANY = frozenset({"physician.edited", "studio.policy"})

SUBJECTS = {
    Kind.ASKED: "A question is waiting for you",
    Kind.REMINDER: "Reminder: a question is waiting for you",
    Kind.OPENED: "Your question was opened",
    Kind.ANSWERED: "An answer has come in",
    Kind.BOUNCED: "Your question came back",
    Kind.LOCKED: "A link was locked",
    Kind.ENDING: "A clearance ends soon",
    Kind.SHUT: "A gate was shut",
    Kind.VERIFY: "A contact waits to be verified",
    Kind.CONFIRM: "A paper waits to be confirmed",
    Kind.REJECTED: "A paper has to be typed again",
    Kind.REFUSED: "Somebody was stopped at a shut gate",
    Kind.INVITED: "Your personal page",
    Kind.GUESSED: "A personal link was locked",
    Kind.FLAG: "A red flag needs you",
    Kind.CONSENT: "A consent was withdrawn",
}

_ANSWER = "the physician's newest answer does not open it"
_RECORD = "the record has changed since the physician answered"
# Why a gate is shut, in words that say nothing about anybody's health.
WHY = {
    Code.NO_PHYSICIAN: "nobody supervises",
    Code.PHYSICIAN_UNVERIFIED: "a physician's contact has to be verified by a manager",
    Code.NO_CONSENT: "a consent is missing or has ended",
    Code.ON_HOLD: "it is on hold until the physician answers",
    Code.WITHDRAWN: _ANSWER,
    Code.NOT_CLEARED: _ANSWER,
    Code.NOT_CLEARED_UNTIL_TREATMENT_CONCLUDES: _ANSWER,
    Code.DEFERRED: "the physician needs to know more first",
    Code.GUIDANCE_ONLY: _ANSWER,
    Code.NOT_MY_PATIENT: _ANSWER,
    Code.NO_DECISION: "a physician has to decide",
    Code.PAPER_UNVERIFIED: "an answer on paper has to be confirmed by a second person",
    Code.EVIDENCE_TOO_WEAK: "the studio asks for a stronger signature",
    Code.NOT_COVERED: _RECORD,
    Code.SCREENED_SINCE: _RECORD,
    Code.TREATED_SINCE: _RECORD,
    Code.TREATMENT_DUE: "the clearance ended on a day that was planned for something else",
    Code.EXPIRED: "the clearance has ended",
    Code.NOT_YET: "the clearance has not begun",
    Code.RESTING: "the physician asked for a pause",
}
