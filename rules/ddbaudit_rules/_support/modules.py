"""What the rules on modules share: which modules are judged, and what stands for those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.model.modules import Module, WrittenModule
from ddbaudit.sdk.problem import Problem, unknown
from ddbaudit.sdk.rule import NotApplicable


def source_of(module: Module) -> WrittenModule:
    """The module as it is written; NotApplicable for a plan alone, and for a module that somebody else writes."""
    if module.written is None:
        raise NotApplicable("a plan does not hold the source of modules")
    if module.written.installed:
        raise NotApplicable("terraform init has put the module here; it is judged where it is written")
    return module.written


def reusable(module: Module) -> WrittenModule:
    """Likewise; NotApplicable for the root of a configuration, which is where values are given."""
    written = source_of(module)
    if written.configures:
        raise NotApplicable("it configures a provider or a backend: it is the root of a configuration, no module")
    return written


def unread(module: Module, written: WrittenModule, question: str) -> Iterator[Problem]:
    """UNKNOWN where a part of the module could not be read, so that the question has no answer."""
    if written.broken:
        message = f"{question} is not known: not all of {module.label} can be read"
        yield unknown(message, written.header, label="cannot be read", detail="unreadable")
