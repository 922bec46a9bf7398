"""The demo's answer on paper: the app's own letter, ticked and signed by a made-up hand, scanned, and typed once."""

from datetime import date
from io import BytesIO

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from clearance.decisions.models import Request
from clearance.decisions.papers import receive_paper, transcribe
from clearance.decisions.statement import Draft
from clearance.exchange.question import letter_of, printed
from clearance.exchange.scans import cleaned
from clearance.people.models import Membership

SCALE = 150 / 72
INK = (20, 40, 120)


def answer_on_paper(request: Request, *, draft: Draft, signed_on: date, typist: Membership) -> None:
    """File a filled-in letter under a question, and type what it says; nobody has compared it yet."""
    physician, dates = request.physician, (draft.valid_from, draft.valid_until)
    scan = cleaned(_filled_in(request, [f"{one:%d  %m  %Y}" for one in dates if one], f"{signed_on:%d  %m  %Y}"))
    paper = receive_paper(
        request=request, by=typist.user, how="SCAN", content=scan.content, media=scan.media, previews=scan.previews
    )
    transcribe(
        paper=paper, by=typist.user, draft=draft, signed_on=signed_on, name=physician.name,
        credential=physician.credential, licence=physician.licence,
    )  # fmt: skip


def _filled_in(request: Request, dates: list[str], signed_on: str) -> bytes:
    letter = letter_of(request, staff_url=f"http://localhost:8000/letters/{request.code}/", usual=())
    page = pypdfium2.PdfDocument(printed(letter))[0]
    image = page.render(scale=SCALE).to_pil().convert("RGB")
    hand = _Hand(page, image)
    hand.cross("Cleared for what is planned")
    hand.write("From", dates[0], right=8)
    hand.write("until", dates[1], right=8)
    hand.cross("no, ask again")
    for label, said in {
        "Printed name": request.physician.name, "Credential": request.physician.credential,
        "Licence number": request.physician.licence, "Signature": request.physician.name, "Date": signed_on,
    }.items():  # fmt: skip
        hand.write(label, said, right=10)
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


class _Hand:
    """Writes beside what is printed on a page. Points, from the lower left, as in the PDF."""

    def __init__(self, page: pypdfium2.PdfPage, image: Image.Image) -> None:
        self.text, self.height, self.pen = page.get_textpage(), page.get_height(), ImageDraw.Draw(image)

    def _end(self, words: str) -> tuple[float, float, float]:
        found = None
        search = self.text.search(words, match_case=True)
        while (place := search.get_next()) is not None:
            found = place
        if found is None:
            raise ValueError(f"The letter does not print “{words}”.")
        left, bottom, _, _ = self.text.get_charbox(found[0])
        _, _, right, _ = self.text.get_charbox(found[0] + found[1] - 1)
        return left, bottom, right

    def write(self, words: str, said: str, *, right: float = 0, up: float = 0, size: float = 12) -> None:
        left, bottom, end = self._end(words)
        start = end + right if right else left
        font = ImageFont.load_default(size * SCALE)
        self.pen.text((start * SCALE, (self.height - bottom - up) * SCALE), said, INK, font, anchor="ls")

    def cross(self, words: str) -> None:
        left, bottom, _ = self._end(words)
        x, y = (left - 13) * SCALE, (self.height - bottom - 4) * SCALE
        for turn in (1, -1):
            self.pen.line((x - 14, y - 14 * turn, x + 14, y + 14 * turn), INK, 5)
