"""A physician answers, reads the words back and signs them: never words that were not shown, never twice."""

import re
from datetime import timedelta
from html import unescape

import pytest

from clearance.decisions.models import Decision, Outcome
from clearance.decisions.statement import digest
from clearance.exercises.actions import load_library
from clearance.gate.guard import judge
from clearance.injuries.actions import hand_over, open_hold
from clearance.people.address_book import edit_physician
from clearance.people.models import Membership
from tests.cast import PASSWORD
from tests.screenings import NOES
from tests.screenings import sign as sign_screening

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def okafor(cast):
    return cast.browser(cast.okafor.user)


@pytest.fixture
def decide(cast):
    return f"/physician/clients/{cast.ines.pk}/decide/"


@pytest.fixture
def sign(cast):
    return f"/physician/clients/{cast.ines.pk}/sign/"


def cleared(cast, **fields):
    """What a browser sends for a plain clearance."""
    return {
        "outcome": "CLEARED", "covers": [cast.knee.pk], "valid_from": f"{cast.today()}",
        "valid_until": f"{cast.today() + timedelta(days=28)}", "holds_through_course": "no", "rest_days": "0", "unlisted": "allowed",
        "conditions": "",
    } | fields  # fmt: skip


def restricted(cast, *rows, **fields):
    """What a browser sends for a clearance with these restriction rows."""
    sent = {f"r-{index}-{name}": value for index, row in enumerate(rows) for name, value in row.items()}
    return cleared(cast, **{"outcome": "CLEARED_WITH_RESTRICTIONS"} | sent | fields)


def read(answer, status=200):
    assert answer.status_code == status, answer.content.decode()
    return unescape(answer.content.decode())


def hidden(answer):
    """The fields that travel with the page that reads back."""
    found = {}
    for name, value in HIDDEN.findall(answer.content.decode()):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


def signature(**fields):
    return {
        "signed_name": "Ada Okafor", "signed_credential": "MD", "signed_licence": "A12345", "password": PASSWORD,
    } | fields  # fmt: skip


def test_nothing_is_preselected_and_the_physicians_injuries_are_covered_unless_they_say_otherwise(cast, okafor, decide):
    cast.injury(cast.ines, area="elbow", supervised_by=None)
    text = read(okafor.get(f"{decide}?knee={cast.knee.pk}"))
    radios = re.findall(r'<input type="radio"[^>]*>', text)
    assert len(radios) == 11
    assert not [one for one in radios if "checked" in one]
    assert re.search(rf'name="covers" value="{cast.knee.pk}"[^>]*checked', text)
    assert not re.search(r'name="resolves"[^>]*checked', text)
    assert "Elbow, left" not in text.split("<form")[-1]
    assert "Withdrawn" not in text


def test_the_whole_way_from_the_answer_to_the_signed_decision_opens_the_gate(cast, okafor, decide, sign):
    shown = okafor.post(decide, cleared(cast, conditions="Mind the <kerb> & ramp."))
    text = read(shown)
    assert "Covers: Knee, left, moderate." in text
    assert "In words: Mind the <kerb> & ramp." in text
    assert "does not hold through the treatment course" in text
    assert "promises nothing about the future" in text
    answer = okafor.post(sign, hidden(shown) | signature())
    found = Decision.objects.get()
    assert answer.url == f"/physician/clients/{cast.ines.pk}/decisions/{found.pk}/"
    assert digest(found.statement) == found.statement_sha256 == hidden(shown)["shown"][0]
    assert (found.signed_name, found.signer) == ("Ada Okafor", cast.okafor.user)
    assert all(line in text for line in found.statement.split("\n"))
    assert judge(cast.ines.pk).open
    assert "Signed." in read(okafor.get(answer.url))


def test_restrictions_of_every_type_are_stored_as_typed_data_and_read_well(cast, okafor, decide, sign):
    load_library()
    rows = [
        {"kind": "load_abs_max", "kilograms": "7.50", "zone": "any"},
        {"kind": "rom_limit", "joint": "knee", "motion": "flexion", "degrees": "90"},
        {"kind": "no_loaded_motion", "motions": ["flexion", "rotation"]},
        {"kind": "avoid_exercise", "exercise": "arm-ergometer"},
        {"kind": "no_training_window", "first": "2026-01-02", "last": "2026-01-09"},
        {"kind": "impact_limit", "at_most": "none", "area": "knee", "side": "left"},
        {"kind": "other_text", "text": "Ice afterwards"},
        {"kind": "valsalva_avoid"},
    ]
    shown = okafor.post(decide, restricted(cast, *rows))
    read(okafor.post(sign, hidden(shown) | signature()), 302)
    found = list(Decision.objects.get().restrictions.order_by("position"))
    assert [one.words for one in found] == [
        "Lift at most 7.5 kg, anywhere", "Knee flexion (bending) to at most 90°",
        "No bending forward or twisting of the spine under load", "No arm bike",
        "No training from 2026-01-02 to 2026-01-09", "Impact at most: none (knee, left)", "Ice afterwards",
        "No effort with held breath",
    ]  # fmt: skip
    assert [one.terms for one in found][:5] == [
        {"kilograms": "7.5", "zone": "any"}, {"joint": "knee", "motion": "flexion", "degrees": 90},
        {"motions": ["flexion", "rotation"]}, {"exercise": "arm-ergometer"},
        {"first": "2026-01-02", "last": "2026-01-09"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"outcome": ""}, "Choose your answer."),
        ({"outcome": "HEALED"}, "Choose one of these answers."),
        ({"valid_until": ""}, "A clearance has a last day, always."),
        ({"valid_until": "9999-12-31"}, "Enter a day between 1900 and 2200."),
        ({"valid_until": "2199-12-31"}, "A clearance lasts a year at most."),
        ({"valid_until": "soon"}, "Enter a valid date."),
        ({"valid_from": "2001-01-01"}, "The first day is today or later."),
        ({"valid_from": "2199-01-01"}, "The last day is not before the first."),
        ({"re_evaluate_on": "2199-01-01"}, "Re-evaluate within a year from today."),
        ({"holds_through_course": ""}, "Say whether it holds through the treatment course."),
        ({"rest_days": "61"}, "Ensure this value is less than or equal to 60."),
        ({"rest_days": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"covers": ["999999"]}, "999999 is not one of the available choices."),
        ({"covers": ["x"]}, "x is not one of the available choices."),
        ({"conditions": "Mind\x00the kerb"}, "Null characters are not allowed."),
        ({"conditions": "a" * 4001}, "Ensure this value has at most 4000 characters"),
        ({"outcome": "CLEARED_WITH_RESTRICTIONS"}, "Add at least one restriction"),
        ({"outcome": "CLEARED_WITH_RESTRICTIONS", "unlisted": ""}, "Say whether what you do not list is allowed."),
        ({"r-0-kind": "valsalva_avoid"}, "choose “Cleared with restrictions”"),
        ({"outcome": "GUIDANCE_ONLY"}, "Write your guidance."),
        ({"outcome": "WITHDRAWN"}, "There is no decision of yours to withdraw."),
    ],
)
def test_an_answer_that_cannot_be_signed_comes_back_with_a_sentence_and_all_that_was_typed(
    cast, okafor, decide, wrong, sentence
):
    sent = cleared(cast, **wrong)
    text = read(okafor.post(decide, sent), 422)
    assert sentence in text
    assert f'value="{sent["valid_until"]}"' in text or sent["outcome"] == "WITHDRAWN"
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"kind": "load_abs_max", "kilograms": "", "zone": "overhead"}, "Enter the number."),
        ({"kind": "load_abs_max", "kilograms": "1e3", "zone": "overhead"}, "less than or equal to 500"),
        ({"kind": "load_abs_max", "kilograms": "NaN", "zone": "overhead"}, "Enter a number."),
        ({"kind": "rom_limit", "joint": "knee", "motion": "flexion", "degrees": "181"}, "less than or equal to 180"),
        ({"kind": "no_loaded_motion"}, "Choose at least one."),
        ({"kind": "impact_limit", "at_most": "low", "area": "knee", "side": ""}, "Choose the side."),
        ({"kind": "impact_limit", "at_most": "low", "area": "knee", "side": "midline"}, "has a left and a right"),
        ({"kind": "impact_limit", "at_most": "low", "area": "", "side": "left"}, "Choose the area too"),
        ({"kind": "avoid_exercise", "exercise": "moonwalk"}, "Select a valid choice."),
        ({"kind": "no_training_window", "first": "2026-02-01", "last": "2026-01-01"}, "not before the first"),
        ({"kind": "no_training_window", "first": "9999-12-31", "last": "9999-12-31"}, "between 1900 and 2200"),
        ({"kind": "other_text", "text": "a\x00b"}, "Null characters are not allowed."),
        ({"kind": "other_text", "text": "a" * 501}, "at most 500 characters"),
        ({"kind": "equipment_brace"}, "Write it in words."),
        ({"kind": "magic"}, "Select a valid choice."),
        ({"kind": ""}, "Choose what to restrict."),
    ],
)
def test_a_restriction_with_a_missing_or_wrong_value_says_so_beside_it(cast, okafor, decide, row, sentence):
    first = {"kind": "other_text", "text": "Keep this."}
    text = read(okafor.post(decide, restricted(cast, first, row)), 422)
    assert sentence in text
    assert "Keep this." in text
    assert f'id="restriction-{1}"' in text
    assert not Decision.objects.exists()


def test_two_hundred_restrictions_are_too_many_and_none_is_lost(cast, okafor, decide):
    rows = [{"kind": "other_text", "text": f"Clause {number}"} for number in range(200)]
    text = read(okafor.post(decide, restricted(cast, *rows)), 422)
    assert "At most 50 restrictions fit one decision." in text
    assert "Clause 0" in text
    assert "Clause 199" in text


def test_odd_row_numbers_are_no_rows(cast, okafor, decide):
    odd = {"r-007-kind": "magic", "r-٣-kind": "magic", "r--1-kind": "magic", "r-99999-kind": "magic"}
    read(okafor.post(decide, cleared(cast) | odd))


def test_a_row_is_added_and_removed_without_javascript_and_nothing_typed_is_lost(cast, okafor, decide):
    rows = {"kind": "load_abs_max", "kilograms": "7.5"}, {"kind": "other_text", "text": "Keep"}
    typed = restricted(cast, *rows, valid_until="")
    text = read(okafor.post(decide, typed | {"add": "impact_limit:knee:left"}))
    assert re.findall(r'id="restriction-(\d+)"', text) == ["0", "1", "2"]
    assert '<option value="knee" selected>' in text
    assert 'value="7.5"' in text
    assert "error_" not in text
    text = read(okafor.post(decide, typed | {"remove": "0"}))
    assert re.findall(r'id="restriction-(\d+)"', text) == ["1"]
    assert "Keep" in text
    text = read(okafor.post(decide, typed | {"add": "chosen", "add_kind": "grip_limit"}))
    assert 'name="r-2-at_most"' in text
    assert read(okafor.post(decide, typed | {"add": "magic:x:y"}))


def test_a_row_is_fetched_for_htmx_with_the_next_number_or_with_its_own(cast, okafor):
    url = "/physician/restriction-row/"
    assert 'name="r-0-degrees"' in read(okafor.get(f"{url}?add=rom_limit:knee:left"))
    assert 'name="r-5-rpe"' in read(okafor.get(f"{url}?add=intensity_cap&r-4-kind=rom_limit"))
    assert 'name="r-3-bpm"' in read(okafor.get(f"{url}?index=3&kind=heart_rate_cap"))
    assert 'name="r-3-bpm"' in read(okafor.get(f"{url}?index=3&r-3-kind=heart_rate_cap"))
    assert 'name="r-0-kind"' in read(okafor.get(f"{url}?kind=magic&index=nine"))
    assert read(okafor.get(f"{url}?gone=1")) == ""
    assert okafor.get(f"{url}?add=a%00b").status_code == 400


def test_the_usual_kinds_for_the_injured_place_are_offered_first(cast, okafor, decide):
    cast.injury(cast.ines, area="lumbar_spine", side="midline")
    text = read(okafor.get(f"{decide}?knee={cast.knee.pk}"))
    for offer in ("rom_limit:knee:left", "no_loaded_motion:lumbar_spine:midline", 'value="intensity_cap"'):
        assert offer in text
    assert "no_overhead:" not in text


def test_what_belongs_to_a_clearance_is_not_read_when_the_answer_is_none(cast, okafor, decide, sign):
    other = {"outcome": "DEFERRED", "valid_until": "9999-99-99", "conditions": "An MRI, please."}
    shown = okafor.post(decide, restricted(cast, {"kind": "load_abs_max"}, **other))
    text = read(shown)
    assert "The restrictions that you typed are left out" in text
    assert "Lift at most" not in text
    read(okafor.post(sign, hidden(shown) | signature()), 302)
    assert Decision.objects.get().outcome == Outcome.DEFERRED
    assert not judge(cast.ines.pk).open


def test_change_my_answer_brings_everything_back(cast, okafor, decide):
    shown = okafor.post(decide, restricted(cast, {"kind": "other_text", "text": "Ice afterwards"}, rest_days="3"))
    text = read(okafor.post(decide, hidden(shown) | signature(password="") | {"back": "1"}))
    assert re.search(r'value="CLEARED_WITH_RESTRICTIONS" checked', text)
    assert re.search(r'name="rest_days" value="3"', text)
    assert "Ice afterwards" in text
    assert PASSWORD not in text


def test_injuries_that_are_over_are_resolved(cast, okafor, decide, sign):
    shown = okafor.post(decide, cleared(cast, resolves=[cast.knee.pk]))
    assert "Resolved: Knee, left, moderate." in read(shown)
    read(okafor.post(sign, hidden(shown) | signature()), 302)
    assert Decision.objects.get().coverage.get().resolves


def test_withdrawing_takes_two_pages_and_shuts_the_gate(cast, okafor, decide, sign):
    assert cast.knee
    cast.sign(cast.ines)
    assert 'name="valid_until"' not in read(okafor.get(f"{decide}?outcome=WITHDRAWN"))
    shown = okafor.post(decide, {"outcome": "WITHDRAWN", "conditions": "New findings."})
    assert "your clearance ends at once" in read(shown)
    sent = hidden(shown) | signature()
    first = okafor.post(sign, sent)
    assert okafor.post(sign, sent).url == first.url
    assert Decision.objects.get(replaced_by=None).outcome == Outcome.WITHDRAWN
    assert not judge(cast.ines.pk).open


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "guess"}, "This is not your password."),
        ({"password": ""}, "Enter your password"),
        ({"password": "a\x00b"}, "Null characters are not allowed."),
        ({"signed_name": ""}, "Type your name"),
        ({"signed_name": "a" * 121}, "at most 120 characters"),
        ({"signed_credential": ""}, "This field is required."),
        ({"signed_licence": "1" * 41}, "at most 40 characters"),
    ],
)
def test_without_a_proper_signature_nothing_is_signed_and_the_words_stay(cast, okafor, decide, wrong, sentence):
    shown = okafor.post(decide, cleared(cast))
    text = read(okafor.post(decide.replace("decide", "sign"), hidden(shown) | signature(**wrong)), 422)
    assert sentence in text
    assert "Covers: Knee, left, moderate." in text
    assert 'value="guess"' not in text
    assert not Decision.objects.exists()


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    for _ in range(5):
        read(okafor.post(sign, sent | signature(password="guess")), 422)
    text = read(okafor.post(sign, sent | signature()), 429)
    assert "Too many wrong passwords. Wait five minutes" in text
    assert "Covers: Knee, left, moderate." in text
    assert not Decision.objects.exists()


def test_right_passwords_never_count_as_wrong_ones(cast, okafor, decide, sign):
    for number in range(7):
        sent = hidden(okafor.post(decide, cleared(cast, conditions=f"Word {number}")))
        read(okafor.post(sign, sent | signature()), 302)
    assert Decision.objects.count() == 7


def test_a_hold_between_reading_and_signing_shows_the_new_words_first(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    open_hold(client=cast.ines, by=cast.tara.user, reason="Numb toes.")
    answer = okafor.post(sign, sent | signature())
    text = read(answer, 409)
    assert "The record changed while you were reading." in text
    assert "Recorded holds: 1, the last: Numb toes." in text
    assert not Decision.objects.exists()
    read(okafor.post(sign, hidden(answer) | signature()), 302)
    assert judge(cast.ines.pk).open


def test_a_changed_record_is_said_even_when_the_password_is_wrong(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    open_hold(client=cast.ines, by=cast.tara.user, reason="Numb toes.")
    assert "The record changed" in read(okafor.post(sign, sent | signature(password="guess")), 409)


def test_words_that_were_not_shown_are_not_signed(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    text = read(okafor.post(sign, sent | signature() | {"rest_days": "9"}), 409)
    assert "Rest days after each treatment session: 9." in text
    assert not Decision.objects.exists()


def test_a_second_tap_on_sign_leads_to_the_one_decision(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast))) | signature()
    first, second = okafor.post(sign, sent), okafor.post(sign, sent)
    assert first.url == second.url
    assert Decision.objects.count() == 1


def test_the_same_words_can_be_signed_again_on_purpose(cast, okafor, decide, sign):
    for _ in range(2):
        read(okafor.post(sign, hidden(okafor.post(decide, cleared(cast))) | signature()), 302)
    assert Decision.objects.count() == 2


def test_a_tampered_answer_comes_back_to_the_form_and_is_not_signed(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    assert "A clearance has a last day" in read(okafor.post(sign, sent | signature() | {"valid_until": ""}), 422)
    read(okafor.post(sign, {}), 422)
    assert not Decision.objects.exists()


def test_a_contact_that_lost_its_verification_signs_nothing(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    edit_physician(physician=cast.okafor, by=cast.mona.user, phone="+12025550199")
    text = read(okafor.post(sign, sent | signature()), 422)
    assert "A manager has to verify the contact of Dr Ada Okafor first." in text
    assert "verify your contact before you can sign" in read(okafor.get(decide))
    assert not Decision.objects.exists()


def test_only_the_physician_on_the_case_decides(cast, decide, sign):
    for who in (cast.lindt.user, cast.ode.user):
        for url in (decide, sign):
            read(cast.browser(who).post(url, cleared(cast)), 404)
    for who in (cast.tara, cast.mona, cast.olga):
        for url in (decide, sign):
            read(cast.browser(who).post(url, cleared(cast)), 403)


def test_staff_of_the_studio_sign_nothing_even_with_a_linked_record(cast, okafor, decide, sign):
    sent = hidden(okafor.post(decide, cleared(cast)))
    Membership.objects.create(user=cast.okafor.user, studio=cast.north, role=Membership.Role.TRAINER)
    read(okafor.post(sign, sent | signature()), 403)
    assert not Decision.objects.exists()


def test_after_a_change_of_supervision_the_earlier_physician_finds_nothing(cast, okafor, decide):
    hand_over(client=cast.ines, physician=cast.lindt, by=cast.tara.user, reason="Moved.")
    read(okafor.get(decide), 404)


@pytest.mark.parametrize(("url", "method"), [("sign/", "get"), ("decide/", "put"), ("decide/", "delete")])
def test_wrong_methods_are_refused(cast, okafor, url, method):
    assert getattr(okafor, method)(f"/physician/clients/{cast.ines.pk}/{url}").status_code == 405
    assert okafor.post("/physician/restriction-row/").status_code == 405


@pytest.mark.parametrize(("method", "evidence"), [("password", 40), ("mfa", 50)])
def test_a_second_factor_at_sign_in_is_evidence_of_the_signature(cast, okafor, decide, sign, method, evidence):
    session = okafor.session
    session["account_authentication_methods"] = [{"method": method, "at": 1}]
    session["account_authentication_methods_user"] = str(cast.okafor.user.pk)
    session.save()
    okafor.post(sign, hidden(okafor.post(decide, cleared(cast))) | signature())
    assert Decision.objects.get().evidence == evidence


def test_under_the_own_account_a_physician_sees_holds_sessions_and_screening_answers_before_deciding(cast):
    open_hold(client=cast.ines, by=cast.tara.user, reason="Dizzy on the bike.")
    sign_screening(cast.ines, cast.tara.user, answers=NOES | {"heart": "unsure"})
    page = cast.browser(cast.okafor.user).get(f"/physician/clients/{cast.ines.pk}/decide/").content.decode()
    assert "Dizzy on the bike." in page
    assert "yes or not sure to heart or blood pressure" in page
