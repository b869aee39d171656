"""Sizes, imports and habits of the code itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house import sources

ROOT = Path(__file__).parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_TEMPLATE = 200
CODE = ("portal", "tests", "tools", "bench", "drills")
SHIPPED = "migrations/versions"  # a migration is written once and never edited
NO_PACKAGE = {"common", "core", "utils", "util", "helpers", "misc"}
COMMITS = {"portal/db.py", "portal/migrations/env.py"}
MAKES_MARKUP = ("portal/web/", "portal/education/markdown.py")
# Where noqa stands with its reason; the rest of the portal has fewer than five.
NOQA_EXPLAINED = {
    "S101": "an assertion that tells the type checker what is always so",
    "S105": "the name of an act, not a password",
    "PLR2004": "a status or limit that its comment names",
    "PLW0603": "one clock per process",
    "TID251": "the one place that reads the time",
}
NOQA_ELSEWHERE = 5


def test_imports_go_one_way() -> None:
    """In a process of its own: it would switch off the log of whatever is loaded already."""
    command = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [command], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout


# By the end of a module's name: what it must not import itself (the contracts name the packages).
_UNKNOWN_TO = {
    "views": {"sqlalchemy"},
    "queries": {"flask", "wtforms", "jinja2", "flask_wtf"},
    "service": {"flask", "wtforms", "jinja2", "flask_wtf"},
    "models": {"flask", "wtforms", "jinja2", "flask_wtf"},
    "presenters": {"sqlalchemy", "wtforms"},
}


def test_modules_know_only_what_their_name_allows() -> None:
    assert list(_wrong_imports()) == []


def _wrong_imports() -> Iterator[str]:
    for path in sources.python("portal"):
        unknown = _UNKNOWN_TO.get(path.stem.rpartition("_")[2], set())
        for node in ast.walk(sources.tree(path)):
            if (
                isinstance(node, ast.ImportFrom)
                and (node.module or "").partition(".")[0] in unknown
            ):
                yield f"{sources.name(path)}:{node.lineno} {node.module}"


def test_no_file_is_too_long() -> None:
    lines = {
        sources.name(path): len(path.read_text().splitlines()) for path in sources.python(*CODE)
    }
    long = {name: n for name, n in lines.items() if n > LONGEST_FILE and SHIPPED not in name}
    assert long == {}


def test_no_function_is_too_long() -> None:
    long = {
        f"{sources.name(path)}:{function.name}": length
        for path in sources.python(*CODE)
        for function in sources.functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
        and SHIPPED not in sources.name(path)
    }
    assert long == {}


def test_no_template_is_too_long() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in sources.templates()}
    assert {sources.name(path): n for path, n in lines.items() if n > LONGEST_TEMPLATE} == {}


def test_packages_are_named_by_what_they_hold() -> None:
    folders = {part for path in sources.python(*CODE) for part in path.parts[:-1]}
    stems = {path.stem for path in sources.python("portal")}
    assert not NO_PACKAGE & (folders | stems)


def test_only_the_write_path_commits() -> None:
    found = [
        f"{sources.name(path)}:{call.lineno}"
        for path in sources.python("portal")
        if sources.name(path) not in COMMITS
        for call in sources.calls(path)
        if sources.called(call) == "commit"
    ]
    assert found == []


def test_nobody_imports_the_package_root() -> None:
    assert list(_imports_of_root()) == []


def _imports_of_root() -> Iterator[str]:
    modules = {path.stem for path in sources.PORTAL.glob("*.py")}
    modules |= {path.name for path in sources.PORTAL.iterdir() if path.is_dir()}
    for path in sources.python("portal"):
        for node in ast.walk(sources.tree(path)):
            if isinstance(node, ast.Import) and any(one.name == "portal" for one in node.names):
                yield f"{sources.name(path)}:{node.lineno}"
            if isinstance(node, ast.ImportFrom) and node.module == "portal":
                wrong = [one.name for one in node.names if one.name not in modules]
                yield from (f"{sources.name(path)}:{node.lineno} {one}" for one in wrong)


def test_safe_html_is_made_in_one_place() -> None:
    found = [
        sources.name(path)
        for path in sources.python("portal")
        if not sources.name(path).startswith(MAKES_MARKUP)
        and re.search(r"\bMarkup\b", path.read_text())
    ]
    marked = [
        sources.name(path)
        for path in sources.templates()
        if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())
    ]
    assert (found, marked) == ([], [])


def test_types_are_never_ignored() -> None:
    waived = "type: " + "ignore"
    found = [sources.name(path) for path in sources.python(*CODE) if waived in path.read_text()]
    assert found == []


def test_rules_are_hardly_ever_waived() -> None:
    elsewhere = []
    for path in sources.python("portal"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            waived = re.search(r"# noqa: ([A-Z0-9, ]+)(.*)", line)
            if waived and set(re.findall(r"[A-Z]+\d+", waived.group(1))) - set(NOQA_EXPLAINED):
                elsewhere.append(f"{sources.name(path)}:{number}")
    assert len(elsewhere) < NOQA_ELSEWHERE, elsewhere


def test_every_waiver_gives_its_reason() -> None:
    found = [
        f"{sources.name(path)}:{number}"
        for path in sources.python(*CODE)
        if path.parent.name != "house"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"#\s*noqa", line) and not re.search(r"# noqa: [A-Z0-9, ]+ - \w", line)
    ]
    assert found == []


def test_translated_sentences_name_their_fields() -> None:
    assert list(_unnamed_fields()) == []


_TRANSLATES = {"_", "gettext", "lazy_gettext", "ngettext", "pgettext", "_l"}


def _unnamed_fields() -> Iterator[str]:
    for path in sources.python("portal"):
        for call in sources.calls(path):
            if sources.called(call) not in _TRANSLATES:
                continue
            sentences = call.args[: 2 if sources.called(call) == "ngettext" else 1]
            if not all(_is_plain(one) for one in sentences):
                yield f"{sources.name(path)}:{call.lineno}"


def _is_plain(sentence: ast.expr) -> bool:
    """Whether a sentence can be translated: not put together here, and every field in it named."""
    if isinstance(sentence, ast.Constant):
        return not re.search(r"%[sdrf]|\{\w*\}", str(sentence.value))
    return isinstance(sentence, ast.Attribute | ast.Name)
