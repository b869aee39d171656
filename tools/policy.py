"""Write the checked-in lists of addresses and access anew; run by `make policy`."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portal.app import create_app
from portal.config import Env, Settings
from tests.house import policy

ENDPOINTS_HEAD = """\
# Who may open what. Written by `make policy`; a diff of this file is the review of a change.
# Columns: methods, rule, endpoint, who.
"""
PATHS_HEAD = """\
# Every address this portal has ever had. Lines are added by `make policy` and never taken away:
# an address that moves keeps a redirect.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(env=Env.TEST, base_url="http://localhost", instance=Path(folder)))
        lines = policy.endpoint_lines(app)
        policy.ENDPOINTS.write_text(ENDPOINTS_HEAD + "\n".join(lines) + "\n", encoding="utf-8")
        known = policy.stated(str(policy.PATHS)) if policy.PATHS.exists() else []
        every = sorted({*known, *(rule.rule for rule in policy.rules(app))})
        policy.PATHS.write_text(PATHS_HEAD + "\n".join(every) + "\n", encoding="utf-8")
    print(f"{len(lines)} rules written to {policy.ENDPOINTS.name}")


if __name__ == "__main__":
    main()
