"""IAM policies: statements, the actions and resources they name, and which tables and indexes those are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Origin, Unknown, Value
from ddbaudit.model.attr import Attr


@dataclass(frozen=True, slots=True)
class Terms:
    """A list of strings in a statement (Action, Resource …) with its place.

    `items` are the known elements, each with its own place and possibly symbols inside. `unknown` is set when the list
    may hold more. `span` is the list's expression, or the statement's header when the element is missing (`present`
    False).
    """

    items: tuple[Attr, ...]
    unknown: Unknown | None
    span: Span
    present: bool
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a statement: operator, key and values; an unknown one stands for those that are not known."""

    operator: str
    key: str
    values: tuple[Attr, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """`kind` is AWS, Service, Federated, CanonicalUser or `*`."""

    kind: str
    identifiers: Terms


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `effect` defaults to Allow in aws_iam_policy_document and is required in JSON.

    `conditions_unknown` and `principals_unknown` tell why there may be more than listed. `span` is the `statement`
    block's header, the object expression, or the whole policy expression when it came from text.
    """

    sid: str | None
    effect: Attr
    actions: Terms
    not_actions: Terms
    resources: Terms
    not_resources: Terms
    principals: tuple[Principal, ...]
    principals_unknown: Unknown | None
    conditions: tuple[Condition, ...]
    conditions_unknown: Unknown | None
    span: Span

    @property
    def label(self) -> str:
        return f'statement "{self.sid}"' if self.sid else "statement"


PolicyKind = Literal["identity", "resource", "trust", "key", "endpoint", "document"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document where it is used: attached, managed, inline, a resource's own, or a document that nothing uses.

    `unknown` is set when (parts of) the document cannot be seen; then `statements` are those that can. `attribute` is
    the argument that holds it (`policy`, `assume_role_policy`, `inline_policy`, `json`). `invalid` says why the text
    is no policy at all.
    """

    instance: ResourceInstance
    kind: PolicyKind
    attribute: str
    name: Attr
    statements: tuple[Statement, ...]
    unknown: Unknown | None
    span: Span
    value: Value
    invalid: str | None = None

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def label(self) -> str:
        """`policy "contract-service-dynamodb-policy"`, or by its address."""
        name = self.name.public
        return f'policy "{name}"' if name else f"policy {self.instance.address}"
