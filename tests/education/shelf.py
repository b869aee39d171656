"""A small content folder that passes the check, to break one thing at a time."""

from pathlib import Path

HELP = """---
version: 1
dated: 2026-11-01
---
## Call [[emergency]] now {#help-now}

- You are short of breath.

## Call the clinic {#help-clinic}

Call [[clinic]] at [[phone]], [[hours]].
"""

SOURCES = """brady-2014:
  citation: Brady and others, 2014
  url: https://example.org/brady
  accessed: "2026-11"
"""

CLAIMS = """- id: sore
  sentence: Being sore is common.
  certainty: Well supported
  sources: [brady-2014]
  clinics_say: You may be sore.
  studies_show: Many people were sore.
  not_known: What eases it.
- id: effect-relax
  sentence: The muscle gets soft.
  certainty: Theory
  sources: [brady-2014]
  clinics_say: It gets soft.
  studies_show: We found none.
  not_known: If it does.
"""

PAGE = """---
title: What it is
summary: IMS is a treatment with thin needles.
audience: reader
lang: en
author: A writer
clinical_reviewer: null
last_reviewed: null
next_review: 2027-05-31
version: 1
evidence_statement: Little is known.
sources: [brady-2014]
order: 11
conflicts: The clinic sells it.
call_to_action:
  text: Ask us
  link: /contact
translation_of: null
translation_status: original
---
## The short version {#short}

- Thin needles go into tight muscle.

## What it is {#what}

Nothing is injected.

## What it feels like {#feel}

You may feel a small prick.

## How sure are we? {#sure}

{claims: sore}

## Risks in numbers {#risks}

About 20 of 100 had a bruise. The other 80 had none.[@brady-2014]

## Tell us before {#tell-us}

- Tell us if you are afraid.

## When to get help {#help}

{help}

## Questions to ask {#ask}

- What did you find?
"""


def lay(folder: Path, **files: str) -> Path:
    """A content folder with good files, or those given instead (page, help, claims, sources)."""
    content = folder / "content"
    (content / "en" / "blocks").mkdir(parents=True)
    (content / "sources.yaml").write_text(files.get("sources", SOURCES), encoding="utf-8")
    (content / "claims.yaml").write_text(files.get("claims", CLAIMS), encoding="utf-8")
    help_file = content / "en" / "blocks" / "get-help.md"
    help_file.write_text(files.get("help", HELP), encoding="utf-8")
    (content / "en" / "what-it-is.md").write_text(files.get("page", PAGE), encoding="utf-8")
    return content


def line_of(text: str, words: str) -> int:
    """The line of a file that holds these words."""
    return text[: text.index(words)].count("\n") + 1
