"""Write decisions. Nothing signed is ever edited: a newer word replaces an older one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from clearance.decisions.kinds import Kind
from clearance.decisions.models import (
    Coverage,
    Decision,
    DecisionVoid,
    Outcome,
    Request,
    RequestedInjury,
    Restriction,
)
from clearance.decisions.queries import (
    current_decision,
    injuries_supervised,
    known_about,
    open_request,
    supervises,
    supervises_client,
)
from clearance.decisions.statement import MEANING, Draft, Known, compose, digest
from clearance.decisions.terms import checked
from clearance.people.access import physician_records_of
from clearance.people.lock import day_of, lock_client
from clearance.people.models import Client, Evidence, Physician, User
from clearance.people.queries import consent_in_force, verification_of
from clearance.people.refused import Refused
from clearance.people.trail import record_for

LONGEST_CLEARANCE = timedelta(days=366)
MOST_REST_DAYS = 60


class RecordChanged(Refused):
    """What is recorded changed after the physician read it. `statement` holds the present words."""

    def __init__(self, statement: str) -> None:
        super().__init__("The record changed while you were reading. Please read it again before you sign.")
        self.statement = statement


def read_back(*, client: Client, physician: Physician, draft: Draft, on: date, asked: Request | None = None) -> str:
    """Return the statement that this draft would sign now, about the plan of `asked` or of the newest open question.

    Raises Refused when the draft cannot be signed.
    """
    check_draft(client, physician, draft, on)
    # Without consent nothing recorded is shown; then a physician can only take a word back.
    shown = consent_in_force(client.pk, physician.pk, on=on) is not None
    known = known_about(client.pk, physician.pk, asked=asked) if shown else Known()
    _check_listed(draft, known.asked)
    return compose(client=client, physician=physician, draft=draft, known=known)


def _check_listed(draft: Draft, asked: Request | None) -> None:
    """Whoever allows nothing but what is listed has to have listed something, or nothing at all could be built."""
    ways = any(one.kind == Kind.MODALITY_ALLOW_ONLY for one in draft.restrictions)
    if not (draft.unlisted_allowed or ways or (asked and asked.movements)):
        sentence = (
            f"Nothing is listed yet as allowed. Add “{Kind.MODALITY_ALLOW_ONLY.label}”, or allow what you do not list."
        )
        raise Refused(sentence, field="unlisted")


@transaction.atomic
def sign(
    *, client: Client, physician: Physician, by: User, draft: Draft, name: str, credential: str, licence: str,
    shown_sha256: str, replaces: int | None, second_factor: bool = False, at: datetime | None = None,
) -> Decision:  # fmt: skip
    """Store a physician's decision as it was shown: `shown_sha256` is the digest of the statement that was read, and
    `replaces` the id of the decision that was current then. The same words sent twice are stored once.

    Raises RecordChanged when the record is no longer what was shown, and Refused when this user, contact or client does
    not allow a decision.
    """
    client = lock_client(client.pk, at=at)
    current = current_decision(client.pk, physician.pk)
    if current and current.pk != replaces and current.signer_id == by.pk and current.statement_sha256 == shown_sha256:
        return current
    _check_own_account(client, physician, by, draft)
    check_may_decide(client, physician, draft)
    request = open_request(client.pk, physician.pk)
    statement = read_again(
        client, physician, draft, shown_sha256=shown_sha256, replaces=replaces, asked=request, current=current
    )
    evidence = Evidence.SECOND_FACTOR if second_factor else Evidence.ACCOUNT
    return store(
        client, physician, draft, statement=statement, by=by, signer=by, route=Decision.Route.ACCOUNT,
        evidence=evidence, request=request, replaces=current, signed_name=name, signed_credential=credential,
        signed_licence=licence, meaning=MEANING,
    )  # fmt: skip


def read_again(
    client: Client, physician: Physician, draft: Draft, *, shown_sha256: str, replaces: int | None,
    asked: Request | None, current: Decision | None,
) -> str:  # fmt: skip
    """Return the statement of this moment if it is the one that was shown. Raises RecordChanged otherwise, and Refused
    for a draft that cannot be signed. The caller holds the client's lock."""
    statement = read_back(client=client, physician=physician, draft=draft, on=day_of(client), asked=asked)
    spoken = current is not None and current.pk != replaces
    if spoken or digest(statement) != shown_sha256:
        raise RecordChanged(statement)
    return statement


def store(
    client: Client, physician: Physician, draft: Draft, *, statement: str, by: User | None,
    asked: Mapping[int, RequestedInjury] | None = None, **signature: Any,
) -> Decision:  # fmt: skip
    """Write a decision with its coverage and restrictions, under the client's lock, and a line in the trail.

    Every route ends here. `signature` holds the route and what belongs to it; `asked` the injuries by id as they
    were before the physician's eyes, where that is not as they are now.
    """
    decision = Decision.objects.create(
        client=client, physician=physician, outcome=draft.outcome, signed_at=client.changed_at,
        time_zone=client.studio.time_zone, valid_from=draft.valid_from, valid_until=draft.valid_until,
        re_evaluate_on=draft.re_evaluate_on, holds_through_course=draft.holds_through_course,
        rest_days=draft.rest_days, unlisted_allowed=draft.unlisted_allowed, conditions=draft.conditions,
        statement=statement, statement_sha256=digest(statement), **signature,
    )  # fmt: skip
    _cover(decision, draft, asked or {})
    sentence = f"{physician} decided on {client}: “{Outcome(draft.outcome).label}”."
    record_for(
        client, "decision.signed", sentence, by=by, decision=decision.pk, sha256=decision.statement_sha256,
        request=decision.request_id, route=decision.route,
    )  # fmt: skip
    return decision


def _cover(decision: Decision, draft: Draft, asked: Mapping[int, RequestedInjury]) -> None:
    chosen = draft.covers | draft.resolves
    Coverage.objects.bulk_create(
        Coverage(
            decision=decision, injury_id=one.injury_id, resolves=one.injury_id in draft.resolves,
            words=asked[one.injury_id].words if one.injury_id in asked else f"{one}, {one.severity_word}",
            number=asked[one.injury_id].number if one.injury_id in asked else one.number,
        )
        for one in injuries_supervised(decision.physician, decision.client)
        if one.injury_id in chosen
    )  # fmt: skip
    Restriction.objects.bulk_create(
        Restriction(
            decision=decision, position=position, kind=one.kind, area=one.area, side=one.side, terms=one.terms,
            words=one.words,
        )
        for position, one in enumerate(draft.restrictions, start=1)
    )  # fmt: skip


def _check_own_account(client: Client, physician: Physician, by: User, draft: Draft) -> None:
    if not physician_records_of(by).filter(pk=physician.pk, studio=client.studio_id).exists():
        raise Refused("Only the physician's own account signs.")
    mailbox = Physician.objects.get(pk=physician.pk).mailbox
    if by.mailbox != mailbox and not _takes_back(client, physician, draft):
        raise Refused("The studio has changed your address, so it has to open your account anew. Nothing was signed.")


def check_may_decide(client: Client, physician: Physician, draft: Draft) -> None:
    """Raise Refused when this physician's word would not count: on every route, at a locked client's moment."""
    if _takes_back(client, physician, draft):
        return
    if verification_of(physician.pk) is None:
        raise Refused(f"A manager has to verify the contact of {physician} first. Nothing was signed.")
    if consent_in_force(client.pk, physician.pk, on=day_of(client)) is None:
        raise Refused(f"The client's consent to share with {physician} is not in force. Nothing was signed.")
    if not supervises(physician, client):
        raise Refused(f"{physician} supervises neither this client nor an injury. Nothing was signed.")


def _takes_back(client: Client, physician: Physician, draft: Draft) -> bool:
    # Nothing that the studio does keeps a physician from taking a word back.
    return not draft.opens and current_decision(client.pk, physician.pk) is not None


def check_draft(client: Client, physician: Physician, draft: Draft, on: date) -> None:
    """Raise Refused for a draft that cannot be signed; `on` is the day on which it is."""
    if draft.outcome not in Outcome.values:
        raise Refused("Choose your answer.", field="outcome")
    current = current_decision(client.pk, physician.pk)
    if draft.outcome == Outcome.WITHDRAWN and (current is None or current.outcome == Outcome.WITHDRAWN):
        raise Refused("There is no decision of yours to withdraw.", field="outcome")
    if draft.outcome == Outcome.GUIDANCE_ONLY and not draft.conditions.strip():
        raise Refused("Write your guidance.", field="conditions")
    if not draft.opens:
        if draft.covers or draft.resolves or draft.valid_from or draft.valid_until or draft.restrictions:
            raise Refused("Dates, injuries and restrictions belong to a clearance.", field="outcome")
        return
    _check_opening(client, physician, draft, on)


def _check_opening(client: Client, physician: Physician, draft: Draft, on: date) -> None:
    mine = {one.injury_id for one in injuries_supervised(physician, client)}
    if mine and mine == draft.resolves and not supervises_client(physician, client):
        _check_leaving(draft, on)
    if not draft.covers | draft.resolves <= mine:
        raise Refused("You can cover open injuries that you supervise.", field="covers")
    _check_dates(draft, on)
    if not 0 <= draft.rest_days <= MOST_REST_DAYS:
        raise Refused(f"Rest days are a number from 0 to {MOST_REST_DAYS}.", field="rest_days")
    restricted = draft.outcome == Outcome.CLEARED_WITH_RESTRICTIONS
    if restricted and not draft.restrictions:
        raise Refused("Add at least one restriction, or choose “Cleared for what is planned”.", field="restrictions")
    if not restricted and (draft.restrictions or not draft.unlisted_allowed):
        raise Refused("You added restrictions: choose “Cleared with restrictions”.", field="outcome")
    for restriction in draft.restrictions:
        checked(restriction)


def _check_leaving(draft: Draft, on: date) -> None:
    """Whoever resolves the last injury that they supervise decides on nothing any more: no limit would bind."""
    if draft.restrictions or draft.valid_from != on:
        sentence = "This resolves all that you supervise, so restrictions or a later first day would bind nobody."
        raise Refused(f"{sentence} Leave an injury open, or clear from today without restrictions.", field="resolves")


def _check_dates(draft: Draft, on: date) -> None:
    if draft.valid_from is None or draft.valid_from < on:
        raise Refused("The first day is today or later.", field="valid_from")
    if draft.valid_until is None:
        raise Refused("A clearance has a last day, always.", field="valid_until")
    if draft.valid_until < draft.valid_from:
        raise Refused("The last day is not before the first.", field="valid_until")
    if draft.valid_until - draft.valid_from > LONGEST_CLEARANCE:
        raise Refused("A clearance lasts a year at most.", field="valid_until")
    if draft.re_evaluate_on and not on <= draft.re_evaluate_on <= on + LONGEST_CLEARANCE:
        raise Refused("Re-evaluate within a year from today.", field="re_evaluate_on")


@transaction.atomic
def void_decision(*, decision: Decision, by: User, reason: str, at: datetime | None = None) -> DecisionVoid:
    """Mark a decision as entered by mistake. It stays readable, never opens, revives no earlier one. Raises Refused."""
    client = lock_client(decision.client_id, at=at)
    if DecisionVoid.objects.filter(decision=decision).exists():
        raise Refused("This decision is void already.")
    if not reason.strip():
        raise Refused("Say what the mistake was.", field="reason")
    sentence = f"{by} voided a decision of {decision.physician} on {client}."
    record_for(client, "decision.voided", sentence, by=by, decision=decision.pk, why=reason)
    return DecisionVoid.objects.create(decision=decision, by=by, reason=reason, at=client.changed_at)
