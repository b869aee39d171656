"""What describes the CSV files to a machine: a data package and a REDCap data dictionary.

The data package follows the Table Schema of Data Package 1.0; the dictionary has REDCap's own
eighteen columns, of the wide file, so that a study's form is made from it as it stands.
"""

import json
from typing import Any

from portal.privacy.record_fields import ENTRIES, TABLES, Column, Kind, Table
from portal.privacy.record_tables import labels
from portal.web.csv_cells import Cell, lines

REDCAP_HEAD = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_REDCAP_FORM = "diary_entry"
_LONG = 200


def datapackage_json() -> str:
    """Return `datapackage.json`: both CSV files with the type and limits of every column."""
    package = {
        "profile": "tabular-data-package",
        "name": "diary-record",
        "resources": [_resource(table) for table in TABLES],
    }
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    return {
        "name": table.name,
        "path": table.file,
        "profile": "tabular-data-resource",
        "description": str(table.about),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {
        "required": column.is_required or None,
        "unique": column.is_unique or None,
        "minimum": column.lowest,
        "maximum": column.highest,
        "maxLength": column.longest + 1 if column.longest else None,  # with a guarding apostrophe
        "enum": list(column.choices) or None,
    }
    told: dict[str, Any] = {
        "name": column.name,
        "type": str(column.kind),
        "title": str(column.label),
    }
    if column.kind is Kind.YES_NO:
        told |= {"trueValues": ["1"], "falseValues": ["0"]}
    stated = {name: limit for name, limit in limits.items() if limit is not None}
    return told | ({"constraints": stated} if stated else {})


def redcap_csv() -> str:
    """Return `redcap.csv`: the data dictionary of the wide file."""
    return lines([REDCAP_HEAD, *(_redcap_line(column) for column in ENTRIES)])


def _redcap_line(column: Column) -> tuple[Cell, ...]:
    kind, choices = _redcap_kind(column)
    return (
        column.name,
        _REDCAP_FORM,
        "",
        kind,
        str(column.label),
        choices,
        "",
        _validation(column) if kind == "text" else "",
        column.lowest if kind == "text" else None,
        column.highest if kind == "text" else None,
        "y" if column.is_identifier else "",
        "",
        "y" if column.is_required else "",
        "",
        "",
        "",
        "",
        "",
    )


def _redcap_kind(column: Column) -> tuple[str, str]:
    if column.choices:
        words = labels()[column.name]
        return "radio", " | ".join(f"{code}, {words[code]}" for code in column.choices)
    if column.kind is Kind.YES_NO:
        return "yesno", ""
    return ("notes" if (column.longest or 0) > _LONG else "text"), ""


def _validation(column: Column) -> str:
    return {Kind.WHOLE: "integer", Kind.DAY: "date_ymd"}.get(column.kind, "")
