"""Success criteria as data."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from ddbaudit.foundation.source import Span


@dataclass(frozen=True, slots=True)
class RuleProof:
    """Every verdict of a rule on subjects whose address matches one of the globs `on` is PASS, in each environment on
    at least `at_least` of them. `environments` are those of the document when it is empty."""

    rule: str
    at_least: int
    on: tuple[str, ...]
    environments: tuple[str, ...]
    span: Span

    def concerns(self, address: str) -> bool:
        return not self.on or any(fnmatchcase(address, glob) for glob in self.on)


@dataclass(frozen=True, slots=True)
class PlanProof:
    """A plan of each environment's root that Terraform completed: `terraform plan` validates before it plans
    (https://developer.hashicorp.com/terraform/cli/commands/validate)."""

    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandProof:
    """What Terraform does not say, with the reason."""

    reason: str


Proof = RuleProof | PlanProof | HandProof


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a document asks for, in our words, where it stands there and what proves it."""

    id: str
    says: str
    place: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Criteria:
    """The criteria of one document. They concern the root modules that one of `packs` judges; all, when it is empty."""

    name: str
    document: str
    packs: tuple[str, ...]
    environments: tuple[str, ...]
    criteria: tuple[Criterion, ...]
