"""Fields of strict YAML: which there may be, and of which kind. What is not understood is refused at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import Yaml, refuse
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.verdict import Severity

SEVERITIES: tuple[str, ...] = tuple(severity.label for severity in sorted(Severity, reverse=True))


def fields(node: Yaml, known: Sequence[str], what: str) -> Mapping[str, Yaml]:
    """The fields of a mapping, none of them other than the known ones; `what` has an article (`a pack`)."""
    if not isinstance(node.data, Mapping):
        refuse(node.span, f"{what} is a mapping, not {node.kind}", f"its fields are {join_names(known)}")
    for key in node.data:
        if key not in known:
            message = f'{what} has no field "{safe_text(key)}"{suggestion(key, known)}'
            refuse(node.keys[key], message, f"its fields are {join_names(known)}")
    return node.data


def required(found: Mapping[str, Yaml], name: str, what: str, parent: Yaml) -> Yaml:
    """A field that must be there."""
    node = found.get(name)
    if node is None:
        refuse(parent.span.source.span(parent.span.start, parent.span.start), f'{what} needs the field "{name}"')
    return node


def text(node: Yaml, name: str) -> str:
    """Text that is not empty, without blanks around it."""
    if not isinstance(node.data, str) or not node.data.strip():
        refuse(node.span, f'"{name}" is text, not {node.kind if node.data != "" else "nothing"}')
    return node.data.strip()


def strings(node: Yaml | None, name: str, *, single: bool = False) -> tuple[str, ...]:
    """A list of distinct, non-empty strings; also just one of them where `single` allows it."""
    if node is None:
        return ()
    if single and isinstance(node.data, str) and node.data:
        return (node.data,)
    if not isinstance(node.data, tuple):
        refuse(node.span, f'"{name}" is a list of names, not {node.kind}')
    found: list[str] = []
    for item in node.data:
        if not isinstance(item.data, str) or not item.data:
            refuse(item.span, f'"{name}" is a list of names, and {item.kind} is none')
        if item.data in found:
            refuse(item.span, f'"{name}" lists "{safe_text(item.data)}" twice')
        found.append(item.data)
    return tuple(found)


def flag(node: Yaml, name: str) -> bool:
    """true or false."""
    if not isinstance(node.data, bool):
        refuse(node.span, f'"{name}" is true or false, not {node.kind}')
    return node.data


def severity(node: Yaml) -> Severity:
    """One of the severities by name."""
    if not isinstance(node.data, str):
        refuse(node.span, f"a severity is text, not {node.kind}")
    if node.data not in SEVERITIES:
        message = f'there is no severity "{safe_text(node.data)}"{suggestion(node.data, SEVERITIES)}'
        refuse(node.span, message, f"use {join_names(SEVERITIES, 'or')}")
    return Severity.parse(node.data)


def read_text(path: str, what: str, limit: int) -> str:
    """The UTF-8 text of a regular file of at most `limit` bytes; UsageError names `what` (`the pack`)."""
    import os
    import stat

    shown = safe_text(path)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe without a writer must not block
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UsageError(f"{shown}: {what} cannot be read: it is no regular file")
            return file.read(limit + 1).decode("utf-8")
    except FileNotFoundError:
        raise UsageError(f"{shown}: {what} cannot be read: there is no such file") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown}: {what} cannot be read: it is not UTF-8") from None
    except OSError as error:
        raise UsageError(f"{shown}: {what} cannot be read: {error.strerror}") from error
