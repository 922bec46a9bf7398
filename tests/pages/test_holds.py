"""Holds: opened with a sentence, shut at once, and lifted by nobody."""

import pytest
from django.urls import reverse

from clearance.gate.guard import judge
from clearance.injuries.models import Hold


@pytest.fixture
def url(cast):
    return reverse("hold_new", args=[cast.ines.pk])


def test_a_hold_shuts_the_gate_at_once(cast, url):
    cast.sign(cast.ines)
    answer = cast.browser(cast.tara).post(url, {"reason": "  Pain shot down the leg. "})
    assert answer.url == reverse("client", args=[cast.ines.pk])
    assert Hold.objects.get().reason == "Pain shot down the leg."
    assert [reason.code for reason in judge(cast.ines.pk).reasons] == ["ON_HOLD"]


def test_the_page_says_that_only_a_physician_answers_it(cast, url):
    page = cast.browser(cast.tara).get(url).content.decode()
    assert "Nobody here can lift a hold: only a physician's later decision answers it." in page


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001, "a\x00b"])
def test_a_hold_needs_a_reason_of_at_most_2000_characters(cast, url, reason):
    answer = cast.browser(cast.tara).post(url, {"reason": reason})
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert not Hold.objects.exists()


def test_what_was_typed_is_kept_when_it_is_too_long(cast, url):
    assert "y" * 2001 in cast.browser(cast.tara).post(url, {"reason": "y" * 2001}).content.decode()


def test_the_same_hold_sent_twice_is_one_hold_until_a_physician_has_spoken(cast, url):
    tara = cast.browser(cast.tara)
    for _ in range(2):
        assert tara.post(url, {"reason": "Dizzy."}).status_code == 302
    assert Hold.objects.count() == 1
    cast.sign(cast.ines)
    tara.post(url, {"reason": "Dizzy."})
    assert Hold.objects.count() == 2
    cast.browser(cast.theo).post(url, {"reason": "Dizzy."})
    assert Hold.objects.count() == 3


def test_nothing_on_the_clients_page_lifts_a_hold(cast, url):
    mona = cast.browser(cast.mona)
    mona.post(url, {"reason": "Dizzy."})
    page = mona.get(reverse("client", args=[cast.ines.pk])).content.decode().casefold()
    assert "dizzy." in page
    for words in ("lift the hold", "lift this hold", "end the hold", "release", "override"):
        assert words not in page


def test_who_may_open_a_hold(cast, url):
    assert cast.browser(cast.theo).get(url).status_code == 200
    assert cast.browser(cast.olga).post(url, {"reason": "x"}).status_code == 404
    assert cast.browser(cast.okafor.user).post(url, {"reason": "x"}).status_code == 403
    assert cast.browser(None).post(url, {"reason": "x"}).status_code == 302
    assert cast.browser(cast.tara).delete(url).status_code == 405
    assert not Hold.objects.exists()
