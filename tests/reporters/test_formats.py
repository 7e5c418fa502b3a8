"""The formats that other programs read, each held against its own schema or a real reader of it.

`data/sarif-2.1.0.json` is the schema that the npm package @microsoft/sarif-multitool-linux 5.7.0 ships (MIT).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree

import junitparser
import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.reporters import github, gitlab, html, junit, markdown, sarif
from ddbaudit.sdk.report import ExitCode, Report
from tests.reporters.formats import FORMATS, clean, every_kind, of_text
from tests.reporters.tour import report

# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format; GitLab itself validates less, see its
# app/validators/json_schemas/codeclimate.json (description, fingerprint, severity, location).
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./)."},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"minimum": 1}}},
                },
            },
        },
    },
}
HOSTILE = {
    "newline": r"a\n::error::b",
    "workflow command": "::error file=x::a",
    "old workflow command": "##[error]a",
    "percent": "%0A::error::a",
    "tag": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "closing tag": "</error></testcase></details><h1>",
    "CDATA": "]]>&amp;&#10;",
    "link": "[click](https://example.com) https://example.com www.example.com",
    "image": "![x](javascript:alert(1))",
    "mention": "@everyone #1 !2 ~bug GH-3",
    "fence": "```` ``` ` **bold** | --- |",
    "escape": r"\u001b[31mred\u202e\u0000",
    "no character": "\\ufffe\\uffff",
}


@cache
def _sarif() -> Draft202012Validator:
    schema = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text("utf-8"))
    return Draft202012Validator(schema)


def schema_of(schema: Any) -> Draft202012Validator:
    return Draft202012Validator(schema)


def log_of(text: str) -> Any:
    """The one run of a log, which is valid."""
    data = json.loads(text)
    assert [f"{error.json_path}: {error.message}" for error in _sarif().iter_errors(data)] == []
    return data["runs"][0]


def cases_of(text: str) -> list[Any]:
    """The cases as junitparser reads them."""
    return [case for suite in junitparser.JUnitXml.fromstring(text.encode()) for case in suite]


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them (actions/runner, ActionCommand.cs)."""
    found = []
    for line in text.splitlines()[:-1]:
        kind, properties, data = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line).groups()  # type: ignore[union-attr]
        pairs = [pair.split("=", 1) for pair in properties.split(",")]
        found.append((kind, {k: _unescaped(v) for k, v in pairs}, _unescaped(data)))
    return found


def _unescaped(text: str) -> str:
    for mark, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(mark, char)
    return text


# -- every format -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", [report, every_kind, clean])
def test_every_format_is_what_its_readers_expect(made: Any) -> None:
    found = made()
    log_of(sarif.render(found))
    assert cases_of(junit.render(found))
    Draft202012Validator(GITLAB).validate(json.loads(gitlab.render(found)))
    commands_of(github.render(found))
    assert markdown.render(found).startswith("<!-- ddbaudit -->\n## ")


@pytest.mark.parametrize("name", FORMATS)
def test_a_run_that_is_not_complete_never_looks_clean(name: str) -> None:
    """Also when nothing was found: the reason is all there is to be seen."""
    base = clean()
    outcome = replace(base.outcome, code=ExitCode.INCOMPLETE, complete=False, reasons=("nothing to check",))
    text = FORMATS[name](replace(base, outcome=outcome))
    assert "nothing to check" in text
    if name == "sarif":
        (invocation,) = log_of(text)["invocations"]
        assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 3)
        assert [n["level"] for n in invocation["toolExecutionNotifications"]][:1] == ["error"]
    elif name == "junit":
        assert [case.result[0]._tag for case in cases_of(text)] == ["error"]
    elif name == "github":
        assert [kind for kind, _, _ in commands_of(text)] == ["error"]
    elif name == "gitlab":
        assert [entry["severity"] for entry in json.loads(text)] == ["blocker"]
    else:
        assert "ddbaudit: incomplete (exit 3)" in text.partition("\n\n")[0] + text.partition("<body>")[2][:200]


@pytest.mark.parametrize("name", FORMATS)
def test_what_a_crash_hides_is_an_error(name: str) -> None:
    assert "crashed on aws" in FORMATS[name](every_kind()).replace("\\", "")


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", FORMATS)
def test_text_of_the_tree_is_only_text(name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    found = of_text(tmp_path, HOSTILE[kind])
    assert found.outcome.code is ExitCode.INCOMPLETE
    assert found.findings
    text = FORMATS[name](found)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]|##\\[", text)
    if name != "github":
        assert not re.search(r"^\s*::", text, re.MULTILINE)
    _Readers(found, text).read(name)


class Page(HTMLParser):
    """The tags and attributes of a page, as a browser would see them."""

    KNOWN: ClassVar = {
        *("html", "head", "meta", "title", "style", "body", "header", "footer", "h1", "h2", "h3", "p", "ul", "li", "b"),
        *("div", "span", "table", "thead", "tbody", "tr", "th", "td", "article", "details", "summary", "code", "pre"),
        "mark",
    }
    ATTRIBUTES: ClassVar = {
        *("lang", "charset", "name", "content", "http-equiv", "class", "tabindex", "role", "aria-label", "open"),
        *("viewbox", "x", "y", "width", "height", "rx", "cx", "cy", "r", "d", "transform"),
    }

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.policy = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.attributes.update(found)
        if "http-equiv" in found:
            self.policy = found["content"] or ""


class _Readers:
    """What real readers make of a text, and that nothing of it is more than text."""

    def __init__(self, found: Report, text: str) -> None:
        self.found = found
        self.text = text

    def read(self, name: str) -> None:
        getattr(self, name)()

    def sarif(self) -> None:
        run = log_of(self.text)
        texts = [r["message"]["text"] for r in run["results"]]
        assert len(texts) == len(self.found.findings) + sum(d.span is not None for d in self.found.diagnostics)
        assert not any("](" in text for text in texts)
        for result in run["results"]:
            uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri)

    def junit(self) -> None:
        root = ElementTree.fromstring(self.text)
        assert {element.tag for element in root.iter()} <= {
            *("testsuites", "testsuite", "testcase", "failure", "error", "skipped")
        }
        assert cases_of(self.text)
        assert not re.search("[\ufffe\uffff]", self.text)

    def github(self) -> None:
        commands = commands_of(self.text)
        assert {kind for kind, _, _ in commands} <= {"error", "warning"}
        assert all(set(found) <= {"file", "line", "col", "endLine", "endColumn", "title"} for _, found, _ in commands)

    def gitlab(self) -> None:
        entries = json.loads(self.text)
        Draft202012Validator(GITLAB).validate(entries)
        assert len({entry["fingerprint"] for entry in entries}) == len(entries)

    def markdown(self) -> None:
        tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(self.text)
        inner = [child for token in tokens for child in token.children or ()]
        html = [token.content.strip() for token in (*tokens, *inner) if token.type.startswith("html")]
        assert set(html) <= {"<!-- ddbaudit -->", "<details><summary>Details</summary>", "</details>"}
        kinds = {token.type for token in (*tokens, *inner)} - {"html_block"}
        assert not kinds & {"link_open", "image", "table_open", "html_inline", "em_open", "s_open"}
        plain = "".join(child.content for child in inner if child.type == "text")
        assert not re.search(r"[@#!~]\w|(?i:https?:/|www\.|gh-\d)", plain)

    def html(self) -> None:
        page = Page(self.text)
        assert page.tags <= {*Page.KNOWN, "svg", "g", "rect", "path", "circle", "text"}
        assert page.attributes <= Page.ATTRIBUTES
        assert page.policy.startswith("default-src 'none'; style-src 'sha256-")


# -- SARIF ------------------------------------------------------------------------------------------------------------


def test_sarif_tells_where_a_value_comes_from() -> None:
    results = log_of(sarif.render(report()))["results"]
    found = next(r for r in results if r["message"]["text"].startswith("point-in-time recovery of table"))
    steps = [step["location"] for step in found["codeFlows"][0]["threadFlows"][0]["locations"]]
    places = [s["physicalLocation"]["artifactLocation"]["uri"] for s in steps]
    assert places[0] == "live/dev/terraform.tfvars"
    assert places[-1] == "modules/orders/main.tf"
    assert steps[0]["message"]["text"] == "var.pitr in terraform.tfvars"
    assert [r["message"]["text"] for r in found["relatedLocations"]] == ["called here"]
    assert found["partialFingerprints"] == {"ddbaudit/v1": found["partialFingerprints"]["ddbaudit/v1"]}


def test_sarif_tells_what_the_rules_are() -> None:
    driver = log_of(sarif.render(report()))["tool"]["driver"]
    rules = {rule["id"]: rule for rule in driver["rules"]}
    assert set(report().rules) <= set(rules)
    assert rules["DDB101"]["helpUri"].startswith("https://")
    assert "explain DDB101" in rules["DDB101"]["help"]["markdown"]
    for result in log_of(sarif.render(report()))["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_suppressions_are_in_all_results_or_in_none() -> None:
    assert not any("suppressions" in r for r in log_of(sarif.render(report()))["results"])
    found = [r["suppressions"] for r in log_of(sarif.render(every_kind()))["results"]]
    given = [entry for entry in found if entry]
    assert given == [
        [{"kind": "inSource", "status": "accepted", "justification": "read by key alone, until 2027-01-31"}],
        [{"kind": "external", "status": "accepted"}],
    ]


def test_sarif_says_what_it_leaves_out() -> None:
    base = report()
    found = replace(base, findings=base.findings * 400)
    total = len(found.findings) + len(found.diagnostics)
    run = log_of(sarif.render(found))
    assert len(run["results"]) == sarif.MAX_RESULTS
    assert run["results"][-1]["ruleId"] == "results-omitted"
    assert run["results"][-1]["message"]["text"].startswith(f"{total - sarif.MAX_RESULTS + 1} more results")
    assert run["invocations"][0]["exitCode"] == base.outcome.code


# -- the others -------------------------------------------------------------------------------------------------------


def test_junit_has_every_verdict_and_no_false_pass() -> None:
    found = every_kind()
    cases = cases_of(junit.render(found))
    judged = [e for e in found.ledger if e.verdict is not Verdict.NOT_APPLICABLE]
    assert len(cases) == len(judged) + 1 + len(found.errors) + len(found.diagnostics)
    assert sum(not case.result for case in cases) == sum(e.verdict is Verdict.PASS for e in judged)
    kinds = {type(case.result[0]).__name__ for case in cases if case.result}
    assert kinds == {"Failure", "Error", "Skipped"}
    messages = [case.result[0].message for case in cases if case.result]
    assert "suppressed: read by key alone" in messages
    assert any(message.startswith("warning: ") for message in messages)


def test_github_shows_ten_of_a_kind_and_names_the_rest() -> None:
    base = report()
    commands = commands_of(github.render(base))
    assert [kind for kind, _, _ in commands] == ["error"] * 10
    assert commands[0][1] == {"title": "ddbaudit: incomplete (exit 3)"}
    assert commands[-1][2] == "2 more are in the job summary"
    first = commands[3][1]
    assert first["title"] == "IAM501 index-arn-missing"
    assert (first["file"], first["line"], first["col"]) == ("modules/orders/iam.tf", "4", "17")


def test_github_shows_what_does_not_block_as_a_warning() -> None:
    kinds = [kind for kind, _, _ in commands_of(github.render(every_kind()))]
    assert (kinds.count("error"), kinds.count("warning")) == (9, 1)


def test_gitlab_names_each_severity() -> None:
    entries = json.loads(gitlab.render(every_kind()))
    assert {e["severity"] for e in entries} == {"blocker", "critical", "minor", "info"}
    shown = [e["description"] for e in entries if e["description"].startswith("suppressed")]
    assert [text.partition(":")[0] for text in shown] == [
        "suppressed (read by key alone)",
        "suppressed (no reason given)",
    ]


@pytest.mark.parametrize("limit", [3_000, 8_000, 60_000])
def test_markdown_keeps_to_its_limit_and_says_what_is_left_out(limit: int) -> None:
    base = report()
    found = replace(base, findings=tuple(replace(f, detail=str(n)) for n, f in enumerate(base.findings * 30)))
    text = markdown.shortened(found, limit)
    assert len(text.encode()) <= limit
    shown = text.count("<details>")
    left = re.search(r"\*\*(\d+) of (\d+) messages left out here for length\.\*\*", text)
    assert left is not None
    assert shown + int(left[1]) == int(left[2])


def test_markdown_shows_what_is_suppressed_apart() -> None:
    text = markdown.render(every_kind())
    live, _, apart = text.partition("### Suppressed (2)")
    assert "read by key alone until 2027-01-31" in apart
    assert "read by key alone" not in live
    assert "no reason given" in apart


# -- HTML --------------------------------------------------------------------------------------------------------------


def test_the_page_shows_each_message_with_its_code_and_cause() -> None:
    text = html.render(report())
    assert text.count("<article ") == 2 + 8, "two diagnostics and eight messages"
    assert "<mark>local.pitr</mark>" in text
    assert (
        "<li><b>the value comes from</b> var.pitr in terraform.tfvars <code>live/dev/terraform.tfvars:1:8</code>"
        in text
    )
    assert "<li>and from var.pitr in terraform.tfvars <code>live/prod/terraform.tfvars:1:8</code> [prod]</li>" in text
    assert "Suppressed (2)" in html.render(every_kind())
    assert "comment: read by key alone until 2027-01-31" in html.render(every_kind())


def test_the_page_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MAX_GROUPS", 3)
    text = html.render(report())
    assert text.count("<article ") == 2 + 3
    assert "<b>5 more are not shown here;</b>" in text


def test_the_policy_of_the_page_names_its_own_style() -> None:
    text = html.render(clean())
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert Page(text).policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style
    assert "@import" not in style
