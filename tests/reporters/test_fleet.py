"""Many reports as one: the order does not matter, nothing is lost, and what cannot be read is said."""

from __future__ import annotations

import itertools
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from ddbaudit.reporters import json_
from ddbaudit.sdk.report import ExitCode, Report
from tests.reporters.formats import clean, every_kind, of_text
from tests.reporters.test_formats import HOSTILE
from tests.reporters.tour import report

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"


def merge(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ddbaudit", "merge", *arguments]
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def merged(directory: Path, *arguments: str) -> tuple[int, Any]:
    done = merge(directory, *arguments, "-o", "json=out.json")
    return done.returncode, json.loads((directory / "out.json").read_text("utf-8"))


def write(directory: Path, reports: Mapping[str, Report]) -> None:
    for name, found in reports.items():
        path = directory / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json_.render(found), "utf-8")


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    violations = replace(report().outcome, code=ExitCode.VIOLATIONS, complete=True, reasons=("11 blocking violations",))
    write(
        tmp_path,
        {
            "shop/ddbaudit": report(),
            "billing/dev": every_kind(),
            "billing/prod": replace(report(), outcome=violations),
            "idle": clean(),
        },
    )
    return tmp_path


FILES = ("shop/ddbaudit.json", "billing/dev.json", "billing/prod.json", "idle.json")


def test_the_order_does_not_matter(fleet: Path) -> None:
    found = set()
    for files in itertools.permutations(FILES):
        merge(fleet, *files, "-o", "json=out.json")
        found.add((fleet / "out.json").read_bytes())
    merge(fleet, "shop/", "billing=billing/", "idle.json", "-o", "json=other.json")
    assert len(found) == 1


@pytest.mark.parametrize("split", [1, 2, 3])
def test_what_is_merged_can_be_merged(fleet: Path, split: int) -> None:
    merge(fleet, *FILES, "-o", "json=all.json", "-o", "sarif=all.sarif", "-o", "markdown=all.md")
    merge(fleet, *FILES[:split], "-o", "json=one.json")
    merge(fleet, *FILES[split:], "-o", "json=two.json")
    merge(fleet, "two.json", "one.json", FILES[0], "-o", "json=again.json", "-o", "sarif=again.sarif")
    assert (fleet / "again.json").read_bytes() == (fleet / "all.json").read_bytes()
    assert (fleet / "again.sarif").read_bytes() == (fleet / "all.sarif").read_bytes()
    written_anew = json.dumps(json.loads((fleet / "one.json").read_text("utf-8")), indent=4)
    (fleet / "one.json").write_text(written_anew, "utf-8")
    merge(fleet, "one.json", "two.json", "-o", "json=again.json")
    assert (fleet / "again.json").read_bytes() == (fleet / "all.json").read_bytes()


def test_nothing_is_lost(fleet: Path) -> None:
    code, data = merged(fleet, *FILES)
    assert code == 4, "the gravest of 3, 4, 1 and 0"
    schema = json.loads((ROOT / "docs" / "schema" / "fleet-1.json").read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    total = len(report().findings) * 2 + len(every_kind().findings)
    assert len(data["findings"]) == total
    assert [r["repository"] for r in data["reports"]] == ["billing/dev", "billing/prod", "idle", "shop"]
    kinds = ("errors", "warnings", "unknown", "suppressed")
    for by in ("repositories", "rules"):
        assert sum(item[kind] for item in data["totals"][by] for kind in kinds) == total
    counts = data["outcome"]["counts"]
    assert sum(counts[kind] for kind in kinds) == total
    assert (counts["repositories"], counts["reports"], counts["tables"]) == (4, 4, 28)
    environments = {item["name"]: item for item in data["totals"]["environments"]}
    in_dev = sum("dev" in f["environments"] for f in data["findings"])
    assert sum(environments["dev"][kind] for kind in kinds) == in_dev
    assert data["outcome"]["reasons"] == [
        "1 repository ended by an internal error: billing/dev",
        "1 repository incomplete: shop",
        "1 repository with violations: billing/prod",
    ]


def test_the_report_for_people_is_as_recorded(fleet: Path) -> None:
    done = merge(fleet, *FILES)
    path = GOLDEN / "fleet.md"
    if os.environ.get("DDBAUDIT_RECORD") == "1":
        path.write_text(done.stdout, "utf-8", newline="\n")
    assert done.stdout == path.read_text("utf-8"), "DDBAUDIT_RECORD=1 records it anew"


def test_repositories_have_the_names_they_are_given(fleet: Path) -> None:
    _, data = merged(fleet, "a=shop/ddbaudit.json", "b=billing", "./idle.json")
    assert [t["name"] for t in data["totals"]["repositories"]] == ["a", "b/dev", "b/prod", "idle"]
    _, data = merged(fleet, "all=shop/ddbaudit.json", "all=billing/dev.json")
    assert [(t["name"], t["reports"]) for t in data["totals"]["repositories"]] == [("all", 2)]


def test_the_same_report_twice_is_one(fleet: Path) -> None:
    _, data = merged(fleet, "a=shop/ddbaudit.json", "a=shop/ddbaudit.json", "b=shop/ddbaudit.json")
    assert [(t["name"], t["reports"]) for t in data["totals"]["repositories"]] == [("a", 1), ("b", 1)]


def test_the_sarif_log_is_valid_and_has_every_file_below_its_repository(fleet: Path) -> None:
    merge(fleet, *FILES, "-o", "sarif=out.sarif")
    log = json.loads((fleet / "out.sarif").read_text("utf-8"))
    schema = json.loads((Path(__file__).parent / "data" / "sarif-2.1.0.json").read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(log)] == []
    (run,) = log["runs"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["exitCode"] == 4
    assert {result["ruleId"] for result in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    places = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in run["results"]}
    assert "shop/modules/orders/iam.tf" in places
    assert all(uri.startswith(("shop/", "billing/dev/", "billing/prod/")) for uri in places)
    assert all("suppressions" in result for result in run["results"])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is not JSON, line 1"),
        ('{"format": 1', "it is not JSON, line 1"),
        ("[]", "it is not a report of ddbaudit"),
        ('{"format": 2}', "it has format 2; this version reads format 1"),
        ('{"format": 1}', "it is not a report of format 1"),
        ('{"format": 1, "kind": "fleet"}', 'it has no list "reports"'),
        ("[" * 100_000, "it is not JSON"),
        ('{"format": 1, "kind": "fleet",\n"reports": [\n', "it is cut off"),
        ('{"format": 1, "kind": "fleet",\n"reports": [\n{}\n]\n}\n', "it is not a reports of format 1"),
    ],
)
def test_what_cannot_be_read_makes_the_whole_incomplete(fleet: Path, content: str, reason: str) -> None:
    (fleet / "odd.json").write_text(content)
    code, data = merged(fleet, "idle.json", "odd.json")
    assert code == 3
    (entry,) = [r for r in data["reports"] if r["repository"] == "odd"]
    assert entry["reasons"][0].startswith(f"the report cannot be read: {reason}")
    assert data["outcome"]["complete"] is False
    (fleet / "first.json").write_bytes((fleet / "out.json").read_bytes())
    assert merged(fleet, "first.json") == (3, data), "merging it on does not forget"


def test_a_report_that_is_cut_off_adds_nothing(fleet: Path) -> None:
    merge(fleet, *FILES, "-o", "json=all.json")
    lines = (fleet / "all.json").read_text("utf-8").splitlines(keepends=True)
    (fleet / "half.json").write_text("".join(lines[:-5]), "utf-8")
    code, data = merged(fleet, "half.json")
    assert code == 3
    assert [r["reasons"] for r in data["reports"]] == [["the report cannot be read: it is cut off"]]
    assert data["findings"] == []


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (["idle.json"], 0, ""),
        (["idle.json", "--expect", "1"], 0, ""),
        (["idle.json", "--expect", "2"], 3, "2 repositories were to report, 1 repository did"),
        (["empty/"], 3, "there is no report to merge"),
        (["billing/prod.json"], 1, "1 repository with violations: billing/prod"),
        (["billing/prod.json", "--exit-zero"], 0, "1 repository with violations: billing/prod"),
        (["shop", "--exit-zero"], 3, "1 repository incomplete: ddbaudit"),
        (["nowhere.json"], 2, "there is no report nowhere.json"),
        (["idle.json", "-o", "xml"], 2, 'unknown output format "xml"'),
        (["idle.json", "-o", "json=no/where.json"], 4, "cannot be written"),
    ],
)
def test_the_exit_code(fleet: Path, arguments: list[str], code: int, reason: str) -> None:
    (fleet / "empty").mkdir()
    done = merge(fleet, *arguments)
    assert done.returncode == code
    assert reason in done.stdout + done.stderr


@pytest.mark.parametrize("kind", HOSTILE)
def test_text_of_reports_is_only_text(kind: str, tmp_path: Path) -> None:
    (tmp_path / "tree").mkdir()
    write(tmp_path, {"a": of_text(tmp_path / "tree", HOSTILE[kind])})
    name = HOSTILE[kind].replace("=", "")
    done = merge(tmp_path, f"{name}=a.json", "-o", "markdown", "-o", "json=out.json", "-o", "sarif=out.sarif")
    assert done.returncode == 3
    tokens = MarkdownIt("gfm-like", {"html": True, "linkify": False}).parse(done.stdout)
    inner = [child for token in tokens for child in token.children or ()]
    html = [token.content.strip() for token in (*tokens, *inner) if token.type.startswith("html")]
    assert set(html) == {"<!-- ddbaudit -->"}
    assert not {token.type for token in inner} & {"link_open", "image", "em_open", "s_open"}
    cells = [token for token in tokens if token.type == "th_open"]
    assert len(cells) == 3 * 7 - 1, "no name adds a column"
    for path in ("out.json", "out.sarif"):
        text = (tmp_path / path).read_text("utf-8")
        assert text.isascii()
        assert "##[" not in text
        assert not re.search(r"^\s*::", text, re.MULTILINE)
        json.loads(text)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_reports(tmp_path: Path) -> None:
    text = json_.render(every_kind())
    (tmp_path / "all").mkdir()
    peaks = []
    for count in (100, 1000):
        for number in range(count):
            name = tmp_path / "all" / f"team-{number % 50}" / f"service-{number}.json"
            name.parent.mkdir(exist_ok=True)
            name.write_text(text)
        done = merge(tmp_path, "all", "-o", "json=out.json", "-o", "sarif=out.sarif", "-o", "markdown=out.md")
        assert done.returncode == 4
        peaks.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    assert peaks[1] < peaks[0] + 20_000, "kilobytes"
