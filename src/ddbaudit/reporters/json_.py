"""The report as JSON, format 1. Keys may be added; none is renamed, retyped or removed within a format."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic, Related
from ddbaudit.foundation.source import Span
from ddbaudit.sdk.problem import Link
from ddbaudit.sdk.report import Finding, PlanEntry, Report, RuleEntry, Suppression

FORMAT = 1
MAX_TEXT = 400

Json = dict[str, Any]


def render(report: Report) -> str:
    """The whole document with a final newline; the same report gives the same bytes."""
    return as_text(document(report))


def as_text(data: Json) -> str:
    """Data as ASCII with a final newline. `##[`, on which a runner of GitHub Actions acts anywhere in a line, is
    escaped; it can only stand in a string."""
    return json.dumps(data, ensure_ascii=True, indent=2).replace("##[", "#\\u0023[") + "\n"


def document(report: Report) -> Json:
    """The document as data."""
    outcome, inventory = report.outcome, report.inventory
    return {
        "format": FORMAT,
        "version": report.version,
        "outcome": {
            "code": int(outcome.code),
            "name": outcome.code.name.lower(),
            "complete": outcome.complete,
            "counts": dict(outcome.counts),
            "reasons": list(outcome.reasons),
            "loosened": list(outcome.loosened),
        },
        "findings": [_finding(f) for f in report.findings],
        "ledger": _ledger(report),
        "inventory": {
            "roots": [{"root": root, "environment": environment} for root, environment in inventory.roots],
            "tables": [
                {
                    "name": t.name,
                    "address": t.address,
                    "environment": t.environment,
                    "root": t.root,
                    "indexes": t.indexes,
                    "place": place(t.place),
                }
                for t in inventory.tables
            ],
            "policies": inventory.policies,
            "modules": inventory.modules,
            "resources": inventory.resources,
            "files": inventory.files,
            "files_unparsed": list(inventory.files_unparsed),
            "packs": list(inventory.packs),
            "plans": [_plan(p) for p in inventory.plans],
        },
        "rules": list(report.rules),
        "catalogue": [_rule(entry) for entry in report.catalogue],
        "diagnostics": [diagnostic(d) for d in report.diagnostics],
        "errors": list(report.errors),
    }


def _plan(entry: PlanEntry) -> Json:
    return {
        "path": entry.path,
        "kind": entry.kind,
        "mode": entry.mode,
        "terraform_version": entry.terraform_version,
        "timestamp": entry.timestamp,
        "root": entry.root,
        "environment": entry.environment,
        "source": entry.source,
    }


def _rule(entry: RuleEntry) -> Json:
    return {
        "id": entry.id,
        "name": entry.name,
        "severity": entry.severity.label,
        "summary": entry.summary,
        "rationale": entry.rationale,
        "remedy": entry.remedy,
        "references": list(entry.references),
    }


def _ledger(report: Report) -> Json:
    """Every verdict: the entries, and their number by verdict."""
    counts = Counter(entry.verdict.value for entry in report.ledger)
    return {
        "counts": dict(sorted(counts.items())),
        "entries": [
            {
                "rule": e.rule,
                "address": e.address,
                "environment": e.environment,
                "root": e.root,
                "verdict": e.verdict.value,
                **({"reason": e.reason} if e.reason else {}),
            }
            for e in report.ledger
        ],
    }


def _finding(finding: Finding) -> Json:
    suppressed = finding.suppressed
    return {
        "rule": finding.rule,
        "name": finding.name,
        "verdict": finding.verdict.value,
        "severity": finding.severity.label,
        "blocking": finding.blocking,
        "address": finding.address,
        "environments": list(finding.environments),
        "message": finding.message,
        "help": finding.help,
        "primary": {**place(finding.primary), "text": _text(finding.primary), "label": finding.label},
        "related": [_related(r) for r in finding.related],
        "origin": [_link(link) for link in finding.origin],
        "causes": [{**_link(link), "environments": list(names)} for link, names in finding.causes],
        "callers": [place(span) for span in finding.callers],
        "fingerprint": finding.fingerprint,
        "detail": finding.detail,
        "suppressed": _suppression(suppressed) if suppressed is not None else None,
    }


def _suppression(suppression: Suppression) -> Json:
    return {
        "kind": suppression.kind,
        "reason": suppression.reason,
        "until": suppression.until,
        "place": place(suppression.place) if suppression.place is not None else None,
    }


def _text(span: Span) -> str:
    text = span.quoted
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "…"


def _related(related: Related) -> Json:
    return {**place(related.span), "note": related.note}


def _link(link: Link) -> Json:
    return {"note": link.note, "place": place(link.span) if link.span is not None else None}


def place(span: Span) -> Json:
    """A place; lines and columns are 1-based, the end is behind the last character. In a plan or state `attribute` is
    the path of attributes, and the lines are those of the object that holds it."""
    begin, finish = span.begin, span.finish
    return {
        "file": span.path,
        "start": {"line": begin.line, "column": begin.column},
        "end": {"line": finish.line, "column": finish.column},
        "attribute": span.attribute,
    }


def diagnostic(diagnostic: Diagnostic) -> Json:
    """A diagnostic; `place` is null where only a path, or nothing, can be named."""
    return {
        "code": diagnostic.code,
        "level": diagnostic.level.value,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "help": diagnostic.help,
        "path": diagnostic.span.path if diagnostic.span is not None else diagnostic.path,
        "place": place(diagnostic.span) if diagnostic.span is not None else None,
    }
