"""The house rules, kept by tests."""

import ast
import importlib.metadata
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "clearance"
FLOORS = [
    "audit", "anatomy", "exercises", "people", "injuries", "checkins", "decisions", "gate", "programs", "exchange", "notices",
    "pages", "config",
]  # fmt: skip
MODULES = sorted(path for path in OURS.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN_NAMES = {"services", "utils", "helpers", "managers", "mixins", "signals", "common", "misc"}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def code_lines(path: Path) -> int:
    """Lines of code, without blank ones, comments and docstrings."""
    tree = ast.parse(path.read_text())
    prose: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            prose |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(path.read_text().splitlines(), start=1)
    return sum(1 for number, line in lines if line.strip() and not line.strip().startswith("#") and number not in prose)


def test_the_top_level_holds_what_was_asked_for_and_no_more():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    top = {line.split("/")[0] for line in listed}
    asked = {"manage.py", "clearance", "templates", "static", "tests", "requirements.txt", "README.md"}
    assert top <= asked | {"pyproject.toml", ".ci", ".gitignore"}


def test_imports_point_down_only():
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(lint)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_the_gate_rule_imports_nothing_but_the_standard_library():
    for module in ("rule.py", "known.py", "limits.py"):
        tree = ast.parse((OURS / "gate" / module).read_text())
        imported = {
            (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        # Beside the standard library, the rule knows only the words for what it looks at.
        assert {one.split(".")[0] for one in imported - {"clearance.gate.known"}} <= set(sys.stdlib_module_names)


def test_no_psycopg_3_which_django_would_silently_prefer():
    installed = {item.metadata["Name"].lower() for item in importlib.metadata.distributions()}
    assert not installed & {"psycopg", "psycopg-binary", "psycopg-c"}
    assert "psycopg2-binary" in installed


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_small_well_named_and_imports_our_own_only_at_its_top(path):
    assert code_lines(path) <= 250, f"{name(path)} has {code_lines(path)} lines of code"
    assert not set(path.with_suffix("").parts) & FORBIDDEN_NAMES
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        doc = ast.get_docstring(function)
        length -= len(doc.splitlines()) + 1 if doc else 0
        assert length <= 30, f"{name(path)}: {function.name} has {length} lines"
        inner = [node for node in ast.walk(function) if isinstance(node, ast.ImportFrom)]
        assert not [node for node in inner if (node.module or "").startswith("clearance")], f"{name(path)} imports late"


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent.name != "commands"], ids=name)
def test_public_functions_say_what_they_do(path):
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and "pages" not in path.parts:
            assert ast.get_docstring(node), f"{name(path)}: {node.name} has no docstring"


def test_every_package_says_what_it_holds():
    for floor in FLOORS:
        doc = ast.get_docstring(ast.parse((OURS / floor / "__init__.py").read_text())) or ""
        assert 2 <= len(doc.splitlines()) <= 10, floor


@pytest.mark.parametrize("path", sorted((OURS / "pages").rglob("*.py")), ids=name)
def test_pages_touch_no_model_manager_and_no_clock_and_give_no_moment(path):
    text = path.read_text()
    assert ".objects" not in text
    assert not re.search(r"datetime\.now|timezone\.now|date\.today", text)
    for call in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)):
        called = ast.unparse(call.func)
        if called.split(".")[0] in {"actions", "people", "staff", "address_book", "injuries", "decisions", "programs"}:
            assert "at" not in {keyword.arg for keyword in call.keywords}, f"{name(path)}: {called} is given a moment"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_html_and_no_raw_safety_switch_in_python(path):
    text = path.read_text()
    assert not re.search(r"</?(div|span|p|a|ul|li|button|form)[ >]", text), "HTML belongs to templates"
    assert "mark_safe" not in text
    assert "csrf_exempt" not in text


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_template_is_short_and_has_nothing_inline(path):
    text = re.sub(r"{[%#].*?[%#]}", "", path.read_text(), flags=re.DOTALL)
    assert len(path.read_text().splitlines()) <= 120
    assert "|safe" not in path.read_text()
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json))|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", text), "nothing from elsewhere"


def test_relations_name_classes_and_point_down():
    for model in apps.get_models():
        if not model.__module__.startswith("clearance."):
            continue
        floor = model.__module__.split(".")[1]
        for field in model._meta.fields:
            other = field.related_model.__module__ if field.related_model else ""
            if other.startswith("clearance."):
                assert FLOORS.index(other.split(".")[1]) <= FLOORS.index(floor), f"{model.__name__}.{field.name}"


def test_no_model_has_a_default_order_or_a_moment_that_sets_itself():
    for model in apps.get_models():
        # The rows of pghistory are written by triggers and carry its own clock; the gate never reads them.
        if model.__module__.startswith("clearance.") and not hasattr(model, "pgh_id"):
            assert not model._meta.ordering, model.__name__
            for field in model._meta.fields:
                assert not getattr(field, "auto_now", False), f"{model.__name__}.{field.name}"
                assert not getattr(field, "auto_now_add", False), f"{model.__name__}.{field.name}"


def test_no_string_keys():
    for path in OURS.rglob("models.py"):
        assert not re.search(r"(ForeignKey|OneToOneField|ManyToManyField)\(\s*[\"'](?!self)", path.read_text()), path


@pytest.mark.django_db
def test_migrations_are_complete():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_settings_alone_read_the_environment():
    for path in MODULES:
        if path.name not in ("settings.py", "localdb.py") and path.parent.name != "config":
            assert "os.environ" not in path.read_text(), path


def test_a_session_is_written_where_the_red_flags_look_at_it():
    for path in MODULES:
        if name(path) not in ("clearance/checkins/actions.py", "clearance/injuries/courses.py"):
            text = path.read_text()
            assert not re.search(
                r"courses\.(record|correct)_session|courses import .*(record|correct)_session", text
            ), path
