"""What a check yields: a problem with its place, its cause and its remedy. The engine makes findings of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ddbaudit.foundation.diagnostic import Related
from ddbaudit.foundation.source import Span
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Origin, Unknown, Value
from ddbaudit.model.attr import Attr


@dataclass(frozen=True, slots=True)
class Link:
    """One step of the way a value came by: `local.kms` at its place; `span` None for the command line or
    environment."""

    note: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Problem:
    """FAIL or UNKNOWN at one primary place.

    `message` says what is wrong with names; `label` is the short text under the carets; `help` says what to do.
    `origin` is the way the value came by behind the primary place, its last link is the cause. `detail` distinguishes
    problems of one rule on one subject (an index or attribute name) and is part of the fingerprint, so it must not
    hold line numbers.
    """

    verdict: Verdict
    message: str
    primary: Span
    label: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    origin: tuple[Link, ...] = ()
    detail: str = ""


def fail(
    message: str,
    at: Attr | Span,
    *,
    label: str = "",
    help: str = "",
    related: tuple[Related, ...] = (),
    detail: str = "",
    offset: int | None = None,
    origin: Origin | None = None,
    near: tuple[Span, ...] = (),
) -> Problem:
    """A violation at an attribute or a span.

    The way the value came by is the attribute's, or that of `origin`. Where it branches, `offset` follows the part of a
    string that holds this character, and `near` the branch whose expression holds most of these places: for something
    that is missing, the places of what stands where it should be.
    """
    problem = _problem(Verdict.FAIL, message, at, label, help, related, detail, offset)
    source = origin if origin is not None else (at.value.origin if isinstance(at, Attr) else None)
    if source is None or (origin is None and not near):
        return problem
    found = source.toward(near) if near else source.chain(offset)
    return replace(problem, origin=_links(found, problem.primary))


def unknown(
    message: str,
    at: Attr | Span,
    *,
    because: Unknown | None = None,
    label: str = "",
    help: str = "",
    related: tuple[Related, ...] = (),
    detail: str = "",
) -> Problem:
    """Cannot be said; the reason (`because`, or the attribute's own unknown value) is appended to the message."""
    value = because if because is not None else (at.unknown if isinstance(at, Attr) else None)
    if value is not None:
        message = f"{message}: {value.cause.text}"
    problem = _problem(Verdict.UNKNOWN, message, at, label, help, related, detail, None)
    return problem if value is None else replace(problem, origin=_way_to_cause(value, problem.primary))


def _way_to_cause(value: Unknown, primary: Span) -> tuple[Link, ...]:
    """The links to the first part of the value that is not known, and to what makes it unknown."""
    links = origin_links(value, primary, first_gap(value))
    cause = value.cause
    if cause.span is None or cause.span == primary or any(link.span == cause.span for link in links):
        return links
    return (*links, Link(cause.text, cause.span))


def first_gap(value: Unknown) -> int | None:
    """Where the first part that is not known begins in a partly known string, as `Origin.widths` counts."""
    offset = 0
    for part in value.parts or ():
        if not isinstance(part, str):
            return offset
        offset += len(part)
    return None


def _problem(
    verdict: Verdict,
    message: str,
    at: Attr | Span,
    label: str,
    help: str,
    related: tuple[Related, ...],
    detail: str,
    offset: int | None,
) -> Problem:
    if isinstance(at, Span):
        return Problem(verdict, message, at, label, help, related, (), detail)
    if at.value.sensitive and at.value.origin is not None:
        at.value.origin.hide_literals()
    return Problem(verdict, message, at.span, label, help, related, origin_links(at.value, at.span, offset), detail)


def origin_links(value: Value, primary: Span | None, offset: int | None = None) -> tuple[Link, ...]:
    """The links behind the primary span, nearest first, without repeats."""
    if value.origin is None:
        return ()
    return links_of(value.origin, primary, offset)


def links_of(
    origin: Origin, primary: Span | None, offset: int | None = None, *, until: Span | None = None
) -> tuple[Link, ...]:
    """The links of an origin's chain behind the primary span, up to the place `until`, which is left out."""
    chain = origin.chain(offset)
    stop = next((at for at, step in enumerate(chain) if until is not None and step.span == until), len(chain))
    return _links(chain[:stop], primary)


def _links(chain: Sequence[Origin], primary: Span | None) -> tuple[Link, ...]:
    links: list[Link] = []
    seen = {primary}
    for step in chain:
        if step.span is None:
            if step.note:
                links.append(Link(step.note, None))
        elif step.span not in seen:
            seen.add(step.span)
            links.append(Link(step.note, step.span))
        elif step.note and links and links[-1].span == step.span and not links[-1].note:
            links[-1] = Link(step.note, step.span)
    # Steps inside an expression that has a name of its own say nothing more; the last one is the cause.
    return tuple(link for at, link in enumerate(links) if link.note or at == len(links) - 1)
