"""Plan JSON and state JSON, as `terraform show -json` prints them, read in one pass and in little memory.

Source: https://developer.hashicorp.com/terraform/internals/json-format . The file must say that it is a plan or state
by what it holds; nothing else is taken for one, since a plan in which nothing is found passes every rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.configuration import ConfigurationReader
from ddbaudit.frontends.plan.elements import malformed, path, read_element, text
from ddbaudit.frontends.plan.encodings import Utf8Reader
from ddbaudit.frontends.plan.instances import InstanceReader
from ddbaudit.frontends.plan.mode import plan_mode
from ddbaudit.frontends.plan.msgpack_values import MARKED, NO_MARKS, TooManyError
from ddbaudit.frontends.plan.no_plan import MARKS_OF_A_LOG, name_binary, name_document, name_text
from ddbaudit.frontends.plan.plan_values import JsonValueReader
from ddbaudit.frontends.plan.problems import SHOW, Problem, problem
from ddbaudit.frontends.plan.scanner import Scanner
from ddbaudit.ir.instance import Mode
from ddbaudit.ir.plan import Change, Configuration, Plan, PlanMode
from ddbaudit.ir.value import Value

MAJOR = 1
NEWEST_MINOR = 2
"""As Terraform 1.11 writes it; FormatVersion in internal/command/jsonplan/plan.go was still the same in 2026."""
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})", re.ASCII)
_NUMBERS = re.compile(r"[\d.]{1,20}", re.ASCII)
_TEXTS = {
    "format_version": _VERSION,
    "terraform_version": re.compile(r"\d{1,4}(?:\.\d{1,4}){2}(?:[-+][\w.+-]{1,60})?|", re.ASCII),
    "timestamp": re.compile(r"\d{4}-\d\d-\d\dT[\d:.]{8,20}(?:Z|[-+]\d\d:\d\d)|", re.ASCII),
}
"""What reports print of a plan has a form of its own, so that nothing else of the plan gets there."""
_FLAGS = frozenset({"complete", "errored"})
_ZIP = b"PK\x03\x04"


def is_binary(head: bytes) -> bool:
    """Whether a file that begins so is a binary plan, which is a zip archive."""
    return head.startswith(_ZIP)


def read_json(stream: BinaryIO, shown: str) -> Plan:
    """The plan or state in a stream; PlanError (PLAN001 to PLAN008) when it is none that can be judged."""
    file = StructuredFile(shown)
    try:
        source = Utf8Reader(stream, file)
        binary = name_binary(source.head)
        scanner = Scanner(source, file)
        if binary is not None or not scanner.head().lstrip().startswith(b"{"):
            detail, help = binary or name_text(scanner.head())
            raise problem(Problem.NOT_A_PLAN, file, detail, None, help)
        return _Reader.of(scanner).plan()
    except TooManyError as error:
        raise problem(Problem.LIMIT, file, str(error)) from None
    except (RecursionError, MemoryError):
        raise problem(Problem.LIMIT, file, "a value is too large or nested too deeply") from None


@dataclass(slots=True)
class _Reader:
    """Reads one document: `plan` first goes through all of it, then says what it is."""

    scanner: Scanner
    instances: InstanceReader
    configured: ConfigurationReader
    keys: set[str] = field(default_factory=set)
    scalars: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    configuration: Configuration = Configuration()  # noqa: RUF009 - immutable
    changes: list[Change] = field(default_factory=list)
    objects: list[Change] = field(default_factory=list)
    data: list[Change] = field(default_factory=list)
    deferred: list[str] = field(default_factory=list)
    relevant: list[tuple[str, tuple[str | int, ...]]] = field(default_factory=list)
    planned: bool = False
    prior: bool = False

    @classmethod
    def of(cls, scanner: Scanner) -> _Reader:
        instances = InstanceReader(scanner.file)
        values = JsonValueReader(lambda _: scanner.file.place("configuration"), instances.budget)
        return cls(scanner, instances, ConfigurationReader(values))

    def plan(self) -> Plan:
        for key in self.scanner.object():
            if key in MARKS_OF_A_LOG:
                raise self.scanner.error(Problem.LOG, "it is the log that a command prints with -json, not the plan")
            if not self.scanner.is_null():
                self.keys.add(key)
                self._member(key)
        self.scanner.finish()
        no_plan = name_document(self.keys)
        if no_plan is not None:
            raise problem(Problem.NOT_A_PLAN, self.scanner.file, no_plan[0], None, no_plan[1])
        newer = self._newer_format()
        return self._plan(newer) if "configuration" in self.keys else self._state(newer)

    def _member(self, key: str) -> None:
        """Read a member of the document. Unknown ones are passed over: newer minor versions may add some."""
        scanner = self.scanner
        if key in _TEXTS or key in _FLAGS:
            self.scalars[key] = self._scalar(key)
        elif key == "variables":
            for name in scanner.object():
                self.variables[name] = read_element(scanner, {"value"}, {}, ()).get("value")
        elif key == "configuration":
            self.configuration = self.configured.read(scanner)
        elif key == "resource_changes":
            self.changes.extend(self.instances.changes(scanner))
        elif key == "deferred_changes":
            self._deferred()
        elif key == "relevant_attributes":
            for _ in scanner.array():
                fields = read_element(scanner, {"resource", "attribute"}, {}, ())
                steps = path(scanner, fields.get("attribute") or [])
                self.relevant.append((text(scanner, fields, "resource"), steps))
        elif key in ("planned_values", "prior_state", "values"):
            self._values(key)

    def _scalar(self, key: str) -> Any:
        found = self.scanner.value()
        if key == "format_version":
            self._refuse_format(found)
        form = _TEXTS.get(key)
        if not (isinstance(found, bool) if form is None else isinstance(found, str) and form.fullmatch(found)):
            raise malformed(self.scanner, "it is not of the form that Terraform writes")
        return found

    def _deferred(self) -> None:
        scanner = self.scanner
        for _ in scanner.array():
            reading = {"resource_change": lambda inner, _: read_element(inner, {"address"}, {}, ())}
            fields = read_element(scanner, (), reading, ())
            self.deferred.append(text(scanner, fields.get("resource_change") or {}, "address"))

    def _values(self, key: str) -> None:
        scanner = self.scanner
        if key == "planned_values":
            self.planned = _count_objects(scanner) > 0
        elif key == "values":
            self._keep(scanner)
        else:
            for inner in scanner.object():
                if inner == "values":
                    self._keep(scanner)

    def _keep(self, scanner: Scanner) -> None:
        """The objects of a state: of the prior state of a plan only what data sources were read."""
        state = scanner.where == "values"
        wanted: frozenset[Mode] = frozenset({"managed", "data"} if state else {"data"})
        for change in self.instances.objects(scanner, wanted):
            if change is None:
                self.prior = True
            elif change.mode == "data":
                self.data.append(change)
            else:
                self.objects.append(change)

    # -- the format ------------------------------------------------------------------------------------------------

    def _refuse_format(self, version: object) -> None:
        found = _VERSION.fullmatch(version) if isinstance(version, str) else None
        if found is None or int(found[1]) != MAJOR:
            given = f'"{version}"' if isinstance(version, str) and _NUMBERS.fullmatch(version) else "no version"
            detail = f"the format_version is {given}; known is version {MAJOR} (Terraform 1.1 and later)"
            raise self.scanner.error(Problem.FORMAT, detail)

    def _newer_format(self) -> tuple[Diagnostic, ...]:
        """The warning that a plan may say more than is looked at; PlanError when it does not tell its format."""
        version = self.scalars.get("format_version")
        if version is None:
            raise problem(Problem.FORMAT, self.scanner.file, "the plan has no format_version", None, SHOW)
        found = _VERSION.fullmatch(version)
        assert found is not None
        if int(found[2]) <= NEWEST_MINOR:
            return ()
        detail = f"the format_version is {version}; what is new since {MAJOR}.{NEWEST_MINOR} is not looked at"
        kind = Problem.NEWER
        path = self.scanner.file.path
        return (Diagnostic(kind.code, Level.WARNING, kind.summary, detail, None, path, kind.help),)

    # -- the result ------------------------------------------------------------------------------------------------

    def _plan(self, newer: tuple[Diagnostic, ...]) -> Plan:
        if not self.configured.complete:
            raise problem(Problem.NOT_A_PLAN, self.scanner.file, "the configuration has no root_module")
        return Plan(
            self.scanner.file,
            "plan",
            self.scalars["format_version"],
            self.scalars.get("terraform_version", ""),
            tuple(self.changes),
            self._mode(),
            self.scalars.get("timestamp", ""),
            self.scalars.get("complete"),
            self.scalars.get("errored", False),
            self._variables(),
            tuple(self.data),
            (),
            tuple(self.deferred),
            tuple(self.relevant),
            self.configuration,
            total=sum(change.remains for change in self.changes),
            diagnostics=(*newer, *self.instances.diagnostics),
        )

    def _mode(self) -> PlanMode:
        errored = self.scalars.get("errored", False)
        return plan_mode(self.changes, self.configuration, planned=self.planned, prior=self.prior, errored=errored)

    def _variables(self) -> dict[str, Value]:
        values, secret = self.configured.values, self.configured.sensitive
        return {
            name: values.argument(raw, None, MARKED if name in secret else NO_MARKS)
            for name, raw in sorted(self.variables.items())
        }

    def _state(self, newer: tuple[Diagnostic, ...]) -> Plan:
        return Plan(
            self.scanner.file,
            "state",
            self.scalars["format_version"],
            self.scalars.get("terraform_version", ""),
            tuple(self.objects),
            data=tuple(self.data),
            total=sum(change.remains for change in self.objects),
            diagnostics=(*newer, *self.instances.diagnostics),
        )


def _count_objects(scanner: Scanner) -> int:
    """The resources of a values representation, where each child module counts for one: none is empty."""
    count = 0
    for key in scanner.object():
        if key == "root_module":
            for inner in scanner.object():
                if inner in ("resources", "child_modules"):
                    count += sum(1 for _ in scanner.array())
    return count
