"""Bad input gets a sentence and a status 4xx, never a 500, and nothing typed is lost: on every form of the app."""

import pytest
from bs4 import BeautifulSoup

from tests.pages.test_who_may import FORM, OWN, ROWS, World

NASTY = {
    "NUL": "a\x00b",
    "long": "x" * 20_000,
    "year 9999": "9999-12-31",
    "year 0": "0000-00-00",
    "not a number": "NaN",
    "huge": "9" * 40,
    "negative": "-1",
    "somebody else's": "1",
    "markup": "<script>alert(1)</script>{{ 7*7 }}{% now %}",
    "turned": "\u202egnp.exe\ufeff",
    "surrogate": "\U0001f480" * 50,
    "quote": "'; DROP TABLE people_client; --",
}
# A client's own page has the form of the access code only before the code; see test_my.py.
FORMS = sorted(name for name, row in ROWS.items() if row.methods == FORM and row.get == 200 and name != "my")
# A button of these forms shows the page again, unjudged.
ANSWERS = ("decide", "answer_draft", "paper_transcribe")


def fields(page: bytes) -> list[str]:
    """The names of everything that the page's main form asks for."""
    soup = BeautifulSoup(page, "html.parser")
    form = soup.select_one("main form[method=post]:has(button.btn-primary), main form[method=post]")
    named = form.select("input[name], select[name], textarea[name]") if form else []
    return [one["name"] for one in named if one["name"] != "csrfmiddlewaretoken"]


@pytest.mark.parametrize("name", FORMS)
def test_no_nasty_value_breaks_a_form(name, db, library):
    world = World()
    who = next(one for one in ("tara", "mona", "okafor", "holder", "herself") if _may(world, one, name))
    browser = world.browser(who)
    browser.raise_request_exception = False
    url = world.url(name, OWN)
    names = fields(browser.get(url).content)
    assert names, "a form page without a form"
    for single in names:
        answer = browser.post(url, {single: "a\x00b"})
        assert 400 <= answer.status_code < 500 or name in ANSWERS, f"NUL in {single}: {answer.status_code}"
        assert answer.status_code < 500, f"NUL in {single}: {answer.status_code}"
    for what, value in NASTY.items():
        answer = browser.post(url, dict.fromkeys(names, value))
        assert answer.status_code in {302, 400, 409, 422, 429} or name in ANSWERS, f"{what}: {answer.status_code}"
        assert answer.status_code < 500
        assert b"<script>alert(1)</script>" not in answer.content, what


def _may(world: World, who: str, name: str) -> bool:
    return world.browser(who).get(world.url(name, OWN)).status_code == 200


@pytest.mark.parametrize("size", [5_000, 10_000_000])
def test_ten_megabytes_of_text_are_refused_beside_the_field_and_kept(cast, size):
    text = "y" * size
    answer = cast.browser(cast.tara).post(f"/clients/{cast.ines.pk}/holds/new/", {"reason": text})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert text.encode() in answer.content
    assert not cast.ines.holds.exists()


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%F0%9F%92%80",
        "q=" + "a" * 5000,
        "q=' OR 1=1 --",
        "q=&!|:*()<>",
        "trainer=x",
        "state=x",
        "trainer=" + "9" * 30,
        "after=x&after_id=y",
        "before=-1",
        "before=" + "9" * 30,
        "client=x",
        "person=zz",
    ],
)
@pytest.mark.parametrize(
    "path", ["/clients/", "/clients/search/", "/physicians/", "/studio/trail/", "/studio/refusals/", "/caseload/", "/"]
)
def test_no_query_string_breaks_a_list(cast, path, query):
    browser = cast.browser(cast.mona)
    browser.raise_request_exception = False
    assert browser.get(f"{path}?{query}").status_code in {200, 400, 404, 422}
