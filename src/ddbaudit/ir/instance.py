"""What evaluation gives: resource instances with their arguments, blocks and places, module instances, environments.

Both frontends (HCL and plan) produce these; the model is built from them and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ddbaudit.foundation.diagnostic import Diagnostic, Related
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.ir.comment import Comment
from ddbaudit.ir.value import Absent, Cause, Unknown, Value

if TYPE_CHECKING:
    from ddbaudit.ir.plan import Difference, Plan
    from ddbaudit.ir.written import WrittenModule

Mode = Literal["managed", "data"]


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a block: its value (converted to the schema's type), the span of the expression, that of the
    name.

    In a `dynamic` block's content the spans are those inside the content; the value's origin leads on to the iterator.
    """

    name: str
    value: Value
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class BlockGroup:
    """All nested blocks of one type in a body.

    `items` certainly exist. When a `dynamic` block's `for_each` is unknown, `unknown` tells why and `possible` holds
    its content evaluated once with an unknown iterator: it may exist never, once or often. `merged` tells that one item
    may stand for several blocks which a plan shows as one.
    """

    items: tuple[BlockInstance, ...] = ()
    possible: tuple[BlockInstance, ...] = ()
    unknown: Unknown | None = None
    merged: Unknown | None = None


NO_BLOCKS = BlockGroup()


@dataclass(frozen=True, slots=True)
class BlockInstance:
    """An evaluated block. `header` is its type and labels (of `dynamic` for generated ones), `span` the whole block.

    `broken` is True when the source of the body could not be parsed completely: what seems absent may be there.
    `generated` tells that a `dynamic` block makes it.
    """

    type: str
    header: Span
    span: Span
    arguments: Mapping[str, Argument]
    blocks: Mapping[str, BlockGroup]
    broken: bool = False
    generated: bool = False

    def value(self, name: str) -> Value:
        """The value of an argument; Absent when it is not set."""
        argument = self.arguments.get(name)
        return argument.value if argument is not None else Absent()

    def group(self, type: str) -> BlockGroup:
        return self.blocks.get(type, NO_BLOCKS)


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider configuration that a resource uses. `name` is `aws` or `aws.alias`.

    `region` is Known where the provider block gives it. `default_tags` is a map, Absent when there are none, Unknown
    when they are. `span` is the header of the provider block, None when there is no such block. `accounts` are those in
    `allowed_account_ids`; with any other, the provider refuses to run.
    """

    name: str
    region: Value
    default_tags: Value
    span: Span | None = None
    accounts: Value = field(default_factory=Absent)


@dataclass(frozen=True, slots=True)
class ResourceInstance:
    """One instance of a `resource` or `data` block.

    `address` is absolute, as in a plan; where the keys of `count` or `for_each` are unknown it ends in `[?]` and
    `expansion` tells why. `callers` are the headers of the module calls that lead here, innermost first. `faults` are
    values in its body that Terraform would refuse.
    """

    address: str
    module: str
    mode: Mode
    type: str
    name: str
    key: str | int | None
    body: BlockInstance
    provider: Provider
    callers: tuple[Span, ...] = ()
    expansion: Unknown | None = None
    ignore_changes: tuple[str, ...] = ()
    prevent_destroy: Value = field(default_factory=Absent)
    faults: tuple[Fault, ...] = ()

    @property
    def declaration(self) -> str:
        """The address without any instance key of its own: `module.a["x"].aws_dynamodb_table.t`."""
        own = f"{'data.' if self.mode == 'data' else ''}{self.type}.{self.name}"
        return f"{self.module}.{own}" if self.module else own


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that `terraform validate` or `plan` would refuse, found while evaluating.

    `kind`: `unsupported-argument`, `unsupported-block`, `missing-argument`, `missing-block`, `too-many-blocks`,
    `undeclared-reference`, `cycle`, `invalid-value`, `declared-twice`; those that it only warns of are
    `undeclared-input` and `deprecated-argument`. TF6xx rules turn faults into findings.
    `doubt` tells why it may be none after all: the schema that it is held against may not be the one that counts, or
    there may be no instance of what it is in. `detail` tells several of a kind apart and is the same in every
    environment; where it is empty, the message does.
    """

    kind: str
    message: str
    span: Span
    help: str = ""
    label: str = ""
    doubt: Cause | None = None
    related: tuple[Related, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A `resource` or `data` block in a module instance, however many instances it has (also none).

    `address` has no instance key of its own. `faults` are those of the schema (TF601, TF602) anywhere in the block.
    `schema_known` is False when the type is not among those whose schema ships: then nothing can be said. `instances`
    is the number of instances, None when it is unknown. `doubt` tells why the schema that ships may not be the one that
    counts. `warnings` are what Terraform only warns of.
    """

    address: str
    mode: Mode
    type: str
    name: str
    header: Span
    span: Span
    schema_known: bool
    instances: int | None
    faults: tuple[Fault, ...] = ()
    broken: bool = False
    doubt: Cause | None = None
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """An input variable or output of a module instance with its value and the place of its declaration."""

    name: str
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class ModuleInstance:
    """One instance of a module; `address` is empty for the root. `directory` is shown as in `SourceFile.path`.

    `faults` are the references, cycles and values that Terraform would refuse (TF603, TF604) and that stand in this
    module; `warnings` what it only warns of.
    """

    address: str
    directory: str
    header: Span | None
    variables: Mapping[str, Setting]
    outputs: Mapping[str, Setting]
    faults: tuple[Fault, ...] = ()
    callers: tuple[Span, ...] = ()
    warnings: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One root module evaluated in one environment; `plan` is the plan or state that it was judged by, if any.

    `files` are all files that took part; `missing` causes that parts of the configuration could not be seen at all
    (modules that are not there); `differences` what of the source is certainly not what the plan was made from.
    `written` gives the modules as they are written, those without instances too; None where there is no source.
    `comments` are those in the source that name ddbaudit; `protected` tells whether the environment must not lose data,
    None where nobody says.
    """

    environment: str
    root: str
    resources: tuple[ResourceInstance, ...]
    declarations: tuple[Declaration, ...]
    modules: tuple[ModuleInstance, ...]
    diagnostics: tuple[Diagnostic, ...]
    files: tuple[SourceFile, ...]
    missing: tuple[Cause, ...] = ()
    plan: Plan | None = None
    differences: tuple[Difference, ...] = ()
    written: Callable[[], tuple[WrittenModule, ...]] | None = field(default=None, compare=False)
    comments: tuple[Comment, ...] = ()
    protected: bool | None = None

    def tables(self) -> Iterator[ResourceInstance]:
        return (r for r in self.resources if r.mode == "managed" and r.type == "aws_dynamodb_table")
