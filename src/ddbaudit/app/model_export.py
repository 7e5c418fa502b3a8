"""A data model of the tables that a configuration creates: a beginning, to which patterns, owners and claims are added.

A table's name with the environment of its root module in it becomes one table with `{env}`. What differs between
environments stands in a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ddbaudit.app.audit import Settings, evaluate
from ddbaudit.datamodel.reader import read_model
from ddbaudit.datamodel.writing import listed, one_or_list, quoted
from ddbaudit.foundation.diagnostic import Level
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.model.attr import Attr
from ddbaudit.model.build import build_estate
from ddbaudit.model.estate import Estate
from ddbaudit.model.reading import elements
from ddbaudit.model.table import Index, KeySchema, Table


@dataclass(slots=True)
class Exported:
    """The text of a model; `complete` unless something of the tables could not be read or is not known."""

    text: str
    complete: bool


@dataclass(slots=True)
class _Entry:
    """A table of the model: its lines as each environment has them."""

    template: str
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    replicas: dict[str, tuple[str, ...]] = field(default_factory=dict)


def export_model(settings: Settings, system: str) -> Exported:
    """UsageError when there is no table, or the name of the system is none."""
    evaluations = evaluate(settings)
    writer = _Writer()
    for evaluation in evaluations:
        writer.add(build_estate(evaluation))
    if not writer.entries:
        raise UsageError("there is no table below these paths", help="a data model has at least one")
    text = writer.text(system)
    if not writer.unknown:
        read_model(text, "the exported model")
    broken = any(d.level is Level.ERROR for e in evaluations for d in e.diagnostics)
    return Exported(text, not broken and not writer.unknown)


class _Writer:
    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = {}
        self.environments: dict[str, None] = {}
        self.roots: dict[str, None] = {}
        self.unknown = False

    def add(self, estate: Estate) -> None:
        if estate.tables:
            self.environments[estate.environment] = None
            self.roots[estate.root] = None
        for table in estate.tables:
            name = table.name.public
            if name is None:
                self.unknown = True
                continue
            template = _template(name, estate.environment)
            entry = self.entries.setdefault(template, _Entry(template))
            entry.lines[estate.environment] = tuple(self._table(table))
            regions = tuple(sorted(filter(None, (self._known(r.region) for r in table.replicas if r.certain))))
            self.unknown = self.unknown or table.replicas_unknown is not None
            if regions:
                entry.replicas[estate.environment] = regions

    def _known(self, attribute: Attr) -> str:
        """The text; "" when it is not set, or not known."""
        self.unknown = self.unknown or attribute.is_unknown
        return attribute.public or ""

    def _table(self, table: Table) -> Iterator[str]:
        yield from self._keys(table.keys, "    {}: {}")
        ttl = self._known(table.ttl.extra["attribute_name"]) if self._on(table.ttl.enabled) else ""
        if ttl:
            yield f"    ttl: {quoted(ttl)}"
        if self._on(table.stream_enabled):
            yield f"    stream: {self._known(table.stream_view_type)}"
        if self._on(table.pitr.enabled):
            yield "    pitr: true"
        yield "    attributes:"
        types = {self._known(a.name): self._known(a.type) for a in table.attributes}
        for index in table.indexes:
            types.update({name: self._known(type_) for name, type_ in index.own_types.items()})
        self.unknown = self.unknown or table.attributes_unknown is not None or table.indexes_unknown is not None
        if ttl:
            types.setdefault(ttl, "N")  # TTL looks at numbers only
        yield from (f"      {quoted(name)}: {type_}" for name, type_ in types.items() if name and type_)
        if table.indexes:
            yield "    indexes:"
            for index in sorted(table.indexes, key=lambda index: index.name.shown):
                yield from self._index(index)

    def _on(self, switch: Attr) -> bool:
        self.unknown = self.unknown or switch.is_unknown
        return switch.is_true() is Verdict.PASS

    def _index(self, index: Index) -> Iterator[str]:
        name = self._known(index.name)
        if not name:
            return
        own = index.keys if index.kind == "global" else KeySchema((), index.keys.range)
        parts = ["kind: local"] if index.kind == "local" else []
        parts.extend(self._keys(own, "{}: {}"))
        parts.append(f"projection: {self._known(index.projection)}")
        values, reason = elements(index.non_key_attributes.value)
        self.unknown = self.unknown or reason is not None or not index.certain
        included = [str(getattr(value, "data", "")) for value in values]
        if included:
            parts.append(f"include: {listed(included)}")
        yield f"      {quoted(name)}: {{{', '.join(parts)}}}"

    def _keys(self, keys: KeySchema, line: str) -> Iterator[str]:
        for role, attributes in (("hash", keys.hash), ("range", keys.range)):
            names = [name for name in map(self._known, attributes) if name]
            if names:
                yield line.format(role, one_or_list(names))

    def text(self, system: str) -> str:
        sources = [quoted(root, always=True) for root in self.roots]
        lines = [
            "format: 1",
            f"system: {system}",
            f"source: {sources[0] if len(sources) == 1 else '[' + ', '.join(sources) + ']'}",
            f"environments: {listed(self.environments)}",
            "",
            "tables:",
        ]
        for template, entry in self.entries.items():
            lines.extend(self._entry(template, entry))
        return "\n".join(lines) + "\n"

    def _entry(self, template: str, entry: _Entry) -> Iterator[str]:
        key = re.sub(r"[-_.]?\{env\}[-_.]?", lambda m: "-" if len(m[0]) > len("{env}") + 1 else "", template)
        yield f"  {quoted(key or template)}:"
        yield f"    name: {quoted(template, always=True)}"
        first, *others = entry.lines
        different = [
            other for other in others if _without_index_names(entry, other) != _without_index_names(entry, first)
        ]
        if different:
            yield f"    # as in {first}; other keys or settings in {', '.join(different)}"
        if len(entry.lines) < len(self.environments):
            yield f"    environments: {listed(entry.lines)}"
        if entry.replicas:
            regions = (f"{quoted(name)}: {listed(found)}" for name, found in entry.replicas.items())
            yield f"    replicas: {{{', '.join(regions)}}}"
        yield from _neutral(entry.lines[first], first)
        yield ""


def _without_index_names(entry: _Entry, environment: str) -> tuple[str, ...]:
    return tuple(_neutral(entry.lines[environment], environment))


def _neutral(lines: Sequence[str], environment: str) -> Iterable[str]:
    """The lines with the environment's name taken out of index names, which then stand as a pattern."""
    for line in lines:
        found = re.fullmatch(r"(      )([\w.-]+|\"[^\"]+\"): \{(.*)\}", line)
        template = _template(found[2], environment) if found is not None else ""
        if found is not None and "{env}" in template:
            key = re.sub(r"[-_.]?\{env\}", "", template)
            yield f"      {key}: {{name: {quoted(template, always=True)}, {found[3]}}}"
        else:
            yield line


def _template(name: str, environment: str) -> str:
    """The name with `{env}` where the environment is a word of it."""
    if not environment:
        return name
    return re.sub(rf"(?<![A-Za-z0-9]){re.escape(environment)}(?![A-Za-z0-9])", "{env}", name)
