"""What a sent file may cost, and why one is refused. For the web process and the cleaner: standard library only."""

import signal
from enum import StrEnum

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES = 20
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 3500
PREVIEW_SIDE = 1600
# A progressive JPEG needs ten or so. Each one costs the time of the whole picture.
MOST_SCANS = 100

# Seconds of processor time for one step. The step that takes longer ends its process.
TO_OPEN, TO_COPY_A_PAGE, TO_WRITE, TO_DRAW_A_PAGE, TO_REDRAW_A_PICTURE = 1.2, 1.2, 2.0, 1.2, 4.0
CPU_SECONDS, WALL_SECONDS = 20, 25
# Address space of the cleaner, and what it may hand back.
MOST_MEMORY, MOST_ANSWER = 1024 * 1024 * 1024, 64 * 1024 * 1024


class Cause(StrEnum):
    """Why a file is refused, as the sentence that people read."""

    EMPTY = "This file is empty. Choose the scan or photo again."
    TOO_LARGE = "This file is larger than 10 MB. Scan it in black and white or with fewer dots per inch."
    NOT_ACCEPTED = "Send a PDF, JPEG or PNG. A photo taken as HEIC can be shared as JPEG."
    TOO_MANY_PAGES = "This PDF has more than 20 pages. Send only the pages of the answer."
    ENCRYPTED = "This PDF is locked. Save it without a password or protection, or send a scan of the printed page."
    BROKEN = "This file is damaged and cannot be read. Scan or photograph the page again."
    NOTED = "This PDF has notes stuck on that would be lost. Print it with its notes, then scan or photograph the page."
    TOO_MANY_PIXELS = "A page or picture in this file is too large. Scan it again at 300 dots per inch or less."
    TOO_COMPLEX = "This file is too complex to open safely. Print it, then scan or photograph the page."
    UNSAFE = "This PDF holds something that cannot be made safe. Print it, then scan or photograph the page."


class Spoiled(Exception):
    """The file cannot be accepted. `cause` says why."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause.name)
        self.cause = cause


def allow(seconds: float) -> None:
    """Give this process so many seconds of processor time from now on; no decoder can outlive them."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def fits(width: int, height: int) -> None:
    """Refuse a picture by its declared size, before anything is decoded. Raises Spoiled."""
    if width <= 0 or height <= 0:
        raise Spoiled(Cause.BROKEN)
    if width * height > MOST_PIXELS:
        raise Spoiled(Cause.TOO_MANY_PIXELS)


def is_drawn_often(jpeg: bytes) -> bool:
    """Whether a JPEG has its decoder draw the whole picture over and over."""
    return jpeg.count(b"\xff\xda") > MOST_SCANS
