"""The settings that a configuration file may hold: one table that reading, `ddbaudit config` and the JSON Schema share.

Values are read strictly: what is not understood is a UsageError with the setting's name and a suggestion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, Protocol

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.text import safe_text, suggestion
from ddbaudit.foundation.verdict import Severity

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the file, and the setting as messages call it."""

    file: str
    name: str = ""

    def under(self, name: str) -> Place:
        """A setting of a table."""
        return Place(self.file, f"[{self.name}] {safe_text(name)}" if self.name else safe_text(name))

    def refuse(self, message: str, help: str = "") -> NoReturn:
        raise UsageError(f"{self.file}: {self.name} {message}".replace(":  ", ": "), help=help)


class Kind(Protocol):
    """A kind of value; `read` gives what the rest of the program uses, `schema` the JSON Schema."""

    def read(self, value: object, place: Place) -> Any: ...

    def schema(self) -> Schema: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, value: object, place: Place) -> str:
        if value not in self.words:
            place.refuse(f"must be one of {', '.join(self.words)}{suggestion(safe_text(str(value)), self.words)}")
        return str(value)

    def schema(self) -> Schema:
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def read(self, value: object, place: Place) -> bool:
        if not isinstance(value, bool):
            place.refuse("must be true or false")
        return value

    def schema(self) -> Schema:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is not empty; `noun` says what it is (`the name of an environment`)."""

    noun: str

    def read(self, value: object, place: Place) -> str:
        if not isinstance(value, str) or not value:
            place.refuse(f"must be {self.noun}")
        return value

    def schema(self) -> Schema:
        return TEXT


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts; with `one`, a single one will do too. `noun` says what they are."""

    noun: str
    one: bool = False

    def read(self, value: object, place: Place) -> tuple[str, ...]:
        if self.one and isinstance(value, str) and value:
            return (value,)
        if not isinstance(value, list) or not all(isinstance(v, str) and v for v in value) or (self.one and not value):
            place.refuse(f"must be {self.noun}")
        return tuple(dict.fromkeys(value))

    def schema(self) -> Schema:
        many = {"type": "array", "items": TEXT, "uniqueItems": True}
        return {"anyOf": [TEXT, many]} if self.one else many


@dataclass(frozen=True, slots=True)
class Scalars:
    """Names to texts, numbers or truth values: what variables are set to, as on Terraform's command line."""

    def read(self, value: object, place: Place) -> dict[str, str]:
        return {key: self._text(item, place.under(key)) for key, item in _table(value, place).items()}

    def _text(self, value: object, place: Place) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str | int | float):
            help = "lists and objects belong into a file in var_files"
            place.refuse("must be a text, a number or a truth value", help)
        return str(value)

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}


@dataclass(frozen=True, slots=True)
class Each:
    """Names to values of one kind, in the file's order."""

    kind: Kind

    def read(self, value: object, place: Place) -> dict[str, Any]:
        return {key: self.kind.read(item, place.under(f'"{key}"')) for key, item in _table(value, place).items()}

    def schema(self) -> Schema:
        return {"type": "object", "additionalProperties": self.kind.schema()}


@dataclass(frozen=True, slots=True)
class Either:
    """A table of one kind, or anything else of the other."""

    table: Kind
    other: Kind

    def read(self, value: object, place: Place) -> Any:
        return (self.table if isinstance(value, dict) else self.other).read(value, place)

    def schema(self) -> Schema:
        return {"anyOf": [self.other.schema(), self.table.schema()]}


@dataclass(frozen=True, slots=True)
class Free:
    """A table whose values others check: parameters of rules."""

    def read(self, value: object, place: Place) -> Mapping[str, Any]:
        return _table(value, place)

    def schema(self) -> Schema:
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting: what it holds, what it is when nothing is said, and what it is for."""

    kind: Kind
    default: Any
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of settings; `name` is how messages call one."""

    settings: Mapping[str, Setting] = field(default_factory=dict)

    def read(self, value: object, place: Place) -> dict[str, Any]:
        """The settings that are there, and no others."""
        found: dict[str, Any] = {}
        for key, item in _table(value, place).items():
            setting = self.settings.get(key)
            if setting is None:
                within = f" in [{place.name}]" if place.name else ""
                message = f'unknown key "{safe_text(key)}"{within}{suggestion(key, self.settings)}'
                raise UsageError(f"{place.file}: {message}", help=f"the keys are {', '.join(self.settings)}")
            found[key] = setting.kind.read(item, place.under(key))
        return found

    def schema(self) -> Schema:
        properties = {
            name: {**setting.kind.schema(), "description": setting.description}
            for name, setting in self.settings.items()
        }
        return {"type": "object", "properties": properties, "additionalProperties": False}


def _table(value: object, place: Place) -> dict[str, Any]:
    if not isinstance(value, dict):
        name = place.name if place.name.startswith("[") else f"[{place.name}]"
        Place(place.file, name).refuse("must be a table")
    return value


_SEVERITY: Final = Choice(tuple(severity.label for severity in sorted(Severity, reverse=True)))
_DEMAND: Final = Choice(("required", "optional"))
_PACKS: Final = Texts("the name of a pack or a list of names", one=True)
_MODELS: Final = Texts("the name of a data model or a list of names", one=True)

ENVIRONMENT: Final = Table(
    {
        "roots": Setting(Texts("a list of directories", one=True), (), "Globs of root modules, relative to this file."),
        "var_files": Setting(
            Texts("a list of files", one=True),
            (),
            "Variable files, in order, relative to this file; {root} stands for the root module's directory.",
        ),
        "vars": Setting(Scalars(), {}, "Root variables, as with --var; they win over var_files."),
        "workspace": Setting(Text("the name of a workspace"), None, "The value of terraform.workspace."),
        "protected": Setting(Flag(), None, "Whether data there must not be lost: prod and its like."),
        "packs": Setting(_PACKS, (), "The packs that judge it, in place of those of [packs]."),
        "severities": Setting(Each(_SEVERITY), {}, "Severities of rules there, over those of the packs."),
        "params": Setting(Each(Free()), {}, "Parameters of rules there, over those of the packs."),
    }
)

SETTINGS: Final = Table(
    {
        "parser": Setting(Choice(("auto", "native", "python-hcl2")), "auto", "Which HCL parser reads."),
        "cross_check": Setting(Flag(), False, "Whether both parsers must agree on every file."),
        "rules": Setting(
            Texts("a list of files and directories"), (), "Rules in YAML, relative to this file; directories or files."
        ),
        "fail_on": Setting(Choice(("high", "medium", "low", "never")), "medium", "The lowest severity that blocks."),
        "unknown": Setting(Choice(("fail", "warn")), "fail", "Whether what cannot be judged makes the run incomplete."),
        "ignore": Setting(Texts("a list of rules"), (), "Rules that do not run: ids, names, prefixes."),
        "baseline": Setting(
            Text("the path of a baseline"), None, "Findings that are known and do not count; relative to this file."
        ),
        "suppressions": Setting(
            Table(
                {
                    "reason": Setting(_DEMAND, "required", "Whether a comment must say why it suppresses."),
                    "until": Setting(_DEMAND, "optional", "Whether a comment must say until when it holds."),
                }
            ),
            {},
            "What comments that suppress findings must say.",
        ),
        "packs": Setting(
            Each(_PACKS), {}, "Globs of root modules, relative to this file, to the packs that judge them."
        ),
        "models": Setting(
            Either(Each(_MODELS), Texts("a list of data models, or a table of directories to data models")),
            (),
            "Data models for all root modules (a list), or by globs of root modules (a table).",
        ),
        "environments": Setting(
            Each(Either(ENVIRONMENT, Text("the name of an environment or a table"))),
            {},
            "Environments by their names; or globs of root modules to the name of their environment.",
        ),
    }
)
