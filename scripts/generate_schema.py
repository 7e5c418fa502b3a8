"""Writes the JSON Schemas of `check -o json`, `dump`, rules in YAML and data models (docs/schema); with --check, tells
whether they are fresh.

Every key is required and keys may be added: within a format no key is renamed, retyped or removed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ddbaudit.app.config_fields import SETTINGS
from ddbaudit.datamodel import json_schema as datamodel_schema
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.verdict import Severity, Verdict
from ddbaudit.policy import json_schema
from ddbaudit.sdk.report import ExitCode

Schema = dict[str, Any]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parents[1] / "docs" / "schema"

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
ONE: Schema = {"type": "integer", "minimum": 1}
PLACE: Schema = {"$ref": "#/$defs/place"}


def thing(description: str, /, **properties: Schema) -> Schema:
    """An object that has all these keys, and maybe more."""
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": True,
    }


def many(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items, **({"description": description} if description else {})}


def one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def about(schema: Schema, description: str) -> Schema:
    return {**schema, "description": description}


def extended(base: Schema, description: str, /, **properties: Schema) -> Schema:
    """An object like `base` with further keys."""
    return thing(description, **base["properties"], **properties)


POSITION = thing("A position; the line and the column (in code points) are counted from 1.", line=ONE, column=ONE)
PLACE_SHAPE = thing(
    "A range of text; the end is behind the last character.",
    file=about(TEXT, "The path, relative to the working directory where possible, with / as separator."),
    start={"$ref": "#/$defs/position"},
    end={"$ref": "#/$defs/position"},
    attribute=about(nullable(TEXT), "In a plan or state, the path of attributes; lines are those of the JSON object."),
)
LINK = thing(
    "One step of the way a value came by; without a place: the command line.", note=TEXT, place=nullable(PLACE)
)
DIAGNOSTIC = thing(
    "Something of the input that could not be read or evaluated (error), or is worth saying (warning).",
    code=about(TEXT, "Stable; `ddbaudit explain CODE` says what it means."),
    level=one_of(*(level.value for level in Level)),
    summary=about(TEXT, "Constant for each code."),
    detail=TEXT,
    help=TEXT,
    path=nullable(TEXT),
    place=nullable(PLACE),
)
FINDING = thing(
    "One problem, in one or several environments.",
    rule=TEXT,
    name=TEXT,
    verdict=one_of(Verdict.FAIL.value, Verdict.UNKNOWN.value),
    severity=one_of(*(severity.label for severity in Severity)),
    blocking=about(FLAG, "Whether it decides the exit code."),
    address=about(TEXT, "The resource instance, or (root)."),
    environments=many(TEXT),
    message=TEXT,
    help=TEXT,
    primary=extended(PLACE_SHAPE, "The one place the finding points at.", text=TEXT, label=TEXT),
    related=many(extended(PLACE_SHAPE, "A further place, with what it has to do with it.", note=TEXT)),
    origin=many({"$ref": "#/$defs/link"}, "The way the value came by behind the primary place; the last is the cause."),
    causes=many(extended(LINK, "A cause, with the environments it holds in.", environments=many(TEXT))),
    callers=many(PLACE, "The module calls that lead there, nearest first."),
    fingerprint=about(TEXT, "Stable over edits elsewhere: of rule, address and detail, without lines and values."),
    detail=about(TEXT, "What tells several problems of a rule on one address apart; empty where there is one only."),
    suppressed=nullable(
        thing(
            "Why it does not count: a comment in the source, or an entry of a baseline file.",
            kind=one_of("comment", "baseline"),
            reason=TEXT,
            until=about(nullable(TEXT), "The last day on which it holds, as 2027-01-31."),
            place=nullable(PLACE),
        )
    ),
)
COUNTED = (
    *("tables", "policies", "roots", "files", "errors", "warnings", "unknown", "suppressed", "suppressed_unknown"),
    "unparsed",
)
OUTCOME = thing(
    "How the run ended.",
    code={"enum": [int(code) for code in ExitCode], "description": "The exit code, see docs/exit-codes.md."},
    name=one_of(*(code.name.lower() for code in ExitCode)),
    complete=about(FLAG, "Whether everything could be judged."),
    counts={
        **thing(
            "How many there are of what.",
            **dict.fromkeys(COUNTED, NUMBER),
        ),
        "additionalProperties": NUMBER,
    },
    reasons=many(TEXT, "Why the code is not 0, most important first."),
    loosened=many(TEXT, "The flags that made the gate laxer than it is by default."),
)
LEDGER_ENTRY = thing(
    "The one verdict of a rule on a subject in an environment.",
    rule=TEXT,
    address=TEXT,
    environment=TEXT,
    root=TEXT,
    verdict=one_of(*(verdict.value for verdict in Verdict)),
)
LEDGER = thing(
    "Every verdict.",
    counts={"type": "object", "additionalProperties": NUMBER, "description": "The entries by verdict."},
    entries=many(LEDGER_ENTRY),
)
TABLE = thing(
    "A table that was checked.", name=TEXT, address=TEXT, environment=TEXT, root=TEXT, indexes=NUMBER, place=PLACE
)
PLAN = thing(
    "A plan or state that was judged; `source` tells whether the configuration behind it was at hand.",
    path=TEXT,
    kind=one_of("plan", "state"),
    mode=one_of("normal", "destroy", "refresh-only"),
    terraform_version=TEXT,
    timestamp=TEXT,
    root=TEXT,
    environment=TEXT,
    source=FLAG,
)
INVENTORY = thing(
    "What was looked at.",
    roots=many(thing("A root module in an environment.", root=TEXT, environment=TEXT)),
    tables=many(TABLE),
    policies=NUMBER,
    modules=NUMBER,
    resources=NUMBER,
    files=NUMBER,
    files_unparsed=many(TEXT),
    packs=many(TEXT),
    plans=many(PLAN, "The plans and states among the inputs."),
)
RULE = thing(
    "What a rule says of itself; references are URLs, or names of design documents.",
    id=TEXT,
    name=TEXT,
    severity=one_of(*(severity.label for severity in Severity)),
    summary=TEXT,
    rationale=TEXT,
    remedy=TEXT,
    references=many(TEXT),
)
REPORT = thing(
    "The report of `ddbaudit check -o json`.",
    format={"const": 1},
    version=TEXT,
    outcome=OUTCOME,
    findings=many(FINDING),
    ledger=LEDGER,
    inventory=INVENTORY,
    rules=many(TEXT, "The ids of the rules that ran."),
    catalogue=many(RULE, "What these rules are."),
    diagnostics=many({"$ref": "#/$defs/diagnostic"}),
    errors=many(TEXT, "Faults of ddbaudit or of a rule."),
)

KINDS = ("errors", "warnings", "unknown", "suppressed")


def total(description: str, *counts: str, **more: Schema) -> Schema:
    return many(thing(description, name=TEXT, **more, **dict.fromkeys((*counts, *KINDS), NUMBER)))


REPOSITORY = about(TEXT, "Its name as given to `merge`, or the path of its report.")
DIGEST = about(TEXT, "What tells the reports of a repository apart.")
CODE = OUTCOME["properties"]["code"]
NUMBERS: Schema = {"type": "object", "additionalProperties": NUMBER}
OF_REPORT = ("rule", "name", "verdict", "severity", "blocking", "address", "environments", "message", "help", "primary")
FOUND = (*OF_REPORT, "related", "origin", "callers", "fingerprint", "suppressed")
FLEET = thing(
    "What `ddbaudit merge -o json` makes of many reports; it can be merged in turn.",
    format={"const": 1},
    kind={"const": "fleet"},
    version=TEXT,
    outcome=thing(
        "The gravest of all.",
        **{**OUTCOME["properties"], "counts": about(NUMBERS, "Over all repositories.")},
    ),
    totals=thing(
        "What the findings add up to.",
        repositories=total("By repository.", "reports", "tables", code=CODE),
        rules=total("By rule.", "repositories", title=TEXT),
        environments=total("By environment; a finding counts in each of its own.", "repositories", "roots", "tables"),
    ),
    reports=many(
        thing(
            "A report without its findings.",
            repository=REPOSITORY,
            report=DIGEST,
            version=about(TEXT, "Empty when the report could not be read."),
            code=CODE,
            complete=FLAG,
            counts=NUMBERS,
            reasons=many(TEXT),
            loosened=many(TEXT),
            packs=many(TEXT),
            environments={"type": "object", "additionalProperties": NUMBERS},
            ledger=NUMBERS,
            diagnostics=many({"$ref": "#/$defs/diagnostic"}),
            errors=many(TEXT),
        )
    ),
    findings=many(
        thing(
            "A finding as in its report.",
            repository=REPOSITORY,
            report=DIGEST,
            **{key: FINDING["properties"][key] for key in FOUND},
        )
    ),
    catalogue=many(RULE, "What the rules are."),
)

RESOURCE = thing(
    "A resource or data instance.",
    address=TEXT,
    mode=one_of("managed", "data"),
    type=TEXT,
    values=about({"type": "object"}, "What is known, in the shapes of plan JSON."),
    unknown=about({}, "The same shape with true at every unknown leaf, like plan JSON's after_unknown."),
    file=TEXT,
    line=ONE,
)
RESOURCE["properties"]["symbols"] = {
    "type": "object",
    "additionalProperties": TEXT,
    "description": "The text of partly known strings, by attribute path.",
}
RESOURCE["properties"]["sensitive"] = {"description": "The same shape with true at every value that is not shown."}
OUTPUT = {
    **thing("An output of the root module.", unknown={}),
    "description": "`value` is there as far as it is known.",
}
ENVIRONMENT = thing(
    "A root module as evaluated.",
    name=TEXT,
    root=TEXT,
    resources=many(RESOURCE),
    outputs={"type": "object", "additionalProperties": OUTPUT},
)
DUMP = thing(
    "The output of `ddbaudit dump`.",
    format={"const": 1},
    environments=many(ENVIRONMENT),
    diagnostics=many({"$ref": "#/$defs/diagnostic"}),
)


def document(title: str, schema: Schema) -> Schema:
    definitions = {"position": POSITION, "place": PLACE_SHAPE, "link": LINK, "diagnostic": DIAGNOSTIC}
    used = json.dumps([schema, DIAGNOSTIC, LINK, PLACE_SHAPE])
    return {
        "$schema": DRAFT,
        "title": title,
        **schema,
        "$defs": {name: shape for name, shape in definitions.items() if f"#/$defs/{name}" in used},
    }


def documents() -> dict[str, str]:
    """File name -> text of every schema."""
    schemas = {
        "report-1.json": document("ddbaudit report, format 1", REPORT),
        "fleet-1.json": document("ddbaudit fleet, format 1", FLEET),
        "config-1.json": {"$schema": DRAFT, "title": "ddbaudit.toml", **SETTINGS.schema()},
        "dump-1.json": document("ddbaudit dump, format 1", DUMP),
        "model-1.json": {"$schema": DRAFT, "title": "ddbaudit data model, format 1", **datamodel_schema.schema()},
        "rules-1.json": {"$schema": DRAFT, "title": "ddbaudit rules, format 1", **json_schema.schema()},
    }
    return {name: json.dumps(schema, indent=2, ensure_ascii=True) + "\n" for name, schema in schemas.items()}


def main(arguments: list[str]) -> int:
    stale = []
    for name, text in documents().items():
        path = FOLDER / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8", newline="\n")
    if stale and "--check" in arguments:
        print(f"not fresh: {', '.join(stale)}; run scripts/generate_schema.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
