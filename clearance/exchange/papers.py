"""PDFs, built anew from what draws their pages. The list of allowed keys is in `drawing`; nothing else is copied."""

import io
from collections.abc import Iterator

import pypdfium2
from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from clearance.exchange.bounds import (
    LONGEST_SIDE,
    MOST_BYTES,
    MOST_PAGES,
    PREVIEW_SIDE,
    TO_COPY_A_PAGE,
    TO_DRAW_A_PAGE,
    TO_OPEN,
    TO_WRITE,
    Cause,
    Spoiled,
    allow,
)
from clearance.exchange.drawing import Copy, Photo
from clearance.exchange.pictures import encoded

MOST_NODES, MOST_LEVELS, MOST_DECODED = 1000, 50, 40 * 1024 * 1024
LIMITS = Configuration(
    zlib_maximum_output_length=MOST_DECODED,
    zlib_maximum_recovery_input_length=200_000,
    lzw_maximum_output_length=MOST_DECODED,
    run_length_maximum_output_length=MOST_DECODED,
    array_based_stream_maximum_output_length=MOST_DECODED,
    maximum_declared_stream_length=MOST_BYTES,
    jbig2dec_binary=None,
)
INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")
# Marks laid over a page that show nothing on paper.
INVISIBLE = {"/Link", "/Popup"}
# Marks that pdfium draws only by the look they bring along.
BLANK_WITHOUT_A_LOOK = {"/FreeText", "/Stamp", "/Line", "/Polygon", "/PolyLine", "/Caret"}
PHOTO_DOTS = 200
# As keys or as values: what runs, calls out, carries files or locks.
FORBIDDEN = {
    *("/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA"),
    *("/Encrypt", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Annots", "/AcroForm", "/Filespec"),
    *("/Metadata", "/Movie", "/Sound", "/Rendition", "/ObjStm"),
}
# The tail in which an unpacker looks for the list of a ZIP, and that list's opening.
ZIP_TAIL, ZIP_LIST = 66_000, b"PK\x05\x06"
# Enlarge a small page (a card, a receipt) no further than this.
MOST_ENLARGED = 4.0


class _Unlocked(PdfReader):
    """A reader that refuses a locked document before it touches the lock."""

    @property
    def is_encrypted(self) -> bool:
        if "/Encrypt" in self.trailer:
            raise Spoiled(Cause.ENCRYPTED)
        return False


def rebuilt(content: bytes) -> tuple[bytes, list[bytes]]:
    """Build a PDF anew, with one preview per page. Raises Spoiled, or what pypdf and pdfium raise."""
    allow(TO_OPEN)
    with apply_configuration(LIMITS):
        leaves = list(_leaves(_opened(content)))
        made = _copied(leaves, _photographed(content, leaves))
        _verify(made)
    return made, _drawn(made)


def _opened(content: bytes) -> PdfReader:
    return _Unlocked(io.BytesIO(content), root_object_recovery_limit=1000, xref_stream_maximum_entries=200_000)


def _leaves(reader: PdfReader) -> Iterator[DictionaryObject]:
    """The pages in order, each with what it inherits. A tree that is endless, deep or too wide is left early."""
    waiting: list[tuple[PdfObject, dict[str, PdfObject], int]] = [(reader.root_object.raw_get("/Pages"), {}, 0)]
    nodes = pages = 0
    while waiting:
        reference, inherited, level = waiting.pop()
        node, nodes = reference.get_object(), nodes + 1
        if nodes > MOST_NODES or level > MOST_LEVELS:
            raise Spoiled(Cause.TOO_COMPLEX)
        if not isinstance(node, DictionaryObject):
            continue
        known = inherited | {key: node.raw_get(key) for key in INHERITED if key in node}
        kids = node.get("/Kids")
        if isinstance(kids, ArrayObject):
            waiting += [(kid, known, level + 1) for kid in reversed(kids)]
            continue
        pages += 1
        if pages > MOST_PAGES:
            raise Spoiled(Cause.TOO_MANY_PAGES)
        yield DictionaryObject(node | {NameObject(key): value for key, value in known.items()})
    if not pages:
        raise Spoiled(Cause.BROKEN)


def _photographed(content: bytes, leaves: list[DictionaryObject]) -> dict[int, Photo]:
    """The pages with something laid over them, as pictures: what was typed into a form must not vanish with the form.

    Raises Spoiled for a note that a picture cannot show.
    """
    marks = [list(_marks(leaf)) for leaf in leaves]
    if any(_would_be_lost(mark) for page in marks for mark in page):
        raise Spoiled(Cause.NOTED)
    marked = [number for number, page in enumerate(marks) if page]
    if not marked:
        return {}
    with pypdfium2.PdfDocument(content) as document:
        if len(document) != len(leaves):
            raise Spoiled(Cause.BROKEN)
        document.init_forms()
        return {number: _photo(document, number) for number in marked}


def _marks(leaf: DictionaryObject) -> Iterator[DictionaryObject]:
    """What is laid over a page and can be seen: a filled field, a tick, a stamp, a struck line, a note."""
    listed = leaf.get("/Annots")
    for item in listed if isinstance(listed, ArrayObject) else ():
        mark = item.get_object()
        if isinstance(mark, DictionaryObject) and mark.get("/Subtype") not in INVISIBLE:
            yield mark


def _would_be_lost(mark: DictionaryObject) -> bool:
    kind = mark.get("/Subtype")
    return bool(mark.get("/Contents")) if kind == "/Text" else kind in BLANK_WITHOUT_A_LOOK and "/AP" not in mark


def _photo(document: pypdfium2.PdfDocument, number: int) -> Photo:
    allow(TO_DRAW_A_PAGE)
    page = document[number]
    width, height = page.get_size()
    scale = min(PHOTO_DOTS / 72, LONGEST_SIDE / max(width, height))
    bitmap = page.render(scale=scale, draw_annots=True, may_draw_forms=True)
    picture = bitmap.to_pil().convert("RGB")
    bitmap.close()
    page.close()
    return Photo(encoded(picture, "JPEG", quality=85), picture.width, picture.height, width, height)


def _copied(leaves: list[DictionaryObject], photos: dict[int, Photo]) -> bytes:
    copy = Copy()
    for number, leaf in enumerate(leaves):
        allow(TO_COPY_A_PAGE)
        if number in photos:
            copy.add_photo(photos[number])
        else:
            copy.add_page(leaf)
    allow(TO_WRITE)
    return copy.written()


def _verify(made: bytes) -> None:
    """Read the new file as a stranger would, and look at every object of it. Raises Spoiled."""
    reader = _opened(made)
    if set(reader.trailer) != {"/Size", "/Root"} or ZIP_LIST in made[-ZIP_TAIL:]:
        raise Spoiled(Cause.UNSAFE)
    for number in range(1, int(str(reader.trailer["/Size"]))):
        if FORBIDDEN.intersection(_names(IndirectObject(number, 0, reader).get_object())):
            raise Spoiled(Cause.UNSAFE)


def _names(value: PdfObject | None) -> Iterator[str]:
    """Every name in an object, be it key or value. What it refers to has its own turn."""
    if isinstance(value, NameObject):
        yield str(value)
    elif isinstance(value, DictionaryObject):
        yield from map(str, value)
        for key in value:
            yield from _names(value.raw_get(key))
    elif isinstance(value, ArrayObject):
        for item in value:
            yield from _names(item)


def _drawn(made: bytes) -> list[bytes]:
    """The pages as pictures, drawn from the new file, so that what is shown is what is kept."""
    allow(TO_DRAW_A_PAGE)
    views = []
    with pypdfium2.PdfDocument(made) as document:
        for number in range(len(document)):
            allow(TO_DRAW_A_PAGE)
            page = document[number]
            scale = min(PREVIEW_SIDE / max(page.get_size()), MOST_ENLARGED)
            bitmap = page.render(scale=scale, draw_annots=False, may_draw_forms=False)
            views.append(encoded(bitmap.to_pil().convert("RGB"), "JPEG", quality=75))
            bitmap.close()
            page.close()
    return views
