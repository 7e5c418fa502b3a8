"""What declarative rules say: the author's message with its placeholders filled in, or one made of the condition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Absent
from ddbaudit.model.attr import Attr
from ddbaudit.policy.outcome import Group, Spot

PLACEHOLDERS: Final = {
    "address": "the address of the resource",
    "name": "the resource's name in its address",
    "path": "the path to what decides",
    "value": "its value; `(sensitive)` where it must not be told",
    "env": "the name of the environment",
}
_PLACEHOLDER: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SHOWN: Final = 120
"""Characters of a value in a message; the source below it shows the rest."""


def check_message(text: str) -> None:
    """ValueError unless every placeholder is known and every brace has its counterpart."""
    for found in _PLACEHOLDER.finditer(text):
        if found[0] in ("{{", "}}"):
            continue
        if found[1] is None:
            raise ValueError(f'a brace at character {found.start() + 1} has no counterpart; write "{found[0] * 2}"')
        if found[1] not in PLACEHOLDERS:
            known = join_names([f"{{{name}}}" for name in PLACEHOLDERS])
            name = safe_text(found[1])
            raise ValueError(f'there is no placeholder "{{{name}}}"{suggestion(name, PLACEHOLDERS)}; there are {known}')


def filled(text: str, instance: ResourceInstance, spot: Spot, environment: str) -> str:
    """The author's message."""
    values = {
        "address": instance.address,
        "name": instance.name,
        "path": spot.path,
        "value": bare(spot),
        "env": environment,
    }
    return _PLACEHOLDER.sub(lambda found: found[0][0] if found[1] is None else values[found[1]], text)


def bare(spot: Spot) -> str:
    """The value without quotation marks."""
    text = spot.at.public if isinstance(spot.at, Attr) else None
    return shortened(text if text is not None else spot.shown)


def shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def violated(group: Group, instance: ResourceInstance) -> str:
    """What is wrong, and what must be."""
    spots = group.spots
    facts = join_names(list(dict.fromkeys(_fact(spot) for spot in spots)))
    if len({spot.span for spot in spots}) == 1 and all(spot.must for spot in spots):
        asked = join_names([spot.asked for spot in spots], "or")
        return f"{facts} in {instance.address}; it must {asked}"
    if len(spots) == 1:
        return f"{facts} in {instance.address}; it {_must(spots[0])}"
    return f"{facts} in {instance.address}; at least one of these must be otherwise"


def in_doubt(spot: Spot, instance: ResourceInstance) -> str:
    """What must be and cannot be said to be."""
    return f"{spot.path} in {instance.address} {_must(spot)}; whether it does is not known"


def scope_in_doubt(spot: Spot, instance: ResourceInstance) -> str:
    """For a condition under `when`."""
    return f"whether the rule is for {instance.address} depends on {spot.path}, which is not known"


def _fact(spot: Spot) -> str:
    return f"{spot.path} {'has' if spot.counted else 'is'} {shortened(spot.shown)}"


def _must(spot: Spot) -> str:
    if spot.must:
        return f"must {spot.asked}"
    return f"must {spot.asked[4:]}" if spot.asked.startswith("not ") else f"must not {spot.asked}"


def label(spot: Spot) -> str:
    """The text under the carets."""
    if spot.held is Verdict.UNKNOWN:
        return "not known"
    last = re.split(r"\.(?=[^.]*$)", spot.path)[-1]
    missing = isinstance(spot.at, Attr) and isinstance(spot.at.value, Absent) and not spot.at.value.sensitive
    if missing:
        return f"no {last} here"
    return spot.shown if spot.counted else f"{last} is {shortened(spot.shown)}"


def also(spots: Sequence[Spot]) -> list[tuple[Spot, str]]:
    """The further spots of a group with their notes."""
    seen = {spots[0].span}
    found: list[tuple[Spot, str]] = []
    for spot in spots[1:]:
        if spot.span not in seen:
            seen.add(spot.span)
            found.append((spot, _fact(spot)))
    return found
