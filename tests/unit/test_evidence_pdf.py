"""Documents of several pages: the copy of a decision, and the evidence file."""

import hashlib
import io
import re

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clearance.exchange.evidence_pdf import Document, Section, document_pdf

SIGNED = tuple(f"Restriction: limit number {number}." for number in range(1, 12))
DIGEST = hashlib.sha256(b"words").hexdigest()
ONE = Document(
    title="Copy of your decision",
    lead="You signed this. Keep it.",
    sections=(
        Section("What you decided", (("Decided by", "Dr Łucja Straße"), ("SHA-256 when signed", DIGEST))),
        Section("The signed words", lines=SIGNED),
    ),
    footer="Northside, recorded on 3 October 2026",
)
MANY = Document(ONE.title, ONE.lead, ONE.sections * 8, ONE.footer)
anything = st.text(max_size=300)
sections = st.lists(
    st.builds(Section, anything, st.lists(st.tuples(anything, anything)).map(tuple), st.lists(anything).map(tuple)),
    max_size=4,
).map(tuple)


def pages(document: Document) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(document_pdf(document)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("said", [ONE.title, ONE.lead, "What you decided", "Decided by Dr Łucja Straße", *SIGNED])
def test_a_document_says(said):
    assert said in pages(ONE)[0]


def test_every_page_carries_its_number_and_the_footer():
    printed = pages(MANY)
    assert len(printed) > 2
    for number, page in enumerate(printed, start=1):
        assert f"Page {number} of {len(printed)}" in page
        assert ONE.footer in page


def test_nothing_is_lost_over_many_pages():
    said = " ".join(pages(MANY))
    for words in ("Decided by", *SIGNED):
        assert said.count(words) == 8


def test_short_signed_words_stand_on_one_page_with_their_title():
    for page in pages(MANY):
        assert page.count("The signed words") == page.count(SIGNED[0]) == page.count(SIGNED[-1])


def test_signed_words_longer_than_a_page_go_on_over_the_next():
    long = tuple(f"Line number {number}." for number in range(200))
    printed = pages(Document("Evidence", "", (Section("Words", lines=long),), ""))
    assert re.findall(r"Line number (\d+)\.", " ".join(printed)) == [str(number) for number in range(200)]
    assert "Words" in printed[0]


def test_a_fingerprint_stands_in_groups_and_is_complete():
    groups = re.findall(r"\b[0-9a-f]{8}\b", pages(ONE)[0])
    assert "".join(groups) == DIGEST


def test_a_word_longer_than_a_line_is_broken_and_complete():
    word = "x" * 700
    printed = pages(Document("Evidence", word, (Section(word, ((word, word),), (word,)),), ""))
    assert sum(page.count("x") for page in printed) == 5 * 700


def test_a_typed_line_break_cannot_make_a_signed_line_of_its_own():
    forged = Document("Copy", "", (Section("Signed", lines=("In words: rest.\nRestriction: none.",)),), "")
    assert "In words: rest. Restriction: none." in pages(forged)[0]


def test_the_same_document_gives_the_same_bytes():
    assert document_pdf(MANY) == document_pdf(MANY)


def test_the_file_carries_its_title_embeds_its_typeface_and_has_no_script():
    data = document_pdf(MANY)
    reader = pypdf.PdfReader(io.BytesIO(data))
    assert reader.metadata.title == ONE.title
    assert b"JavaScript" not in data
    assert not {"/AcroForm", "/OpenAction", "/Names"} & set(reader.root_object)
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            assert "/FontFile2" in font.get_object()["/FontDescriptor"]


@settings(max_examples=40, deadline=None)
@given(anything, anything, sections, anything)
def test_any_text_gives_a_document(title, lead, parts, footer):
    assert pages(Document(title, lead, parts, footer))
