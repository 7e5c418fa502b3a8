"""The merged document, which can itself be merged: every record stands on a line, so that it is read line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ddbaudit.reporters.fleet.reading import FIRST_LINE, canonical
from ddbaudit.reporters.fleet.store import Store, Total
from ddbaudit.reporters.json_ import Json


def chunks(store: Store, outcome: Json, version: str) -> Iterator[str]:
    """The document in pieces, with a final newline. The first line and those of the lists are what
    `reading.records` goes by."""
    yield f'{FIRST_LINE.decode()}\n"version": {canonical(version)},\n'
    yield f'"outcome": {canonical(outcome)},\n"totals": {{\n'
    yield f'"repositories": {canonical([{**_total(t), "code": int(t.code)} for t in store.by_repository()])},\n'
    names = store.names()
    rules = [{"name": t.name, "title": names.get(t.name, ""), **t.counts} for t in store.by_rule()]
    yield f'"rules": {canonical(rules)},\n'
    yield f'"environments": {canonical([_total(t) for t in store.by_environment()])}\n}},\n'
    yield from _list("reports", store.reports(), ",")
    yield from _list("findings", store.findings(), ",")
    yield from _list("catalogue", store.catalogue(), "")
    yield "}\n"


def _total(total: Total) -> Json:
    return {"name": total.name, **total.counts}


def _list(name: str, items: Iterable[Any], end: str) -> Iterator[str]:
    yield f'"{name}": ['
    separator = "\n"
    for item in items:
        yield separator + canonical(item)
        separator = ",\n"
    yield f"\n]{end}\n"
