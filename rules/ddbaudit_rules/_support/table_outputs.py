"""Which of a table's names and ARNs are not among the outputs of a module."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ddbaudit.foundation.source import Span
from ddbaudit.foundation.text import join_names
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attr import Attr
from ddbaudit.model.modules import Given, Module
from ddbaudit.model.reading import first_unknown
from ddbaudit.model.table import Index, Table
from ddbaudit.sdk.problem import Problem, fail, unknown

_ARN = "arn:[^:]*:dynamodb:[^:]*:[^:]*:table/"


def missing_outputs(table: Table, given: Given) -> tuple[tuple[str, ...], tuple[str, ...], Unknown | None]:
    """What is certainly missing (`the ARN`, `the ARN of its stream`), what may be, and why that is not known."""
    certain = [] if _has_name(table, given) else ["the name"]
    certain += [] if _has_arn(table, given) else ["the ARN"]
    possible: list[str] = []
    because: Unknown | None = None
    stream = table.stream_enabled
    if not _has_stream(table, given) and stream.flag is not False and stream.is_set:
        (possible if stream.is_unknown else certain).append("the ARN of its stream")
        because = stream.unknown
    if not _has_all_indexes(table, given):
        lacking = [index for index in table.indexes if not _has_index(table, index, given)]
        if any(index.certain for index in lacking):
            certain.append("the ARNs of its indexes")
        elif lacking or table.indexes_unknown is not None:
            possible.append("the ARNs of its indexes")
            because = first_unknown(because, table.indexes_unknown)
    return tuple(certain), tuple(possible), because


def _has_name(table: Table, given: Given) -> bool:
    name: Attr = table.name
    return name.text in given.texts or given.has(table, "name") or given.has(table, "id") or _same_parts(name, given)


def _same_parts(name: Attr, given: Given) -> bool:
    """A name that is itself a symbol with something behind it."""
    first, *rest = name.parts or ("",)
    return name.is_unknown and (first, "".join(str(part) for part in rest)) in given.symbols


def _has_arn(table: Table, given: Given) -> bool:
    return given.has(table, "arn") or any(_matches(table, text, "") for text in given.texts)


def _has_stream(table: Table, given: Given) -> bool:
    return given.has(table, "stream_arn") or any(_matches(table, text, "/stream/.+") for text in given.texts)


def _has_all_indexes(table: Table, given: Given) -> bool:
    wild = any(_matches(table, text, r"(/index)?/\*") for text in given.texts)
    return wild or given.has(table, "arn", "/index/*") or given.has(table, "arn", "/*")


def _has_index(table: Table, index: Index, given: Given) -> bool:
    name = index.name.text or ""
    text = f"/index/{re.escape(name)}"
    return given.has(table, "arn", f"/index/{name}") or any(_matches(table, found, text) for found in given.texts)


def _matches(table: Table, text: str, rest: str) -> bool:
    """Whether a text is the table's ARN, as it is known of a table that exists, with this behind it."""
    name = table.name.text
    return name is not None and re.fullmatch(f"{_ARN}{re.escape(name)}{rest}", text) is not None


def one_each(found: Sequence[Problem]) -> Iterator[Problem]:
    """The first for each table block: the same outputs are missing for all that it makes."""
    places: set[Span] = set()
    for problem in sorted(found, key=lambda problem: problem.verdict is not Verdict.FAIL):
        if problem.primary not in places:
            places.add(problem.primary)
            yield problem


def table_problems(module: Module, table_: Table, given: Given, *, broken: bool) -> Iterator[Problem]:
    """What is wrong with the outputs of one module instance for one table that it makes."""
    certain, possible, because = missing_outputs(table_, given)
    if broken or given.unknown is not None:
        certain, possible, because = (), (*certain, *possible), because if given.unknown is None else given.unknown
    if certain:
        message = f"{module.label} has no output of {join_names(certain, 'or')} of {table_.label}"
        help = "add an output with each, or a map over all tables"
        yield fail(message, table_.header, label="not in the outputs", help=help, detail=_declared(table_))
    elif possible:
        message = f"whether {module.label} has outputs of {join_names(possible)} of {table_.label} is not known"
        yield unknown(message, table_.header, because=because, detail=_declared(table_))


def _declared(table_: Table) -> str:
    """The block's name in its module, which does not vary with the calls."""
    return f"{table_.instance.type}.{table_.instance.name}"
