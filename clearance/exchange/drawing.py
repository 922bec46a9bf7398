"""The part of a PDF that draws, copied object by object into a new document.

Allowed is what is listed here. A key that is not listed (an action, a script, a file, a form, a note, metadata) is
never looked at, and so neither is what hangs on it.
"""

import io
import math
from typing import NamedTuple

from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from clearance.exchange.bounds import Cause, Spoiled
from clearance.exchange.streams import DCT, Settled, settled, settled_picture

PAGE = ("/Resources", "/Contents", "/Group")
# Inside these, the keys are names that the document chose itself.
CATEGORIES = {"/ExtGState", "/ColorSpace", "/Pattern", "/Shading", "/XObject", "/Font"}
CHOSEN = {"/CharProcs", "/Colorants"}
# Written by us, from what was found in the stream.
OURS = {"/Filter", "/DecodeParms", "/Length"}
DRAWS = """
Type Subtype Resources ExtGState ColorSpace Pattern Shading XObject Font CharProcs Colorants
BBox Matrix FormType Group S CS I K
Width Height BitsPerComponent Intent ImageMask Mask Decode Interpolate SMask SMaskInData Matte
Predictor Colors Columns EndOfLine EncodedByteAlign Rows EndOfBlock BlackIs1 DamagedRowsBeforeError
JBIG2Globals ColorTransform
N Alternate Range WhitePoint BlackPoint Gamma
FunctionType Domain Size BitsPerSample Order Encode C0 C1 Functions Bounds Function
LW LC LJ ML D RI OP op OPM SA BM CA ca AIS TK G BC TR TR2
PatternType PaintType TilingType XStep YStep ShadingType Background AntiAlias Coords Extend
BitsPerCoordinate BitsPerFlag VerticesPerRow
BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode DescendantFonts CIDSystemInfo
DW W DW2 W2 CIDToGIDMap FontBBox FontMatrix Name
FontName FontFamily FontStretch FontWeight Flags ItalicAngle Ascent Descent Leading CapHeight XHeight
StemV StemH AvgWidth MaxWidth MissingWidth FontFile FontFile2 FontFile3 CharSet Length1 Length2 Length3
BaseEncoding Differences CMapName Registry Ordering Supplement WMode UseCMap
"""
ALLOWED = frozenset(f"/{key}" for key in DRAWS.split())
MOST_OBJECTS, MOST_LEVELS = 20_000, 120
# Points. The longest side that readers agree on is 200 inches.
LEAST_SIDE, MOST_SIDE, LETTER = 3, 14_400, (0.0, 0.0, 612.0, 792.0)


class Photo(NamedTuple):
    """A page as a JPEG: its pixels across and down, and the size of the paper in points."""

    content: bytes
    across: int
    down: int
    width: float
    height: float


class Copy:
    """A new document. Add pages, then have it written."""

    def __init__(self) -> None:
        self.objects: list[PdfObject] = [NullObject(), NullObject()]
        self.kids = ArrayObject()
        self.known: dict[tuple[int, int, str], IndirectObject] = {}
        self.level = 0

    def add_page(self, leaf: DictionaryObject) -> None:
        """Copy what draws one page. Raises Spoiled for giants, mazes and broken streams."""
        box = _box(leaf, "/MediaBox", LETTER)
        page = self._blank(box)
        page[_name("/CropBox")] = _array(_inside(_box(leaf, "/CropBox", box), box))
        page[_name("/Rotate")] = NumberObject(_quarter_turns(leaf) * 90)
        for key in PAGE:
            if key in leaf:
                page[_name(key)] = self._copied(leaf.raw_get(key), key)
        self.kids.append(self._added(page))

    def add_photo(self, photo: Photo) -> None:
        """Add a page that holds one picture and nothing else. Raises Spoiled for a giant."""
        box = (0.0, 0.0, photo.width, photo.height)
        _within_reach(*box)
        drawing = StreamObject()
        drawing.set_data(b"%.3f 0 0 %.3f 0 0 cm /Photo Do" % (photo.width, photo.height))
        named = DictionaryObject({_name("/Photo"): self._added(_picture(photo))})
        page = self._blank(box)
        page[_name("/Resources")] = DictionaryObject({_name("/XObject"): named})
        page[_name("/Contents")] = self._added(drawing)
        self.kids.append(self._added(page))

    def written(self) -> bytes:
        """The document as a file with one body and one plain table of its objects."""
        root = {_name("/Type"): _name("/Catalog"), _name("/Pages"): IndirectObject(2, 0, self)}
        pages = {_name("/Type"): _name("/Pages"), _name("/Kids"): self.kids}
        self.objects[0] = DictionaryObject(root)
        self.objects[1] = DictionaryObject(pages | {_name("/Count"): NumberObject(len(self.kids))})
        file, places = io.BytesIO(), []
        file.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        for number, value in enumerate(self.objects, start=1):
            places.append(file.tell())
            file.write(b"%d 0 obj\n" % number)
            value.write_to_stream(file)
            file.write(b"\nendobj\n")
        table = file.tell()
        size = len(self.objects) + 1
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        file.writelines(b"%010d 00000 n \n" % place for place in places)
        file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table))
        return file.getvalue()

    def _blank(self, box: tuple[float, ...]) -> DictionaryObject:
        page = DictionaryObject({_name("/Type"): _name("/Page"), _name("/Parent"): IndirectObject(2, 0, self)})
        page[_name("/MediaBox")] = _array(box)
        return page

    def _added(self, value: PdfObject) -> IndirectObject:
        if len(self.objects) >= MOST_OBJECTS:
            raise Spoiled(Cause.TOO_COMPLEX)
        self.objects.append(value)
        return IndirectObject(len(self.objects), 0, self)

    def _copied(self, value: PdfObject, place: str) -> PdfObject:
        if self.level > MOST_LEVELS:
            raise Spoiled(Cause.TOO_COMPLEX)
        self.level += 1
        try:
            return self._copy_of(value, place)
        finally:
            self.level -= 1

    def _copy_of(self, value: PdfObject, place: str) -> PdfObject:
        if isinstance(value, IndirectObject):
            return self._shared(value, place)
        if isinstance(value, StreamObject):
            return self._added(self._stream(value))
        if isinstance(value, DictionaryObject):
            return self._dictionary(value, place)
        if isinstance(value, ArrayObject):
            return ArrayObject(self._copied(item, "") for item in value)
        return value

    def _shared(self, reference: IndirectObject, place: str) -> PdfObject:
        """Copy what is referred to once for each kind of place, however often and in whatever circles it is named."""
        key = (reference.idnum, reference.generation, place)
        if key not in self.known:
            self.known[key] = self._added(NullObject())
            found = reference.get_object()
            # Not by truth: a stream without keys of its own counts as empty.
            value = NullObject() if found is None else found
            copied = self._stream(value) if isinstance(value, StreamObject) else self._copied(value, place)
            self.objects[self.known[key].idnum - 1] = copied
        return self.known[key]

    def _dictionary(self, value: DictionaryObject, place: str) -> DictionaryObject:
        """Copy a dictionary. `place` is the key it stands under, empty where that says nothing."""
        if place == "/Resources":
            kept = {key: f"named {key}" for key in value if key in CATEGORIES}
        elif place.startswith("named ") or place in CHOSEN:
            kept = dict.fromkeys(value, "")
        else:
            kept = {key: key if key == "/Resources" or key in CHOSEN else "" for key in value if key in ALLOWED}
        return DictionaryObject({_name(key): self._copied(value.raw_get(key), inner) for key, inner in kept.items()})

    def _stream(self, value: StreamObject) -> StreamObject:
        is_picture = value.get("/Subtype") == "/Image"
        found = settled_picture(value) if is_picture else settled(value)
        made = StreamObject()
        made.update(self._dictionary(DictionaryObject({k: v for k, v in value.items() if k not in OURS}), ""))
        return self._filled(made, found)

    def _filled(self, made: StreamObject, found: Settled) -> StreamObject:
        made.set_data(found.data)
        made[_name("/Filter")] = _name(found.filter)
        if isinstance(found.parms, DictionaryObject):
            made[_name("/DecodeParms")] = self._copied(found.parms, "")
        return made


def _picture(photo: Photo) -> StreamObject:
    picture = StreamObject()
    picture.set_data(photo.content)
    names = {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceRGB", "/Filter": DCT}
    numbers = {"/Width": photo.across, "/Height": photo.down, "/BitsPerComponent": 8}
    picture.update({_name(key): _name(value) for key, value in names.items()})
    picture.update({_name(key): NumberObject(value) for key, value in numbers.items()})
    return picture


def _name(name: str) -> NameObject:
    return NameObject(name)


def _array(numbers: tuple[float, ...]) -> ArrayObject:
    return ArrayObject(FloatObject(number) for number in numbers)


def _box(leaf: DictionaryObject, key: str, otherwise: tuple[float, ...]) -> tuple[float, ...]:
    """A box of a page, its corners in order. One that is no box counts as not given. Raises Spoiled for a giant."""
    found = leaf.get(key)
    given = [item.get_object() for item in found] if isinstance(found, ArrayObject) else []
    if len(given) != 4 or not all(isinstance(item, int | float) and math.isfinite(item) for item in given):
        return otherwise
    left, right = sorted((float(given[0]), float(given[2])))
    bottom, top = sorted((float(given[1]), float(given[3])))
    _within_reach(left, bottom, right, top)
    return (left, bottom, right, top) if min(right - left, top - bottom) >= LEAST_SIDE else otherwise


def _within_reach(left: float, bottom: float, right: float, top: float) -> None:
    if max(right - left, top - bottom, *map(abs, (left, right, bottom, top))) > MOST_SIDE:
        raise Spoiled(Cause.TOO_MANY_PIXELS)


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> tuple[float, ...]:
    """The part of a box that lies in another one, or all of the other one."""
    left, bottom = max(inner[0], outer[0]), max(inner[1], outer[1])
    right, top = min(inner[2], outer[2]), min(inner[3], outer[3])
    return (left, bottom, right, top) if right - left >= LEAST_SIDE and top - bottom >= LEAST_SIDE else outer


def _quarter_turns(leaf: DictionaryObject) -> int:
    turn = leaf.get("/Rotate", 0)
    return int(turn) // 90 % 4 if isinstance(turn, int | float) and math.isfinite(turn) else 0
