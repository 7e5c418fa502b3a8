#!/usr/bin/env python3
"""Write `src/ddbaudit/ir/data/defaults.json`: what a plan shows for what a configuration omits.

    python scripts/refresh_defaults.py [--only PATTERN] [--jobs 2] [--check]

The provider's schema says which arguments are optional and computed; it does not say what stands in a plan when they
are omitted. So this script asks: for every managed type of `aws.json` it writes the smallest resources that the
provider accepts (the required arguments alone, and once more with each optional block), lets `terraform validate`
correct its guesses of their values (its messages name the allowed ones), plans them, and records every argument and
block that a plan fills in although the configuration omits it. A value that varies with the other arguments is no
default, and is left out.

No network and no account is needed: nothing is applied. All types take about twenty minutes on two cores; `--only`
(a regular expression for whole type names) refreshes or checks some of them, and keeps the rest.

    {"format": 1, "provider": "hashicorp/aws", "version": "5.100.0",
     "managed": {type: {"attribute": value, "block.attribute": value}},
     "computed_blocks": {type: ["block", "block.block"]},
     "unrecorded": {type: ["", "block.block"]}}

`managed`: null for a computed argument that a plan shows as null rather than unknown. `computed_blocks`: blocks that a
plan shows as unknown when omitted. `unrecorded`: blocks ("" for the whole type) of which no plan could be had, and of
whose arguments nothing is known therefore.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

DATA = Path(__file__).resolve().parent.parent / "src/ddbaudit/ir/data"
SCHEMA = DATA / "aws.json"
TARGET = DATA / "defaults.json"

Where: TypeAlias = tuple[str, ...]

MAX_DEPTH = 4  # of the blocks that are tried: below it come the statements of web ACLs, which nest without an end
MAX_BLOCKS = 150  # of one type
BATCH = 150  # resources in one plan; its time grows faster than their number
MAX_UNRECORDED = 20  # blocks listed of one type; where there are more, the blocks around them are listed
ROUNDS = 8  # of validation, each with the corrections of the one before

REGION = "eu-west-1"

_ROOT = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}

provider "aws" {
  region                      = "%s"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

# Its id is unknown until it is created: for arguments whose known values the provider sends to AWS to validate.
resource "terraform_data" "unknown" {}
"""

_ARN = "arn:aws:iam::123456789012:role/example"

# Put a block there; see refresh_defaults.toml, where these stand.
PRESENT: Final = "{}"

_SAID: Final[dict[str, Any]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass
class Knowledge:
    """What validation taught about one type: values (HCL scalars), and how many of a block or list are needed."""

    values: dict[Where, str] = field(default_factory=dict)
    counts: dict[Where, int] = field(default_factory=dict)


@dataclass
class Written:
    """The arguments that a trial sets, with their expressions, and the blocks that it has, as it was written."""

    arguments: dict[str, str] = field(default_factory=dict)
    blocks: dict[str, list[Written]] = field(default_factory=dict)


@dataclass
class Trial:
    """One resource to plan: the smallest of its type, with the block at `chain` in addition."""

    type_name: str
    label: str
    block: dict[str, Any]
    chain: Where
    salt: str
    known: Knowledge
    hints: Mapping[str, str]
    added: set[Where] = field(default_factory=set)
    banned: set[Where] = field(default_factory=set)
    tried: set[tuple[Where, str]] = field(default_factory=set)
    written: Written = field(default_factory=Written)

    @property
    def address(self) -> str:
        return f"{self.type_name}.{self.label}"


class Schema:
    """`aws.json`, with its shared blocks put back on the way."""

    def __init__(self, path: Path) -> None:
        document = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = document["version"]
        self.managed: dict[str, dict[str, Any]] = document["managed"]
        self._shared: dict[str, dict[str, Any]] = document["shared"]

    def nested(self, block: dict[str, Any]) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Name, least number and content of the blocks inside a block."""
        for name, (_, low, _, inner, _) in sorted(block.get("b", {}).items()):
            yield name, low, self._shared[inner] if isinstance(inner, str) else inner

    def paths(self, block: dict[str, Any]) -> list[Where]:
        """The blocks to try, outer ones first."""
        found: list[Where] = []
        level: list[tuple[Where, dict[str, Any]]] = [((), block)]
        for _ in range(MAX_DEPTH):
            level = [
                ((*where, name), inner)
                for where, outer in level
                for name, _, inner in self.nested(outer)
                if name != "timeouts"
            ]
            found += [where for where, _ in level]
        return found[:MAX_BLOCKS]

    def at(self, block: dict[str, Any], where: Where) -> dict[str, Any] | None:
        """The block at a path, or None where there is none."""
        for name in where:
            inner = {found: content for found, _, content in self.nested(block)}.get(name)
            if inner is None:
                return None
            block = inner
        return block


class Writer:
    """Writes trials as HCL, one argument a line, and remembers what stands on which line."""

    def __init__(self, schema: Schema, root: str) -> None:
        self._schema = schema
        self.lines = root.splitlines()
        self.places: dict[int, tuple[Trial, Where]] = {}
        self._trial: Trial

    def add(self, trial: Trial) -> None:
        self._trial = trial
        self._line(f'resource "{trial.type_name}" "{trial.label}" {{', ())
        trial.written = self._body(trial.block, ())
        self._line("}", ())

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def _line(self, text: str, where: Where) -> None:
        self.lines.append("  " * len([name for name in where if name]) + text)
        self.places[len(self.lines)] = (self._trial, where)

    def _body(self, block: dict[str, Any], where: Where) -> Written:
        trial, hints = self._trial, self._trial.hints
        written = Written()
        for name, (type_, flags) in sorted(block["a"].items()):
            path = (*where, name)
            hint = hints.get(".".join(path))
            wanted = "r" in flags or path in trial.added or bool(hint)
            if wanted and path not in trial.banned:
                expression = hint or self._expression(path, type_)
                self._line(f"{name} = {expression}", (*path, ""))
                written.arguments[name] = expression
        for name, low, inner in self._schema.nested(block):
            path = (*where, name)
            if path in trial.banned:
                continue
            wanted = trial.chain[: len(path)] == path or hints.get(".".join(path)) == PRESENT
            wanted = wanted or any(added[: len(path)] == path for added in trial.added)
            for _ in range(max(low, int(wanted), trial.known.counts.get(path, 0) if wanted or low else 0)):
                self._line(f"{name} {{", path)
                written.blocks.setdefault(name, []).append(self._body(inner, path))
                self._line("}", path)
        return written

    def _expression(self, path: Where, type_: Any) -> str:
        if isinstance(type_, str):
            return self._scalar(path, type_)
        if isinstance(type_, dict):
            raise NotImplementedError(f"nested attribute {path}: no version of the provider had one yet")
        kind, inner = type_[0], type_[1]
        if kind in ("list", "set"):
            number = self._trial.known.counts.get(path, 1)
            elements = [self._expression(path, inner) for _ in range(number)]
            if number > 1 and inner == "string":
                elements = [f'"{element[1:-1]}{i}"' for i, element in enumerate(elements)]
            return f"[{', '.join(elements)}]"
        if kind == "map":
            return f"{{ key = {self._expression(path, inner)} }}"
        members = (f"{name} = {self._expression((*path, name), member)}" for name, member in sorted(inner.items()))
        return f"{{ {', '.join(members)} }}"

    def _scalar(self, path: Where, type_: str) -> str:
        if path in self._trial.known.values:
            return self._trial.known.values[path]
        if type_ == "number":
            return str(len(self._trial.salt) - 4)
        if type_ == "bool":
            return "true"
        for pattern, value in _SAID["guesses"]:
            if re.search(pattern, path[-1]):
                return str(value)
        return f'"{self._trial.salt}"'


def _plain(path: str) -> Where:
    """A path as a message has it, without indexes: `rule.0.status`, `rule[0].status`, `rule.status`."""
    steps = re.sub(r"\[[^]]*\]", "", re.sub(r"\[Value\(.*\)\]", "", path.strip().strip('"'))).split(".")
    return tuple(step for step in steps if step and not step.isdigit() and step != "<")


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"-?\d+(\.\d+)?", value) else json.dumps(value)


def _matching(expression: str) -> str | None:
    try:
        pattern = re.compile(expression.replace("\\\\", "\\").replace('\\"', '"'))
    except re.error:
        return None
    return next((json.dumps(candidate) for candidate in _SAID["candidates"] if pattern.search(candidate)), None)


_Fix: TypeAlias = tuple[str, Callable[[re.Match[str]], str | None]]

# What a message says of a value, and the value to take instead.
_VALUE_FIXES: Final[tuple[_Fix, ...]] = (
    (r'to be one of \["" "([^"]+)"', lambda m: json.dumps(m[1])),
    (r'to be one of \["([^"]+)"', lambda m: json.dumps(m[1])),
    (r"to be one of \[([\d.]+)", lambda m: m[1]),
    (r"Valid [Vv]alues(?: are)?: \[([^\s\]]+)", lambda m: json.dumps(m[1])),
    (r'must be one of:? \[?"\\?"?([^"\]\\,]+)', lambda m: _quoted(m[1])),
    (r"length of \S+ to be in the range \((\d+)", lambda m: json.dumps("x" * int(m[1]))),
    (r"length of \S+ to be at least \((\d+)", lambda m: json.dumps("x" * int(m[1]))),
    (r"string length must be (?:at least|between) (\d+)", lambda m: json.dumps("x" * int(m[1]))),
    (r"lowercase|must begin with|alphanumeric", lambda _: '"abc"'),
    (r"(?:in the range|at least|divisible by|between) \(?(-?[\d.]+)", lambda m: m[1]),
    (
        r'match(?:es|ing)? (?:regular expression|the pattern|pattern) "?(.+?)"?, got',
        lambda m: _matching(m[1]),
    ),
    (r"(?i)AWS account ID", lambda _: '"123456789012"'),
    (r"(?i)AWS region", lambda _: '"us-east-1"'),
    (r"RFC3339|YYYY-MM-DDTHH:mm:ssZ", lambda _: '"2030-01-01T00:00:00Z"'),
    (r"UUID", lambda _: '"12345678-1234-1234-1234-123456789012"'),
    (r"\bARN\b", lambda _: json.dumps(_ARN)),
    (r"invalid JSON|valid JSON", lambda _: '"{}"'),
    (r"CIDR", lambda _: '"10.0.0.0/16"'),
    (r"valid IP|IPv4", lambda _: '"10.0.0.1"'),
    (r"valid email|email address", lambda _: '"someone@example.com"'),
    (r"URL", lambda _: '"https://example.com"'),
    (r"""strconv\.|parsing "|a number""", lambda _: '"1"'),
)

# Where a message names arguments or blocks that are missing: of the first kind one is enough.
_ONE_MISSING: Final = (
    r"one of `([^`]+)` must be specified",
    r"(?:At least one|Exactly one) of these attributes must be configured: \[([^]]+(?:\[\d+\][^]]*)*)\]",
    r"(?:one \(and only one\) of|At least one attribute out of) \[((?:[^][]|\[[^]]*\])+)\]",
)
_ALL_MISSING: Final = (
    r"all of `([^`]+)` must be specified",
    r"Block (\S+) must have a configuration value",
    r"Must set a configuration value for the (\S+) attribute",
    r"Attribute \"([^\"]+)\" must be specified when",
    r"\"?(\w+)\"? is required",
)
_TOO_MANY: Final = (
    r"\"([^\"]+)\": conflicts with ([^\s,]+)",
    r"only one of `([^`]+)` can be specified",
    r"Attribute \"([^\"]+)\" cannot be specified when \"([^\"]+)\"",
    r"(?:These attributes cannot be configured together|2 attributes specified when one.*?of): \[([^]]+)\]",
)
_TOO_FEW: Final = r"Attribute (\S+) requires (\d+) item minimum|(?:list|set) must contain at least (\d+) elements"
_NAMED: Final = (
    r"expected (?:length of |value of )?\"?([\w.]+)\"? to",
    r"^\"([\w.]+)\"",
    r"Path: (.+)",
    r"(?m)(?:^A|at a)ttribute \"?([\w.\[\]]+)",
    r"invalid value for ([\w.]+)",
    r"`([\w.]+)`",
)


def learn(schema: Schema, trial: Trial, where: Where, message: str) -> bool:
    """Correct a trial from one message about the line of `where`. False when the message helps no further."""
    for pattern in _ONE_MISSING:
        if match := re.search(pattern, message):
            options = sorted(_plain(option) for option in match[1].split(","))
            return any(_add(schema, trial, option) for option in options)
    for pattern in _ALL_MISSING:
        if match := re.search(pattern, message):
            added = [_add(schema, trial, _plain(option)) for option in match[1].split(",")]
            return all(added)
    for pattern in _TOO_MANY:
        if match := re.search(pattern, message):
            return _ban(trial, [_plain(option) for group in match.groups() for option in group.split(",")])
    if match := re.search(_TOO_FEW, message):
        path = _plain(match[1]) if match[1] else where[:-1]
        number = int(match[2] or match[3])
        tried = (path, str(number)) in trial.tried
        trial.tried.add((path, str(number)))
        trial.known.counts[path] = number
        return not tried
    return _change_value(schema, trial, where, message)


def _add(schema: Schema, trial: Trial, path: Where) -> bool:
    outer = schema.at(trial.block, path[:-1])
    if outer is None or path in trial.banned:
        return False
    if path[-1] not in outer["a"] and path[-1] not in outer.get("b", {}):
        return False
    trial.added.add(path)
    return True


def _ban(trial: Trial, options: Iterable[Where]) -> bool:
    """Take back what was added for an earlier message and now conflicts with the block that is tried."""
    for option in options:
        hinted = ".".join(option) in trial.hints
        if (option in trial.added or hinted) and trial.chain[: len(option)] != option:
            trial.added.discard(option)
            trial.banned.add(option)
            return True
    return False


def _change_value(schema: Schema, trial: Trial, where: Where, message: str) -> bool:
    """Take another value for the argument that the message is about, unless that was tried before."""
    value = next((new for text, fix in _VALUE_FIXES if (m := re.search(text, message)) and (new := fix(m))), None)
    if value is None:
        return False
    named = next((found for pattern in _NAMED if (found := re.search(pattern, message))), None)
    path = _plain(named[1]) if named else ()
    if where[-1:] == ("",) and path[-1:] in ((), where[-2:-1]):
        places = [where[:-1]]
    else:  # a message about something inside a set points anywhere in the block around it
        places = _locate(trial, path, where, message)
    for path in places:
        if (path, value) not in trial.tried and _fits(schema, trial, path, value):
            trial.tried.add((path, value))
            trial.known.values[path] = value
            return True
    return False


def _fits(schema: Schema, trial: Trial, path: Where, value: str) -> bool:
    """Whether the value is of the type of the scalars in an argument; true of what cannot be told."""
    outer = schema.at(trial.block, path[:-1])
    type_ = outer["a"].get(path[-1], [""])[0] if outer else ""
    while isinstance(type_, list):
        type_ = type_[1]
    if type_ == "number":
        return re.fullmatch(r'"?-?\d+(\.\d+)?"?', value) is not None
    return type_ != "bool"


def _locate(trial: Trial, path: Where, where: Where, message: str) -> list[Where]:
    """The arguments of that name with the value that the message says it got, those first that stand closest to the
    line pointed at and to the block tried."""

    def shared(place: Where, other: Where) -> int:
        return sum(1 for mine, its in zip(place, other, strict=False) if mine == its)

    def distance(place: Where) -> tuple[bool, int, int]:
        whole = place == path and len(path) > 1
        return not whole, -shared(place, where), -shared(place, trial.chain)

    ending = {place: value for place, value in _arguments(trial.written, ()) if place[-1:] == path[-1:]}
    if got := re.search(r"got:? \"?([^\"]*)\"?\s*$|Given Value: (\S+)", message):
        exact = [place for place, value in ending.items() if value.strip('["]') == (got[1] or got[2])]
        return sorted(exact or ending, key=distance)
    return sorted(ending, key=distance)


def _arguments(written: Written, where: Where) -> Iterator[tuple[Where, str]]:
    yield from (((*where, name), value) for name, value in sorted(written.arguments.items()))
    for name, nested in sorted(written.blocks.items()):
        yield from _arguments(nested[0], (*where, name))


class ProviderCrashError(Exception):
    """The provider's process ended: some resource of the configuration made it panic."""


class Workspace:
    """A directory with the provider installed, in which one configuration after the other is tried."""

    def __init__(self, directory: str, schema: Schema) -> None:
        self._directory = Path(directory)
        self._schema = schema
        self._root = _ROOT % (schema.version, REGION)
        self._write(self._root)
        self._terraform("init", "-backend=false", "-input=false", "-no-color", check=True)

    def validate(self, trials: Sequence[Trial]) -> list[tuple[Trial, Where, str]]:
        """Every error of the configuration, with the trial and the place it is about."""
        writer = Writer(self._schema, self._root)
        for trial in trials:
            writer.add(trial)
        self._write(writer.text())
        report = json.loads(self._terraform("validate", "-json"))
        errors = []
        for diagnostic in report["diagnostics"]:
            if diagnostic["severity"] == "error":
                message = _message(diagnostic)
                trial, where = writer.places[diagnostic["range"]["start"]["line"]]
                errors.append((trial, where, message))
        return errors

    def plan(self) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
        """The planned change of every resource that could be planned, and the message of every one that could not,
        both by address."""
        output = self._terraform("plan", "-json", "-input=false", "-lock=false", "-refresh=false", "-out=plan.bin")
        messages: dict[str, str] = {}
        for line in output.splitlines():
            event = json.loads(line)
            if event["type"] == "diagnostic" and event["@level"] == "error":
                address = event["diagnostic"].get("address", "")
                messages.setdefault(address, _message(event["diagnostic"]))
        plan = json.loads(self._terraform("show", "-json", "plan.bin", check=True))
        changes = {change["address"]: change["change"] for change in plan.get("resource_changes", ())}
        return changes, messages

    def _write(self, text: str) -> None:
        (self._directory / "main.tf").write_text(text, encoding="utf-8")

    def _terraform(self, *arguments: str, check: bool = False) -> bytes:
        done = subprocess.run(["terraform", *arguments], cwd=self._directory, stdout=subprocess.PIPE, check=check)
        return done.stdout


def _message(diagnostic: dict[str, Any]) -> str:
    message = f"{diagnostic['summary']}\n{diagnostic.get('detail', '')}".strip()
    # A provider that panics answers the one resource with the first, all others of the batch with the second.
    if message.startswith(("Plugin did not respond", "Request cancelled")):
        raise ProviderCrashError(message)
    return message


class Record:
    """What the plans of one type showed of its omitted arguments and blocks."""

    def __init__(self, schema: Schema, block: dict[str, Any]) -> None:
        self._schema = schema
        self._block = block
        self.seen: dict[Where, set[str]] = defaultdict(set)
        self.blocks: dict[Where, set[bool]] = defaultdict(set)
        self.reached: set[Where] = set()

    def add(self, written: Written, change: dict[str, Any]) -> None:
        self._walk(self._block, written, change["after"], change["after_unknown"], ())

    def _walk(self, block: dict[str, Any], written: Written, after: Any, unknown: Any, where: Where) -> None:
        self.reached.add(where)
        for name in block["a"].keys() - written.arguments.keys():
            value = "unknown" if unknown.get(name) is True else json.dumps(after.get(name), sort_keys=True)
            self.seen[(*where, name)].add(value)
        for name, _, inner in self._schema.nested(block):
            path = (*where, name)
            if name not in written.blocks:
                self.blocks[path].add(unknown.get(name) is True)
                continue
            content, doubt = after.get(name), unknown.get(name)
            if isinstance(content, dict):
                self._walk(inner, written.blocks[name][0], content, doubt or {}, path)
            elif content and doubt is not True:
                self._walk(inner, written.blocks[name][0], content[0], doubt[0] if doubt else {}, path)

    def defaults(self) -> dict[str, Any]:
        """Constants that every plan agrees on; null only where the schema lets one expect an unknown."""
        found = {}
        for path, values in sorted(self.seen.items()):
            outer = self._schema.at(self._block, path[:-1])
            assert outer is not None
            flags = outer["a"][path[-1]][1]
            if len(values) > 1 or values == {"unknown"} or path in (("id",), ("tags_all",)):
                continue
            value = json.loads(next(iter(values)))
            if value == REGION or (value is None and "c" not in flags):
                continue
            found[".".join(path)] = value
        return found

    def conflicts(self) -> Iterator[str]:
        """What differs between plans, for people to look at."""
        for path, values in sorted(self.seen.items()):
            if len(values) > 1:
                yield f"{'.'.join(path)} = {' | '.join(sorted(values))}"
        for path, unknown in sorted(self.blocks.items()):
            if len(unknown) > 1:
                yield f"{'.'.join(path)} {{}} is only sometimes computed"

    def computed_blocks(self) -> list[str]:
        return sorted(".".join(path) for path, unknown in self.blocks.items() if unknown == {True})

    def unrecorded(self) -> list[str]:
        missing = list(self._missing(self._block, ()))
        depth = MAX_DEPTH
        while len({path[:depth] for path in missing}) > MAX_UNRECORDED:
            depth -= 1
        return sorted({".".join(path[:depth]) for path in missing})

    def _missing(self, block: dict[str, Any], where: Where) -> Iterator[Where]:
        if where not in self.reached:
            yield where
            return
        for name, _, inner in self._schema.nested(block):
            if name != "timeouts":  # it has no defaults that a plan would show
                yield from self._missing(inner, (*where, name))


class Batch:
    """The trials of some types, from the first guess to the record."""

    def __init__(self, schema: Schema, workspace: Workspace, types: Sequence[str]) -> None:
        self._workspace = workspace
        self._schema = schema
        self.records = {name: Record(schema, schema.managed[name]) for name in types}
        self.failed: dict[str, str] = {}
        self._trials = [trial for name in types for trial in trials_of(schema, name)]

    def run(self) -> None:
        self._run(self._trials)

    def _run(self, trials: list[Trial]) -> None:
        try:
            for _ in range(ROUNDS):
                trials = self._planned(self._accepted(trials))
        except ProviderCrashError as crash:
            if len(trials) == 1:
                self.failed[trials[0].address] = str(crash)
                return
            middle = len(trials) // 2
            self._run(trials[:middle])
            self._run(trials[middle:])

    def _accepted(self, trials: list[Trial]) -> list[Trial]:
        """The trials that pass validation, after as many corrections as it takes."""
        if not trials:
            return []
        for round_ in range(2 * ROUNDS):
            errors: dict[str, list[tuple[Trial, Where, str]]] = defaultdict(list)
            for error in self._workspace.validate(trials):
                errors[error[0].address].append(error)
            if not errors:
                break
            for address, group in errors.items():
                # Every message is listened to; one that helps is reason enough to try again.
                helped = [learn(self._schema, trial, where, message) for trial, where, message in group]
                if round_ >= ROUNDS or not any(helped):
                    self.failed[address] = group[0][2]
            trials = [trial for trial in trials if trial.address not in self.failed]
        return trials

    def _planned(self, trials: list[Trial]) -> list[Trial]:
        """Record what could be planned; the trials that are worth another attempt."""
        if not trials:
            return []
        changes, messages = self._workspace.plan()
        again = []
        for trial in trials:
            message = messages.get(trial.address)
            if message is None and trial.address in changes:
                self.records[trial.type_name].add(trial.written, changes[trial.address])
            elif message is not None and learn(self._schema, trial, (), message):
                again.append(trial)
            else:
                self.failed[trial.address] = message or "missing from the plan"
        return again


def trials_of(schema: Schema, type_name: str) -> list[Trial]:
    """The smallest resource with two different values in every free argument, and one for each optional block."""
    block, known, hints = schema.managed[type_name], Knowledge(), _SAID["hints"].get(type_name, {})

    def trial(
        label: str, *, chain: Where = (), salt: str = "alpha", more: Mapping[str, str] = MappingProxyType({})
    ) -> Trial:
        return Trial(type_name, label, block, chain, salt, known, {**hints, **more})

    return [
        trial("alpha"),
        trial("bravo", salt="bravo2"),
        *(trial(f"with-{'-'.join(path)}", chain=path) for path in schema.paths(block)),
        *(trial(f"variant-{i}", more=more) for i, more in enumerate(_SAID["variants"].get(type_name, ()))),
    ]


def batches(schema: Schema, types: Iterable[str]) -> Iterator[list[str]]:
    """Types in groups of about `BATCH` trials."""
    group: list[str] = []
    size = 0
    for name in types:
        number = 2 + len(schema.paths(schema.managed[name]))
        if group and size + number > BATCH:
            yield group
            group, size = [], 0
        group.append(name)
        size += number
    if group:
        yield group


def record(schema: Schema, types: Sequence[str], jobs: int, verbose: bool) -> dict[str, Record]:
    """Plan all trials of the types, `jobs` Terraform processes at a time."""
    groups = list(batches(schema, types))

    def work(share: list[list[str]]) -> dict[str, Record]:
        found: dict[str, Record] = {}
        with tempfile.TemporaryDirectory() as directory:
            workspace = Workspace(directory, schema)
            for group in share:
                batch = Batch(schema, workspace, group)
                batch.run()
                found.update(batch.records)
                print(f"{group[0]} to {group[-1]}: {len(batch.failed)} refused", file=sys.stderr, flush=True)
                if verbose:
                    for address, message in sorted(batch.failed.items()):
                        print(f"  {address}: {message}", file=sys.stderr, flush=True)
                    for name, found_ in batch.records.items():
                        for conflict in found_.conflicts():
                            print(f"  {name} differs: {conflict}", file=sys.stderr, flush=True)
        return found

    with ThreadPoolExecutor(jobs) as pool:
        results = list(pool.map(work, [groups[start::jobs] for start in range(min(jobs, len(groups)))]))
    return {name: found for result in results for name, found in result.items()}


def merge(schema: Schema, old: dict[str, Any], records: Mapping[str, Record]) -> dict[str, Any]:
    """The document for new records, and for the types that were not asked for as it was."""
    sections: dict[str, dict[str, Any]] = {}
    for key, part in (
        ("managed", Record.defaults),
        ("computed_blocks", Record.computed_blocks),
        ("unrecorded", Record.unrecorded),
    ):
        kept = {name: value for name, value in old.get(key, {}).items() if name not in records}
        fresh = {name: part(found) for name, found in records.items()}
        sections[key] = {**kept, **{name: value for name, value in fresh.items() if value}}
    return {"format": 1, "provider": "hashicorp/aws", "version": schema.version, **sections}


def render(document: dict[str, Any]) -> str:
    """The text of the file, one type a line."""
    parts = []
    for key in sorted(document):
        value = document[key]
        if isinstance(value, dict):
            lines = ",\n".join(f"{json.dumps(name)}:{_text(value[name])}" for name in sorted(value))
            parts.append(f"{json.dumps(key)}:{{\n{lines}\n}}")
        else:
            parts.append(f"{json.dumps(key)}:{json.dumps(value)}")
    return "{" + ",\n".join(parts) + "}\n"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Refresh the recorded defaults of the AWS provider.")
    parser.add_argument("--only", default=".*", metavar="PATTERN", help="only types that match the whole pattern")
    parser.add_argument("--jobs", type=int, default=2, help="terraform processes at a time (%(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file would change")
    parser.add_argument("--verbose", action="store_true", help="print why a trial was refused")
    options = parser.parse_args(arguments)

    schema = Schema(SCHEMA)
    types = [name for name in sorted(schema.managed) if re.fullmatch(options.only, name) and name.startswith("aws_")]
    if not types:
        parser.error("no type matches --only")
    before = TARGET.read_text(encoding="utf-8") if TARGET.exists() else "{}"
    text = render(merge(schema, json.loads(before), record(schema, types, options.jobs, options.verbose)))
    if text == before:
        print(f"{TARGET.name}: up to date")
        return 0
    if options.check:
        print(f"{TARGET.name}: differs from what plans show", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: written, {len(text.encode()):,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
