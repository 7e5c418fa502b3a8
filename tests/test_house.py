"""The house rules for every file: what must not be said, how long things may be, what may not be called."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
CODE = ("src", "rules")
MAX_LINES = 400
MAX_FUNCTION = 60
JUNK = {".git", ".venv", "__pycache__", ".terraform", ".hypothesis", "dist", "build"}
PROSE = {".py", ".md", ".toml", ".yaml", ".yml", ".sh", ".tf", ".tfvars", ""}
RECORDED = {".json", ".lock"}  # recorded answers of other programs say what those programs say

PLACES = re.compile(r"(?<![\w.~*-])/(?:work|farm|root|home|Users|var/folders|opt)/\w", re.ASCII)
HOSTS = re.compile(r"\b(?:py[p]i\.org|python[h]osted\.org|registry\.np[m]js\.org|proxy\.golan[g]\.org)")
LOOSE_ENDS = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b|# type:[ ]ignore(?!\[)|# noq[a](?!:)")
TALK = re.compile(r"\b(?:sub[a]gents?|this sessio[n]|closing not[e]|issu[e] #\d+|co-authore[d]-by)\b", re.IGNORECASE)
UNSAFE = re.compile(
    r"\byaml\.(?:unsafe_|full_)?load(?:_all)?\(|\bpickle\b|(?<![\w.])(?:eval|exec)\(|shell=True|os\.system\("
)

# Longer than the house allows, each with its reason. Shorten them; add none.
LONG: dict[str, str] = {}


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: what git tracks, or everything in an unpacked sdist."""
    if (REPOSITORY / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True).stdout
        names = [REPOSITORY / name for name in listed.decode().split("\0") if name]
        return tuple(sorted(path for path in names if path.is_file()))
    every = (path for path in REPOSITORY.rglob("*") if path.is_file())
    return tuple(sorted(p for p in every if not JUNK & set(p.parts) and not any("_cache" in x for x in p.parts)))


def shown(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def matches(pattern: re.Pattern[str], paths: Iterator[Path]) -> list[str]:
    """`file:line: text` of everything that the pattern finds."""
    found = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if pattern.search(line):
                found.append(f"{shown(path)}:{number}: {line.strip()[:100]}")
    return found


def written() -> Iterator[Path]:
    """What people wrote, without recorded answers and the provider's own words."""
    return (path for path in tracked() if path.suffix in PROSE and path.suffix not in RECORDED)


def code() -> Iterator[Path]:
    return (path for path in tracked() if path.suffix == ".py" and path.relative_to(REPOSITORY).parts[0] in CODE)


def test_there_is_something_to_look_at() -> None:
    assert len(list(code())) > 100
    assert REPOSITORY / "README.md" in tracked()


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(PLACES, id="a-machine's-path"),
        pytest.param(HOSTS, id="a-package-registry"),
        pytest.param(LOOSE_ENDS, id="a-loose-end"),
        pytest.param(TALK, id="talk-about-the-work"),
    ],
)
def test_the_files_speak_of_the_project_alone(pattern: re.Pattern[str]) -> None:
    assert matches(pattern, written()) == []


def test_nothing_that_could_run_input_is_called() -> None:
    assert matches(UNSAFE, code()) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (PLACES, "cd " + "/wo" + "rk/x"),
        (HOSTS, "https://py" + "pi.org/simple"),
        (LOOSE_ENDS, "# TO" + "DO: later"),
        (TALK, "see issue" + " #12"),
        (UNSAFE, "data = yaml.load(text)"),
        (UNSAFE, "value = eval(text)"),
        (UNSAFE, "run(command, shell=True)"),
    ],
)
def test_the_patterns_see_what_they_are_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_files_are_short() -> None:
    long = {shown(path): lines for path in code() if (lines := path.read_text().count("\n")) > MAX_LINES}
    assert [f"{path}: {lines} lines" for path, lines in long.items() if path not in LONG] == []


def test_functions_are_short() -> None:
    long = []
    for path in code():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION:
                    long.append(f"{shown(path)}:{node.lineno} {node.name}: {lines} lines")
    assert long == []


def test_what_is_tolerated_is_still_needed() -> None:
    for path in LONG:
        assert (REPOSITORY / path).read_text().count("\n") > MAX_LINES, f"{path} is short enough now"


def test_python_hcl2_and_checkov_never_share_an_environment() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    everything = [*project["dependencies"], *(x for extra in project["optional-dependencies"].values() for x in extra)]
    names = {re.split(r"[^\w-]", requirement, maxsplit=1)[0].lower() for requirement in everything}
    assert "python-hcl2" in names
    assert not names & {"checkov", "bc-python-hcl2"}
    for path in tracked():
        if "requirements" in path.name:
            assert not {"checkov", "python-hcl2"} <= set(re.findall(r"[\w-]+", path.read_text().lower()))


def test_what_is_imported_is_declared() -> None:
    """No dependency is missing, none is left over."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    provides = {"google-re2": "re2", "python-hcl2": "hcl2", "PyYAML": "yaml"}
    declared = {re.split(r"[^\w-]", requirement, maxsplit=1)[0] for requirement in project["dependencies"]}
    imported = {name.partition(".")[0] for path in code() for name in imports(ast.parse(path.read_text()))}
    ours = {"ddbaudit", "ddbaudit_rules", "lark"}  # lark is part of what python-hcl2 gives
    assert imported - set(sys.stdlib_module_names) - ours == {provides.get(n, n) for n in declared}


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
