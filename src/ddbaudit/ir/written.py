"""Modules as they are written, before anything is evaluated: what rules about modules read.

A module that is called twenty-five times is written once. None of this is in a plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ddbaudit.foundation.source import Span


@dataclass(frozen=True, slots=True)
class WrittenVariable:
    """A `variable` block. `accepts` tells whether its validations accept a text: None when that is not known.

    `broken` tells that the block could not be parsed completely: what seems absent may be there.
    """

    name: str
    header: Span
    typed: bool
    described: bool
    validated: bool
    broken: bool
    accepts: Callable[[str], bool | None]


@dataclass(frozen=True, slots=True)
class WrittenOutput:
    """An `output` block."""

    name: str
    header: Span
    described: bool
    broken: bool


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text or number that an expression gives literally; `${}` stands for each interpolation. Texts that are only
    compared, object keys, the conditions of validations and checks, and defaults of variables are none of these."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Unread:
    """Something declared that nothing in its module reads: `what` it is (`variable`), its name there (`var.x`)."""

    what: str
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class WrittenModule:
    """The module in a directory.

    `broken` tells that something could not be read or parsed, so that what seems absent may be there; `installed` that
    `terraform init` has put it there; `configures` that it has a `provider` block with arguments, a backend or HCP
    Terraform, as the root of a configuration has. `version` is the place of `required_version`; `constrained` has the
    providers that a version is asked for, `used` those that anything in it needs, each with a place.
    """

    directory: str
    header: Span
    broken: bool
    installed: bool
    configures: bool
    variables: tuple[WrittenVariable, ...]
    outputs: tuple[WrittenOutput, ...]
    version: Span | None
    constrained: frozenset[str]
    used: Mapping[str, Span]
    texts: Callable[[], tuple[WrittenText, ...]]
    unread: Callable[[], tuple[Unread, ...]]
