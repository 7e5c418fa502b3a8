"""The language of comments that suppress findings.

    # ddbaudit: ignore[DDB101, deletion-protection-disabled] reason="restored from exports" until=2027-01-31 env=dev,sit

The brackets hold ids and names of rules, all of them written out. `reason` is needed (the configuration may say
otherwise), `until` is the last day on which the comment holds, `env` limits it to environments. A comment that is
addressed to ddbaudit and is not understood is an error: it must neither hide anything nor pass unseen.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NoReturn

from ddbaudit.engine.registry import Registry
from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.ir.comment import Comment

FORM: Final = 'ddbaudit: ignore[DDB101] reason="…" until=2027-01-31 env=dev'
_ADDRESSED = re.compile(
    r"ddb-?audit\s*:|ddb-?audit\W*(?:ignore|skip|disable|suppress|nosec|noqa)(?:\b|[\[-])", re.IGNORECASE
)
_INSIDE = re.compile(r"ddb-?audit\s*:?\s*(?:ignore|skip|disable|suppress)\s*\[", re.IGNORECASE)
_START = re.compile(r"ddbaudit:\s*ignore\s*\[([^\]]*)\]")
_OPTION = re.compile(r'[\s,]*([A-Za-z_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))')
_OPTIONS: Final = ("reason", "until", "env")


@dataclass(frozen=True, slots=True)
class Demands:
    """What a comment must say beside the rules."""

    reason: bool = True
    until: bool = False


@dataclass(frozen=True, slots=True)
class Ignore:
    """A comment that suppresses rules (ids); without `environments` in all of them."""

    comment: Comment
    rules: tuple[str, ...]
    reason: str
    until: date | None
    environments: tuple[str, ...]

    def holds_in(self, environment: str) -> bool:
        return not self.environments or environment in self.environments

    def has_expired(self, today: date) -> bool:
        return self.until is not None and today > self.until


class _Refusal(Exception):  # noqa: N818 - what becomes a diagnostic
    """Why a comment is not understood, and what to do."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


def read_comment(comment: Comment, registry: Registry, demands: Demands) -> Ignore | Diagnostic | None:
    """The suppression in a comment, an error when it is none that is understood, None for a comment that only speaks
    of ddbaudit."""
    text = comment.text.strip()
    try:
        if not _ADDRESSED.match(text):
            if _INSIDE.search(text):
                _refuse("a suppression must stand at the beginning of a comment", "give it a comment of its own")
            return None
        return _read(text, comment, registry, demands)
    except _Refusal as refusal:
        detail, help = safe_text(refusal.message), safe_text(refusal.help)
        return Diagnostic("SUP001", Level.ERROR, "Suppression not understood", detail, comment.span, help=help)


def _refuse(message: str, help: str = f"write it as {FORM}") -> NoReturn:
    raise _Refusal(message, help)


def _read(text: str, comment: Comment, registry: Registry, demands: Demands) -> Ignore:
    start = _START.match(text)
    if start is None:
        _refuse("this is addressed to ddbaudit and is no suppression")
    rules = _rules(start[1], registry)
    options = _options(text, start.end())
    reason = options.get("reason", "").strip()
    if demands.reason and not reason:
        _refuse("it gives no reason, so it suppresses nothing", 'say why, as in reason="restored from exports"')
    until = _day(options["until"]) if "until" in options else None
    if demands.until and until is None:
        _refuse("it has no end, so it suppresses nothing", "say on which day it ends, as in until=2027-01-31")
    environments = _environments(options["env"]) if "env" in options else ()
    return Ignore(comment, rules, reason, until, environments)


def _rules(text: str, registry: Registry) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for key in (part.strip() for part in text.split(",")):
        if not key:
            _refuse("it names no rule" if not text.strip() else "a rule is missing between its commas")
        if any(char in key for char in "*?"):
            _refuse(f'"{key}" is a wildcard', "name each rule: what it hides must be seen where it stands")
        rule = registry.find(key)
        if rule is None:
            begun = [r for r in registry.rules if r.meta.id.startswith(key.upper())]
            help = "name each rule in full" if begun else "`ddbaudit rules` lists all rules"
            _refuse(registry.complaint(key), help)
        if rule.meta.id in found:
            _refuse(f"it names {rule.meta.id} twice")
        found[rule.meta.id] = None
    return tuple(found)


def _options(text: str, at: int) -> Mapping[str, str]:
    found: dict[str, str] = {}
    while text[at:].strip():
        option = _OPTION.match(text, at)
        if option is None:
            _refuse(f'"{text[at:].strip()}" is not understood', f"behind the rules stand {_listed()}, as in {FORM}")
        name, quoted, bare = option.groups()
        if name not in _OPTIONS:
            _refuse(f'it has no "{name}"{suggestion(name, _OPTIONS)}', f"behind the rules stand {_listed()}")
        if name in found:
            _refuse(f"it says {name} twice")
        if quoted is None and name == "reason":
            _refuse("its reason is not quoted", 'write it as reason="…"')
        found[name] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.rstrip(",")
        at = option.end()
    return found


def _listed() -> str:
    return join_names(_OPTIONS)


def _day(text: str) -> date:
    found = None
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        with contextlib.suppress(ValueError):
            found = date.fromisoformat(text)
    if found is None:
        _refuse(f'"{text}" is no day', "write the last day on which it holds as until=2027-01-31")
    return found


def _environments(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(","))
    if not all(names) or any(char in text for char in "*?"):
        _refuse(f'"{text}" is no list of environments', "write them out, as in env=dev,sit")
    return tuple(dict.fromkeys(names))
