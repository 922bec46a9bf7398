"""Readiness and screenings in the words of the pages: terms, trends, chips, and the card of a client's first page."""

from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from typing import Any

from django.urls import reverse

from clearance.checkins.models import Readiness, Screening
from clearance.checkins.queries import readiness_now, readiness_of, screening_problem, screenings_of
from clearance.checkins.scales import DEDICATION, HEALTH, effort_word, pain_word
from clearance.checkins.topics import DISEASES, SYMPTOMS, TOPICS, Intensity, Said
from clearance.pages.client_frame import today
from clearance.pages.status import State, day, plain
from clearance.people.models import Client, Policy
from clearance.people.queries import policy_of

SCALES = (
    ("health", "Level of health", 5),
    ("dedication", "Dedication", 5),
    ("exertion", "Usual effort", 10),
    ("pain_threshold", "Pain threshold", 10),
)
Row = dict[str, Any]


def words_of(readiness: Readiness) -> list[Row]:
    """Return the four values of a readiness with their words, and the note."""
    said = {
        "health": HEALTH[readiness.health],
        "dedication": DEDICATION[readiness.dedication],
        "exertion": effort_word(readiness.exertion),
        "pain_threshold": f"{pain_word(readiness.pain_threshold)}: trains well up to it",
    }
    pairs = [(term, f"{getattr(readiness, name)} of {most}, {said[name]}") for name, term, most in SCALES]
    note = [("Note", readiness.note)] if readiness.note else []
    return [{"term": term, "value": value} for term, value in pairs + note]


def shared_readiness(client: Client) -> Row | None:
    """Return the newest readiness as a physician reads it, or None."""
    readiness = readiness_now(client.pk)
    if readiness is None:
        return None
    return {"on": readiness.on, "line": str(readiness), "note": readiness.note, "pairs": words_of(readiness)}


def trend_of(client: Client) -> list[Row]:
    """Return a client's readiness, newest first, each value against the one before."""
    found = list(readiness_of(client.pk))
    return [_compared(one, before) for one, before in zip_longest(found, found[1:])]


def _compared(one: Readiness, before: Readiness | None) -> Row:
    cells = []
    for name, term, most in SCALES:
        now, then = getattr(one, name), getattr(before, name) if before else None
        cells.append({"term": term, "value": f"{now} of {most}"} | _change(now, then))
    return {"readiness": one, "cells": cells}


def _change(now: int, then: int | None) -> Row:
    if then is None:
        return {"way": "", "change": ""}
    if now == then:
        return {"way": "same", "change": "as before"}
    way = "up" if now > then else "down"
    return {"way": way, "change": f"{way} from {then}"}


def answers(screening: Screening) -> list[Row]:
    """Return what was answered to each question as it was asked, and what was told beside it."""
    return [
        {
            "question": screening.asked.get(slug, slug), "said": Said(said).label,
            "more": screening.followups.get(slug, ""), "flagged": said != Said.NO,
        }
        for slug, said in sorted(screening.answers.items(), key=_place)
    ]  # fmt: skip


def _place(answer: tuple[str, str]) -> int:
    order = [one.slug for one in TOPICS]
    return order.index(answer[0]) if answer[0] in order else len(order)


def beside(screening: Screening) -> list[Row]:
    """Return what was asked beside the topics."""
    pairs = [
        ("Active for the last three months", "Yes" if screening.active else "No"),
        ("Known disease", _named(screening.diseases, DISEASES)),
        ("Signs", _named(screening.symptoms, SYMPTOMS)),
        ("Wishes to train", Intensity(screening.intensity).label),
    ]
    return [{"term": term, "value": value} for term, value in pairs]


def _named(slugs: Iterable[str], words: dict[str, str]) -> str:
    return "; ".join(words[slug] for slug in slugs) or "none of those asked for"


def chip_of(screening: Screening, problem: str) -> State:
    """Return how good a screening is now. Green is kept for a physician's word."""
    if hasattr(screening, "void"):
        return _chip("expired", "file-x", "Void")
    if problem:
        return _chip("ending_soon", "triangle-alert", "To be signed anew")
    return _chip("plain", "file-check", "Signed", f"to {day(screening.last_day)}")


def _chip(slug: str, icon: str, word: str, detail: str = "") -> State:
    return {"slug": slug, "icon": icon, "word": word, "detail": detail}


def consequence(screening: Screening) -> str:
    """Return what follows from the answers under the studio's policy, or an empty string after plain noes."""
    if not screening.flagged:
        return ""
    if policy_of(screening.client.studio_id).needs == Policy.Needs.EVERY_CLIENT:
        return "It counts as flagged. This studio's policy has a physician decide about every client already."
    return "It counts as flagged: under the studio's policy a physician has to decide. No later screening undoes that."


def rows_of(screenings: list[Screening], *, on: date) -> list[Row]:
    """Return a client's screenings, newest first. Only the newest counts; one that is void or replaced is struck."""
    rows = []
    for index, one in enumerate(screenings):
        void = getattr(one, "void", None)
        problem = screening_problem(one, on=on) if index == 0 else ""
        chip = chip_of(one, problem) if index == 0 or void else plain("Replaced")
        rows.append({"screening": one, "chip": chip, "void": void, "problem": problem, "struck": index > 0 or void})
    return rows


def card_of(client: Client) -> Row:
    """Return the state of screening and readiness, each with its next action, for the client's first page."""
    screening, readiness = screenings_of(client.pk).first(), readiness_now(client.pk)
    problem = screening_problem(screening, on=today(client.studio))
    return {
        "screening": screening, "problem": problem, "readiness": readiness,
        "chip": chip_of(screening, problem) if screening else plain("None yet"),
        "readiness_chip": plain(day(readiness.on)) if readiness else plain("None yet"),
        "words": _sentence(str(readiness)) if readiness else "",
        "urls": {name: reverse(name, args=[client.pk]) for name in ("readiness", "readiness_new", "screening_new")},
    }  # fmt: skip


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
