"""The report before a re-evaluation: one page, whatever stands in it, and what it says is read back."""

import io
from datetime import date, timedelta

import pypdf
import pypdfium2
import pytest
from pypdf.generic import ContentStream

from clearance.checkins.models import CheckIn
from clearance.checkins.trend import Told
from clearance.exchange.charts import INSIDE, LEFT, RIGHT, Mark
from clearance.exchange.charts import WIDE as CHART_WIDE
from clearance.exchange.fonts import UNKNOWN
from clearance.exchange.report import Report
from clearance.exchange.report_pdf import BOTTOM, FOOT, LOOKS, WIDE, _printable, _set, report_pdf
from clearance.exchange.report_pdf import LEFT as MARGIN
from clearance.exchange.trends import _trend

DAY = date(2027, 3, 1)


def trend(count, *, place="Lower back", marks=()):
    rows = tuple(
        CheckIn(pk=one, on=DAY + timedelta(days=3 * one), pain_now=7 - one % 7, pain_worst=9, strength=one % 5)
        for one in range(count)
    )
    return _trend(Told(1, place, False, rows, ()), list(marks))


def report(**fields):
    row = ("1 Mar 2027", "Lower back", "7", "9", "–", "6", "Clearly weaker", "4", "Tara Trainer")
    values = {
        "studio": "Northside", "studio_phone": "+1 202-555-0143", "trainer": "Tara Trainer", "prepared_by": "Mona Manager",
        "prepared_on": DAY, "physician": "Dr Ada Okafor", "client_name": "Inés Łukasz-Ωmega Straße", "born_in": 1985,
        "injuries": ("Lower back: ligament sprain, moderate",), "courses": ("Prolotherapy: 1 of 6, last on 1 Mar 2027",),
        "trend": trend(6, marks=[Mark(DAY, "treatment", "Treatment, session 1 of 6 (prolotherapy).")]),
        "summaries": ("Lower back: Pain 7 to 1 of 10 since 1 Mar 2027, strength clearly weaker.",), "told": 6,
        "table": (row,) * 6, "stops": ("2 Mar 2027: hold by a rule: Still weak. Not answered yet: Dr Ada Okafor has to decide.",),
        "readiness": ("1 Mar 2027: level of health 3 of 5 (good).",),
    } | fields  # fmt: skip
    return Report(**values)


LONG = "A very long sentence about the back and how it feels on stairs. " * 40
CHINESE = "漢字" * 60
FULL = report(
    studio=LONG, client_name=LONG, physician=LONG, trainer=LONG, prepared_by=LONG, injuries=(LONG,) * 20,
    courses=(LONG,) * 20, summaries=(LONG,) * 20, stops=(LONG,) * 200, readiness=(LONG,) * 2, told=200,
    table=((LONG,) * 9,) * 8,
    trend=trend(200, place=LONG, marks=[Mark(DAY + timedelta(days=n), "hold", LONG) for n in range(200)]
    + [Mark(DAY, "decision", LONG), Mark(DAY, "treatment", LONG)]),
)  # fmt: skip


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def words(found):
    return " ".join(read(report_pdf(found)).pages[0].extract_text().split())


@pytest.mark.parametrize(
    "said",
    [
        "Report before a re-evaluation", "For Dr Ada Okafor", "Northside +1 202-555-0143",
        "Prepared on 1 Mar 2027 by Mona Manager", "Patient: Inés Łukasz-Ωmega Straße", "born 1985",
        "Lower back: ligament sprain, moderate", "Prolotherapy: 1 of 6", "Pain 7 to 1 of 10 since 1 Mar 2027",
        "Lower back: pain (line with dots: now; dashes with diamonds: worst)",
        "Lower back: strength against the other side", "10 severe", "Cannot hold", "T1",
        "T1 1 Mar 2027: Treatment, session 1 of 6 (prolotherapy)", "Latest check-ins (6 of 6)",
        "Not answered yet: Dr Ada Okafor has to decide.", "level of health 3 of 5", "No return date is computed.",
        "Holds are answered by a physician's later decision only.",
    ],
)  # fmt: skip
def test_the_report_says(said):
    assert said in words(report())


def test_every_check_in_of_the_table_is_printed_with_every_figure():
    said = words(report())
    assert said.count("1 Mar 2027 Lower back 7 9 – 6 Clearly weaker 4 Tara Trainer") == 6


@pytest.mark.parametrize(
    "found", [report(), FULL, report(client_name=CHINESE, stops=(CHINESE,) * 50, summaries=(CHINESE,) * 9)],
    ids=["usual", "full", "chinese"],
)  # fmt: skip
def test_the_report_is_one_page_and_nothing_reaches_its_edge(found):
    data = report_pdf(found)
    assert len(read(data).pages) == 1
    page = pypdfium2.PdfDocument(data)[0].render(scale=1).to_pil().convert("L")
    inside = page.crop((38, 20, page.width - 38, page.height - 14))
    page.paste(255, (38, 20, 38 + inside.width, 20 + inside.height))
    assert page.getextrema() == (255, 255)


def test_the_tightest_look_has_room_for_whatever_stands_in_it():
    assert _set(_printable(FULL), LOOKS[-1])[1].y >= BOTTOM + FOOT


def test_what_has_no_room_is_counted_and_cut_words_say_so():
    said = words(FULL)
    assert "more: ask the studio." in said
    assert "…" in said
    assert "(4 of 200)" in said


def test_letters_that_the_typeface_lacks_are_marked_and_the_mark_is_explained():
    said = words(report(client_name="李小龍"))
    assert UNKNOWN in said
    assert "stands for a letter that cannot be printed here" in said


def test_without_a_check_in_there_is_no_chart_and_no_table():
    said = words(report(trend=None, summaries=(), told=0, table=(), stops=(), readiness=()))
    assert "No check-in in the last twelve months." in said
    assert "severe" not in said
    assert "Latest check-ins" not in said
    assert said.count("None recorded.") == 2


def test_the_same_report_gives_the_same_bytes_and_carries_no_name_and_no_script():
    data = report_pdf(report())
    assert data == report_pdf(report())
    assert b"JavaScript" not in data
    assert read(data).metadata.title == "Report before a re-evaluation"


def test_the_page_is_black_and_white_and_its_typeface_is_embedded():
    data = report_pdf(report())
    fonts = read(data).pages[0]["/Resources"]["/Font"].values()
    assert all("/FontFile2" in font.get_object()["/FontDescriptor"] for font in fonts)
    page = pypdfium2.PdfDocument(data)[0].render(scale=2).to_pil().convert("RGB")
    assert all(red == green == blue for _, (red, green, blue) in page.getcolors(1 << 20))


def upright(data):
    """Where on the page the long lines stand that go straight down."""
    reader, found, start = read(data), [], (0.0, 0.0)
    for operands, operator in ContentStream(reader.pages[0].get_contents(), reader).operations:
        if operator == b"m":
            start = tuple(float(one) for one in operands)
        elif operator == b"l" and abs(float(operands[0]) - start[0]) < 0.01 and start[1] - float(operands[1]) > 30:
            found.append(round(start[0], 1))
    return found


def test_a_mark_stands_on_paper_at_the_place_of_its_day():
    drawn = trend(2, marks=[Mark(DAY + timedelta(days=1), "treatment", "x")])
    x = drawn.pictures[0].chart.posts[0].x
    assert x == LEFT + INSIDE + (RIGHT - LEFT - 2 * INSIDE) / 3 == pytest.approx(drawn.pictures[1].chart.posts[0].x)
    assert upright(report_pdf(report(trend=drawn))).count(round(MARGIN + x * WIDE / CHART_WIDE, 1)) == 2
