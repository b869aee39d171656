"""What a clinic can set or call is written down."""

import re

import pytest

from portal.cli import COMMANDS
from portal.config import PREFIX, Settings
from portal.web.guard import Audience
from tests.house import sources

SETTINGS = [PREFIX + name.upper() for name in Settings.model_fields]


def _docs(name: str) -> str:
    return (sources.ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SETTINGS)
def test_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in _docs("settings.md")


def test_documented_settings_exist() -> None:
    named = set(re.findall(rf"`({PREFIX}[A-Z0-9_]+)`", _docs("settings.md")))
    assert named == set(SETTINGS)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_is_documented(name: str) -> None:
    assert f"`portal {name}" in _docs("commands.md")


@pytest.mark.parametrize("audience", list(Audience))
def test_audience_is_documented(audience: Audience) -> None:
    assert f"`{audience}`" in _docs("access.md")


def test_dependencies_say_what_would_be_lost() -> None:
    project = (sources.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed
    names = re.findall(r"\"([a-z0-9-]+)", listed.group(1))
    assert [name for name in names if f"| {name} |" not in _docs("dependencies.md")] == []


def test_links_between_documents_resolve() -> None:
    broken = [
        f"{sources.name(path)}: {target}"
        for path in sources.committed()
        if path.suffix == ".md" and "content" not in path.parts
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not (path.parent / target).exists()
    ]
    assert broken == []
