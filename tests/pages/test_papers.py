"""Paper on the pages: the letter, the upload, the typing beside the scan, and the second person's ticks."""

import hashlib
import io
from datetime import timedelta

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clearance.decisions import papers as actions
from clearance.decisions.models import Decision, Outcome, Paper, Request
from clearance.decisions.questions import withdraw_request
from clearance.exchange import scans
from clearance.exchange.bounds import MOST_BYTES
from clearance.exchange.scans import cleaned
from clearance.gate.guard import judge
from clearance.injuries.actions import open_hold
from clearance.pages.forms.papers import lines_of
from clearance.people.actions import edit_client, withdraw_consent
from clearance.people.models import Channel, Consent
from tests.papers import filed, picture, question, said, store, typed

pytestmark = pytest.mark.usefixtures("store")
assert store


@pytest.fixture
def tara(cast):
    return cast.browser(cast.tara)


@pytest.fixture
def theo(cast):
    return cast.browser(cast.theo)


@pytest.fixture
def asked(cast):
    assert cast.knee
    return question(cast)


@pytest.fixture
def paper(cast, asked):
    return filed(cast, asked)


def at(name, thing, *more):
    client = thing.client_id if hasattr(thing, "client_id") else thing.request.client_id
    return reverse(name, args=[client, thing.pk, *more])


def words(answer):
    return " ".join(pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())


def sent(name="scan.jpg", content=None, media="image/jpeg", how="SCAN"):
    return {"how": how, "file": SimpleUploadedFile(name, picture() if content is None else content, media)}


class TestTheLetter:
    def test_it_is_one_page_with_the_question_the_record_and_no_name_in_its_file_name(self, cast, tara, asked):
        answer = tara.get(at("letter", asked))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == f'attachment; filename="letter-{asked.code}.pdf"'
        said_on_paper = words(answer)
        for said_there in (
            "Ines Injured", "14 March 1985", "Dr Ada Okafor", "Knee, left, moderate", "Tara Trainer",
            f"{asked.code[:4]}-{asked.code[4:]}", "2 days a week", "Effort at most",
        ):  # fmt: skip
            assert said_there in said_on_paper
        assert "access code" not in said_on_paper
        assert "cannot be printed" not in said_on_paper

    def test_restrictions_are_offered_for_the_places_asked_about(self, tara, asked):
        said_on_paper = words(tara.get(at("letter", asked)))
        assert "Knee, left: weight bearing" in said_on_paper
        assert said_on_paper.count("mpact: none / low / moderate") == 1
        assert "Grip" not in said_on_paper

    def test_with_a_link_the_letter_carries_the_access_code(self, cast, tara):
        asked = question(cast, channel=Channel.LINK)
        assert asked.access_code[:4] in words(tara.get(at("letter", asked)))

    def test_an_injury_that_the_question_leaves_out_is_marked(self, cast, tara):
        assert cast.knee
        cast.injury(cast.ines, area="wrist")
        answer = words(tara.get(at("letter", question(cast, about=[cast.knee.pk]))))
        assert "Wrist, left, moderate (not asked about)" in answer
        assert "Knee, left, moderate (" not in answer

    def test_two_injuries_are_no_change_of_the_record(self, cast, tara):
        assert cast.knee
        cast.injury(cast.ines, area="wrist")
        assert tara.get(at("letter", question(cast))).status_code == 200

    def test_it_is_not_printed_after_the_record_has_changed(self, cast, tara, asked):
        open_hold(client=cast.ines, by=cast.tara.user, reason="New pain.")
        answer = tara.get(at("letter", asked))
        assert answer.status_code == 409
        assert "The record has changed since you asked. Ask again, then print." in answer.content.decode()

    def test_it_is_not_printed_after_the_client_got_another_name(self, cast, tara, asked):
        cast.ines.refresh_from_db()
        fields = {
            name: getattr(cast.ines, name)
            for name in ("born", "email", "phone", "emergency_name", "emergency_phone", "goals", "notes", "trainer")
        }
        edit_client(client=cast.ines, by=cast.tara.user, name="Ines Married", **fields)
        assert tara.get(at("letter", asked)).status_code == 409

    @pytest.mark.parametrize("how", ["answered", "withdrawn", "replaced", "without a code", "without consent"])
    def test_it_is_not_printed_when_nothing_waits_or_nothing_may_be_shared(self, cast, tara, asked, how):
        {
            "answered": lambda: cast.refuse(cast.ines),
            "withdrawn": lambda: withdraw_request(request=asked, by=cast.tara.user, reason="x"),
            "replaced": lambda: question(cast, minutes=20),
            "without a code": lambda: _without_code(asked),
            "without consent": lambda: withdraw_consent(
                consent=Consent.objects.get(client=cast.ines), by=cast.tara.user, reason="x"
            ),
        }[how]()
        assert tara.get(at("letter", asked)).status_code == 409


def _without_code(asked):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE decisions_request SET code = '' WHERE id = %s", [asked.pk])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


class TestFiling:
    def test_a_photo_is_made_anew_and_filed_then_the_page_to_type_it_opens(self, cast, tara, asked):
        answer = tara.post(at("paper_new", asked), sent(how="PHOTO"))
        paper = Paper.objects.get()
        assert answer.url == at("paper_transcribe", paper)
        assert (paper.how, paper.media, paper.pages, paper.by) == ("PHOTO", "image/jpeg", 1, cast.tara.user)
        assert paper.sha256 == hashlib.sha256(cleaned(picture()).content).hexdigest()
        assert "scan" not in paper.file.name

    def test_sent_twice_it_is_one_paper(self, tara, asked):
        assert tara.post(at("paper_new", asked), sent()).url == tara.post(at("paper_new", asked), sent()).url
        assert Paper.objects.count() == 1

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "This file is empty."),
            (b"MZ this is a program", "Send a PDF, JPEG or PNG."),
            (b"%PDF-1.7 broken", "damaged"),
            (b"\xff\xd8\xff broken", "damaged"),
        ],
    )
    def test_a_file_that_is_no_paper_is_refused_beside_the_field(self, tara, asked, content, sentence):
        answer = tara.post(at("paper_new", asked), sent("scan.pdf", content))
        assert answer.status_code == 422
        assert sentence in answer.context["form"].errors["file"][0]
        assert answer.context["form"]["how"].value() == "SCAN"
        assert not Paper.objects.exists()

    def test_a_file_beyond_the_limit_is_refused_and_not_read(self, tara, asked, monkeypatch):
        monkeypatch.setattr("clearance.pages.papers.cleaned", lambda *args, **kwargs: pytest.fail("It was read."))
        answer = tara.post(at("paper_new", asked), sent(content=b"\xff\xd8\xff" + bytes(MOST_BYTES)))
        assert answer.status_code == 422
        assert "larger than 10 MB" in answer.context["form"].errors["file"][0]

    @pytest.mark.parametrize("fields", [{}, {"how": "SCAN"}, {"how": "PIGEON"}, {"how": "SCAN", "file": "text"}])
    def test_what_is_missing_is_said_beside_its_field(self, tara, asked, fields):
        answer = tara.post(at("paper_new", asked), fields)
        assert answer.status_code == 422
        assert "file" in answer.context["form"].errors

    def test_a_withdrawn_question_takes_no_paper(self, cast, tara, asked):
        withdraw_request(request=asked, by=cast.tara.user, reason="x")
        assert tara.get(at("paper_new", asked)).status_code == 409
        assert tara.post(at("paper_new", asked), sent()).status_code == 409

    def test_an_answered_question_takes_one_and_says_which_answer_counts(self, cast, tara, asked):
        cast.sign(cast.ines)
        page = tara.get(at("paper_new", asked))
        assert page.status_code == 200
        assert actions.RULE in page.content.decode()
        assert tara.post(at("paper_new", asked), sent()).status_code == 302

    def test_the_page_shows_the_letters_code_and_what_was_filed_before(self, cast, tara, asked, paper):
        page = tara.get(at("paper_new", asked)).content.decode()
        assert f"{asked.code[:4]}-{asked.code[4:]}" in page
        assert at("paper_transcribe", paper) in page
        decision = typed(cast, paper)
        assert at("decision", decision) in tara.get(at("paper_new", asked)).content.decode()


class TestTheStoredFile:
    def test_it_is_only_ever_saved_under_a_name_that_says_nothing(self, tara, paper):
        for url, name, media in (
            (at("paper", paper), f"paper-{paper.pk}.jpg", "image/jpeg"),
            (at("paper_page", paper, 1), f"paper-{paper.pk}-1.jpg", "image/jpeg"),
        ):
            answer = tara.get(url)
            assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["Content-Security-Policy"].startswith("sandbox")
            assert answer["Cache-Control"] == "no-store"
            assert answer["Content-Type"] == media
            assert answer.content == picture()

    def test_a_pdf_is_saved_as_one(self, cast, tara, asked):
        made = cleaned(tara.get(at("letter", asked)).content)
        paper = actions.receive_paper(
            request=asked, by=cast.tara.user, how="FAX", content=made.content, media=made.media, previews=made.previews
        )
        answer = tara.get(at("paper", paper))
        assert (answer["Content-Type"], answer["Content-Disposition"]) == (
            "application/pdf", f'attachment; filename="paper-{paper.pk}.pdf"',
        )  # fmt: skip

    @pytest.mark.parametrize("number", [0, 2, 10**9])
    def test_there_are_no_pages_beyond_its_own(self, tara, paper, number):
        assert tara.get(at("paper_page", paper, number)).status_code == 404

    def test_a_file_that_is_gone_is_not_found(self, tara, paper, store):
        store.delete(paper.file.name)
        store.delete(actions.preview_name(paper, 1))
        assert tara.get(at("paper", paper)).status_code == 404
        assert tara.get(at("paper_page", paper, 1)).status_code == 404
        assert tara.get(at("paper_transcribe", paper)).status_code == 200


class TestTyping:
    def test_the_scan_stands_beside_the_form(self, tara, paper):
        page = tara.get(at("paper_transcribe", paper)).content.decode()
        assert f'<img src="{at("paper_page", paper, 1)}"' in page
        assert at("paper", paper) in page

    def test_what_is_typed_is_stored_with_who_typed_it_and_waits_for_a_second_person(self, cast, tara, theo, paper):
        answer = tara.post(at("paper_transcribe", paper), said(cast, conditions="Slowly.\r\nStop at pain."))
        decision = Decision.objects.get()
        assert answer.url == at("decision", decision)
        assert (decision.route, decision.entered_by, decision.paper) == ("PAPER", cast.tara.user, paper)
        assert (decision.signed_name, decision.signed_on) == ("A. Okafor", cast.today())
        assert decision.conditions == "Slowly.\nStop at pain."
        assert not judge(cast.ines.pk).open
        assert at("paper_check", decision) not in tara.get(at("decision", decision)).content.decode()
        assert at("paper_check", decision) in theo.get(at("decision", decision)).content.decode()

    def test_restrictions_are_added_and_removed_without_losing_what_was_typed(self, cast, tara, paper):
        restricted = said(cast, outcome="CLEARED_WITH_RESTRICTIONS", unlisted="allowed", conditions="Slowly.")
        added = tara.post(at("paper_transcribe", paper), restricted | {"add": "load_abs_max"})
        assert added.status_code == 200
        assert "Slowly." in added.content.decode()
        row = {"r-0-kind": "load_abs_max", "r-0-kilograms": "10", "r-0-zone": "any"}
        assert 'name="r-0-kilograms"' in added.content.decode()
        gone = tara.post(at("paper_transcribe", paper), restricted | row | {"remove": "0"})
        assert 'name="r-0-kind"' not in gone.content.decode()
        assert tara.post(at("paper_transcribe", paper), restricted | row).status_code == 302
        decision = Decision.objects.get()
        assert [one.words for one in decision.restrictions.all()] == ["Lift at most 10 kg, anywhere"]
        assert decision.unlisted_allowed

    def test_another_kind_of_a_row_brings_its_own_inputs(self, cast, tara, paper):
        changed = said(cast, outcome="CLEARED_WITH_RESTRICTIONS", **{"r-0-kind": "intensity_cap", "look": "1"})
        page = tara.post(at("paper_transcribe", paper), changed)
        assert page.status_code == 200
        assert 'name="r-0-rpe"' in page.content.decode()

    def test_adding_needs_no_permission_of_a_physician(self, tara, paper):
        assert reverse("restriction_row") not in tara.get(at("paper_transcribe", paper)).content.decode()

    @pytest.mark.parametrize(
        ("fields", "field", "sentence"),
        [
            ({"signed": "no"}, "signed", "Without a signature"),
            ({"signed": ""}, "signed", "Look for the signature"),
            ({"signed_on": ""}, "signed_on", "Without the day of the signature"),
            ({"signed_name": ""}, "signed_name", "Without the printed name"),
            ({"signed_name": "Dr Leo Lindt"}, "signed_name", "Only Dr Ada Okafor"),
            ({"ends": "SPAN", "valid_until": ""}, "ends", "The paper gives no full end date"),
            ({"ends": "NOTHING", "valid_until": ""}, "ends", "The paper gives no full end date"),
            ({"ends": "SPAN"}, "ends", "The paper gives no full end date"),
            ({"ends": ""}, "ends", "Say how the paper gives its end"),
            ({"valid_until": ""}, "valid_until", "Enter the last day"),
            ({"valid_from": ""}, "valid_from", "not complete"),
            ({"outcome": "NO_ANSWER"}, "outcome", "The paper ticks no answer"),
            ({"outcome": "SEVERAL"}, "outcome", "more than one answer"),
            ({"outcome": ""}, "outcome", "Choose what is ticked"),
            ({"outcome": "WITHDRAWN"}, "outcome", "Choose one of these"),
            ({"outcome": "CLEARED_WITH_RESTRICTIONS"}, "unlisted", "anything not listed"),
            ({"covers": ["987654321"]}, "covers", "Select a valid choice"),
            ({"signed_name": "Okafor " + "x" * 120}, "signed_name", "at most 120"),
            ({"conditions": "a\x00"}, "conditions", "Null characters"),
            ({"valid_until": "9999-01-01"}, "valid_until", "between 1900 and 2200"),
        ],
    )  # fmt: skip
    def test_a_paper_that_is_not_complete_is_named_so_and_not_stored(
        self, cast, paper, fields, field, sentence
    ):  # fmt: skip
        answer = cast.browser(cast.tara).post(at("paper_transcribe", paper), said(cast, **fields))
        assert answer.status_code == 422
        assert sentence in " ".join(answer.context["form"].errors[field])
        assert str(cast.today()) in answer.content.decode()
        assert not Decision.objects.exists()

    def test_a_first_day_before_the_signature_is_asked_back(self, cast, tara, paper):
        before = str(cast.today() - timedelta(days=1))
        answer = tara.post(at("paper_transcribe", paper), said(cast, valid_from=before))
        assert "before the day of the signature" in answer.context["form"].errors["valid_from"][0]

    def test_a_refusal_on_paper_needs_no_dates_and_counts_at_once(self, cast, tara, paper):
        fields = said(cast, outcome="NOT_CLEARED", ends="", valid_from="", valid_until="", holds_through_course="")
        assert tara.post(at("paper_transcribe", paper), fields).status_code == 302
        assert {str(one.code) for one in judge(cast.ines.pk).reasons} == {"NOT_CLEARED"}

    @pytest.mark.parametrize("logged", ["before", "after"])
    def test_only_what_the_letter_asks_about_is_offered(self, cast, tara, logged):
        assert cast.knee
        wrist = cast.injury(cast.ines, area="wrist") if logged == "before" else None
        paper = filed(cast, question(cast, about=[cast.knee.pk]))
        wrist = wrist or cast.injury(cast.ines, area="wrist")
        form = tara.get(at("paper_transcribe", paper)).context["form"]
        assert [number for number, _ in form.fields["covers"].choices] == [cast.knee.pk]
        answer = tara.post(at("paper_transcribe", paper), said(cast, covers=[str(wrist.pk)]))
        assert answer.status_code == 422

    def test_sent_twice_it_is_stored_once(self, cast, tara, paper):
        first = tara.post(at("paper_transcribe", paper), said(cast)).url
        assert tara.post(at("paper_transcribe", paper), said(cast)).url == first
        assert tara.get(at("paper_transcribe", paper)).url == first
        assert Decision.objects.count() == 1

    def test_a_clearing_paper_on_the_day_of_a_signature_on_screen_says_which_answer_counts(self, cast, tara, paper):
        cast.sign(cast.ines)
        answer = tara.post(at("paper_transcribe", paper), said(cast))
        assert answer.status_code == 422
        assert actions.RULE in answer.context["form"].errors["signed_on"][0]


class TestComparing:
    @pytest.fixture
    def decision(self, cast, paper):
        return typed(cast, paper)

    def ticks(self, decision):
        return [name for name, _, _ in lines_of(decision)]

    def test_every_line_that_was_typed_is_there_to_tick_beside_the_scan(self, cast, theo, paper):
        from clearance.decisions.statement import Clause

        draft = cast.clearance(
            cast.ines, outcome=Outcome.CLEARED_WITH_RESTRICTIONS, rest_days=2, unlisted_allowed=False,
            conditions="Slowly.", restrictions=(Clause("load_abs_max", {"kilograms": "10", "zone": "any"}),),
        )  # fmt: skip
        decision = typed(cast, paper, draft=draft)
        page = theo.get(at("paper_check", decision))
        assert [row["name"] for row in page.context["compare"].rows] == [
            "patient", "outcome", "valid_from", "valid_until", "covers", "holds", "rest_days", "restriction-1",
            "unlisted", "conditions", "signature", "signed_name", "signed_credential", "signed_licence", "signed_on",
        ]  # fmt: skip
        text = page.content.decode()
        for words in ("Lift at most 10 kg, anywhere", "Slowly.", "Knee, left, moderate", "not allowed", "A12345"):
            assert words in text
        assert at("paper_page", paper, 1) in text

    def test_with_every_line_ticked_it_counts(self, cast, theo, decision):
        answer = theo.post(at("paper_check", decision), {"compared": self.ticks(decision)})
        assert answer.url == reverse("client", args=[cast.ines.pk])
        assert judge(cast.ines.pk).open
        assert Decision.objects.get().second_look.called_back == ""

    def test_a_line_that_is_not_ticked_keeps_it_shut_and_keeps_the_ticks(self, cast, theo, decision):
        ticks = self.ticks(decision)[:-1]
        answer = theo.post(at("paper_check", decision), {"compared": ticks, "called_back": "Ms Reed"})
        assert answer.status_code == 422
        assert answer.context["form"].errors["compared"] == ["Tick every line that you compared."]
        assert [row["name"] for row in answer.context["compare"].rows if row["ticked"]] == ticks
        assert "Ms Reed" in answer.content.decode()
        assert not judge(cast.ines.pk).open

    def test_one_tick_sent_many_times_is_one_tick(self, theo, decision):
        ticks = ["outcome"] * len(self.ticks(decision))
        assert theo.post(at("paper_check", decision), {"compared": ticks}).status_code == 422

    @pytest.mark.parametrize(
        "fields", [{}, {"compared": ["nonsense"]}, {"reject": "1"}, {"reject": "1", "reason": " "}]
    )
    def test_nothing_is_recorded_without_ticks_or_a_reason(self, theo, decision, fields):
        assert theo.post(at("paper_check", decision), fields).status_code == 422
        assert not hasattr(Decision.objects.get(), "second_look")

    def test_a_call_to_the_clinic_is_recorded(self, theo, decision):
        assert "+1 202-555-0143" in theo.get(at("paper_check", decision)).content.decode()
        theo.post(at("paper_check", decision), {"compared": self.ticks(decision), "called_back": "Ms Reed"})
        assert Decision.objects.get().second_look.called_back == "Ms Reed"

    def test_a_rejection_voids_it_and_leads_back_to_typing(self, cast, tara, theo, decision):
        answer = theo.post(at("paper_check", decision), {"reject": "1", "reason": "Until is 3 March."})
        assert answer.url == at("decision", decision)
        page = theo.get(at("decision", decision)).content.decode()
        assert "Until is 3 March." in page
        assert at("paper_transcribe", decision.paper) in page
        assert tara.post(at("paper_transcribe", decision.paper), said(cast)).status_code == 302
        assert not judge(cast.ines.pk).open

    def test_whoever_typed_it_sees_no_form_and_confirms_nothing(self, cast, tara, decision):
        page = tara.get(at("paper_check", decision))
        assert page.status_code == 409
        assert "You typed this yourself" in page.content.decode()
        assert "compared" not in page.content.decode()
        for fields in ({"compared": self.ticks(decision)}, {"reject": "1", "reason": "x"}):
            assert tara.post(at("paper_check", decision), fields).status_code == 409
        assert not judge(cast.ines.pk).open

    def test_it_is_looked_at_once(self, cast, theo, decision):
        fields = {"compared": self.ticks(decision)}
        theo.post(at("paper_check", decision), fields)
        assert theo.post(at("paper_check", decision), fields).status_code == 409
        assert cast.browser(cast.mona).get(at("paper_check", decision)).status_code == 409

    def test_only_paper_is_compared(self, cast, theo):
        assert theo.get(at("paper_check", cast.sign(cast.ines))).status_code == 409


NAMES = ["letter", "paper_new", "paper", "paper_page", "paper_transcribe", "paper_check"]


@pytest.mark.parametrize("name", NAMES)
def test_another_studio_finds_nothing_and_a_physician_is_no_staff(cast, paper, name):
    things = {"letter": paper.request, "paper_new": paper.request, "paper_check": typed(cast, paper)}
    thing = things.get(name, paper)
    more = [1] if name == "paper_page" else []
    assert cast.browser(cast.olga).get(at(name, thing, *more)).status_code == 404
    assert cast.browser(cast.theo).get(reverse(name, args=[cast.uma.pk, thing.pk, *more])).status_code == 404
    assert cast.browser(cast.okafor.user).get(at(name, thing, *more)).status_code == 403
    assert cast.browser(None).get(at(name, thing, *more)).status_code == 302
    assert cast.browser(cast.theo).delete(at(name, thing, *more)).status_code == 405


def test_no_title_names_a_client(cast, tara, theo, paper):
    decision = typed(cast, paper)
    other = filed(cast, paper.request, words="Other")
    for browser, url in (
        (tara, at("paper_new", paper.request)), (tara, at("paper_transcribe", other)), (theo, at("paper_check", decision)),
    ):  # fmt: skip
        title = browser.get(url).content.decode().split("</title>")[0].split("<title>")[1]
        assert "Ines" not in title


def test_what_the_cleaner_cannot_start_is_no_sentence_for_people(tara, asked, monkeypatch):
    monkeypatch.setattr(scans, "_made_anew", lambda content: (_ for _ in ()).throw(RuntimeError("broken")))
    with pytest.raises(RuntimeError):
        tara.post(at("paper_new", asked), sent())
    assert Request.objects.count() == 1
