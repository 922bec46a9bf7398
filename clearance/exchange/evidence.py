"""The evidence of a decision: who said what, when, by which way, what stood before their eyes, and whether every stored
word, file and line of the trail is still the one that was stored.

One plain dictionary, ready for JSON; page and PDF print the same one. Keys keep their order; moments are ISO 8601 with
their offset in the decision's time zone.
"""

import hashlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clearance.audit.chain import START
from clearance.audit.chain import digest as digest_of_line
from clearance.audit.models import Event
from clearance.audit.queries import digests_before, lines_naming
from clearance.decisions.models import Decision, Link, Paper, PaperCheck, Request
from clearance.decisions.statement import digest
from clearance.people.models import Evidence
from clearance.people.queries import policy_of, verification_at

Fact = dict[str, Any]


def evidence_of(decision: Decision, *, at: datetime) -> Fact:
    """Return everything that stands behind a decision, checked at the moment `at`."""
    lines = _lines(decision)
    signed = next((one for one in lines if _wrote(one, "decision.signed", "decision", decision.pk)), None)
    statement, paper = _statement(decision, signed), _paper(decision, lines)
    trail = _trail(decision, lines)
    intact = statement["verifies"] and (paper is None or paper["verifies"]) and all(one["verifies"] for one in trail)
    return {
        "kind": "evidence of a decision",
        "decision": decision.pk,
        "verifies": intact,
        "checked_at": _moment(decision, at),
        "time_zone": decision.time_zone,
        "studio": decision.client.studio.name,
        "client": {"name": decision.client.name, "birth_year": decision.client.born.year},
        "state": _state(decision),
        "signature": _signature(decision),
        "statement": statement,
        "terms": _terms(decision),
        "level": strength_of(decision),
        "request": _request(decision, decision.request) if decision.request else None,
        "account": _account(decision),
        "link": _link(decision, decision.link) if decision.link else None,
        "paper": paper,
        "trail": trail,
    }


def level_of(decision: Decision) -> Evidence:
    """Return what stands behind a signature now: a paper is worth more once the clinic was called back."""
    look = second_look_of(decision)
    called = look is not None and look.confirmed and bool(look.called_back)
    return Evidence.PAPER_CALLED_BACK if called else Evidence(decision.evidence)


def second_look_of(decision: Decision) -> PaperCheck | None:
    """Return what the second person said of a transcription, or None."""
    return getattr(decision, "second_look", None)


def _moment(decision: Decision, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(decision.time_zone)).isoformat()


def _state(decision: Decision) -> Fact:
    void, later = getattr(decision, "void", None), getattr(decision, "replaced_by", None)
    return {
        "word": "void" if void else "replaced" if later else "newest",
        "void_at": _moment(decision, void.at) if void else None,
        "void_by": void.by.name if void else None,
        "void_because": void.reason if void else None,
        "replaced_by": later.pk if later else None,
        "replaced_at": _moment(decision, later.signed_at) if later else None,
    }


def _signature(decision: Decision) -> Fact:
    known = verification_at(decision.physician_id, decision.signed_at)
    return {
        "name": decision.signed_name, "credential": decision.signed_credential, "licence": decision.signed_licence,
        "signed_on": decision.signed_on.isoformat() if decision.signed_on else None,
        "recorded_at": _moment(decision, decision.signed_at),
        "route": decision.route, "route_words": decision.get_route_display(), "meaning": decision.meaning,
        "physician": decision.physician.name,
        "contact_verified_by": known.by.name if known else None,
        "contact_verified_at": _moment(decision, known.since) if known else None,
        "contact_source": known.source if known else None,
    }  # fmt: skip


def _statement(decision: Decision, signed: Event | None) -> Fact:
    """The words, and whether they are the ones that were signed: by the fingerprint beside them, and by the trail's."""
    now, trail = digest(decision.statement), str(signed.detail.get("sha256", "")) if signed else ""
    return {
        "lines": decision.statement.split("\n"), "sha256": decision.statement_sha256, "sha256_now": now,
        "sha256_in_trail": trail, "verifies": now == decision.statement_sha256 == trail,
    }  # fmt: skip


def _terms(decision: Decision) -> Fact:
    coverage = sorted(decision.coverage.all(), key=lambda one: one.injury_id)
    limits = sorted(decision.restrictions.all(), key=lambda one: one.position)
    return {
        "outcome": decision.outcome, "outcome_words": decision.get_outcome_display(), "opens": decision.opens,
        "valid_from": decision.valid_from.isoformat() if decision.valid_from else None,
        "valid_until": decision.valid_until.isoformat() if decision.valid_until else None,
        "covers": [one.words for one in coverage if not one.resolves],
        "resolves": [one.words for one in coverage if one.resolves],
        "holds_through_course": decision.holds_through_course, "rest_days": decision.rest_days,
        "restrictions": [one.words for one in limits], "unlisted_allowed": decision.unlisted_allowed,
        "conditions": decision.conditions,
        "re_evaluate_on": decision.re_evaluate_on.isoformat() if decision.re_evaluate_on else None,
    }  # fmt: skip


def strength_of(decision: Decision) -> Fact:
    """Return what stands behind a signature, in words, and whether the studio's present policy accepts it."""
    level, least = level_of(decision), Evidence(policy_of(decision.client.studio_id).least_evidence)
    look = second_look_of(decision)
    seen = decision.route != Decision.Route.PAPER or (look is not None and look.confirmed)
    return {
        "level": level.value, "words": level.label if seen else "paper, not yet confirmed by a second person",
        "least_accepted": least.value, "least_accepted_words": least.label,
        "accepted": seen and level >= least,
    }  # fmt: skip


def _request(decision: Decision, request: Request) -> Fact:
    return {
        "number": request.pk, "asked_at": _moment(decision, request.at), "asked_by": request.by.name,
        "channel": request.channel, "channel_words": request.get_channel_display(), "question": request.question,
        "letter_code": request.code,
    }  # fmt: skip


def _account(decision: Decision) -> Fact | None:
    if decision.signer is None:
        return None
    twice = decision.evidence == Evidence.SECOND_FACTOR
    return {"holder": decision.signer.name, "email": decision.signer.email, "second_factor": twice}


def _link(decision: Decision, link: Link) -> Fact:
    tries = list(link.tries.order_by("at", "id"))
    entered = [one.at for one in tries if one.right and one.at <= decision.signed_at]
    return {
        "number": link.pk, "sent_to": link.mailbox, "issued_at": _moment(decision, link.since),
        "issued_by": link.by.name, "expires_at": _moment(decision, link.expires_at),
        "code_entered_at": _moment(decision, entered[-1]) if entered else None,
        "wrong_codes": sum(not one.right for one in tries), "token_sha256": link.token_sha256,
    }  # fmt: skip


def _paper(decision: Decision, lines: list[Event]) -> Fact | None:
    paper = decision.paper
    if paper is None:
        return None
    filed = next((one for one in lines if _wrote(one, "paper.received", "paper", paper.pk)), None)
    now, trail = sha256_of_file(paper), str(filed.detail.get("sha256", "")) if filed else ""
    return {
        "number": paper.pk, "how": paper.get_how_display(), "pages": paper.pages, "media": paper.media,
        "filed_by": paper.by.name, "filed_at": _moment(decision, paper.at),
        "typed_by": decision.entered_by.name if decision.entered_by else None,
        "typed_at": _moment(decision, decision.signed_at), **_second(decision),
        "sha256": paper.sha256, "sha256_now": now, "sha256_in_trail": trail,
        "verifies": now == paper.sha256 == trail,
    }  # fmt: skip


def _second(decision: Decision) -> Fact:
    look = second_look_of(decision)
    return {
        "compared_by": look.by.name if look else None,
        "compared_at": _moment(decision, look.at) if look else None,
        "confirmed": look.confirmed if look else None,
        "called_back": look.called_back if look else "",
        "rejected_because": look.reason if look else "",
    }


def sha256_of_file(paper: Paper) -> str:
    """Return the SHA-256 of the file as it lies in the store, in hex; an empty string when it is not there."""
    try:
        with paper.file.storage.open(str(paper.file.name)) as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest()
    except OSError:
        return ""


def _lines(decision: Decision) -> list[Event]:
    link = decision.link_id
    named = {"decision": decision.pk, "request": decision.request_id, "link": link, "paper": decision.paper_id}
    return lines_naming(decision.client_id, {name: number for name, number in named.items() if number})


def _wrote(line: Event, action: str, thing: str, number: int) -> bool:
    return line.action == action and line.detail.get(thing) == number


def _trail(decision: Decision, lines: list[Event]) -> list[Fact]:
    before = digests_before(lines)
    return [_line(decision, one, before.get(one.number, START if one.number == 1 else "")) for one in lines]


def _line(decision: Decision, line: Event, before: str) -> Fact:
    return {
        "number": line.number, "at": _moment(decision, line.at), "by": line.actor_name, "action": line.action,
        "sentence": line.sentence, "digest": line.digest, "previous": line.previous,
        "verifies": digest_of_line(line) == line.digest and line.previous == before,
    }  # fmt: skip
