"""A physician's answer on paper: filed, transcribed by one person, and compared with the paper by a second.

WHICH ANSWER COUNTS, when several arrive: the one that was signed later. Paper carries a day and no time, so on the day
of an answer under the physician's own hand, or of a paper that does not open, a paper counts only if it does not open
either; and a paper that was signed before that day is filed and changes nothing. A transcription that was rejected is
no answer; any other word keeps its place in the order, void or not. An answer by link or account is always signed now,
so it replaces any paper.
"""

import hashlib
from datetime import date
from zoneinfo import ZoneInfo

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q

from clearance.decisions.actions import check_draft, check_may_decide, store
from clearance.decisions.models import Decision, DecisionVoid, Paper, PaperCheck, Request
from clearance.decisions.queries import current_decision, known_when_asked
from clearance.decisions.statement import OF_PAPER, Draft, compose
from clearance.decisions.states import ENDED, stage_of
from clearance.people.actions import in_use
from clearance.people.lock import day_of, lock_client
from clearance.people.models import Client, Evidence, Physician, User
from clearance.people.refused import Refused
from clearance.people.trail import record_for

RULE = (
    "Of several answers the one signed later counts. On the day of an answer by link or account, or of a paper that "
    "does not clear, a paper counts only if it does not clear. A paper signed before that day is kept and changes "
    "nothing."
)


@transaction.atomic
def receive_paper(
    *, request: Request, by: User, how: str, content: bytes, media: str, previews: tuple[bytes, ...]
) -> Paper:
    """File a cleaned paper under a question: its bytes, its media type, and one JPEG a page to look at.

    The same bytes sent twice are one paper.
    """
    client = lock_client(request.client_id)
    sha256 = hashlib.sha256(content).hexdigest()
    known = Paper.objects.filter(request=request, sha256=sha256).first()
    if known:
        return known
    paper = Paper(
        request=request, by=by, how=how, media=media, sha256=sha256, pages=len(previews), at=client.changed_at
    )
    paper.file.save("paper", ContentFile(content), save=False)
    for number, preview in enumerate(previews, start=1):
        paper.file.storage.save(preview_name(paper, number), ContentFile(preview))
    paper.save(force_insert=True)
    sentence = f"{by} filed a paper of {request.physician} about {client}."
    record_for(client, "paper.received", sentence, by=by, request=request.pk, paper=paper.pk, sha256=sha256)
    return paper


def preview_name(paper: Paper, number: int) -> str:
    """Return the name under which a page's picture is stored."""
    return f"{paper.file.name}-{number}.jpg"


@transaction.atomic
def transcribe(
    *, paper: Paper, by: User, draft: Draft, signed_on: date | None, name: str, credential: str, licence: str
) -> Decision:
    """Store what a paper says as the physician's word, unconfirmed: if it clears, it opens nothing before a second
    person has compared it. It answers the record as it was when the question was asked.

    Raises Refused for a paper that is not complete, that was signed before a newer answer, or whose physician's word
    would not count.
    """
    client = in_use(lock_client(paper.request.client_id))
    request = Request.objects.select_related("physician").get(pk=paper.request_id)
    physician = request.physician
    day = _check_complete(client, request, signed_on, name)
    current = current_decision(client.pk, physician.pk)
    if current and current.paper_id == paper.pk and not hasattr(current, "void"):
        raise Refused("This paper has been transcribed already. A second person confirms or rejects it.")
    _check_order(client, physician, draft, day)
    if draft.opens and stage_of(request, at=client.changed_at).kind in ENDED:
        raise Refused("The question of this paper was taken back or replaced, so it clears nothing. Ask again.")
    if draft.resolves:
        raise Refused("The letter does not ask which injuries are over, so a paper cannot say so.", field="resolves")
    asked_about = {one.injury_id: one for one in request.asked_about.all()}
    if not draft.covers <= set(asked_about):
        raise Refused("A paper covers the injuries that its letter asks about.", field="covers")
    check_may_decide(client, physician, draft)
    check_draft(client, physician, draft, day)
    statement = compose(client=client, physician=physician, draft=draft, known=known_when_asked(request))
    return store(
        client, physician, draft, statement=statement, by=by, asked=asked_about, route=Decision.Route.PAPER,
        evidence=Evidence.PAPER, paper=paper, entered_by=by, signed_on=day, request=request, replaces=current,
        signed_name=name, signed_credential=credential, signed_licence=licence, meaning=OF_PAPER,
    )  # fmt: skip


def _check_complete(client: Client, request: Request, signed_on: date | None, name: str) -> date:
    if not name.strip():
        raise Refused("Without a signature the paper is not complete. Send it back to the clinic.", field="signed_name")
    if signed_on is None:
        raise Refused("Without the day of the signature the paper is not complete. Call the clinic.", field="signed_on")
    asked_on = request.at.astimezone(ZoneInfo(client.studio.time_zone)).date()
    if not asked_on <= signed_on <= day_of(client):
        raise Refused("It was signed between the day of the question and today.", field="signed_on")
    return signed_on


def _check_order(client: Client, physician: Physician, draft: Draft, signed_on: date) -> None:
    """WHICH ANSWER COUNTS: see the top. All words of the physician are looked at: a rejected transcription that came
    between must not hide the answer before it."""
    in_order = Q(void=None) | ~Q(route=Decision.Route.PAPER) | Q(second_look__confirmed=True)
    said = Decision.objects.filter(in_order, client=client, physician=physician).select_related("second_look")
    for word in said.order_by("-signed_at"):
        day = _day_signed(word)
        sure = word.route != Decision.Route.PAPER or not word.opens
        if signed_on < day or (signed_on == day and draft.opens and sure):
            how = word.get_route_display()
            raise Refused(f"The answer of {day.day} {day:%B %Y} by {how} counts. {RULE}", field="signed_on")


def _day_signed(decision: Decision) -> date:
    """The day typed from a refusal that nobody has compared may be wrong: it counts from the day it was filed."""
    sure = decision.opens or getattr(getattr(decision, "second_look", None), "confirmed", False)
    if decision.signed_on and sure:
        return decision.signed_on
    return decision.signed_at.astimezone(ZoneInfo(decision.time_zone)).date()


@transaction.atomic
def confirm(*, decision: Decision, by: User, called_back: str = "") -> PaperCheck:
    """Record that a second person compared a transcription with its paper, field by field; `called_back` names who
    confirmed it on the clinic's phone. Raises Refused for the person who typed it, and when it was looked at before."""
    client = in_use(lock_client(decision.client_id))
    _check_second(decision, by)
    sentence = f"{by} confirmed the paper of {decision.physician} about {client}."
    sha256 = decision.statement_sha256
    record_for(client, "paper.confirmed", sentence, by=by, decision=decision.pk, sha256=sha256, called=called_back)
    return PaperCheck.objects.create(
        decision=decision, confirmed=True, called_back=called_back, by=by, at=client.changed_at
    )


@transaction.atomic
def reject(*, decision: Decision, by: User, reason: str) -> PaperCheck:
    """Record that a transcription is not what its paper says: it is void, and the paper can be transcribed again.

    Raises Refused without a reason, for the person who typed it, and when it was looked at before.
    """
    client = lock_client(decision.client_id)
    _check_second(decision, by)
    if not reason.strip():
        raise Refused("Say what differs from the paper.", field="reason")
    DecisionVoid.objects.create(decision=decision, by=by, reason=reason, at=client.changed_at)
    sentence = f"{by} rejected the transcription of a paper of {decision.physician} about {client}."
    record_for(client, "paper.rejected", sentence, by=by, decision=decision.pk, why=reason)
    return PaperCheck.objects.create(decision=decision, confirmed=False, reason=reason, by=by, at=client.changed_at)


def _check_second(decision: Decision, by: User) -> None:
    if decision.route != Decision.Route.PAPER:
        raise Refused("Only an answer on paper is compared by a second person.")
    if decision.entered_by_id == by.pk:
        raise Refused("You typed this yourself. A second person has to compare it with the paper.")
    if PaperCheck.objects.filter(decision=decision).exists() or DecisionVoid.objects.filter(decision=decision).exists():
        raise Refused("Somebody has looked at this already.")
