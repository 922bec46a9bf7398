"""The red-flag rules of the studio: the whole table is read, and what is no emergency can be set."""

import pytest
from bs4 import BeautifulSoup

from clearance.checkins import actions, queries
from clearance.checkins.models import RuleSettings
from clearance.checkins.red_flags import ACTIONS, RULES
from clearance.checkins.tiers import Tier

URL = "/studio/rules/"
NUMBERS = {f"at_{one.slug}": str(one.threshold) for one in RULES if one.threshold is not None}
ALL_ON = {f"on_{one.slug}": "on" for one in RULES if one.may_be_off}
EMERGENCIES = [one.slug for one in RULES if one.tier is Tier.EMERGENCY]


@pytest.fixture
def mona(cast):
    return cast.browser(cast.mona)


def without(slug):
    return {name: value for name, value in (ALL_ON | NUMBERS).items() if name != f"on_{slug}"}


def test_the_table_shows_every_rule_with_its_source_and_what_happens(cast, mona):
    page = BeautifulSoup(mona.get(URL).content, "html.parser").text
    assert all(one.sentence in page and one.source in page for one in RULES)
    assert all(words in page for words in ACTIONS.values())
    assert "Nobody has changed them yet" in page


def test_an_emergency_is_always_on_and_has_no_control(cast, mona):
    page = BeautifulSoup(mona.get(URL).content, "html.parser")
    section = page.select_one("section[aria-labelledby=tier-1]")
    assert section.text.count("Always on") == len(EMERGENCIES)
    assert not section.select("input")
    assert len(page.select("main form input[type=checkbox][checked]")) == len(ALL_ON)


def test_a_rule_is_switched_off_and_a_threshold_set_from_the_next_check_in_on(cast, mona):
    told = {"client": cast.uma, "by": cast.tara.user, "on": cast.today(), "cap": None, "strength": 4}
    assert mona.post(URL, without("weaker") | {"at_pain_beyond": "3"}).url == URL
    settings = queries.rules_of(cast.north.pk)
    assert (settings.off, settings.thresholds["pain_beyond"], settings.by) == (["weaker"], 3, cast.mona.user)
    actions.record_check_in(**told, pain_now=4)
    assert [flag.rule for flag in queries.flags_of(cast.uma.pk)] == ["pain_beyond"]
    page = mona.get(URL).content.decode()
    assert "by Mona Manager" in page
    assert 'name="on_weaker" class' not in page


def test_an_emergency_cannot_be_switched_off_by_a_made_up_field(cast, mona):
    made_up = {f"on_{slug}": "" for slug in EMERGENCIES} | {f"at_{slug}": "0" for slug in EMERGENCIES}
    assert mona.post(URL, ALL_ON | NUMBERS | made_up).status_code == 302
    assert queries.rules_of(cast.north.pk).off == []
    actions.record_check_in(
        client=cast.uma,
        by=cast.tara.user,
        on=cast.today(),
        cap=None,
        pain_now=0,
        strength=4,
        symptoms={"chest": "unsure"},
    )
    assert cast.uma.holds.exists()


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["", "0", "99", "-1", "2.5", "NaN", "9" * 40, "a\x00b"])
def test_a_threshold_out_of_bounds_is_refused_beside_its_field_and_nothing_is_lost(cast, mona, name, value):
    answer = mona.post(URL, without("weaker") | {name: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [name]
    assert not BeautifulSoup(answer.content, "html.parser").select("[name=on_weaker][checked]")
    assert not RuleSettings.objects.exists()


def test_an_empty_form_switches_nothing_off(cast, mona):
    assert mona.post(URL, {}).status_code == 422
    assert not RuleSettings.objects.exists()


def test_the_same_settings_sent_twice_are_stored_once(cast, mona):
    for _ in range(2):
        mona.post(URL, without("unwell"))
    assert RuleSettings.objects.count() == 1


def test_a_trainer_reads_and_changes_no_rules(cast):
    tara = cast.browser(cast.tara)
    assert tara.get(URL).status_code == 403
    assert tara.post(URL, NUMBERS).status_code == 403
    assert not RuleSettings.objects.exists()


def test_the_studio_leads_there(cast, mona):
    assert f'href="{URL}"' in mona.get("/studio/").content.decode()


def test_another_studios_rules_stay_as_they_are(cast, mona):
    mona.post(URL, without("weaker"))
    assert "Mona" not in cast.browser(cast.olga).get(URL).content.decode()
    assert queries.rules_of(cast.south.pk).off == []
