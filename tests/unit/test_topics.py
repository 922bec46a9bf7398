"""What a screening's answers count as: anything but plain noes is flagged, and more to worry about never counts less."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from clearance.checkins.topics import DISEASES, SYMPTOMS, TOPICS, Said, is_flagged
from tests.screenings import NOES

SLUGS = [one.slug for one in TOPICS]
ANSWERS = some.dictionaries(some.sampled_from(SLUGS), some.sampled_from([*Said.values, "", "NO", "maybe"]))
NAMED = some.lists(some.sampled_from([*DISEASES, *SYMPTOMS]), max_size=3)


def test_the_seven_topics_are_asked_each_once():
    assert len(set(SLUGS)) == 7
    assert all(one.question.endswith("?") and one.more.endswith("?") for one in TOPICS)


def test_seven_plain_noes_and_nothing_named_are_not_flagged():
    assert not is_flagged(NOES, [], [])


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("said", ["yes", "unsure", "", "No", None])
def test_anything_but_a_no_to_one_topic_is_flagged(slug, said):
    assert is_flagged(NOES | {slug: said}, [], [])


@pytest.mark.parametrize("slug", SLUGS)
def test_a_missing_answer_is_flagged(slug):
    assert is_flagged({one: said for one, said in NOES.items() if one != slug}, [], [])


@pytest.mark.parametrize("slug", DISEASES)
def test_a_known_disease_is_flagged(slug):
    assert is_flagged(NOES, [slug], [])


@pytest.mark.parametrize("slug", SYMPTOMS)
def test_a_sign_is_flagged(slug):
    assert is_flagged(NOES, [], [slug])


@given(answers=ANSWERS, diseases=NAMED, symptoms=NAMED)
def test_no_other_set_of_answers_is_unflagged(answers, diseases, symptoms):
    plain = answers == NOES and not diseases and not symptoms
    assert is_flagged(answers, diseases, symptoms) is not plain


@given(answers=ANSWERS, named=NAMED, slug=some.sampled_from(SLUGS), said=some.sampled_from(["yes", "unsure"]))
def test_a_worse_answer_never_takes_a_flag_away(answers, named, slug, said):
    before = is_flagged(answers, named, [])
    assert is_flagged(answers | {slug: said}, named, []) >= before
    assert is_flagged(answers, [*named, "heart"], []) >= before
