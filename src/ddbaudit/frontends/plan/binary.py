"""Binary plans (`terraform plan -out`), read natively: no Terraform runs, no provider starts.

Source: internal/plans/planproto/planfile.proto and internal/plans/planfile/tfplan.go of
https://github.com/hashicorp/terraform , the same format version from 0.12 to 1.15; fields were added since, and up to
1.0 addresses were given in parts. OpenTofu writes the same with some fields of its own. Values are typed by the shipped
schema of the AWS provider.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import StructuredFile
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.plan.addresses import Address, address_text, parse_address
from ddbaudit.frontends.plan.archive import PLAN, STATE, Archive, read_snapshot
from ddbaudit.frontends.plan.msgpack_values import (
    MOST_VALUES,
    NO_MARKS,
    Marks,
    MisfitError,
    Path,
    TooManyError,
    ValueReader,
    decode,
    label,
)
from ddbaudit.frontends.plan.problems import AS_JSON, Problem, problem
from ddbaudit.frontends.plan.protobuf import Message, ProtobufError
from ddbaudit.frontends.plan.state_data import read_data
from ddbaudit.ir.instance import Mode
from ddbaudit.ir.plan import KEPT_ALWAYS, Change, Plan, PlanMode, keeps_all
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.value import Absent, Value

FORMAT = 3

_MODES: Mapping[int, PlanMode] = {0: "normal", 1: "destroy", 2: "refresh-only"}
_ACTIONS: Mapping[int, tuple[str, ...]] = {
    0: ("no-op",),
    1: ("create",),
    2: ("read",),
    3: ("update",),
    5: ("delete",),
    6: ("delete", "create"),
    7: ("create", "delete"),
    8: ("forget",),
    9: ("create", "forget"),
    10: ("forget", "create"),
}
_ONE_VALUE: Mapping[tuple[str, ...], tuple[int | None, int | None]] = {
    ("no-op",): (0, 0),
    ("create",): (None, 0),
    ("delete",): (0, None),
    ("forget",): (0, None),
}
"""Which of the values of a change are those before and after it; of the other actions the first and the second."""
_REASONS: Mapping[int, str] = {
    1: "replace_because_tainted",
    2: "replace_by_request",
    3: "replace_because_cannot_update",
    4: "delete_because_no_resource_config",
    5: "delete_because_wrong_repetition",
    6: "delete_because_count_index",
    7: "delete_because_each_key",
    8: "delete_because_no_module",
    9: "replace_by_triggers",
    10: "read_because_config_unknown",
    11: "read_because_dependency_pending",
    12: "delete_because_no_move_target",
    13: "read_because_check_nested",
    14: "delete_because_enabled_false",
    15: "forgot_because_lifecycle_destroy_in_state",
    16: "forgot_because_lifecycle_destroy_in_config",
}


def read_binary(data: bytes, shown: str) -> Plan:
    """The plan in an archive; PlanError (PLAN001, PLAN004, PLAN007, PLAN015) when there is none that can be judged."""
    file = StructuredFile(shown)
    archive = Archive(data, file)
    content = memoryview(archive.read(PLAN))
    try:
        message = Message(content)
        version = message.integer(1)
        if version != FORMAT:
            detail = f"the plan has the format version {version}; known is version {FORMAT} (Terraform 0.12 to 1.x)"
            raise problem(Problem.FORMAT, file, detail)
        return _PlanReader(archive, message, file).plan()
    except TooManyError as error:
        raise problem(Problem.LIMIT, file, str(error)) from None
    except (ProtobufError, MisfitError) as error:
        raise archive.broken(PLAN, str(error)) from None
    except RecursionError:
        raise archive.broken(PLAN, "values are nested too deeply") from None


@dataclass(slots=True)
class _PlanReader:
    archive: Archive
    message: Message
    file: StructuredFile
    budget: list[int] = field(default_factory=lambda: [MOST_VALUES])
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def plan(self) -> Plan:
        message = self.message
        changes = tuple(self._changes())
        mode = _MODES.get(message.integer(17))
        if mode is None:
            raise ProtobufError(f"the plan has the mode {message.integer(17)}, which is not known")
        return Plan(
            self.file,
            "plan",
            str(FORMAT),
            message.text(14),
            changes,
            mode,
            message.text(21),
            self._complete(),
            bool(message.integer(20)),
            self._variables(),
            tuple(read_data(self.archive.read(STATE), self.archive, self.file, self.budget)),
            tuple(sorted((*message.texts(5), *message.texts(32)))),
            tuple(sorted(_change_of(deferred).text(13) for deferred in message.messages(27))),
            tuple(sorted(self._relevant(), key=str)),
            None,
            read_snapshot(self.archive),
            self._workspace(),
            sum(1 for change in changes if change.remains),
            tuple(self.diagnostics),
        )

    def _complete(self) -> bool | None:
        """What the plan says itself, since Terraform 1.8; else whether there is a reason for it not to be: an error,
        targets, exclusions (OpenTofu, which never says), deferred changes or actions."""
        if self.message.integer(26):
            return True
        reasons = self.message.integer(20) or any(self.message.has(number) for number in (5, 6, 27, 31, 32))
        return False if reasons else None

    def _workspace(self) -> str | None:
        backend = self.message.message(13) or self.message.message(29)
        return (backend.text(3) if backend is not None else "") or None

    def _variables(self) -> dict[str, Value]:
        """The variables that were set, which of them are sensitive only their declarations say. Ephemeral ones are no
        part of what a plan promises."""
        left_out = set(self.message.texts(28))
        found = {entry.text(1): entry.message(2) for entry in self.message.messages(2)}
        return {
            name: self._reader(f"var.{name}").dynamic(decode(value.data(1)), (), NO_MARKS)
            for name, value in sorted(found.items())
            if value is not None and name not in left_out
        }

    def _relevant(self) -> Iterator[tuple[str, Path]]:
        for attribute in self.message.messages(15):
            path = attribute.message(2)
            yield attribute.text(1), _path(path) if path is not None else ()

    def _reader(self, address: str) -> ValueReader:
        return ValueReader(lambda path: self.file.place(label(address, path)), self.budget)

    def _changes(self) -> list[Change]:
        """In the order of plan JSON. The end of a data source in the state is no change that anybody sees."""
        found: list[tuple[tuple[object, ...], Change]] = []
        for message in self.message.messages(3):
            text = message.text(13) or _address_in_parts(message)
            address = parse_address(text)
            if address is None:
                raise ProtobufError(f'a change has the address "{text}", which is none of a resource')
            change = self._change(message, text, address)
            if not (change.mode == "data" and change.actions == ("delete",)):
                found.append(((*address.order, change.deposed or ""), change))
        return [change for _, change in sorted(found, key=lambda pair: pair[0])]

    def _change(self, message: Message, text: str, address: Address) -> Change:
        inner = message.message(9)
        actions = _ACTIONS.get(inner.integer(1)) if inner is not None else None
        if inner is None or actions is None:
            raise ProtobufError(f"the change of {text} has no action that is known")
        before, after = _ONE_VALUE.get(actions, (0, 1))
        old = self._value(inner, before, 3, text, address)
        new = old if before == after and _same_marks(inner) else self._value(inner, after, 4, text, address)
        previous = message.text(14)
        return Change(
            text,
            address.module,
            address.mode,
            address.type,
            address.name,
            address.key,
            actions,
            old,
            new,
            self.file.place(text),
            _REASONS.get(message.integer(12), ""),
            tuple(sorted((_path(path) for path in message.messages(11)), key=str)),
            previous if previous not in ("", text) else None,
            message.text(7) or None,
        )

    def _value(self, change: Message, index: int | None, marks: int, text: str, address: Address) -> Value:
        if index is None:
            return Absent()
        values = change.messages(2)
        if index >= len(values):
            raise ProtobufError(f"the change of {text} has {len(values)} values")
        raw = decode(values[index].data(1))
        if raw is None:
            return Absent()
        kept = None if keeps_all(address.type, address.mode) else KEPT_ALWAYS
        reader = self._reader(text)
        sensitive = Marks.of(_path(path) for path in change.messages(marks))
        value = reader.resource(raw, resource_schema(address.mode, address.type), kept, sensitive)
        if reader.misfits:
            self._misfit(text, reader.misfits)
        return value

    def _misfit(self, address: str, paths: Iterable[Path]) -> None:
        names = ", ".join(sorted(label(address, path) for path in paths)[:3])
        detail = f"{names}: the value has another type than the schema of the provider at hand says"
        place = self.file.place(address)
        diagnostic = Diagnostic(
            "PLAN016", Level.ERROR, "Value of another schema", safe_text(detail), place, None, AS_JSON
        )
        self.diagnostics.append(diagnostic)


def _same_marks(change: Message) -> bool:
    return sorted(map(_path, change.messages(3)), key=str) == sorted(map(_path, change.messages(4)), key=str)


def _change_of(deferred: Message) -> Message:
    change = deferred.message(2)
    if change is None:
        raise ProtobufError("a deferred change says nothing")
    return change


def _path(message: Message) -> Path:
    """A path into a value. An element of a set is named by its value, which nothing follows: the path ends there."""
    steps: list[str | int] = []
    for step in message.messages(1):
        key = step.message(2)
        found: Any = step.text(1) if key is None else decode(key.data(1))
        if isinstance(found, bool) or not isinstance(found, (str, int)):
            break
        steps.append(found)
    return tuple(steps)


def _address_in_parts(message: Message) -> str:
    """Up to Terraform 1.0: the path of the module, the mode, the type, the name and the key."""
    key = message.text(5) if message.has(5) else message.integer(6) if message.has(6) else None
    mode: Mode = "data" if message.integer(2) == 1 else "managed"
    return address_text(message.text(1), mode, message.text(3), message.text(4), key)
