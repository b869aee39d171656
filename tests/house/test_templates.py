"""Every template compiles, is used, and uses what it imports."""

import re
from functools import cache

import pytest
from flask import Flask
from jinja2 import StrictUndefined, nodes

from tests.house import sources

NAMES = [str(path.relative_to(sources.TEMPLATES)) for path in sources.templates()]


@pytest.mark.parametrize("name", NAMES)
def test_template_compiles_strictly(app: Flask, name: str) -> None:
    assert app.jinja_env.undefined is StrictUndefined
    assert app.jinja_env.get_template(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_template_uses_what_it_imports(app: Flask, name: str) -> None:
    tree = app.jinja_env.parse((sources.TEMPLATES / name).read_text(encoding="utf-8"))
    imported = set()
    for found in tree.find_all(nodes.FromImport):
        imported |= {one if isinstance(one, str) else one[1] for one in found.names}
    imported |= {found.target for found in tree.find_all(nodes.Import)}
    used = {found.name for found in tree.find_all(nodes.Name) if found.ctx == "load"}
    assert imported <= used


@cache
def _texts() -> str:
    """What code, content and templates say, without the templates' comments."""
    files = [*sources.python("portal"), *sources.ROOT.glob("portal/content/**/*.*")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    texts += [
        re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for path in sources.templates()
    ]
    return "\n".join(texts)


@pytest.mark.parametrize("name", NAMES)
def test_template_is_reachable(name: str) -> None:
    file = name.rpartition("/")[2]
    forms = (name, file, file.partition(".")[0])
    marks = ('"{}"', "{}]", "{},", "{}}}")  # in code and templates, and in {drawings: one, two}
    assert any(mark.format(form) in _texts() for form in forms for mark in marks)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("components/")])
def test_component_is_one_macro_named_like_its_file(app: Flask, name: str) -> None:
    text = (sources.TEMPLATES / name).read_text(encoding="utf-8")
    macros = [found.name for found in app.jinja_env.parse(text).find_all(nodes.Macro)]
    public = [macro for macro in macros if not macro.startswith("_")]
    assert public == [name.removeprefix("components/").removesuffix(".html")]


@pytest.mark.parametrize("name", NAMES)
def test_template_brings_no_style_or_script_of_its_own(name: str) -> None:
    text = (sources.TEMPLATES / name).read_text(encoding="utf-8")
    assert not re.search(
        r"<style|\sstyle=|\son[a-z]+=|<script(?! src=| type=\"application/ld\+json\")", text
    )
