"""What rules can judge, and where in an estate each kind of it is found.

A module of the model that makes something for rules to judge says so here, once, with `judged`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import Declaration, ModuleInstance, ResourceInstance
from ddbaudit.model.changes import TableChange
from ddbaudit.model.estate import Estate, TaggedResource
from ddbaudit.model.iam import Policy
from ddbaudit.model.table import Table

ROOT: Final = "(root)"


class Subject(Protocol):
    """What a rule judges. `address` is empty for the root module and what belongs to it as a whole."""

    @property
    def address(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SubjectKind:
    """`noun` names one of the kind for people (`table`); `of` gives all of an estate, in a stable order."""

    noun: str
    of: Callable[[Estate], Sequence[Any]]


KINDS: Final[dict[type, SubjectKind]] = {}


def judged(kind: type, noun: str, of: Callable[[Estate], Sequence[Any]]) -> None:
    """Lets rules judge a kind of thing."""
    KINDS[kind] = SubjectKind(noun, of)


judged(Table, "table", lambda e: e.tables)
judged(Policy, "policy", lambda e: e.policies)
judged(TaggedResource, "resource that takes tags", lambda e: e.tagged)
judged(Declaration, "resource, data source or module call", lambda e: e.declarations)
judged(ModuleInstance, "module", lambda e: e.modules)
judged(ResourceInstance, "resource", lambda e: e.resources)
judged(TableChange, "table that a plan changes, destroys or leaves as it is", lambda e: e.changes)
judged(Estate, "root module as a whole", lambda e: (e,))


def address_of(subject: Subject) -> str:
    """The subject's address; a root module is `(root)`; a policy that is not an instance's only one names its
    argument."""
    if isinstance(subject, Policy):
        return subject.address if subject.attribute in _SOLE else f"{subject.address}.{subject.attribute}"
    return subject.address or ROOT


def type_of(thing: ResourceInstance | Declaration) -> str:
    """`aws_dynamodb_table`, `data.aws_iam_policy_document`."""
    return f"data.{thing.type}" if thing.mode == "data" else thing.type


_SOLE = frozenset({"policy", "json"})


def callers_of(subject: Subject) -> tuple[Span, ...]:
    """The module calls that lead to a subject, or to the resource that it is made of, nearest first."""
    instance = getattr(subject, "instance", None)
    found: tuple[Span, ...] = getattr(subject if instance is None else instance, "callers", ())
    return found
