"""The letter to a physician: one page that survives a fax, whatever stands in it."""

import contextlib
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf.generic import ContentStream

from clearance.exchange import answer_form
from clearance.exchange.fonts import UNKNOWN, printable, width, wrapped
from clearance.exchange.letter import LOOKS, WIDE, Letter, letter_pdf
from clearance.people.refused import Refused

MILLIMETRE = 72 / 25.4
LETTER = Letter(
    studio="Northside", studio_phone="+1 202-555-0143", studio_fax="+1 202-555-0144", trainer="Tara Trainer",
    physician="Dr Ada Okafor", credential="MD", clinic="Hill Street Clinic", physician_fax="+1 202-555-0199",
    asked_on=date(2026, 10, 3), reply_by=date(2026, 10, 10), client_name="Inés Łukasz-Ωmega Straße",
    born=date(1985, 3, 14), injuries=("Knee, right: ligament sprain, moderate", "Neck: muscle strain, mild"),
    treatment=("Prolotherapy, 3 sessions planned, 1 done",), stops=("On hold since 29 September 2026: still weak",),
    planned="gym, pool; 3 days a week", movements="squat, hinge", question="May Inés start with phase 1 now?",
    restrictions=("Lift at most ______ kg", "No loaded bending or twisting"), meaning="I sign this as the physician.",
    short_code="K7QM-2R4T", staff_url="https://clearance.northside-training.example/letters/K7QM2R4T",
    access_code="12345678",
)  # fmt: skip
LONG = replace(
    LETTER, clinic="Hill Street Orthopaedic and Sports Medicine Clinic, Portland, Maine",
    injuries=tuple(f"Area {number}, right: ligament sprain with laxity, moderate" for number in range(4)),
    treatment=tuple(f"Prolotherapy, area {number}: 3 sessions planned, 1 done, the last on 28 September" for number in range(3)),
    question="She reports no pain at rest and a little stiffness in the morning. " * 9,
    restrictions=tuple(f"Limit number {number}, at most ______ kg" for number in range(8)),
)  # fmt: skip
TEXTS = [name for name in LETTER.__dict__ if isinstance(getattr(LETTER, name), str) and name != "staff_url"]
LISTS = [name for name in LETTER.__dict__ if isinstance(getattr(LETTER, name), tuple)]
anything = st.text(max_size=400) | st.sampled_from(
    ["\0", "a\nb", "\u202egnp", "\u200b", "👩🏽‍⚕️", "☐", "____", "\ud800", "漢" * 80]
)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def words(data: bytes) -> str:
    return " ".join(read(data).pages[0].extract_text().split())


def picture(data: bytes, *, across: float = 200, down: float = 200) -> Image.Image:
    page = pypdfium2.PdfDocument(data)[0].render(scale=across / 72).to_pil().convert("L")
    return page.resize((page.width, round(page.height * down / across)))


def edges_are_white(data: bytes) -> bool:
    page = picture(data, across=72, down=72)
    inside = Image.new("L", (page.width - 2 * 38, page.height - 2 * 20), 255)
    page.paste(inside, (38, 20))
    return page.getextrema() == (255, 255)


def black_and_white(page: Image.Image) -> Image.Image:
    return page.point(lambda value: 255 * (value > 127)).convert("1")


def test_the_letter_is_one_a4_page():
    pages = read(letter_pdf(LETTER)).pages
    assert len(pages) == 1
    assert [round(float(side)) for side in pages[0].mediabox[2:]] == [595, 842]


@pytest.mark.parametrize(
    "said",
    [
        "Northside", "Phone +1 202-555-0143", "May this patient exercise?", "Dr Ada Okafor, MD, Hill Street Clinic",
        "Patient: Inés Łukasz-Ωmega Straße", "born 14 March 1985", "Asked on 3 October 2026",
        "Please answer by 10 October 2026", "Knee, right: ligament sprain, moderate", "Neck: muscle strain, mild",
        "1 done", "still weak", "Gym, pool; 3 days a week", "Movements: squat, hinge",
        "May Inés start with phase 1 now?", "Cleared for what is planned", "Cleared with the restrictions below",
        "Not until treatment concludes", "Not cleared", "I need to know more (say what):",
        "Guidance only, no clearance", "Not my patient", "(required for a clearance: a day, month and year)",
        "Holds through further treatment sessions:", "no, ask again after the next one",
        "Rest days after each session:", "Lift at most", "No loaded bending or twisting", "Other:",
        "Anything not listed is:", "allowed within the plan", "Printed name", "Credential", "Licence number",
        "Signature", "(day, month, year)", "I sign this as the physician.", "No promise about the future is asked for.",
        "by fax to +1 202-555-0144, or by hand", "Letter code K7QM-2R4T",
        "For the studio: scan or type this code to file the answer",
        "If you got a link by e-mail you can answer there: your access code is 1234 5678.",
    ],
)  # fmt: skip
def test_the_letter_says(said):
    assert said in words(letter_pdf(LETTER))


def test_what_is_not_known_is_left_out_or_said_to_be_none():
    bare = replace(
        LETTER, studio_fax="", physician_fax="", reply_by=None, treatment=(), stops=(), question="", access_code=""
    )
    said = words(letter_pdf(bare))
    assert "Treatment None recorded. Stops None recorded." in said
    assert "return this page to the studio by hand" in said
    for absent in ("fax", "Fax", "answer by", "Question", "access code"):
        assert absent not in said


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["short", "long"])
def test_every_typeface_is_embedded(letter):
    fonts = read(letter_pdf(letter)).pages[0]["/Resources"]["/Font"].values()
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"] for font in fonts)


def test_the_file_carries_no_script_no_name_and_only_its_code_as_title():
    data = letter_pdf(LETTER)
    assert b"JavaScript" not in data
    assert not {"/AcroForm", "/OpenAction", "/Names"} & set(read(data).root_object)
    metadata = read(data).metadata
    assert metadata.title == "Letter K7QM-2R4T"
    assert "Tara" not in str(metadata)
    assert "Okafor" not in str(metadata)


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["short", "long"])
@pytest.mark.parametrize("down", [200, 98], ids=["fine", "standard"])
def test_the_code_is_still_read_after_a_fax(letter, down):
    seen = black_and_white(picture(letter_pdf(letter), across=204, down=down))
    found = zxingcpp.read_barcodes(seen.resize((seen.width, round(seen.width * 842 / 595))).convert("L"))
    assert [code.text for code in found] == [LETTER.staff_url]


def test_the_code_is_read_from_the_page():
    assert zxingcpp.read_barcodes(picture(letter_pdf(LETTER)))[0].text == LETTER.staff_url


def drawn(data: bytes) -> Iterator[tuple[bytes, list[float], float]]:
    """Every operator of the page with its numbers and the thickness of a line at that moment."""
    reader = read(data)
    thickness, kept = 1.0, []
    for operands, operator in ContentStream(reader.pages[0].get_contents(), reader).operations:
        numbers = [float(one) for one in operands if isinstance(one, int | float)]
        if operator == b"q":
            kept.append(thickness)
        elif operator == b"Q":
            thickness = kept.pop()
        elif operator == b"w":
            thickness = numbers[0]
        yield operator, numbers, thickness


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["short", "long"])
def test_nothing_is_grey_or_too_small_or_too_thin_for_a_fax(letter):
    marks = list(drawn(letter_pdf(letter)))
    colours = {tuple(numbers) for operator, numbers, _ in marks if operator in (b"rg", b"RG", b"g", b"G", b"k", b"K")}
    assert colours <= {(0,), (0, 0, 0)}
    assert min(numbers[0] for operator, numbers, _ in marks if operator == b"Tf") >= 9.5
    assert min(thickness for operator, _, thickness in marks if operator == b"S") >= 0.8


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["short", "long"])
def test_every_box_to_tick_is_there_and_large_enough(letter):
    boxes = [numbers[2:] for operator, numbers, _ in drawn(letter_pdf(letter)) if operator == b"re"]
    ticks = [wide for wide, high in boxes if round(wide, 2) == round(high, 2) and wide > 10]
    assert len(ticks) == 7 + 4 + len(letter.restrictions) + 2
    assert min(ticks) >= 5 * MILLIMETRE


def heights(data: bytes) -> dict[str, float]:
    """Every printed line with its height above the lower edge."""
    seen: dict[str, float] = {}
    read(data).pages[0].extract_text(
        visitor_text=lambda text, _ctm, place, _font, _size: seen.setdefault(text.strip(), place[5])
    )
    return seen


@pytest.mark.parametrize("letter", [LETTER, LONG], ids=["short", "long"])
def test_there_is_room_to_write_between_the_restrictions_and_the_signature(letter):
    seen = heights(letter_pdf(letter))
    assert seen["In your own words:"] - seen["Printed name"] >= 2 * answer_form.NOTE
    assert min(seen[label] for label in seen if label.startswith("Other")) > seen["In your own words:"]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.size}{' dense' * look.dense}")
def test_a_row_to_fill_in_never_breaks(look):
    brief = f"{answer_form.HOLDS.replace('   ', '  ')}  {answer_form.REST_BRIEF}"
    size = min(look.size, answer_form.WIDEST_ROW)
    for row in (answer_form.SPAN, *((brief,) if look.dense else (answer_form.HOLDS, answer_form.REST))):
        assert width(row, size) <= WIDE
    assert width(answer_form.UNLISTED, look.size) <= WIDE - answer_form.TITLE


def test_the_same_letter_gives_the_same_bytes():
    assert letter_pdf(LETTER) == letter_pdf(replace(LETTER))


def test_the_same_letter_gives_the_same_bytes_in_another_process():
    script = (
        "import hashlib; from tests.unit.test_letter import LETTER, letter_pdf;"
        "print(hashlib.sha256(letter_pdf(LETTER)).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_a_long_letter_is_set_smaller_and_loses_nothing():
    said = words(letter_pdf(LONG))
    assert "(1) Area 0" in said, "this one is to test the tightest way of setting"
    for fact in (*LONG.injuries, *LONG.treatment, LONG.question.strip()):
        assert fact in said
    for label in LONG.restrictions:
        assert label.split(" ______")[0] in said


def test_a_question_too_long_for_a_page_is_refused_and_says_by_how_much():
    letter = replace(LETTER, question="word " * 1200)
    with pytest.raises(Refused, match="too long for one page, by about") as refused:
        letter_pdf(letter)
    assert refused.value.field == "question"
    lines = wrapped(printable(letter.question), LOOKS[-1].size, WIDE - answer_form.LABEL)
    excess = int(refused.value.sentence.split("about ")[1].split()[0])
    letter_pdf(replace(letter, question=" ".join(lines[:-excess])))


def test_more_facts_than_a_page_holds_are_refused_and_never_dropped():
    with pytest.raises(Refused, match="with all that is recorded") as refused:
        letter_pdf(replace(LETTER, injuries=LONG.injuries * 12))
    assert "by e-mail" in refused.value.sentence


def test_an_address_too_long_for_a_readable_code_is_refused():
    with pytest.raises(Refused, match="address of this installation"):
        letter_pdf(replace(LETTER, staff_url="https://example.test/" + "a" * 200))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("two\nlines", "two lines"), ("a\0b", "ab"), ("\u202egnp.exe", "gnp.exe"), ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tab\tand\u2028break", "tab and break"), ("e\u0301", "é"), ("half \ud800", "half"), ("Ａ①", "A1"),
        ("éłßΩЖ", "éłßΩЖ"), ("漢 👍", f"{UNKNOWN} {UNKNOWN}"), ("☐ yes", f"{UNKNOWN} yes"), ("heart ❤️", f"heart {UNKNOWN}"),
        ("≤ 60°", "<= 60°"), (" \u00a0 ", ""),
    ],
)  # fmt: skip
def test_odd_text_becomes_one_visible_line(typed, shown):
    assert printable(typed) == shown


def test_a_letter_that_cannot_be_printed_is_marked_and_the_mark_explained():
    assert f"The mark {UNKNOWN} stands for" in words(letter_pdf(replace(LETTER, client_name="漢字")))
    assert UNKNOWN not in words(letter_pdf(LETTER))


def test_a_typed_line_break_cannot_make_a_line_of_its_own():
    forged = replace(LETTER, client_name="Ines\nQuestion Cleared by Dr Ode")
    assert "Patient: Ines Question Cleared by Dr Ode" in words(letter_pdf(forged))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(TEXTS), anything),
    st.dictionaries(st.sampled_from(LISTS), st.lists(anything, max_size=8)),
)
def test_any_text_gives_one_page_or_a_sentence(texts, lists):
    changed = replace(LETTER, **texts, **{name: tuple(items) for name, items in lists.items()})
    with contextlib.suppress(Refused):
        data = letter_pdf(changed)
        assert len(read(data).pages) == 1
        assert edges_are_white(data)


@settings(max_examples=60, deadline=None)
@given(st.text(), st.floats(40, 500))
def test_wrapped_lines_fit_and_lose_no_letter(text, room):
    shown = printable(text)
    lines = wrapped(shown, 10, room)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")
    assert all(width(line, 10) <= room for line in lines)
