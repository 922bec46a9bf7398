"""The evidence of a decision in words: sections of terms and values, the same on the page and in the PDF."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from clearance.decisions.statement import day
from clearance.exchange.evidence import Fact
from clearance.exchange.evidence_pdf import Document, Section

VERIFIES, DOES_NOT = "verifies", "does not verify"
SAME = "the same, computed again"
MISSING = "the stored file is not there"
STATES = {"newest": "The physician's newest word", "replaced": "Replaced by a newer word", "void": "Void"}

Pairs = Iterator[tuple[str, str]]
Clock = Callable[[str], str]


def document_of(evidence: Fact) -> Document:
    """Return the evidence as a document: what was signed first, then how, then the trail."""
    client, clock = evidence["client"], _clock(evidence)
    checked = "Everything below verifies" if evidence["verifies"] else "Something below does not verify"
    return Document(
        title="Evidence of a decision",
        lead=f"{client['name']}, born {client['birth_year']}. {evidence['studio']}. {checked}.",
        sections=tuple(_sections(evidence, clock)),
        footer=f"{evidence['studio']}, decision {evidence['decision']}, checked {clock(evidence['checked_at'])}",
    )


def _sections(evidence: Fact, clock: Clock) -> Iterator[Section]:
    parts: tuple[tuple[str, str, Callable[[Fact, Clock], Pairs]], ...] = (
        ("Signature", "signature", _signature), ("Strength", "level", _level), ("Question", "request", _request),
        ("Account", "account", _account), ("Link", "link", _link), ("Paper", "paper", _paper),
    )  # fmt: skip
    yield Section("Decision", tuple(_decision(evidence, clock)))
    yield Section("Word for word, as it was shown", tuple(_words(evidence)), tuple(evidence["statement"]["lines"]))
    for title, key, said in parts:
        if evidence[key]:
            yield Section(title, tuple(said(evidence[key], clock)))
    if evidence["trail"]:
        yield Section("Chain of events", tuple(_chain(evidence["trail"], clock)))


def _clock(evidence: Fact) -> Clock:
    """Return what turns a moment into words, with the decision's time zone."""
    zone = evidence["time_zone"]

    def words(moment: str) -> str:
        at = datetime.fromisoformat(moment)
        return f"{day(at)}, {at:%H:%M:%S} ({zone}, UTC{at.isoformat()[-6:]})"

    return words


def _word(fact: Fact) -> str:
    return VERIFIES if fact["verifies"] else DOES_NOT


def _date(text: str) -> str:
    return day(date.fromisoformat(text))


def _decision(evidence: Fact, clock: Clock) -> Pairs:
    state, terms = evidence["state"], evidence["terms"]
    yield "Physician", evidence["signature"]["physician"]
    yield "Answer", terms["outcome_words"]
    if terms["opens"]:
        yield from _terms(terms)
    yield "Where it stands", STATES[state["word"]]
    if state["word"] == "void":
        yield "Void since", f"{clock(state['void_at'])}, says {state['void_by']}: {state['void_because']}"
    if state["replaced_by"]:
        yield "Replaced", f"by decision {state['replaced_by']}, {clock(state['replaced_at'])}"


def _terms(terms: Fact) -> Pairs:
    yield "Holds", f"{_date(terms['valid_from'])} to {_date(terms['valid_until'])}, both days included"
    yield from (("Covers", one) for one in terms["covers"])
    yield from (("Resolved", one) for one in terms["resolves"])
    yield "Through the course", "yes" if terms["holds_through_course"] else "no"
    yield "Rest days", str(terms["rest_days"] or "none")
    yield from (("Restriction", one) for one in terms["restrictions"])
    if terms["restrictions"] or not terms["unlisted_allowed"]:
        yield "Anything not listed", "allowed within the plan" if terms["unlisted_allowed"] else "not allowed"


def _words(evidence: Fact) -> Pairs:
    fact = evidence["statement"]
    yield "The words below", f"{_word(fact)}: computed again, and compared with the trail"
    yield from _fingerprints(fact, "SHA-256 when signed")


def _fingerprints(fact: Fact, label: str) -> Pairs:
    yield label, fact["sha256"]
    yield "SHA-256 just now", SAME if fact["sha256_now"] == fact["sha256"] else fact["sha256_now"] or MISSING
    if fact["sha256_in_trail"] != fact["sha256"]:
        yield "SHA-256 in the trail", fact["sha256_in_trail"] or "the trail has no line of it"


def _signature(fact: Fact, clock: Clock) -> Pairs:
    yield "Printed name", fact["name"]
    yield "Credential", fact["credential"] or "not on the paper"
    yield "Licence", fact["licence"] or "not on the paper"
    if fact["signed_on"]:
        yield "Signed on paper", _date(fact["signed_on"])
        yield "Entered", clock(fact["recorded_at"])
    else:
        yield "Signed", clock(fact["recorded_at"])
    yield "By way of", fact["route_words"]
    yield "Meaning", fact["meaning"]
    if fact["contact_verified_by"]:
        since = f"{fact['contact_verified_by']}, {clock(fact['contact_verified_at'])}"
        yield "Contact verified by", f"{since}, source: {fact['contact_source']}"
    else:
        yield "Contact verified by", "nobody at that moment"


def _level(fact: Fact, clock: Clock) -> Pairs:
    yield "Evidence", fact["words"]
    yield "The studio accepts", f"{fact['least_accepted_words']}, or stronger"
    yield "Accepted now", "yes" if fact["accepted"] else "no"


def _request(fact: Fact, clock: Clock) -> Pairs:
    yield "Asked", f"by {fact['asked_by']}, {clock(fact['asked_at'])}"
    yield "By way of", fact["channel_words"]
    yield from _said(("Asked in words", fact["question"]), ("Letter code", fact["letter_code"]))


def _account(fact: Fact, clock: Clock) -> Pairs:
    yield "Signed in as", f"{fact['holder']}, {fact['email']}"
    yield "Second factor", "yes" if fact["second_factor"] else "no"


def _link(fact: Fact, clock: Clock) -> Pairs:
    yield "Sent to", fact["sent_to"]
    yield "Issued", f"by {fact['issued_by']}, {clock(fact['issued_at'])}"
    yield "Held until", clock(fact["expires_at"])
    yield "Access code entered", clock(fact["code_entered_at"]) if fact["code_entered_at"] else "never"
    yield "Wrong codes", str(fact["wrong_codes"] or "none")
    yield "SHA-256 of the link", fact["token_sha256"]


def _paper(fact: Fact, clock: Clock) -> Pairs:
    yield "Came as", f"{fact['how'].lower()}, {fact['pages']} page{'s' if fact['pages'] > 1 else ''}"
    yield "Filed by", f"{fact['filed_by']}, {clock(fact['filed_at'])}"
    yield "Typed by", f"{fact['typed_by']}, {clock(fact['typed_at'])}"
    if fact["compared_at"]:
        said = "confirmed" if fact["confirmed"] else f"rejected: {fact['rejected_because']}"
        yield "Compared by", f"{fact['compared_by']}, {clock(fact['compared_at'])}: {said}"
    else:
        yield "Compared by", "nobody yet"
    yield "Clinic called back", f"yes, spoke with {fact['called_back']}" if fact["called_back"] else "no"
    yield "The stored file", f"{_word(fact)}: computed again, and compared with the trail"
    yield from _fingerprints(fact, "SHA-256 when filed")


def _chain(trail: list[dict[str, Any]], clock: Clock) -> Pairs:
    for line in trail:
        yield f"Line {line['number']}", f"{clock(line['at'])}. {line['sentence']} This line {_word(line)}."
        yield "Its digest", line["digest"]
        yield "The one before", line["previous"]


def _said(*pairs: tuple[str, str]) -> Pairs:
    return (pair for pair in pairs if pair[1])
