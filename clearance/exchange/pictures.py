"""Photos and scanned pictures, drawn anew: upright, on white, and without a word about where or with what."""

import io
from contextlib import suppress

from PIL import (
    Image,
    ImageColor,
    ImageOps,
    ImagePalette,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
)

from clearance.exchange.bounds import (
    LONGEST_SIDE,
    MOST_BYTES,
    PREVIEW_SIDE,
    TO_REDRAW_A_PICTURE,
    Cause,
    Spoiled,
    allow,
    fits,
    is_drawn_often,
)

# Our own limit is checked first; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = None
# Pillow loads these when it first needs them, which is too late once no file can be opened.
Image.preinit()
NEEDED = (ImageColor, ImagePalette, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)
FORMATS = ("JPEG", "PNG")


def redrawn(content: bytes) -> tuple[bytes, list[bytes]]:
    """Draw a JPEG or PNG anew in its own family, with one preview. Raises Spoiled, or what Pillow raises."""
    allow(TO_REDRAW_A_PICTURE)
    with Image.open(io.BytesIO(content), formats=FORMATS) as sent:
        fits(*sent.size)
        family = "PNG" if sent.format == "PNG" else "JPEG"
        if family == "JPEG" and is_drawn_often(content):
            raise Spoiled(Cause.TOO_COMPLEX)
        picture = _upright(sent)
    view = preview(picture)
    return _small_enough(picture, family), [view]


def preview(picture: Image.Image) -> bytes:
    """A JPEG to look at, with nothing in it but the picture."""
    view = picture.copy()
    view.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    return encoded(view, "JPEG", quality=80)


def encoded(picture: Image.Image, family: str, **options: int) -> bytes:
    """Encode a picture. What it carries besides its pixels (place, camera, comments, profile) is left out."""
    bare = picture.copy()
    bare.info = {}
    made = io.BytesIO()
    bare.save(made, family, **options)
    return made.getvalue()


def _upright(sent: Image.Image) -> Image.Image:
    # A JPEG is scaled while it is decoded, which saves most of the memory.
    small = _full_tones(sent) if sent.format == "PNG" else sent
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    turned = small
    # A photo whose notes about its own position are unreadable is kept as it lies.
    with suppress(Exception):
        turned = ImageOps.exif_transpose(small)
    return _on_white(turned)


def _full_tones(sent: Image.Image) -> Image.Image:
    """Tones that can be scaled: no palette, no bare black and white, no 16 bits."""
    if sent.mode.startswith("I"):
        return sent.point(lambda value: value / 257).convert("L")
    if sent.mode == "1":
        return sent.convert("L")
    if "transparency" in sent.info:
        return sent.convert("RGBA")
    return sent.convert("RGB") if sent.mode == "P" else sent


def _on_white(picture: Image.Image) -> Image.Image:
    """Plain grey or colour: no transparency, in which something could be hidden."""
    if "A" in picture.mode:
        seen = picture.convert("RGBA")
        white = Image.new("RGB", seen.size, "white")
        white.paste(seen, mask=seen.getchannel("A"))
        return white
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _small_enough(picture: Image.Image, family: str) -> bytes:
    made = b""
    for side in (LONGEST_SIDE, 2500, 1700):
        picture.thumbnail((side, side))
        made = encoded(picture, family, quality=88) if family == "JPEG" else encoded(picture, family, compress_level=4)
        if len(made) <= MOST_BYTES:
            break
    return made
