"""The consent text: which version is asked now, and what was agreed to.

The text stands in `templates/care/consent_text.html`. Whoever changes what it says gives it a new
version here; the old text stays readable in the history of this project.
"""

TEXT_VERSION = "2026-11"
