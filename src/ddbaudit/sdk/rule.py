"""What a rule is: metadata, examples, and a check over one subject.

A rule is one file with one class. It says what is wrong with *one* subject (a table, a policy, …) and points at places;
the engine calls it for every subject in every environment, turns problems into findings and keeps the ledger.
"""

from __future__ import annotations

import abc
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from ddbaudit.foundation.verdict import Severity
from ddbaudit.model.estate import Estate
from ddbaudit.model.subjects import Subject
from ddbaudit.sdk.problem import Problem

S = TypeVar("S", bound=Subject)

_ID = re.compile(r"[A-Z]{2,4}[0-9]{3}")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a rule's parameters; packs set them, every field has a default and a docstring line in the rule."""


@dataclass(frozen=True, slots=True)
class Example:
    """A complete HCL example.

    Lines on which the rule must report carry a comment `# expect: DDB101`; `# expect-unknown: DDB101` for an UNKNOWN.
    The comparison goes both ways: no other line may be reported. `params` configures the rule, `environment` names the
    environment, `title` says what the example shows. With `before`, the configuration that exists is that one, and the
    rule judges a plan from there to `hcl`; what has no place in `hcl` is reported on its first line. `others` are other
    root modules of the run, by their environments. `model` is the text of a data model that it is held against.
    """

    title: str
    hcl: str
    params: Mapping[str, Any] = field(default_factory=dict)
    environment: str = "dev"
    before: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    model: str = ""


@dataclass(frozen=True, slots=True)
class RuleMeta:
    """`id` is never reused; `name` is kebab case and names the fault, so that "ignore pitr-disabled" reads well.

    `summary` is one sentence that says what the rule finds; `rationale` says why it matters and what AWS or Terraform
    do; `remedy` what to do; `references` are URLs of AWS or Terraform documentation (or the design document by name).
    `errors` is what refuses the same without ddbaudit, word for word after who says it: `terraform plan: …`.
    """

    id: str
    name: str
    severity: Severity
    since: str
    summary: str
    rationale: str
    remedy: str
    references: tuple[str, ...]
    good: tuple[Example, ...]
    bad: tuple[Example, ...]
    unknown: tuple[Example, ...]
    errors: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ValueError(f"rule id {self.id!r} is not of the form DDB101")
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"{self.id}: rule name {self.name!r} is not kebab case")
        for what in ("summary", "rationale", "remedy"):
            if not getattr(self, what).strip():
                raise ValueError(f"{self.id}: {what} is empty")
        if not (self.references and self.good and self.bad):
            raise ValueError(f"{self.id}: references, good and bad examples are required")


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a check sees beside its subject: the estate, the environment's name and the parameters. `estates` are all
    root modules of the run, for rules that hold one against the others."""

    estate: Estate
    environment: str
    params: Any
    estates: tuple[Estate, ...] = ()


class NotApplicable(Exception):  # noqa: N818 - not an error: the way a check says that it has nothing to judge
    """Raised by a check whose subject it has nothing to say about; the reason goes to the ledger."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Rule(abc.ABC, Generic[S]):
    """Base of all rules. Subclasses set `meta`, `subject` and, where they have parameters, `params`.

    A rule over resource instances may name the `resource_types` that it is about (`aws_dynamodb_table`, `data.` before
    data sources); other instances are then no subjects of it.
    """

    meta: ClassVar[RuleMeta]
    subject: ClassVar[type]
    params: ClassVar[type[Params]] = Params
    faults: ClassVar[frozenset[str]] = frozenset()
    """The kinds of faults (see `ir.instance.Fault`) that the rule reports wherever they are: while it runs, diagnostics
    that say the same are left out."""
    resource_types: ClassVar[frozenset[str] | None] = None

    @abc.abstractmethod
    def check(self, subject: S, context: RuleContext) -> Iterator[Problem]:
        """Yields what is wrong (FAIL) or cannot be said (UNKNOWN). Nothing yielded is a PASS; raise NotApplicable when
        there is nothing to judge. FAIL outweighs UNKNOWN for the verdict of the instance."""
