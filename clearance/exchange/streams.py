"""What the streams of a PDF may hold: decoded within bounds, and without bytes that draw nothing."""

import re
import struct
import zlib
from typing import NamedTuple

from pypdf.filters import decode_stream_data
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from clearance.exchange.bounds import Cause, Spoiled, fits, is_drawn_often

FLATE, LZW = "/FlateDecode", "/LZWDecode"
WRAPPINGS = {FLATE, LZW, "/ASCIIHexDecode", "/ASCII85Decode", "/RunLengthDecode"}
DCT, JPX = "/DCTDecode", "/JPXDecode"
PICTURE_CODECS = {DCT, JPX, "/CCITTFaxDecode", "/JBIG2Decode"}
CHUNK = 1024 * 1024
# The next marker of a JPEG that is not a stuffed byte, a restart or a filler.
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
START_OF_FRAME = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
END, SCAN, JFIF, ADOBE = 0xD9, 0xDA, 0xE0, 0xEE
# Frames, tables, scan and restart interval: all that a decoder needs. Nothing of the rest is kept.
DRAWING = set(range(0xC0, 0xD0)) | {0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}
DRAWING_BOXES = {b"jP  ", b"ftyp", b"jp2h", b"jp2c"}


class Settled(NamedTuple):
    """The bytes of a stream as they are kept, their filter, and that filter's parameters."""

    data: bytes
    filter: str
    parms: PdfObject | None


def settled(stream: StreamObject) -> Settled:
    """Decode a stream that is no picture, within bounds, and compress it anew. Raises Spoiled, or what pypdf raises."""
    steps = _steps(stream)
    if [name for name, _ in steps if name not in WRAPPINGS]:
        raise Spoiled(Cause.BROKEN)
    return Settled(zlib.compress(_unwrapped(stream, steps)), FLATE, None)


def settled_picture(stream: StreamObject) -> Settled:
    """Keep a picture in its own codec, cut to what draws. Raises Spoiled before it decodes a declared giant."""
    width, height = _number(stream, "/Width"), _number(stream, "/Height")
    fits(width, height)
    steps = _steps(stream)
    codec, parms = steps.pop() if steps and steps[-1][0] in PICTURE_CODECS else ("", None)
    if [name for name, _ in steps if name not in WRAPPINGS]:
        raise Spoiled(Cause.BROKEN)
    if codec:
        return Settled(_cut(codec, _unwrapped(stream, steps)), codec, parms)
    most = (height + CHUNK) + width * height * 4 * max(_number(stream, "/BitsPerComponent", 8), 8) // 8
    return _raw_picture(stream, steps, most)


def _raw_picture(stream: StreamObject, steps: list[tuple[str, PdfObject | None]], most: int) -> Settled:
    """Samples without a codec. Deflated ones stay as they are (a predictor then too), the others are deflated."""
    last, parms = steps[-1] if steps else ("", None)
    if last == FLATE:
        return Settled(deflated(_unwrapped(stream, steps[:-1]), most), FLATE, parms)
    # A predictor works the same on deflated samples.
    kept = parms if last == LZW else None
    return Settled(zlib.compress(_unwrapped(stream, steps)), FLATE, kept)


def deflated(data: bytes, most: int) -> bytes:
    """The deflated bytes that open `data`, without what hangs on behind them. Raises Spoiled for more than `most`."""
    inflater, rest, made = zlib.decompressobj(), data, 0
    try:
        while rest and not inflater.eof:
            made += len(inflater.decompress(rest, CHUNK))
            rest = inflater.unconsumed_tail
            if made > most:
                raise Spoiled(Cause.TOO_COMPLEX)
    except zlib.error:
        if not made:
            raise Spoiled(Cause.BROKEN) from None
    return data[: len(data) - len(inflater.unused_data)]


def _steps(stream: StreamObject) -> list[tuple[str, PdfObject | None]]:
    """The filters of a stream with their parameters, outermost first."""
    names, parms = _listed(stream.get("/Filter")), _listed(stream.get("/DecodeParms", stream.get("/DP")))
    padded = [*parms, *[None] * len(names)]
    return [(str(name), parm) for name, parm in zip(names, padded, strict=False)]


def _listed(value: PdfObject | None) -> list[PdfObject]:
    plain = value.get_object() if value is not None else None
    if plain is None or isinstance(plain, NullObject):
        return []
    return [item.get_object() for item in plain] if isinstance(plain, ArrayObject) else [plain]


def _unwrapped(stream: StreamObject, steps: list[tuple[str, PdfObject | None]]) -> bytes:
    wrapped = EncodedStreamObject()
    wrapped._data = stream._data
    wrapped[NameObject("/Filter")] = ArrayObject(NameObject(name) for name, _ in steps)
    wrapped[NameObject("/DecodeParms")] = ArrayObject(parm or DictionaryObject() for _, parm in steps)
    return decode_stream_data(wrapped) if steps else stream._data


def _number(stream: StreamObject, key: str, otherwise: int = 0) -> int:
    value = stream.get(key)
    plain = value.get_object() if value is not None else None
    return int(plain) if isinstance(plain, int | float) else otherwise


def _cut(codec: str, data: bytes) -> bytes:
    if codec == DCT:
        return plain_jpeg(data)
    return _plain_jpx(data) if codec == JPX else data


def plain_jpeg(data: bytes) -> bytes:
    """The same JPEG, not decoded, without notes, profiles, thumbnails and what follows its end. Raises Spoiled."""
    if not data.startswith(b"\xff\xd8"):
        raise Spoiled(Cause.BROKEN)
    if is_drawn_often(data):
        raise Spoiled(Cause.TOO_COMPLEX)
    kept, at = [b"\xff\xd8"], 2
    while (found := NEXT_MARKER.search(data, at)) and data[found.end() - 1] != END:
        marker, body = data[found.end() - 1], found.end()
        length = int.from_bytes(data[body : body + 2], "big")
        segment = data[body : body + length]
        at = body + max(length, 2)
        if marker in START_OF_FRAME:
            fits(*struct.unpack_from(">xxxxxH", segment), *struct.unpack_from(">xxxH", segment))
        if marker in DRAWING or (marker == ADOBE and length == 14) or (marker == JFIF and length == 16):
            kept.append(b"\xff" + bytes([marker]) + segment)
        if marker == SCAN:
            ending = NEXT_MARKER.search(data, at)
            kept.append(data[at : ending.start() if ending else len(data)])
            at = ending.start() if ending else len(data)
    return b"".join([*kept, b"\xff\xd9"])


def _plain_jpx(data: bytes) -> bytes:
    """The same JPEG 2000 with nothing but the boxes that draw."""
    frame = data.find(b"\xff\x4f\xff\x51")
    if frame < 0:
        raise Spoiled(Cause.BROKEN)
    right, bottom, left, top = struct.unpack_from(">IIII", data, frame + 8)
    fits(right - left, bottom - top)
    return data if frame == 0 else b"".join(_boxes(data))


def _boxes(data: bytes) -> list[bytes]:
    kept, at = [], 0
    while at + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1:
            length = struct.unpack_from(">Q", data, at + 8)[0]
        end = at + length if length >= 8 else len(data)
        if kind in DRAWING_BOXES:
            kept.append(data[at:end])
        at = end
    return kept
