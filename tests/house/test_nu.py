"""The Nu checker over every page that the other tests have seen, once."""

import json
import shutil
import subprocess
from collections import Counter

import pytest

from tests import pages
from tests.house import sources

JAR = sources.ROOT / ".tools" / "vnu-jar@26.9.27" / "package" / "build" / "dist" / "vnu.jar"


@pytest.mark.last
def test_every_page_seen_is_valid_html() -> None:
    java = shutil.which("java")
    assert java, "Java is missing; `make test` installs it"
    assert JAR.exists(), "the Nu checker is missing; `make test` fetches it"
    seen = subprocess.run(
        [java, "-jar", JAR, "--format", "json", "--errors-only", "--skip-non-html", pages.kept()],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(seen.stderr)["messages"] if seen.stderr else []
    said = Counter(f"{one['message']} {one.get('extract', '')[:120]}" for one in found)
    assert said == {}
