"""Programs: the list, the builder, one program, its print view, and all the ways around a shut gate."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clearance.audit.models import Event
from clearance.decisions.statement import Clause
from clearance.injuries.actions import open_hold
from clearance.people.actions import archive_client
from clearance.programs.actions import build, revise
from clearance.programs.models import Program, ProgramVersion
from clearance.programs.plan import Day, Line, Plan
from clearance.programs.queries import plan_of
from tests.factories import exercise

pytestmark = pytest.mark.django_db

NO_OVERHEAD = Clause("no_overhead", {})
HEART = Clause("heart_rate_cap", {"bpm": 130})
LINE = {"exercise": "bridge", "sets": "2", "reps": "12", "tempo": "4/2/1", "rest": "60"}


@pytest.fixture(autouse=True)
def shelf(db: None) -> None:
    exercise("bridge", name="Bridge")
    exercise("curl", name="Curl", load_zone="waist_shoulder", modality="strength_free", pattern="isolation")
    exercise("press", name="Overhead press", overhead=True, pattern="push_vertical", phase=3)
    exercise("row", name="Band row", pattern="pull_horizontal")
    exercise("landmine", name="Landmine press", pattern="push_vertical", phase=2)


def form(*days: list[dict[str, str]], **head: Any) -> dict[str, Any]:
    """What the builder posts: workouts of lines, each with the fields that differ from a plain one."""
    days = days or ([{}],)
    posted = {"title": "Back to base", "phase": "1", "notes": "", "do": "save"}
    posted |= {"shape": "-".join(str(len(lines)) for lines in days)}
    for number, lines in enumerate(days):
        posted[f"w{number}-name"] = f"Workout {number + 1}"
        for place, line in enumerate(lines):
            posted |= {f"w{number}-{place}-{name}": value for name, value in (LINE | line).items()}
    return posted | head


def simple(title: str = "Back to base", exercise: str = "bridge", **line: Any) -> Plan:
    return Plan(title, 1, (Day("Workout 1", (Line(exercise, 2, 12, "4/2/1", 60, **line),)),))


def page(cast: Any, url: str, who: Any = None, **posted: Any) -> Any:
    browser = cast.browser(who or cast.tara)
    return browser.post(url, posted) if posted else browser.get(url)


def new(cast: Any) -> str:
    return f"/clients/{cast.uma.pk}/programs/new/"


def at(program: Program, rest: str = "") -> str:
    return f"/clients/{program.client_id}/programs/{program.pk}/{rest}"


def saved(cast: Any, **fields: Any) -> Program:
    """A program of Uma, saved while the gate was open."""
    cast.sign(cast.uma)
    return build(client=cast.uma, by=cast.tara.user, plan=simple(**fields)).program


def stop(cast: Any) -> None:
    open_hold(client=cast.uma, by=cast.tara.user, reason="Dizzy.")


def lines_of(program: Program) -> list[Line]:
    last = program.versions.order_by("number").last()
    return [line for day in plan_of(last).days for line in day.lines]


def refused(to: str) -> int:
    return Event.objects.filter(action="gate.refused", detail__to=to).count()


# The gate


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_builder_of_a_shut_gate_answers_409_with_the_reasons_and_is_in_the_trail(cast, method):
    answer = getattr(cast.browser(cast.tara), method)(new(cast))
    assert answer.status_code == 409
    assert refused("open the builder") == 1
    if method == "get":
        assert "has not decided yet" in answer.content.decode() or "No decision yet" in answer.content.decode()
        assert 'name="title"' not in answer.content.decode()


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("do", ["save", "add-line:0", "undo", "nonsense"])
def test_posting_to_a_shut_gate_saves_nothing_and_carries_what_was_typed(cast, do, htmx):
    headers = {"HX-Request": "true"} if htmx else {}
    answer = cast.browser(cast.tara).post(new(cast), form(title="Ten minutes of work", do=do), headers=headers)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert not Program.objects.exists()
    assert refused("build a program") == 1
    assert 'name="title" value="Ten minutes of work"' in text
    assert 'name="w0-0-exercise" value="bridge"' in text
    assert f'name="do" value="{do}"' in text
    assert "Try again with what I typed" in text
    assert text.count("csrfmiddlewaretoken") == answer.content.decode().count('name="csrfmiddlewaretoken"')


def test_what_was_typed_is_saved_when_the_gate_is_open_again(cast):
    posted = form(title="Ten minutes of work")
    assert page(cast, new(cast), **posted).status_code == 409
    cast.sign(cast.uma)
    answer = page(cast, new(cast), **posted)
    assert answer.status_code == 302
    assert ProgramVersion.objects.get().title == "Ten minutes of work"


def test_a_gate_that_shuts_between_the_door_and_the_save_still_refuses(cast, monkeypatch):
    cast.sign(cast.uma)
    opened = cast.browser(cast.tara)
    assert opened.get(new(cast)).status_code == 200
    monkeypatch.setattr("clearance.pages.programs.builder", shutting(cast))
    answer = opened.post(new(cast), form())
    assert answer.status_code == 409
    assert "Try again with what I typed" in answer.content.decode()
    assert not Program.objects.exists()


def shutting(cast):
    from clearance.pages.forms.programs import builder

    def builder_and_stop(*args, **kwargs):
        stop(cast)
        return builder(*args, **kwargs)

    return builder_and_stop


def test_while_the_gate_is_shut_a_program_is_on_hold_and_shows_no_dose(cast):
    program = saved(cast, title="Hip plan")
    stop(cast)
    for url in (at(program), at(program, "?version=1")):
        answer = page(cast, url)
        text = answer.content.decode()
        assert "workouts" not in answer.context
        assert "Hip plan" in text
        assert "This program is on hold" in text
        assert "Dizzy." in text
        assert "4/2/1" not in text
        assert "Bridge" not in text
        assert "/edit/" not in text
        assert "/print/" not in text


def test_while_the_gate_is_shut_the_list_says_on_hold_and_offers_nothing(cast):
    program = saved(cast)
    stop(cast)
    text = page(cast, f"/clients/{cast.uma.pk}/programs/").content.decode()
    assert text.count("On hold") >= 2
    assert at(program) in text
    assert "/edit/" not in text
    assert "programs/new/" not in text


@pytest.mark.parametrize(
    ("rest", "to"),
    [("edit/", "open the builder"), ("edit/?version=1", "open the builder"), ("print/", "print a program")],
)
@pytest.mark.parametrize("method", ["get", "head"])
def test_editing_and_printing_are_refused_while_the_gate_is_shut(cast, rest, to, method):
    program = saved(cast)
    stop(cast)
    answer = getattr(cast.browser(cast.tara), method)(at(program, rest))
    assert answer.status_code == 409
    assert refused(to) == 1
    assert "4/2/1" not in answer.content.decode()


def test_a_change_posted_while_the_gate_is_shut_makes_no_version(cast):
    program = saved(cast)
    stop(cast)
    answer = page(cast, at(program, "edit/"), **form(title="Changed", onto="1"))
    assert answer.status_code == 409
    assert program.versions.count() == 1
    assert refused("change a program") == 1


@pytest.mark.parametrize("rest", ["new/", "{}/edit/", "{}/print/"])
def test_an_archived_client_gets_no_program(cast, rest):
    program = saved(cast)
    archive_client(client=cast.uma, by=cast.tara.user)
    url = f"/clients/{cast.uma.pk}/programs/{rest.format(program.pk)}"
    assert page(cast, url).status_code == 409
    assert page(cast, at(program)).content.decode().count("4/2/1") == 0
    if "print" not in rest:
        assert page(cast, url, **form()).status_code == 409
        assert ProgramVersion.objects.count() == 1


# Saving


def test_a_program_is_saved_with_all_that_was_typed(cast):
    cast.sign(cast.uma)
    full = {"exercise": "curl", "kilograms": "12,5", "percent": "60", "effort": "5", "tempo": "X / x/X", "rest": "0"}
    answer = page(cast, new(cast), **form([full, {}], [{"exercise": "row"}], notes="Slowly."))
    program = Program.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at(program))
    first, second, third = lines_of(program)
    assert first == Line("curl", 2, 12, "x/x/x", 0, Decimal("12.5"), 60, 5)
    assert (second.exercise, third.exercise) == ("bridge", "row")
    shown = page(cast, at(program)).content.decode()
    assert "12.5 kg" in shown
    assert "Slowly." in shown
    assert "Workout 2" in shown


@pytest.mark.parametrize(
    ("field", "bad", "said"),
    [
        ("exercise", "", "Choose an exercise."),
        ("exercise", "unheard-of", "Choose an exercise from the library."),
        ("sets", "11", "from 1 to 10"),
        ("sets", "99999999999999999999", "from 1 to 10"),
        ("reps", "0", "from 1 to 100"),
        ("reps", "a few", "from 1 to 100"),
        ("tempo", "slow", "as 4/2/1"),
        ("tempo", "4/2", "as 4/2/1"),
        ("tempo", "", "as 4/2/1"),
        ("kilograms", "500.1", "from 0 to 500"),
        ("kilograms", "-1", "from 0 to 500"),
        ("kilograms", "NaN", "from 0 to 500"),
        ("kilograms", "1e9", "from 0 to 500"),
        ("kilograms", "10.25", "one decimal"),
        ("percent", "101", "from 1 to 100"),
        ("effort", "11", "from 0 to 10"),
        ("rest", "601", "from 0 to 600"),
        ("rest", "\x00", "from 0 to 600"),
    ],
)
def test_a_bad_value_stands_beside_its_line_and_nothing_typed_is_lost(cast, field, bad, said):
    cast.sign(cast.uma)
    answer = page(cast, new(cast), **form([{}, {field: bad}], title="My long title", notes="My notes"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert said in text
    assert 'href="#w0-1"' in text
    assert 'value="My long title"' in text
    assert "My notes" in text
    assert not Program.objects.exists()


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"title": ""}, "Title"),
        ({"title": "x" * 121}, "Title"),
        ({"title": "a\x00b"}, "Null characters"),
        ({"phase": "6"}, "Choose a phase."),
        ({"phase": "four"}, "Choose a phase."),
        ({"notes": "x" * 4001}, "Notes"),
        ({"w0-name": ""}, "Give the workout a name."),
        ({"w0-name": "x" * 81}, "Workout 1"),
        ({"shape": ""}, "1 to 7 workouts"),
        ({"shape": "1-1-1-1-1-1-1-1"}, "1 to 7 workouts"),
        ({"shape": "21"}, "1 to 20 exercises"),
        ({"shape": "0"}, "1 to 20 exercises"),
        ({"shape": "x-99999-²--"}, "1 to 7 workouts"),
    ],
)
def test_a_bad_head_or_shape_is_refused_with_a_sentence(cast, head, said):
    cast.sign(cast.uma)
    answer = page(cast, new(cast), **form(**head))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Program.objects.exists()


def test_sending_the_same_form_twice_makes_one_program(cast):
    cast.sign(cast.uma)
    first, second = (page(cast, new(cast), **form()) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Program.objects.count() == ProgramVersion.objects.count() == 1
    page(cast, new(cast), **form(title="Another one"))
    assert Program.objects.count() == 2


def test_saving_a_change_makes_a_new_version_and_saving_it_twice_makes_one(cast):
    program = saved(cast)
    for _ in range(2):
        assert page(cast, at(program, "edit/"), **form([{"reps": "15"}], onto="1")).status_code == 302
    assert [one.number for one in program.versions.order_by("number")] == [1, 2]
    assert lines_of(program)[0].reps == 15
    assert "12" in page(cast, at(program, "?version=1")).content.decode()


def test_a_colleagues_change_meanwhile_is_told_before_it_is_replaced(cast):
    program = saved(cast)
    revise(program=program, by=cast.theo.user, plan=simple(title="Theo's"))
    answer = page(cast, at(program, "edit/"), **form(title="Tara's", onto="1"))
    assert answer.status_code == 422
    assert "Theo Trainer saved version 2 meanwhile" in answer.content.decode()
    assert 'name="onto" value="2"' in answer.content.decode()
    assert page(cast, at(program, "edit/"), **form(title="Tara's", onto="2")).status_code == 302
    assert program.versions.count() == 3


def test_editing_starts_from_the_last_version_or_from_the_one_asked_for(cast):
    program = saved(cast, title="First words")
    revise(program=program, by=cast.tara.user, plan=simple(title="Second words"))
    assert "Second words" in page(cast, at(program, "edit/")).content.decode()
    older = page(cast, at(program, "edit/?version=1")).content.decode()
    assert "First words" in older
    assert 'name="onto" value="2"' in older


# Restrictions


def test_a_forbidden_exercise_is_struck_through_with_the_clause_and_substitutes(cast):
    cast.restrict(cast.uma, NO_OVERHEAD)
    text = page(cast, new(cast)).content.decode()
    assert "Struck out for this client: 1 exercise" in text
    assert "<s>Overhead press</s>" in text
    assert "Dr Ada Okafor: Nothing overhead" in text
    panel = text[text.index("Struck out") : text.index("data-keep")]
    assert "Landmine press" in panel
    assert 'value="press" disabled' in text
    assert 'value="bridge">' in text


def test_without_a_restriction_nothing_is_struck_out(cast):
    cast.sign(cast.uma)
    text = page(cast, new(cast)).content.decode()
    assert "Struck out" not in text
    assert "disabled>" not in text


def test_a_disabled_exercise_that_is_posted_all_the_same_is_refused_beside_its_line(cast):
    cast.restrict(cast.uma, NO_OVERHEAD)
    answer = page(cast, new(cast), **form([{}, {"exercise": "press"}], title="Clever"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Workout 1, exercise 2: Overhead press is refused. Dr Ada Okafor: Nothing overhead." in text
    assert 'value="press" selected' in text
    assert 'value="use:0:1:landmine"' in text
    assert not Program.objects.exists()


def test_a_load_cap_wants_a_number_and_keeps_it_low(cast):
    cast.restrict(cast.uma, Clause("load_abs_max", {"kilograms": "10", "zone": "any"}))
    silent = page(cast, new(cast), **form([{"exercise": "curl"}]))
    heavy = page(cast, new(cast), **form([{"exercise": "curl", "kilograms": "10.5"}]))
    assert (silent.status_code, heavy.status_code) == (422, 422)
    assert "Say the kilograms: Dr Ada Okafor allows at most 10." in silent.content.decode()
    assert "Lift at most 10 kg, anywhere" in heavy.content.decode()
    assert page(cast, new(cast), **form([{"exercise": "curl", "kilograms": "10"}])).status_code == 302


def test_conditions_are_ticked_by_name_or_the_save_is_refused(cast):
    decision = cast.restrict(cast.uma, HEART)
    clause = decision.restrictions.get()
    shown = page(cast, new(cast)).content.decode()
    assert f'name="acknowledged" value="{clause.pk}">' in shown
    without = page(cast, new(cast), **form())
    assert without.status_code == 422
    assert "Read and tick what Dr Ada Okafor asks for: Heart rate at most 130 a minute." in without.content.decode()
    another = page(cast, new(cast), **form(acknowledged="999999"))
    assert another.status_code == 422
    assert page(cast, new(cast), **form(acknowledged=str(clause.pk))).status_code == 302
    assert ProgramVersion.objects.get().acknowledged == [clause.pk]


def test_a_plan_that_a_tighter_decision_forbids_is_on_hold_until_it_is_changed(cast):
    program = saved(cast, exercise="press")
    cast.restrict(cast.uma, NO_OVERHEAD)
    shown = page(cast, at(program)).content.decode()
    assert "<s>Overhead press</s>" in shown
    assert "4/2/1" not in shown
    assert "/print/" not in shown
    assert page(cast, at(program, "print/")).status_code == 409
    assert "The restrictions have changed since" in page(cast, f"/clients/{cast.uma.pk}/programs/").content.decode()
    assert "Instead:" in page(cast, at(program, "edit/")).content.decode()
    page(cast, at(program, "edit/"), **form(onto="1"))
    assert page(cast, at(program, "print/")).status_code == 200


def test_new_conditions_are_read_before_the_plan_is_printed_again(cast):
    program = saved(cast)
    cast.restrict(cast.uma, HEART)
    assert page(cast, at(program, "print/")).status_code == 409
    assert "Read and tick" in page(cast, at(program)).content.decode()


def test_leaving_the_phases_table_is_noted_and_not_refused(cast):
    cast.sign(cast.uma)
    answer = page(cast, new(cast), **form([{"reps": "5", "exercise": "landmine"}], do="keep"))
    assert "Phase 1 asks for 12 to 20 reps." in answer.content.decode()
    assert "This exercise belongs to phase 2 or later." in answer.content.decode()
    assert page(cast, new(cast), **form([{"reps": "5", "exercise": "landmine"}])).status_code == 302


# The buttons


def pressed(cast: Any, do: str, *days: Any, **head: Any) -> str:
    answer = page(cast, new(cast), **form(*days, do=do, **head))
    assert answer.status_code == 200
    assert not Program.objects.exists()
    return answer.content.decode()


def chosen(text: str) -> list[str]:
    return [one.split('value="')[-1] for one in text.split('" selected')[:-1]]


TWO = [{"exercise": "bridge"}, {"exercise": "curl", "reps": "a lot"}], [{"exercise": "row"}]


@pytest.mark.parametrize(
    ("do", "shape", "order"),
    [
        ("add-line:0", "3-1", ["bridge", "curl", "row"]),
        ("remove-line:0:0", "1-1", ["curl", "row"]),
        ("copy-line:0:1", "3-1", ["bridge", "curl", "curl", "row"]),
        ("up-line:0:1", "2-1", ["curl", "bridge", "row"]),
        ("down-line:0:0", "2-1", ["curl", "bridge", "row"]),
        ("up-line:0:0", "2-1", ["bridge", "curl", "row"]),
        ("use:0:0:landmine", "2-1", ["landmine", "curl", "row"]),
        ("add-day", "2-1-1", ["bridge", "curl", "row"]),
        ("copy-day:0", "2-2-1", ["bridge", "curl", "bridge", "curl", "row"]),
        ("remove-day:0", "1", ["row"]),
        ("up-day:1", "1-2", ["row", "bridge", "curl"]),
        ("down-day:0", "1-2", ["row", "bridge", "curl"]),
        ("down-day:1", "2-1", ["bridge", "curl", "row"]),
        ("keep", "2-1", ["bridge", "curl", "row"]),
        ("up-line:9:9", "2-1", ["bridge", "curl", "row"]),
        ("remove-line:0:-1", "2-1", ["bridge", "curl", "row"]),
        ("remove-day:²", "2-1", ["bridge", "curl", "row"]),
        ("::::", "2-1", ["bridge", "curl", "row"]),
    ],
)
def test_a_button_changes_the_rows_keeps_what_was_typed_and_saves_nothing(cast, do, shape, order):
    cast.sign(cast.uma)
    text = pressed(cast, do, *TWO, title="", notes="Half-typed")
    assert f'name="shape" value="{shape}"' in text
    assert chosen(text) == order
    assert "Half-typed" in text
    assert ('value="a lot"' in text) == ("curl" in order)


def test_what_a_button_removed_comes_back(cast):
    cast.sign(cast.uma)
    text = pressed(cast, "remove-day:0", *TWO)
    undo = text.split('name="undo" value="')[1].split('"')[0].replace("&quot;", '"')
    back = pressed(cast, "undo", [{"exercise": "row"}], undo=undo)
    assert chosen(back) == ["bridge", "curl", "row"]
    assert "a lot" in back
    for broken in ("", "{}", "[1]", '[{"name": 1, "lines": "xx"}]', "[" * 5000, "null"):
        assert chosen(pressed(cast, "undo", [{}], undo=broken)) == ["bridge"]


def test_the_last_workout_gives_way_to_an_empty_one(cast):
    cast.sign(cast.uma)
    assert 'name="shape" value="1"' in pressed(cast, "remove-day:0", [{}])


def test_there_is_an_end_to_adding(cast):
    cast.sign(cast.uma)
    days = [[{}] * 20] + [[{}]] * 6
    for do in ("add-line:0", "copy-line:0:0", "add-day", "copy-day:0"):
        assert 'name="shape" value="20-1-1-1-1-1-1"' in pressed(cast, do, *days)


def test_all_lines_take_the_values_of_another_phase(cast):
    cast.sign(cast.uma)
    text = pressed(cast, "phase-values", [{}, {}], phase="4")
    assert text.count('value="x/x/x"') == 2
    assert text.count('value="300"') == 2
    assert 'value="undo"' in text


def test_the_cursor_goes_where_the_button_leads(cast):
    cast.sign(cast.uma)
    text = pressed(cast, "add-line:0", [{}])
    assert text.count("autofocus") == 1
    assert 'id="id_w0-1-exercise" autofocus' in text


# Printing


def test_the_print_view_says_for_whom_until_when_and_by_whom(cast):
    cast.restrict(cast.uma, NO_OVERHEAD, conditions="Mind the left hip.")
    program = build(client=cast.uma, by=cast.tara.user, plan=simple()).program
    text = page(cast, at(program, "print/"), cast.mona).content.decode()
    until = (cast.uma.decisions.get().valid_until).strftime("%b %Y")
    for words in ("Uma Uninjured", "Valid only while cleared: until", until, "Nothing overhead", "Dr Ada Okafor"):
        assert words in text
    assert "by Mona Manager" in text
    assert "Mind the left hip." in text
    assert 'aria-label="Main"' not in text
    assert "<title>Program to print · Clearance</title>" in text


# Who may


def test_a_program_of_somebody_else_is_not_there(cast):
    program = saved(cast)
    cast.knee
    cast.sign(cast.ines)
    for rest in ("", "edit/", "print/"):
        other = f"/clients/{cast.ines.pk}/programs/{program.pk}/{rest}"
        assert page(cast, other).status_code == 404
        assert page(cast, at(program, rest), cast.olga).status_code == 404
        assert page(cast, at(program, rest), cast.okafor.user).status_code == 403
    assert page(cast, f"/clients/{cast.ines.pk}/programs/{program.pk}/edit/", **form()).status_code == 404
    assert page(cast, at(program, "edit/"), cast.olga, **form()).status_code == 404
    assert program.versions.count() == 1


@pytest.mark.parametrize("asked", ["2", "0", "x", "99999999999999999999", "-1", "²"])
def test_a_version_of_another_program_is_not_there(cast, asked):
    program = saved(cast)
    for rest in ("", "edit/"):
        assert page(cast, at(program, f"{rest}?version={asked}")).status_code == 404


def test_wrong_methods_are_refused(cast):
    program = saved(cast)
    browser = cast.browser(cast.tara)
    assert browser.post(at(program)).status_code == 405
    assert browser.post(at(program, "print/")).status_code == 405
    assert browser.post(f"/clients/{cast.uma.pk}/programs/").status_code == 405
    assert browser.delete(new(cast)).status_code == 405


# The list


def test_an_empty_list_says_what_to_do(cast):
    url = f"/clients/{cast.uma.pk}/programs/"
    assert "as soon as the gate is open" in page(cast, url).content.decode()
    cast.sign(cast.uma)
    assert "Build the first one" in page(cast, url).content.decode()


def test_the_list_takes_the_same_number_of_queries_for_ten_and_twenty_programs(cast):
    cast.sign(cast.uma)
    browser, counts = cast.browser(cast.tara), []
    for start in (0, 10):
        for number in range(start, start + 10):
            build(client=cast.uma, by=cast.tara.user, plan=simple(title=f"Plan {number}"))
        browser.get(f"/clients/{cast.uma.pk}/programs/")
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(f"/clients/{cast.uma.pk}/programs/").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "Plan 19" in text
    assert browser.get(f"/clients/{cast.uma.pk}/programs/?page=x").status_code == 200


def test_the_builder_takes_the_same_number_of_queries_for_any_number_of_lines(cast):
    cast.restrict(cast.uma, NO_OVERHEAD)
    browser, counts = cast.browser(cast.tara), []
    for days in ([[{}]], [[{}] * 20] * 7):
        browser.post(new(cast), form(*days, do="keep"))
        with CaptureQueriesContext(connection) as queries:
            browser.post(new(cast), form(*days, do="keep"))
        counts.append(len(queries))
    assert counts[0] == counts[1]
