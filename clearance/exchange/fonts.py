"""The one typeface of everything printed, and text made fit for it: one visible line that nothing can break out of."""

import re
import unicodedata
from functools import lru_cache

import fontpkg
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FACE = "NotoSans"
TICK, TICK_SIZE, TICK_ROOM = "☐", 14.5, 18.0  # drawn as an empty box, in points: 5.1 mm, and a little room after it
BLANK = re.compile("(_{3,})")  # drawn as a line to write on
BLANK_EMS = 0.66  # the underscore of the face is narrow, and its line too thin for a fax
UNKNOWN = "\ufffd"
IN_LETTERS = {"≤": "<=", "≥": ">=", "≠": "not ", "≈": "about ", "→": "->", "←": "<-", "✓": "yes", "✔": "yes", "✗": "no"}
_INVISIBLE = {"Cc", "Cf", "Cs"}
_VARIATION = re.compile("[\ufe00-\ufe0f\u034f\u115f\u1160\u3164\uffa0\U000e0100-\U000e01ef]")


@lru_cache(maxsize=1)
def face() -> TTFont:
    """Return the typeface, read from disk on first use."""
    font = TTFont(FACE, str(fontpkg.path("Noto Sans")), shapable=False)
    pdfmetrics.registerFont(font)
    return font


def printable(text: str) -> str:
    """Return a text as one visible line: no control or format characters, a mark for what the typeface lacks."""
    spaced = " ".join(_VARIATION.sub("", text).split())
    visible = "".join(char for char in spaced if unicodedata.category(char) not in _INVISIBLE)
    shown = "".join(_shown(char) for char in unicodedata.normalize("NFC", visible))
    return " ".join(shown.split())


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    for one in (char, IN_LETTERS.get(char, ""), unicodedata.normalize("NFKC", char)):
        if one and all(face().face.charToGlyph.get(ord(letter)) for letter in one):
            return one
    return UNKNOWN


def width(text: str, size: float) -> float:
    """Return the width of a line in points, blanks and tick boxes included."""
    blanks = sum(len(blank) for blank in BLANK.findall(text))
    ticks = text.count(TICK)
    plain = BLANK.sub("", text).replace(TICK, "")
    return face().stringWidth(plain, size) + blanks * BLANK_EMS * size + ticks * TICK_ROOM


def wrapped(text: str, size: float, room: float) -> list[str]:
    """Return a text in lines no wider than `room` points. Only a plain space breaks; a word too long is cut."""
    lines, line = [], ""
    for word in (part for long in text.split(" ") for part in _cut(long, size, room)):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size) > room:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


def _cut(word: str, size: float, room: float) -> list[str]:
    if width(word, size) <= room:
        return [word]
    parts = [""]
    for char in word:
        if parts[-1] and width(parts[-1] + char, size) > room:
            parts.append("")
        parts[-1] += char
    return parts
