"""What physicians send on paper: what is kept of it, and what is refused. Every file is made here."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from clearance.exchange import scans
from clearance.exchange.bounds import Cause
from clearance.exchange.scans import MOST_BYTES, MOST_PAGES, CleanScan, cleaned
from clearance.people.refused import Refused

ROOT = Path(__file__).resolve().parents[2]
CATALOG, ONE_PAGE = b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<</XObject<</Thing 5 0 R>>>>>>"
PICTURE = b"/Type/XObject/Subtype/Image/ColorSpace/DeviceRGB/BitsPerComponent 8"
FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 300 400]"
PAINTED = b"0 0 1 rg 0 0 150 400 re f 300 0 0 400 0 0 cm "
ACTIVE = ["/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"]
ACTIVE += ["/XFA", "/Encrypt", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/URI", "/Annots", "/AcroForm"]
ACTIVE += ["/Metadata", "/Names", "/Info", "/Prev"]
ZEROS = zlib.compressobj(9)
BOMB = b"".join(ZEROS.compress(bytes(1 << 20)) for _ in range(100)) + ZEROS.flush()
ZIP = b"PK\x03\x04" + b"evil.class" * 9 + b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(18)


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(data), data)


def paper(objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; 1 to 3 are the catalog, the page tree and the page unless they are given."""
    everything = {1: CATALOG, 2: ONE_PAGE, 3: PAGE, 4: stream(b"", PAINTED), 5: b"null"} | objects
    made, places = b"%PDF-1.7\n", {}
    for number, value in everything.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    table, size = len(made), max(everything) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n" % size
    made += b"".join(b"%010d 00000 n \n" % places.get(number, 0) for number in range(1, size))
    return made + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)


def pages(count: int) -> bytes:
    canvas = Canvas(made := io.BytesIO(), (300, 400))
    for number in range(count):
        canvas.drawString(30, 200, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def picture(size: tuple[int, int] = (300, 200), family: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    """A picture whose left third is blue, or dark."""
    made = Image.new(mode, size, "white" if mode in ("RGB", "L", "1") else 0)
    made.paste((0, 0, 255) if mode == "RGB" else 0, (0, 0, size[0] // 3, size[1]))
    made.save(kept := io.BytesIO(), family, **options)  # type: ignore[arg-type]
    return kept.getvalue()


def png(width: int, height: int, data: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def locked(password: str) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pages(1)))
    writer.encrypt(password, "owner", algorithm="AES-256")
    writer.write(made := io.BytesIO())
    return made.getvalue()


def drawn_by(entries: bytes, data: bytes) -> bytes:
    """A page that draws one object."""
    return paper({4: stream(b"", b"300 0 0 400 0 0 cm /Thing Do"), 5: stream(entries, data)})


def often_drawn() -> bytes:
    made = picture((64, 64), progressive=True)
    last = made[made.rindex(b"\xff\xda") : -2]
    return made[:-2] + last * 500 + b"\xff\xd9"


def nested_forms() -> bytes:
    inner = {
        n: stream(FORM + b"/Resources<</XObject<</Thing %d 0 R>>>>" % (n + 1), b"/Thing Do " * 20) for n in range(5, 30)
    }
    return paper({4: stream(b"", b"/Thing Do"), **inner, 30: stream(FORM, b"0 0 9 9 re f")})


def sentence(content: bytes, name: str = "") -> str:
    """Why a file is refused."""
    with pytest.raises(Refused) as refused:
        cleaned(content, name=name)
    assert refused.value.field == "file"
    return refused.value.sentence


def looked_at(preview: bytes) -> Image.Image:
    return Image.open(io.BytesIO(preview)).convert("RGB")


def is_blue(pixel: object) -> bool:
    red, green, blue = pixel  # type: ignore[misc]
    return bool(red < 60 and green < 60 and blue > 180)


def all_text(content: bytes) -> str:
    """All that a PDF says about itself: every object, and the trailer."""
    reader = PdfReader(io.BytesIO(content))
    numbers = range(1, int(reader.trailer["/Size"]))
    return " ".join([str(reader.trailer), *(str(reader.get_object(number)) for number in numbers)])


@pytest.mark.parametrize(
    ("content", "media", "extension", "count"),
    [
        (pages(3), "application/pdf", "pdf", 3),
        (picture(), "image/jpeg", "jpg", 1),
        (picture(family="PNG"), "image/png", "png", 1),
    ],
    ids=["pdf", "jpeg", "png"],
)
def test_a_pdf_a_jpeg_and_a_png_are_kept_in_their_own_family(content, media, extension, count):
    scan = cleaned(content, name="evil.exe")
    assert (scan.media, scan.extension, scan.pages) == (media, extension, count)
    assert len(scan.previews) == count
    assert scan.content != content
    assert cleaned(scan.content).media == media, "what is kept can be read again"


def test_as_many_pages_as_are_allowed_are_kept_in_order():
    scan = cleaned(pages(MOST_PAGES))
    texts = [page.extract_text().strip() for page in PdfReader(io.BytesIO(scan.content)).pages]
    assert texts == [f"Page {number}" for number in range(MOST_PAGES)]


def test_previews_are_small_plain_jpegs_of_what_is_kept():
    for content in (paper({}), picture((5000, 100))):
        preview = Image.open(io.BytesIO(cleaned(content).previews[0]))
        assert preview.format == "JPEG"
        assert max(preview.size) == 1600
        assert not {"exif", "icc_profile", "comment", "xmp"} & set(preview.info)
        assert is_blue(preview.getpixel((5, preview.height // 2)))
        assert not is_blue(preview.getpixel((preview.width - 5, preview.height // 2)))


REFUSED: dict[str, tuple[Callable[[], bytes], Cause]] = {
    "nothing": (lambda: b"", Cause.EMPTY),
    "a byte too many": (lambda: b"%PDF-".ljust(MOST_BYTES + 1), Cause.TOO_LARGE),
    "html": (lambda: b"<!doctype html><script>alert(1)</script>", Cause.NOT_ACCEPTED),
    "html before a pdf": (lambda: b"<html></html>\n" + pages(1), Cause.NOT_ACCEPTED),
    "a blank before a pdf": (lambda: b" " + pages(1), Cause.NOT_ACCEPTED),
    "svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Cause.NOT_ACCEPTED),
    "a program": (lambda: b"MZ\x90\x00" + bytes(200), Cause.NOT_ACCEPTED),
    "a zip": (lambda: ZIP, Cause.NOT_ACCEPTED),
    "gif": (lambda: picture(family="GIF"), Cause.NOT_ACCEPTED),
    "tiff": (lambda: picture(family="TIFF"), Cause.NOT_ACCEPTED),
    "webp": (lambda: picture(family="WEBP"), Cause.NOT_ACCEPTED),
    "heic": (lambda: b"\x00\x00\x00\x18ftypheic" + bytes(100), Cause.NOT_ACCEPTED),
    "21 pages": (lambda: pages(MOST_PAGES + 1), Cause.TOO_MANY_PAGES),
    "one page 90 000 times": (
        lambda: paper({2: b"<</Type/Pages/Count 1/Kids[%s]>>" % (b"3 0 R " * 90_000)}),
        Cause.TOO_MANY_PAGES,
    ),
    "one page a million times": (
        lambda: paper({2: b"<</Type/Pages/Count 1000000/Kids[%s]>>" % (b"3 0 R " * 1_000_000)}),
        Cause.TOO_COMPLEX,
    ),
    "a tree that holds itself": (lambda: paper({2: b"<</Type/Pages/Count 1/Kids[2 0 R]>>"}), Cause.TOO_COMPLEX),
    "a tree in a circle": (
        lambda: paper({3: b"<</Type/Pages/Count 1/Parent 2 0 R/Kids[2 0 R 2 0 R]>>"}),
        Cause.TOO_COMPLEX,
    ),
    "a deep tree": (
        lambda: paper({n: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 1) for n in range(2, 3000)} | {3000: PAGE}),
        Cause.TOO_COMPLEX,
    ),
    "a tree without leaves": (lambda: paper({2: b"<</Type/Pages/Count 0/Kids[]>>"}), Cause.BROKEN),
    "a password": (lambda: locked("secret"), Cause.ENCRYPTED),
    "an empty password": (lambda: locked(""), Cause.ENCRYPTED),
    "a lock that nobody knows": (lambda: paper({}, b"/Encrypt<</Filter/Strange>>"), Cause.ENCRYPTED),
    "a pdf cut short": (lambda: b"%PDF-1.7\n%%EOF", Cause.BROKEN),
    "a jpeg cut short": (lambda: picture()[:-300], Cause.BROKEN),
    "a png cut short": (lambda: picture((90, 90), "PNG")[:80], Cause.BROKEN),
    "a png of 900 megapixels": (lambda: png(30_000, 30_000, BOMB), Cause.TOO_MANY_PIXELS),
    "a jpeg that says it is huge": (
        lambda: picture((300, 200)).replace(struct.pack(">HH", 200, 300), struct.pack(">HH", 65_000, 65_000), 1),
        Cause.TOO_MANY_PIXELS,
    ),
    "a picture of 900 megapixels in a pdf": (
        lambda: drawn_by(PICTURE + b"/Filter/FlateDecode/Width 30000/Height 30000", BOMB),
        Cause.TOO_MANY_PIXELS,
    ),
    "a jpeg in a pdf that says it is huge": (
        lambda: drawn_by(
            PICTURE + b"/Filter/DCTDecode/Width 300/Height 200",
            picture().replace(struct.pack(">HH", 200, 300), struct.pack(">HH", 65_000, 65_000), 1),
        ),
        Cause.TOO_MANY_PIXELS,
    ),
    "a page of 35 kilometres": (
        lambda: paper({3: PAGE.replace(b"300 400", b"100000000 100000000")}),
        Cause.TOO_MANY_PIXELS,
    ),
    "a small picture with endless data": (
        lambda: drawn_by(PICTURE + b"/Filter/FlateDecode/Width 30/Height 30", BOMB),
        Cause.TOO_COMPLEX,
    ),
    "endless drawing": (lambda: paper({4: stream(b"/Filter/FlateDecode", BOMB)}), Cause.TOO_COMPLEX),
    "endless drawing packed twice": (
        lambda: paper({4: stream(b"/Filter[/FlateDecode/FlateDecode]", zlib.compress(BOMB))}),
        Cause.TOO_COMPLEX,
    ),
    "a jpeg drawn 500 times over": (often_drawn, Cause.TOO_COMPLEX),
    "a jpeg drawn 500 times over in a pdf": (
        lambda: drawn_by(PICTURE + b"/Filter/DCTDecode/Width 64/Height 64", often_drawn()),
        Cause.TOO_COMPLEX,
    ),
    "forms in forms in forms": (nested_forms, Cause.TOO_COMPLEX),
    "brackets without end": (lambda: paper({5: b"[" * 200_000}), Cause.TOO_COMPLEX),
    "a filter that nobody knows": (lambda: paper({4: stream(b"/Filter/Strange", b"x")}), Cause.BROKEN),
    "a name that only a script has": (
        lambda: paper({3: PAGE.replace(b"/Thing", b"/JavaScript")}),
        Cause.UNSAFE,
    ),
    "a stamp that nothing can draw": (
        lambda: paper({3: PAGE.replace(b"/Parent", b"/Annots[<</Type/Annot/Subtype/Stamp/Rect[9 9 90 90]>>]/Parent")}),
        Cause.NOTED,
    ),
    "a note behind an icon": (
        lambda: paper({
            3: PAGE.replace(b"/Parent", b"/Annots[6 0 R]/Parent"),
            6: b"<</Type/Annot/Subtype/Text/Rect[9 9 30 30]/Contents(No running)>>",
        }),
        Cause.NOTED,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_is_refused_with_the_sentence_of_its_cause(case):
    build, cause = REFUSED[case]
    assert sentence(build()) == cause.value


def test_every_cause_has_a_sentence_of_its_own_and_a_file_to_show_it():
    assert {cause for _, cause in REFUSED.values()} == set(Cause)
    assert len({cause.value for cause in Cause}) == len(Cause)
    for cause in Cause:
        assert cause.value.endswith(".")
        assert "!" not in cause.value


@pytest.mark.parametrize("name", ["scan.pdf", "../../etc/passwd", "a\x00b", "x" * 10_000])
def test_the_name_says_nothing_about_a_file(name):
    assert sentence(b"<html>", name) == "Send a PDF, JPEG or PNG. A photo taken as HEIC can be shared as JPEG."
    assert cleaned(picture(), name=name).extension == "jpg"


def active_paper() -> bytes:
    """A PDF with everything that runs, calls out or carries files."""
    script, call = b"<</S/JavaScript/JS(app.alert(1))>>", b"<</S/URI/URI(http://example.test/)>>"
    links = b"".join(
        b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A %s>>" % action
        for action in (script, call, b"<</S/Launch/F(calc.exe)>>", b"<</S/GoToR/F(a.pdf)/D[0]>>", b"<</S/GoToE/D[0]>>",
                       b"<</S/SubmitForm/F(http://example.test/)>>", b"<</S/ImportData/F(x.fdf)>>")
    )  # fmt: skip
    return paper(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/OpenAction %s/AA<</WC %s>>/Names<</JavaScript<</Names[(a) %s]>>"
            b"/EmbeddedFiles<</Names[(f) 7 0 R]>>>>/AcroForm<</Fields[]/XFA 6 0 R>>/Metadata 6 0 R>>"
            % (script, script, script),
            3: PAGE.replace(b"/Parent", b"/AA<</O %s>>/Annots[%s]/Metadata 6 0 R/PieceInfo<<>>/Parent" % (call, links)),
            5: stream(FORM + b"/AA<</O %s>>/A %s/OPI<<>>/Metadata 6 0 R" % (script, call), b"0 0 9 9 re f"),
            6: stream(b"/Type/Metadata/Subtype/XML", b"<x:xmpmeta>Anna Kovacs</x:xmpmeta>"),
            7: b"<</Type/Filespec/F(x.exe)/EF<</F 8 0 R>>>>",
            8: stream(b"/Type/EmbeddedFile", b"MZ secret program"),
            9: b"<</Title(Anna Kovacs)/Producer(Old Fax)>>",
        },
        b"/Info 9 0 R/ID[(a)(b)]",
    )


def test_of_an_active_pdf_only_the_drawing_is_kept():
    sent = active_paper()
    assert all(name in sent.decode("latin-1") for name in ("/JS", "/Launch", "/XFA", "/EmbeddedFile", "Anna"))
    scan = cleaned(sent)
    said = all_text(scan.content)
    assert [name for name in ACTIVE if name in said or name.encode() in scan.content] == []
    for word in (b"Anna", b"Old Fax", b"MZ secret", b"example.test"):
        assert word not in scan.content
    assert is_blue(looked_at(scan.previews[0]).getpixel((5, 5)))


def test_fields_ticks_and_stamps_stay_visible_when_the_form_is_gone():
    canvas = Canvas(made := io.BytesIO(), (300, 400))
    canvas.drawString(20, 370, "Printed")
    canvas.acroForm.textfield(name="note", value="NOT CLEARED", x=20, y=100, width=200, height=30)
    canvas.acroForm.checkbox(name="tick", checked=True, x=20, y=200, size=30, fillColor=None)
    canvas.save()
    scan = cleaned(made.getvalue())
    assert [name for name in ACTIVE if name in all_text(scan.content)] == []
    view = looked_at(scan.previews[0]).convert("L").resize((300, 400))
    assert min(view.crop((22, 275, 120, 295)).tobytes()) < 100, "what was typed"
    assert min(view.crop((25, 175, 45, 195)).tobytes()) < 100, "the tick"


def test_links_do_not_turn_a_page_into_a_picture():
    link = b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]>>]/Parent"
    kept = cleaned(paper({3: PAGE.replace(b"/Parent", link)}))
    assert "/Photo" not in all_text(kept.content)


def test_an_earlier_version_inside_the_file_is_not_kept():
    first = paper({4: stream(b"", PAINTED + b"% earlier secret"), 6: b"(earlier secret)"})
    later = first + b"4 0 obj\n%s\nendobj\n" % stream(b"", b"1 0 0 rg 0 0 300 400 re f")
    place = len(first)
    later += b"xref\n4 1\n%010d 00000 n \ntrailer\n<</Size 7/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        place, first.rindex(b"xref\n0"), len(later),
    )  # fmt: skip
    scan = cleaned(later)
    assert looked_at(scan.previews[0]).getpixel((9, 9))[0] > 200, "the newest version is drawn"  # type: ignore[index]
    assert scan.content.count(b"%%EOF") == 1
    streams = PdfReader(io.BytesIO(scan.content)).pages[0].get_contents()
    assert streams is not None
    assert b"earlier" not in scan.content + streams.get_data()


@pytest.mark.parametrize(
    "content",
    [pages(1), picture(), picture(family="PNG"), paper({6: stream(b"", ZIP)})],
    ids=["pdf", "jpeg", "png", "inside"],
)
@pytest.mark.parametrize("tail", [ZIP, b"<html><script>alert(1)</script></html>", b"MZ\x90\x00evil.class"])
def test_nothing_of_a_second_file_in_the_same_bytes_is_kept(content, tail):
    kept = cleaned(content + tail).content
    for mark in (b"PK\x03\x04", b"PK\x05\x06", b"evil.class", b"<script>", b"MZ\x90"):
        assert mark not in kept


def test_a_jpeg_in_a_pdf_loses_its_notes_and_its_tail():
    exif = Image.Exif()
    exif[0x010E] = "Anna Kovacs at home"
    sent = picture(exif=exif, comment=b"secret comment") + ZIP
    scan = cleaned(drawn_by(PICTURE + b"/Filter/DCTDecode/Width 300/Height 200", sent))
    for mark in (b"Anna", b"secret comment", b"PK\x05\x06", b"Exif"):
        assert mark not in scan.content
    assert is_blue(looked_at(scan.previews[0]).getpixel((20, 800)))


def test_bytes_behind_the_samples_of_a_picture_are_not_kept():
    samples = zlib.compress(b"\x00\x00\xff" * 100)
    scan = cleaned(drawn_by(PICTURE + b"/Filter/FlateDecode/Width 10/Height 10", samples + ZIP))
    assert b"PK\x05\x06" not in scan.content
    assert is_blue(looked_at(scan.previews[0]).getpixel((800, 800)))


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        (b"", b"\x00\x00\xff" * 100),
        (b"/Filter/ASCIIHexDecode", b"0000FF" * 100 + b">"),
        (b"/Filter/RunLengthDecode", b"\x02\x00\x00\xff" * 100 + b"\x80"),
        (b"/Filter[/ASCIIHexDecode/FlateDecode]", zlib.compress(b"\x00\x00\xff" * 100).hex().encode() + b">"),
        (
            b"/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors 3/Columns 10>>",
            zlib.compress((b"\x00" + b"\x00\x00\xff" * 10) * 10),
        ),
    ],
)
def test_a_picture_looks_the_same_however_it_was_packed(entries, data):
    scan = cleaned(drawn_by(PICTURE + b"/Width 10/Height 10" + entries, data))
    assert is_blue(looked_at(scan.previews[0]).getpixel((800, 800)))


def test_a_page_that_inherits_its_size_and_turn_keeps_them():
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 200 400]/Rotate 90>>"
    scan = cleaned(paper({2: tree, 3: PAGE.replace(b"/MediaBox[0 0 300 400]", b"")}))
    assert looked_at(scan.previews[0]).size == (1600, 800)


def test_a_photo_is_turned_upright_and_says_nothing_about_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Anna Kovacs"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture((300, 200), exif=exif, comment=b"secret", icc_profile=b"profile" * 20)
    scan = cleaned(sent)
    kept = Image.open(io.BytesIO(scan.content))
    assert kept.size == (200, 300)
    assert is_blue(looked_at(scan.content).getpixel((100, 20))), "the left side is up now"
    assert not kept.getexif()
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for mark in (b"Anna", b"Exif", b"secret", b"profile"):
        assert mark not in scan.content + scan.previews[0]


def test_a_png_loses_its_words_and_its_profile():
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "Anna Kovacs")
    words.add_itxt("XML:com.adobe.xmp", "Anna Kovacs")
    scan = cleaned(picture(family="PNG", pnginfo=words, icc_profile=b"profile" * 20, dpi=(300, 300)))
    assert Image.open(io.BytesIO(scan.content)).info == {}
    assert b"Anna" not in scan.content


@pytest.mark.parametrize(
    ("family", "mode"),
    [("PNG", "1"), ("PNG", "L"), ("PNG", "LA"), ("PNG", "P"), ("PNG", "I;16"), ("PNG", "RGBA"), ("JPEG", "CMYK")],
)
def test_unusual_tones_become_plain_ones(family, mode):
    scan = cleaned(picture(family=family, mode=mode))
    kept = Image.open(io.BytesIO(scan.content))
    assert (kept.format, kept.mode) in {(family, "L"), (family, "RGB")}


def test_a_grey_of_sixteen_bits_keeps_its_brightness():
    Image.new("I;16", (60, 40), 30_000).save(made := io.BytesIO(), "PNG")
    assert looked_at(cleaned(made.getvalue()).content).getpixel((9, 9)) == (116, 116, 116)


def test_what_is_transparent_is_shown_on_white():
    scan = cleaned(picture(family="PNG", mode="RGBA"))
    assert looked_at(scan.content).getpixel((5, 5)) == (255, 255, 255)


def test_a_large_photo_is_scaled_down():
    assert Image.open(io.BytesIO(cleaned(picture((6000, 3000))).content)).size == (3500, 1750)


def test_nothing_is_left_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    open_files = len(os.listdir("/proc/self/fd"))
    cleaned(pages(1))
    sentence(nested_forms())
    assert not list(tmp_path.iterdir())
    assert len(os.listdir("/proc/self/fd")) == open_files


def test_it_works_without_an_environment_and_does_not_load_the_decoders_into_the_web_process():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); from clearance.exchange.scans import cleaned; "
        "print(cleaned(sys.stdin.buffer.read()).pages, bool({'pypdf', 'PIL', 'pypdfium2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(ROOT)],
        input=pages(2),
        capture_output=True,
        env={},
        cwd="/",
        check=True,
    )
    assert done.stdout.split() == [b"2", b"False"]


def in_the_cleaner(program: str) -> dict[str, object]:
    """Run a program where the cleaner runs, after it gave everything up. What it prints last is JSON."""
    start = "import json, socket, sys; sys.path += sys.argv[1:]; from clearance.exchange import cleaner\n"
    start += "cleaner.confine()\n" + program
    command = [sys.executable, "-I", "-S", "-B", "-c", start, *scans._places()]
    done = subprocess.run(command, capture_output=True, env={}, cwd="/", check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_cleaner_is_without_django_files_connections_and_much_memory():
    found = in_the_cleaner(
        "def tried(act):\n"
        "    try: act()\n"
        "    except (OSError, MemoryError) as error: return type(error).__name__\n"
        "print(json.dumps({'django': 'django' in sys.modules, 'open': tried(lambda: open('/etc/hostname')),"
        " 'socket': tried(socket.socket), 'memory': tried(lambda: bytes(2 << 30))}))"
    )
    assert found == {"django": False, "open": "OSError", "socket": "OSError", "memory": "MemoryError"}


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
        "import sys; sys.stdout.write('{}\\n')",
        "import sys; sys.stdout.write('[1]\\n')",
        "import sys; sys.stdout.write('nonsense')",
        "import sys; sys.stdout.write('{\"cause\": [1]}\\n')",
        "import sys; sys.stdout.write('{\"lengths\": [3, 99999]}\\nabc')",
        "import sys; sys.stdout.write('{\"lengths\": [3, 3]}\\nabcdef')",
        "import sys; sys.stdout.write('{\"lengths\": [-3, 6]}\\nabc')",
        "import sys; sys.stdout.write('[' * 100000)",
        "import sys; sys.stdout.buffer.write(b'{\"lengths\": [4]}\\n\\xff\\xd8\\xff.')",
        "import sys; sys.stdout.buffer.write(b'{\"lengths\": [4, 4]}\\n' + b'\\xff\\xd8\\xff.' * 2 + b'more')",
        "import sys; sys.stdout.buffer.write(b'{\"lengths\": [4, 4]}\\n%PDF\\xff\\xd8\\xff.')",
        "import sys; sys.stdout.buffer.write(b'{\"lengths\": [4, 4]}\\n\\xff\\xd8\\xff.html')",
        "import os; os._exit(70)",
        "import time; time.sleep(60)",
    ],
)
def test_a_cleaner_that_crashes_hangs_or_lies_refuses_the_file(monkeypatch, program):
    monkeypatch.setattr(scans, "START", program)
    monkeypatch.setattr(scans, "WALL_SECONDS", 1)
    assert sentence(picture()) == Cause.TOO_COMPLEX.value


def test_the_cleaner_is_told_no_secret_of_the_installation(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "told")
    monkeypatch.setattr(scans, "START", "import os, sys; sys.exit('told' in os.environ.values())")
    assert sentence(picture()) == Cause.TOO_COMPLEX.value, "it ran, found no secret, and answered nothing"


def test_a_cleaner_that_cannot_start_is_no_fault_of_the_file(monkeypatch):
    monkeypatch.setattr(scans, "START", "import no_such_package")
    with pytest.raises(RuntimeError, match="no_such_package"):
        cleaned(picture())


def cleaned_or_refused(content: bytes) -> None:
    """Clean a file, or be refused. Anything else fails the test."""
    with suppress(Refused):
        scan = cleaned(content)
        assert isinstance(scan, CleanScan)
        assert scan.pages


OPENINGS = st.sampled_from([b"", b"%PDF-1.7\n", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])


@settings(max_examples=15, deadline=None)
@given(opening=OPENINGS, rest=st.binary(max_size=400))
def test_no_bytes_raise_anything_but_a_refusal(opening, rest):
    cleaned_or_refused(opening + rest)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), which=st.sampled_from(["paper", "jpeg", "png", "form"]))
def test_no_damage_to_a_good_file_raises_anything_but_a_refusal(seed, which):
    good = {"paper": active_paper(), "jpeg": picture(), "png": picture(family="PNG"), "form": pages(2)}[which]
    chance, damaged = random.Random(seed), bytearray(good)
    for _ in range(chance.randint(1, 20)):
        damaged[chance.randrange(8, len(damaged))] = chance.randrange(256)
    cleaned_or_refused(bytes(damaged))
