"""The red-flag rules: each at, below and above its threshold; not sure counts as yes; worse answers are never milder."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clearance.checkins import actions
from clearance.checkins.red_flags import ACTIONS, BY_RULE, RULES, TO_CLIENT, in_force, judge
from clearance.checkins.scales import Load, Strength
from clearance.checkins.seen import Answer, Seen, Treated
from clearance.checkins.symptoms import BY_SLUG, SYMPTOMS, When, asked
from clearance.checkins.tiers import STOPS, Tier

ON = date(2027, 3, 12)
SAME, WEAKER = Strength.SAME, Strength.WEAKER


def day(ago):
    return ON - timedelta(days=ago)


def told(pain_now=2, *, ago=0, id=9, **more):
    return Answer(**({"id": id, "on": day(ago), "pain_now": pain_now, "symptoms": frozenset()} | more))


def symptoms(*slugs):
    return {"symptoms": frozenset(slugs)}


def treated(*ago, planned=6, **more):
    return Treated(**({"id": 1, "planned": planned, "days": tuple(day(one) for one in ago), "injury": 1} | more))


def seen(*answers, courses=(), **more):
    return Seen(**({"on": ON, "answers": answers, "courses": courses, "injury": 1} | more))


def after(present, *, days=(5,), before=7, **course):
    """Pain was `before` three weeks ago; so many days ago there was a session; `present` is told today."""
    return seen(told(before, ago=21, id=1), present, courses=(treated(*days, **course),))


def rules(found):
    return {one.rule for one in found}


CASES = {
    "chest_symptoms": [
        ("nothing ticked is no emergency", seen(told()), False),
        *((f"{slug} is an emergency", seen(told(**symptoms(slug))), True) for slug in ("chest", "breath", "clot")),
        ("an emergency told at an earlier check-in was judged then", seen(told(ago=1, **symptoms("chest")), told()), False),
    ],
    "cauda_equina": [
        ("trouble with urine or numbness between the legs", seen(told(**symptoms("cauda_equina"))), True),
        ("a weak leg alone is not", seen(told(**symptoms("weakness"))), False),
    ],
    "stroke_signs": [
        ("a drooping face", seen(told(**symptoms("stroke"))), True),
        ("pain of 10 alone is not", seen(told(10)), False),
    ],
    "infection": [
        ("fever or pus after an injection", seen(told(**symptoms("infection"))), True),
        ("a stiff neck after an injection at the spine", seen(told(**symptoms("spinal"))), True),
        ("a new place alone is not", seen(told(**symptoms("new_place"))), False),
    ],
    "nerve_signs": [
        ("new or growing weakness", seen(told(**symptoms("weakness"))), True),
        ("weaker than the other side as before is not", seen(told(ago=7, strength=WEAKER), told(strength=WEAKER)), False),
    ],
    "hot_joint": [
        ("a joint that is suddenly hot", seen(told(**symptoms("joint"))), True),
        ("a painful joint alone is not", seen(told(8)), False),
    ],
    "night_pain": [
        ("pain at night that no position relieves", seen(told(**symptoms("night_pain"))), True),
        ("the worst pain of 10 without it is not", seen(told(pain_worst=10)), False),
    ],
    "unwell": [
        ("ill for no known reason", seen(told(**symptoms("unwell"))), True),
        ("nothing ticked", seen(told()), False),
    ],
    "soreness_lasts": [
        ("sore 7 days after the session is expected", seen(told(**symptoms("soreness")), courses=(treated(7),)), False),
        ("sore 8 days after it is not", seen(told(**symptoms("soreness")), courses=(treated(8),)), True),
        ("sore 2 days after the newest of two sessions is", seen(told(**symptoms("soreness")), courses=(treated(30, 2),)), False),
        ("sore without a known session counts", seen(told(**symptoms("soreness"))), True),
        ("8 days after it and not sore", seen(told(), courses=(treated(8),)), False),
        ("a session later than the day it is about does not count", seen(told(ago=3, **symptoms("soreness")), courses=(treated(12, 1),), on=day(3)), True),
    ],
    "pain_gone_still_weak_early": [
        ("7 to 1 after the first of six, still weak", after(told(1, strength=WEAKER)), True),
        ("not sure about the strength counts as weak", after(told(1, strength=Strength.UNSURE)), True),
        ("as strong as the other side", after(told(1, strength=SAME)), False),
        ("pain 2 is gone", after(told(2, strength=WEAKER)), True),
        ("pain 3 is not", after(told(3, strength=WEAKER)), False),
        ("pain was 2 before and is 2", after(told(2, strength=WEAKER), before=2), False),
        ("pain was 3 and is 2: neither two points nor half", after(told(2, strength=WEAKER), before=3), False),
        ("pain was 4 and is 2", after(told(2, strength=WEAKER), before=4), True),
        ("pain was 1 and is 0: half of it and more", after(told(0, strength=WEAKER), before=1), True),
        ("never any pain", after(told(0, strength=WEAKER), before=0), False),
        ("the first session, however long ago", after(told(1, strength=WEAKER), days=(60,)), True),
        ("14 days after the third", after(told(1, strength=WEAKER), days=(70, 42, 14)), True),
        ("15 days after the third", after(told(1, strength=WEAKER), days=(71, 43, 15)), False),
        ("no session yet", after(told(1, strength=WEAKER), days=()), False),
        ("no course", seen(told(7, ago=21), told(1, strength=WEAKER)), False),
        ("a course of another injury", after(told(1, strength=WEAKER), injury=2), False),
        ("an open-ended course", after(told(1, strength=WEAKER), planned=None), True),
        ("the only planned session was 14 days ago", after(told(1, strength=WEAKER), days=(14,), planned=1), True),
        ("the only planned session was 15 days ago", after(told(1, strength=WEAKER), days=(15,), planned=1), False),
        ("ended by an entry, 5 days after the session", after(told(1, strength=WEAKER), over=True), True),
        ("ended, and the session is 15 days ago", after(told(1, strength=WEAKER), days=(15,), over=True), False),
        ("a session of tomorrow does not count today", after(told(1, strength=WEAKER), days=(-1,)), False),
    ],
    "pain_gone_still_weak": [
        ("late in the course it waits for a trainer", after(told(1, strength=WEAKER), days=(71, 43, 15)), True),
        ("strong again", after(told(1), days=(71, 43, 15)), False),
        ("pain 2 is gone", after(told(2, strength=WEAKER), days=(71, 43, 15)), True),
        ("pain 3 is not", after(told(3, strength=WEAKER), days=(71, 43, 15)), False),
        ("all six done and concluded long ago", after(told(1, strength=WEAKER), days=(99, 80, 70, 60, 50, 40)), False),
    ],
    "pain_beyond": [
        ("5 now is the most", seen(told(5)), False),
        ("6 now is beyond", seen(told(6)), True),
        ("6 at worst is beyond", seen(told(1, pain_worst=6)), True),
        ("6 during the last session is beyond", seen(told(1, pain_session=6)), True),
        ("6 on the next morning is beyond", seen(told(1, pain_morning=6)), True),
        ("the physician's cap of 3 comes first", seen(told(4, limit=3)), True),
        ("at the physician's cap of 3", seen(told(3, limit=3)), False),
        ("a client's threshold of 8 loosens nothing", seen(told(6, limit=8)), True),
    ],
    "morning_after": [
        ("one point higher than before the session", seen(told(2, ago=3), told(pain_morning=3)), True),
        ("as before", seen(told(2, ago=3), told(pain_morning=2)), False),
        ("not asked", seen(told(2, ago=3), told()), False),
        ("nothing to compare with", seen(told(pain_morning=4)), False),
    ],
    "rising_pain": [
        ("2 last week, 3 this week", seen(told(2, ago=7), told(3)), True),
        ("as last week", seen(told(3, ago=7), told(3)), False),
        ("the highest of each week counts", seen(told(4, ago=10), told(2, ago=7), told(4)), False),
        ("a peak within the week counts", seen(told(2, ago=8), told(4, ago=2), told(1)), True),
        ("only this week is known", seen(told(1, ago=6), told(4)), False),
        ("a fortnight ago, by a fortnightly schedule", seen(told(1, ago=14), told(4)), True),
        ("three weeks ago is compared", seen(told(1, ago=21), told(4)), True),
        ("22 days ago is too long ago", seen(told(1, ago=22), told(4)), False),
        ("the newest week before counts, and not the one before that", seen(told(5, ago=16), told(2, ago=8), told(3)), True),
    ],
    "rising_effort": [
        ("two steps harder at the same load", seen(told(effort=4, ago=3), told(effort=6, load=Load.SAME)), True),
        ("one step harder", seen(told(effort=4, ago=3), told(effort=5, load=Load.SAME)), False),
        ("two steps harder at more load", seen(told(effort=4, ago=3), told(effort=6, load=Load.MORE)), False),
        ("two steps harder at less load", seen(told(effort=4, ago=3), told(effort=6, load=Load.LESS)), True),
        ("an unknown load counts as the same", seen(told(effort=4, ago=3), told(effort=6)), True),
        ("not told in between", seen(told(effort=4, ago=9), told(ago=3), told(effort=6)), True),
        ("told for the first time", seen(told(effort=9)), False),
    ],
    "weaker": [
        ("one step less", seen(told(strength=SAME, ago=3), told(strength=Strength.LITTLE_WEAKER)), True),
        ("as before", seen(told(strength=WEAKER, ago=3), told(strength=WEAKER)), False),
        ("stronger", seen(told(strength=WEAKER, ago=3), told(strength=SAME)), False),
        ("not sure after as strong", seen(told(strength=SAME, ago=3), told(strength=Strength.UNSURE)), True),
        ("not sure after clearly weaker", seen(told(strength=WEAKER, ago=3), told(strength=Strength.UNSURE)), False),
        ("a not sure in between hides no loss", seen(told(strength=SAME, ago=9), told(strength=Strength.UNSURE, ago=3), told(strength=Strength.MUCH_WEAKER)), True),
        ("never known before", seen(told(strength=Strength.UNSURE, ago=3), told(strength=Strength.NONE)), False),
        ("the first check-in", seen(told(strength=Strength.NONE)), False),
    ],
    "new_place": [
        ("pain where there was none", seen(told(**symptoms("new_place"))), True),
        ("nothing ticked", seen(told()), False),
    ],
    "missed_check_ins": [
        ("due today", seen(due_on=ON, every_days=7), False),
        ("one missed", seen(due_on=day(7), every_days=7), False),
        ("two missed", seen(due_on=day(8), every_days=7), True),
        ("daily, two days late", seen(due_on=day(2), every_days=1), True),
        ("daily, one day late", seen(due_on=day(1), every_days=1), False),
        ("no schedule", seen(), False),
        ("due in the future", seen(due_on=day(-3), every_days=7), False),
    ],
    "beyond_plan": [
        ("six of six", seen(courses=(treated(50, 40, 30, 20, 10, 1),)), False),
        ("seven of six", seen(courses=(treated(60, 50, 40, 30, 20, 10, 1),)), True),
        ("open-ended has no plan", seen(courses=(treated(60, 50, 40, 30, 20, 10, 1, planned=None),)), False),
        ("the seventh is tomorrow", seen(courses=(treated(60, 50, 40, 30, 20, 10, -1),)), False),
    ],
}  # fmt: skip
ROWS = [(rule, words, found, fires) for rule, cases in CASES.items() for words, found, fires in cases]


def test_every_rule_has_cases_that_fire_and_cases_that_do_not():
    assert set(CASES) == set(BY_RULE)
    assert all({fires for _, _, fires in cases} == {True, False} for cases in CASES.values())


@pytest.mark.parametrize(("rule", "found", "fires"), [row[:1] + row[2:] for row in ROWS], ids=[f"{rule}: {words}" for rule, words, *_ in ROWS])  # fmt: skip
def test_a_rule_fires_when_its_sentence_is_true(rule, found, fires):
    assert (rule in rules(judge(found))) is fires


THRESHOLDS = [
    ("soreness_lasts", 3, seen(told(**symptoms("soreness")), courses=(treated(3),)), seen(told(**symptoms("soreness")), courses=(treated(4),))),
    ("pain_gone_still_weak", 4, after(told(5, strength=WEAKER), days=(90, 60, 30)), after(told(4, strength=WEAKER), days=(90, 60, 30))),
    ("pain_gone_still_weak_early", 20, after(told(1, strength=WEAKER), days=(60, 40, 21)), after(told(1, strength=WEAKER), days=(60, 40, 20))),
    ("pain_beyond", 3, seen(told(3)), seen(told(4))),
    ("morning_after", 3, seen(told(2, ago=3), told(pain_morning=4)), seen(told(2, ago=3), told(pain_morning=5))),
    ("rising_pain", 2, seen(told(2, ago=7), told(3)), seen(told(2, ago=7), told(4))),
    ("rising_effort", 1, seen(told(effort=4, ago=3), told(effort=4)), seen(told(effort=4, ago=3), told(effort=5))),
    ("weaker", 2, seen(told(ago=3), told(strength=3)), seen(told(ago=3), told(strength=2))),
    ("missed_check_ins", 1, seen(due_on=ON, every_days=7), seen(due_on=day(1), every_days=7)),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "own", "below", "at"), THRESHOLDS, ids=[one[0] for one in THRESHOLDS])
def test_a_studios_own_threshold_is_obeyed(rule, own, below, at):
    assert rule not in rules(judge(below, thresholds={rule: own}))
    assert rule in rules(judge(at, thresholds={rule: own}))


def test_every_threshold_has_a_default_within_its_bounds():
    for one in RULES:
        assert one.threshold is None or one.least <= one.threshold <= one.most, one.slug
    assert {one[0] for one in THRESHOLDS} == {one.slug for one in RULES if one.threshold is not None}


@pytest.mark.parametrize("own", [-99, 0, 99])
def test_a_threshold_outside_its_bounds_is_taken_as_the_nearest_bound(own):
    for slug, value in in_force(dict.fromkeys(BY_RULE, own)).items():
        assert value == (BY_RULE[slug].most if own > 0 else BY_RULE[slug].least)


def test_the_sentence_carries_the_figures_of_the_source_case():
    found = judge(after(told(1, strength=WEAKER)))
    assert found[0].rule == "pain_gone_still_weak_early"
    assert found[0].sentence.endswith("7 to 1 of 10, strength: clearly weaker, session 1 of 6.")


def test_early_it_stops_and_late_it_waits_for_a_trainer():
    early, late = (judge(after(told(1, strength=WEAKER), days=days)) for days in ((5,), (71, 43, 15)))
    assert min(one.tier for one in early) == Tier.REFER
    assert {one.tier for one in late} == {Tier.REVIEW}


def test_of_two_courses_beyond_their_plan_the_one_treated_last_is_named():
    both = seen(courses=(treated(30, 20, planned=1), treated(9, 1, planned=1, id=2)))
    assert [one.cause for one in judge(both)] == ["course:2:2"]


def test_the_early_stop_is_asked_about_once_for_each_session():
    first, again = (judge(after(told(1, strength=WEAKER, id=id))) for id in (8, 9))
    assert first[0].cause == again[0].cause
    assert judge(after(told(1, strength=WEAKER), days=(33, 4)))[0].cause != first[0].cause


def test_the_most_urgent_comes_first():
    worst = seen(told(9, **symptoms(*BY_SLUG)))
    tiers = [one.tier for one in judge(worst)]
    assert tiers == sorted(tiers)
    assert set(tiers) == set(Tier)


def test_every_symptom_is_looked_at_by_a_rule_of_its_tier():
    for one in SYMPTOMS:
        found = judge(seen(told(**symptoms(one.slug))))
        assert [rule.tier for rule in found] == [one.tier], one.slug


@pytest.mark.parametrize("tier", Tier)
def test_every_tier_says_what_to_do_to_trainer_and_client(tier):
    assert ACTIONS[tier].endswith(".")
    assert ("Do not train" in ACTIONS[tier]) is ("Do not train" in TO_CLIENT[tier]) is (tier in STOPS)


ASKED = [
    ("before any treatment", (), When.ALWAYS),
    ("on the day of an injection", (treated(0),), When.AFTER_INJECTION),
    ("21 days after an injection", (treated(21),), When.AFTER_INJECTION),
    ("22 days after an injection", (treated(22),), When.AFTER_SESSION),
    ("28 days after a session", (treated(28),), When.AFTER_SESSION),
    ("29 days after a session", (treated(29),), When.ALWAYS),
    ("21 days after an injection at the spine", (treated(21, spinal=True),), When.AFTER_SPINAL),
    ("physiotherapy breaks no skin", (treated(1, breaks_skin=False, spinal=True),), When.AFTER_SESSION),
    ("before a session of tomorrow", (treated(-1),), When.ALWAYS),
]
ALSO = {
    When.ALWAYS: set(), When.AFTER_SESSION: {"soreness"}, When.AFTER_INJECTION: {"soreness", "infection"},
    When.AFTER_SPINAL: {"soreness", "infection", "spinal"},
}  # fmt: skip


@pytest.mark.parametrize(("courses", "when"), [one[1:] for one in ASKED], ids=[one[0] for one in ASKED])
def test_what_is_asked_for_follows_the_treatment(courses, when):
    always = {one.slug for one in SYMPTOMS if one.when is When.ALWAYS}
    assert {one.slug for one in asked(courses, ON)} == always | ALSO[when]


EXAMPLES = settings(
    max_examples=3000 if os.environ.get("CI") else 300, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# From strong to weak; whoever is not sure counts as clearly weaker.
STRENGTHS = (SAME, Strength.LITTLE_WEAKER, Strength.UNSURE, WEAKER, Strength.MUCH_WEAKER, Strength.NONE)
pains, maybe = st.integers(0, 10), st.none() | st.integers(0, 10)
ticks = st.frozensets(st.sampled_from(sorted(BY_SLUG)), max_size=4)


@st.composite
def answers(draw, ago, id):
    return Answer(
        id=id, on=day(ago), pain_now=draw(pains), strength=draw(st.sampled_from(STRENGTHS)), pain_worst=draw(maybe),
        pain_session=draw(maybe), pain_morning=draw(maybe), effort=draw(maybe), symptoms=draw(ticks),
        load=draw(st.sampled_from(["", *Load.values])), limit=draw(maybe),
    )  # fmt: skip


@st.composite
def histories(draw):
    agos = sorted(draw(st.lists(st.integers(0, 40), max_size=5)), reverse=True)
    courses = [
        treated(*sorted(draw(st.lists(st.integers(0, 60), max_size=4)), reverse=True), planned=draw(st.none() | st.integers(1, 6)),
                id=id, over=draw(st.booleans()), injury=draw(st.sampled_from([None, 1, 2])))
        for id in range(draw(st.integers(0, 2)))
    ]  # fmt: skip
    told = [draw(answers(ago, id)) for id, ago in enumerate([*agos, 0])]
    return seen(
        *told, courses=tuple(courses), due_on=day(draw(st.integers(-9, 40))), every_days=draw(st.integers(0, 9))
    )


def higher(draw, pain):
    return draw(st.integers(pain, 10)) if pain is not None else draw(maybe)


@st.composite
def worse(draw):
    """A history, and the same one with a worse last answer at the same pain now."""
    better = draw(histories())
    last = better.answers[-1]
    place = next(place for place, one in enumerate(STRENGTHS) if one == last.strength)
    changed = replace(
        last, symptoms=last.symptoms | draw(ticks), strength=draw(st.sampled_from(STRENGTHS[place:])),
        pain_worst=higher(draw, last.pain_worst), pain_session=higher(draw, last.pain_session),
        pain_morning=higher(draw, last.pain_morning), effort=higher(draw, last.effort),
    )  # fmt: skip
    return better, replace(better, answers=(*better.answers[:-1], changed))


@EXAMPLES
@given(worse())
def test_a_worse_answer_silences_no_rule_and_is_never_milder(pair):
    better, bad = (judge(one) for one in pair)
    assert rules(better) <= rules(bad)
    assert min((one.tier for one in bad), default=9) <= min((one.tier for one in better), default=9)


@EXAMPLES
@given(histories(), st.data())
def test_more_pain_now_silences_nothing_but_the_rules_about_pain_that_has_gone(found, data):
    last = found.answers[-1]
    more = replace(last, pain_now=data.draw(st.integers(last.pain_now, 10)))
    silenced = rules(judge(found)) - rules(judge(replace(found, answers=(*found.answers[:-1], more))))
    assert silenced <= {"pain_gone_still_weak", "pain_gone_still_weak_early"}


@EXAMPLES
@given(histories(), st.frozensets(st.sampled_from(sorted(BY_RULE))), st.dictionaries(st.sampled_from(sorted(BY_RULE)), st.integers(-5, 99)))  # fmt: skip
def test_no_setting_silences_an_emergency(found, off, thresholds):
    emergencies = {one.rule for one in judge(found) if one.tier == Tier.EMERGENCY}
    left = judge(found, off=off | {one.slug for one in RULES}, thresholds=thresholds)
    assert rules(left) == emergencies
    assert emergencies <= rules(judge(found, off=off, thresholds=thresholds))


def test_nothing_in_check_ins_knows_decisions_or_the_gate():
    package = Path(actions.__file__).parent
    for path in package.glob("*.py"):
        assert "clearance.decisions" not in path.read_text(), path
        assert "clearance.gate" not in path.read_text(), path
