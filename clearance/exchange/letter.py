"""The letter: one black-and-white page that asks a physician whether a client may exercise, and takes the answer."""

import math
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

import segno

from clearance.exchange import answer_form
from clearance.exchange.answer_form import LABEL, NOTE, TITLE, Look
from clearance.exchange.fonts import UNKNOWN, printable, wrapped
from clearance.exchange.pen import PAGE_HEIGHT, PAGE_WIDTH, Column, Pen
from clearance.people.refused import Refused

LEFT, TOP, BOTTOM = 40.0, 30.0, 26.0
WIDE = PAGE_WIDTH - 2 * LEFT
CODE_SIDE, CODE_COLUMN, CODE_GAP = 92.0, 112.0, 22.0  # the gap is the quiet zone beside the code
LARGEST_CODE = 8  # versions above have modules that a fax at 98 lines an inch blurs

PROMISE = "You say what you know today. No promise about the future is asked for."


@dataclass(frozen=True)
class Letter:
    """What stands in a letter. `staff_url` is where the code leads the studio's people; the page does not print it."""

    studio: str
    studio_phone: str
    studio_fax: str
    trainer: str
    physician: str
    credential: str
    clinic: str
    physician_fax: str
    asked_on: date
    reply_by: date | None
    client_name: str
    born: date
    injuries: tuple[str, ...]
    treatment: tuple[str, ...]
    stops: tuple[str, ...]
    planned: str
    movements: str
    question: str
    restrictions: tuple[str, ...]
    meaning: str
    short_code: str
    staff_url: str
    access_code: str
    readiness: str = ""


# From the roomiest to the tightest. Below 9.5 points a fax is no longer read with certainty.
LOOKS = (
    Look(11, 14.4, 20.5, 9, 26, 4),
    Look(10.5, 13.6, 19.5, 8, 25, 3),
    Look(10, 12.8, 18.5, 7, 24, 3),
    Look(9.5, 12, 17.5, 5.5, 23, 2),
    Look(9.5, 12, 18, 6, 23, 2, dense=True),
    Look(9.5, 11.8, 16.5, 4, 22, 2, dense=True),
)


def letter_pdf(letter: Letter) -> bytes:
    """Return the letter as a PDF of one page, the same bytes for the same letter.

    Raises Refused when it does not fit on one page at the smallest size that survives a fax.
    """
    said, code, over = _printable(letter), _code(letter.staff_url), 0.0
    for look in LOOKS:
        pen, over = _set(said, look, code)
        if over <= 0:
            return pen.done()
    raise _too_long(said, math.ceil(over / LOOKS[-1].high))


def _too_long(said: Letter, lines: int) -> Refused:
    size = f"by about {lines} line{'s' if lines > 1 else ''}"
    if len(wrapped(said.question, LOOKS[-1].size, WIDE - LABEL)) > lines:
        return Refused(f"The question is too long for one page, {size}. Shorten it.", field="question")
    advice = "Shorten the question as far as you can, or ask by e-mail."
    return Refused(
        f"The question, with all that is recorded, is too long for one page, {size}. {advice}", field="question"
    )


def _printable(letter: Letter) -> Letter:
    changed: dict[str, Any] = {}
    for name, value in ((field.name, getattr(letter, field.name)) for field in fields(letter)):
        if isinstance(value, str):
            changed[name] = printable(value)
        elif isinstance(value, tuple):
            changed[name] = tuple(one for one in map(printable, value) if one)
    return replace(letter, **changed)


def _code(payload: str) -> segno.QRCode:
    code = segno.make_qr(payload, error="m")
    if int(code.version) > LARGEST_CODE:
        raise Refused("The address of this installation is too long for a code that survives a fax.")
    return code


def _set(letter: Letter, look: Look, code: segno.QRCode) -> tuple[Pen, float]:
    pen = Pen(f"Letter {letter.short_code}")
    column = Column(pen, LEFT, WIDE, PAGE_HEIGHT - TOP, look.size, look.high)
    for block in (_head, _title, _people, _patient, _facts, _answer, _terms):
        block(column, letter, look)
        column.y -= look.gap
    end = BOTTOM + _foot_height(letter, look, code)
    over = end + look.notes * NOTE + look.gap - column.y
    if over <= 0:
        answer_form.notes(column, look, end + look.gap)
        _foot(replace(column, y=end), letter, look, code)
    return pen, over


def _head(column: Column, letter: Letter, look: Look) -> None:
    name, reach = column.part(0, WIDE * 0.5), column.part(WIDE * 0.52, WIDE * 0.48)
    name.text(letter.studio, size=14, high=18, bold=True)
    phones = [("Phone", letter.studio_phone), ("Fax", letter.studio_fax)]
    said = "  ".join(_together(f"{what} {number}") for what, number in phones if number)
    reach.text(said, high=18, right=True)
    column.below(name, reach)
    column.pen.rule(LEFT, column.y - 2, LEFT + WIDE, 1.5)
    column.y -= 2 + look.gap


def _title(column: Column, letter: Letter, look: Look) -> None:
    title, dates = column.part(0, WIDE * 0.6), column.part(WIDE * 0.6, WIDE * 0.4)
    title.text("May this patient exercise?", size=look.size * 1.8, high=look.high * 2, bold=True)
    dates.text(f"Asked on {_day(letter.asked_on)}", right=True)
    if letter.reply_by:
        dates.text(f"Please answer by {_day(letter.reply_by)}", right=True, bold=True)
    column.below(title, dates)


def _people(column: Column, letter: Letter, look: Look) -> None:
    fax = letter.physician_fax and _together(f"fax {letter.physician_fax}")
    physician = (letter.physician, letter.credential, letter.clinic, fax)
    _fact(column, "To", (", ".join(filter(None, physician)),))
    _fact(column, "From", (f"{letter.trainer}, this patient's trainer",))


def _patient(column: Column, letter: Letter, look: Look) -> None:
    top = column.y
    name, born = column.part(8, WIDE * 0.65), column.part(8 + WIDE * 0.65, WIDE * 0.35 - 16)
    name.y = born.y = top - 3
    name.text(f"Patient: {letter.client_name}", size=13, high=18, bold=True)
    born.text(f"born {_day(letter.born)}", size=13, high=18, bold=True, right=True)
    column.below(name, born)
    column.y -= 3
    column.pen.box(LEFT, column.y, WIDE, top - column.y, 1.5)


def _facts(column: Column, letter: Letter, look: Look) -> None:
    for label, said in (("Injuries", letter.injuries), ("Treatment", letter.treatment), ("Stops", letter.stops)):
        _fact(column, label, _items(said, look) or ("None recorded.",))
    _fact(column, "Readiness", (letter.readiness,))
    _fact(column, "Planned", _plan(letter, look))
    _fact(column, "Question", (letter.question,), bold=True)
    if UNKNOWN in repr(letter):
        column.text(f"The mark {UNKNOWN} stands for a letter that cannot be printed here.")


def _plan(letter: Letter, look: Look) -> tuple[str, ...]:
    movements = letter.movements and f"Movements: {letter.movements}"
    parts = tuple(part for part in (letter.planned[:1].upper() + letter.planned[1:], movements) if part)
    return (". ".join(parts),) if look.dense else parts


def _items(said: tuple[str, ...], look: Look) -> tuple[str, ...]:
    if len(said) < 2:
        return said
    if look.dense:
        return ("; ".join(f"({number}) {one}" for number, one in enumerate(said, start=1)),)
    return tuple(f"• {one}" for one in said)


def _fact(column: Column, label: str, said: tuple[str, ...], *, bold: bool = False) -> None:
    if not any(said):
        return
    name, text = column.part(0, LABEL), column.part(LABEL, WIDE - LABEL)
    name.text(label, bold=True)
    for one in said:
        text.text(one, bold=bold)
    column.below(name, text)


def _answer(column: Column, letter: Letter, look: Look) -> None:
    column.pen.rule(LEFT, column.y, LEFT + WIDE, 1.5)
    column.y -= look.gap / 2
    title, how = column.part(0, TITLE), column.part(TITLE, WIDE - TITLE)
    title.text("Your answer", size=13, high=18, bold=True)
    how.y -= (18 - look.high) / 2
    link = f"If you got a link by e-mail you can answer there: your access code is {_in_fours(letter.access_code)}."
    how.text(f"Tick one box, sign below, and send this page back. {link if letter.access_code else ''}")
    column.below(title, how)
    column.y -= look.gap / 2
    answer_form.outcomes(column, look)


def _terms(column: Column, letter: Letter, look: Look) -> None:
    answer_form.terms(column, look)
    column.y -= look.gap
    answer_form.restrictions(column, look, letter.restrictions)


def _foot_height(letter: Letter, look: Look, code: segno.QRCode) -> float:
    trial = Column(Pen(""), LEFT, WIDE, 0, look.size, look.high)
    _foot(trial, letter, look, code)
    return -trial.y


def _foot(column: Column, letter: Letter, look: Look, code: segno.QRCode) -> None:
    column.pen.rule(LEFT, column.y, LEFT + WIDE, 1.5)
    column.y -= look.gap / 2
    signed = column.part(0, WIDE - CODE_COLUMN - CODE_GAP)
    coded = column.part(WIDE - CODE_COLUMN, CODE_COLUMN)
    answer_form.signature(signed, look)
    signed.y -= look.gap / 2
    signed.text(f"{letter.meaning} {PROMISE}")
    signed.y -= look.gap / 2
    ways = f"by fax to {letter.studio_fax}, or by hand" if letter.studio_fax else "to the studio by hand"
    signed.text(f"Please return this page {ways}.", bold=True)
    _staff(coded, letter, code)
    column.below(signed, coded)


def _staff(column: Column, letter: Letter, code: segno.QRCode) -> None:
    column.y -= 12
    column.pen.code(column.x, column.y - CODE_SIDE, CODE_SIDE, code)
    column.y -= CODE_SIDE + 6
    column.text("Letter code", high=12)
    column.text(letter.short_code, size=13, high=16, bold=True)
    column.text("For the studio: scan or type this code to file the answer", size=9.5, high=11.5)


def _in_fours(digits: str) -> str:
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def _together(words: str) -> str:
    return words.replace(" ", "\u00a0")


def _day(date: date) -> str:
    return f"{date.day} {date:%B %Y}"
