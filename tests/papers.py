"""Papers of the tests: pictures drawn here, questions on paper, and what somebody types from them."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from PIL import Image, ImageDraw

from clearance.decisions import papers
from clearance.decisions.models import Decision, Paper, Request
from clearance.decisions.questions import ask
from clearance.decisions.statement import Draft
from clearance.people.models import Channel, Client, Membership
from tests.cast import Cast

ENVELOPE = {"modes": "core", "days_a_week": 2, "minutes": 40, "top_phase": 1, "top_effort": 5}


@pytest.fixture
def store(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    """A store for papers that goes with the test."""
    made = FileSystemStorage(location=tmp_path, base_url=None)
    monkeypatch.setattr(Paper._meta.get_field("file"), "storage", made)
    return made


def picture(words: str = "Cleared", *, kind: str = "JPEG", size: tuple[int, int] = (620, 877)) -> bytes:
    """A page with some words on it."""
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).text((60, 80), words, fill="black", font_size=40)
    made = io.BytesIO()
    page.save(made, kind)
    return made.getvalue()


def question(cast: Cast, client: Client | None = None, **fields: Any) -> Request:
    """A question that goes as a letter."""
    plan = ENVELOPE | {"channel": Channel.PAPER} | fields
    asked, _ = ask(client=client or cast.ines, physician=cast.okafor, by=cast.tara.user, on=cast.today(), **plan)
    return asked


def filed(cast: Cast, asked: Request, *, words: str = "Cleared", by: Membership | None = None) -> Paper:
    """A paper under a question, as the cleaner hands it on."""
    page = picture(words)
    return papers.receive_paper(
        request=asked, by=(by or cast.tara).user, how="SCAN", content=page, media="image/jpeg", previews=(page,)
    )


def typed(
    cast: Cast, paper: Paper, *, draft: Draft | None = None, by: Membership | None = None, **fields: Any
) -> Decision:
    """What a paper says, typed by Tara unless somebody else does."""
    client = paper.request.client
    signature = {"signed_on": cast.today(), "name": "Dr Ada Okafor", "credential": "MD", "licence": "A12345"} | fields
    return papers.transcribe(paper=paper, by=(by or cast.tara).user, draft=draft or cast.clearance(client), **signature)


def said(cast: Cast, **fields: Any) -> dict[str, Any]:
    """What the form sends for a paper that clears for four weeks."""
    today = cast.today()
    return {
        "outcome": "CLEARED", "ends": "DAY", "valid_from": str(today), "valid_until": str(today + timedelta(days=28)),
        "covers": [str(cast.knee.pk)], "holds_through_course": "yes", "rest_days": "0", "conditions": "",
        "signed": "yes", "signed_on": str(today), "signed_name": "A. Okafor", "signed_credential": "MD",
        "signed_licence": "A12345",
    } | fields  # fmt: skip
