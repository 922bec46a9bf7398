"""A question to a physician in the words of the pages: its state as a chip, and what keeps it from an answer."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.urls import reverse

from clearance.decisions.board import needs_studio
from clearance.decisions.models import Request
from clearance.decisions.states import Kind, Stage
from clearance.pages.status import State, day

# Amber where the studio has to move, blue where the physician has to, grey for what is over.
LOOKS = {
    Kind.DRAFTED: ("plain", "file-pen"),
    Kind.SENT: ("waiting", "send"),
    Kind.OPENED: ("waiting", "mail-open"),
    Kind.TOLD: ("waiting", "reply"),
    Kind.NEEDS_MORE: ("ending_soon", "message-circle-question-mark"),
    Kind.BOUNCED: ("ending_soon", "mail-x"),
    Kind.EXPIRED: ("ending_soon", "calendar-x"),
    Kind.LOCKED: ("ending_soon", "lock-keyhole"),
    Kind.ANSWERED: ("plain", "circle-check"),
    Kind.DECLINED: ("plain", "octagon-x"),
    Kind.WITHDRAWN: ("plain", "undo-2"),
    Kind.REPLACED: ("plain", "replace"),
}
SNAGS = {
    Kind.BOUNCED: "the question{to} came back",
    Kind.EXPIRED: "the link{to} has expired",
    Kind.LOCKED: "the link{to} is locked",
    Kind.DRAFTED: "the letter{to} has not left",
    Kind.TOLD: "the letter{to} has not left",
}


@dataclass(frozen=True)
class Asked:
    """A question that waits, in its present state. `request` comes with its history."""

    request: Request
    stage: Stage

    @property
    def ours(self) -> bool:
        """Say whether the studio has the next move."""
        return needs_studio(self.request, self.stage)

    @property
    def letter_waits(self) -> bool:
        """Say whether the next thing to do is to print a letter."""
        return self.ours and self.stage.kind in (Kind.DRAFTED, Kind.TOLD)

    @property
    def turn(self) -> str:
        """Whose move it is, in the gate banner."""
        name = str(self.request.physician)
        if not self.ours:
            return name
        more = self.stage.kind is Kind.NEEDS_MORE
        return f"the trainer, to answer {name}" if more else f"the trainer: {SNAGS[self.stage.kind].format(to='')}"

    @property
    def sentence(self) -> str:
        """Why the studio has to move."""
        name = str(self.request.physician)
        if self.stage.kind is Kind.NEEDS_MORE:
            return f"{name} needs to know more before deciding."
        words = SNAGS[self.stage.kind].format(to=f" to {name}")
        return f"{words[0].upper()}{words[1:]}."

    @property
    def step(self) -> dict[str, str]:
        more = self.stage.kind is Kind.NEEDS_MORE
        label = f"Answer {self.request.physician}’s question" if more else "See the question"
        return {
            "label": label,
            "url": reverse("request", args=[self.request.client_id, self.request.pk]),
            "method": "get",
        }


def chip(stage: Stage, zone: str) -> State:
    """Return a question's state as a chip, with its day."""
    slug, icon = LOOKS[stage.kind]
    return {"slug": slug, "icon": icon, "word": stage.label, "detail": day(stage.at.astimezone(ZoneInfo(zone)))}
