"""Which tables, indexes and streams a resource of a statement stands for.

Sources: the resource types of the Service Authorization Reference for DynamoDB
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html) and wildcards in
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html: within a segment `*` stops
at a colon; as the last character of a segment it goes on beyond; missing segments are completed with `*`.

What is taken for granted: all of a configuration's tables are in the partition and account that its ARNs name, and in
the region that they name unless the provider's own region is known to be another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import NamedTuple

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Absent, Hole, Known, Part, Symbol
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import EVERY, NAME_CHARACTERS, Atom, Atoms, Gap, Wild, gap_of, literal, match, wild_match
from ddbaudit.model.join import name_parts, resolve_names
from ddbaudit.model.reading import text_attr
from ddbaudit.model.table import Index, Table
from ddbaudit.model.tables import TABLE

_SEGMENT = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_PARTITION = Gap("partition", _SEGMENT, free=True)
_REGION = Gap("region", _SEGMENT, free=True)
_ACCOUNT = Gap("account", _SEGMENT, free=True)
_OWN = Gap("own", _SEGMENT, free=True)
_EVERY = Gap("every name", NAME_CHARACTERS, every=True)

# Data sources that tell where the caller is: what they give is the partition, region and account of its own tables.
_WHEREABOUTS = frozenset({"aws_caller_identity", "aws_partition", "aws_region"})
# Computed attributes that are the ARN (or id) of the resource itself, and so never a table's.
_IDENTITIES = frozenset({"arn", "id", "qualified_arn", "invoke_arn", "execution_arn"})
_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_DATA_TABLE = f"data.{TABLE}."
_STREAM = tuple("/stream/")


class ArnTarget:
    """What one element of `Resource` (or another ARN) covers.

    Every answer is PASS (it certainly covers that, whatever is not known), FAIL (it certainly does not) or UNKNOWN.
    """

    __slots__ = ("_answers", "_completed", "_estate", "_foreign", "_fronts", "_shape", "anchor", "atoms", "parts")

    def __init__(self, parts: tuple[Part, ...], estate: Estate) -> None:
        self.parts = parts
        self._estate = estate
        self._answers: dict[tuple[str, Atoms], Verdict] = {}
        self._foreign = _is_foreign(parts, estate)
        self.anchor = _anchor(parts, estate)
        """The table whose `arn` or `stream_arn` it begins with."""
        self.atoms = _pattern(parts, estate)
        self._completed = _completed(self.atoms)
        self._shape = _shape(self.atoms)
        self._fronts: dict[Atoms, Verdict] = {}

    @property
    def is_everything(self) -> bool:
        """The bare `*`."""
        return bool(self.atoms) and all(atom is Wild.ANY for atom in self.atoms)

    @property
    def service(self) -> str | None:
        """The service segment: `dynamodb`, `s3`, `*` for everything, `other` for the ARN of a resource that is not
        DynamoDB's; None when it is not known."""
        if self.is_everything:
            return "*"
        if self._foreign:
            return "other"
        segment = self._segment(2)
        if segment is None or not all(isinstance(atom, str) for atom in segment):
            return None
        return "".join(str(atom) for atom in segment)

    @property
    def region(self) -> str | None:
        """The region when it is written out (`*` included); None when it comes from elsewhere or is not known."""
        return _written(self._segment(3)) if self.anchor is None else None

    @property
    def account(self) -> str | None:
        """The account when it is written out; likewise."""
        return _written(self._segment(4)) if self.anchor is None else None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it certainly covers in part: the table itself, an index, or the stream."""
        return tuple(t for t in self._estate.tables if self.touches(t) is Verdict.PASS)

    def covers_table(self, table: Table) -> Verdict:
        return self._covers(table, ())

    def covers_index(self, table: Table, index: Index) -> Verdict:
        return self._covers(table, (*"/index/", *literal(index.name.parts, NAME_CHARACTERS)))

    def covers_all_indexes(self, table: Table) -> Verdict:
        """Whether it covers every index that the table has or may get: `/index/*`."""
        return self._covers(table, (*"/index/", _EVERY))

    def covers_stream(self, table: Table) -> Verdict:
        return self._covers(table, (*_STREAM, _label(table.address)))

    def covers_backups(self, table: Table) -> Verdict:
        return self._covers(table, (*"/backup/", _EVERY))

    def covers_exports(self, table: Table) -> Verdict:
        return self._covers(table, (*"/export/", _EVERY))

    def touches(self, table: Table) -> Verdict:
        """Whether it covers anything of the table at all."""
        verdict = self.covers_table(table) | self.covers_stream(table)
        for index in table.indexes:
            verdict = verdict | self.covers_index(table, index)
        # An index that is not there: `<arn>/index/gone` still speaks of this table.
        return verdict | (Verdict.PASS if self.anchor is table else Verdict.FAIL)

    def _covers(self, table: Table, suffix: Atoms) -> Verdict:
        if self._foreign or self._is_other_table(table) or self._begins_otherwise(table, suffix):
            return Verdict.FAIL
        key = (table.address, suffix)
        found = self._answers.get(key)
        if found is None:
            quick = self._quick(table, suffix)
            found = quick if quick is not None else self._match((*_named(table).arn, *suffix))
            self._answers[key] = found
        return found

    def _match(self, arn: Atoms) -> Verdict:
        """Of an ARN with missing segments, AWS says both that they are completed and that a final `*` of a segment goes
        on beyond its colon; where the two disagree, nothing is certain."""
        written = match(self.atoms, arn)
        if self._completed is None:
            return written
        completed = match(self._completed, arn)
        return completed if written in (Verdict.FAIL, completed) else Verdict.UNKNOWN

    def _is_other_table(self, table: Table) -> bool:
        """A shortcut for the usual case: another table's ARN, ended or followed by `/`, which no name contains."""
        if self.anchor is None or self.anchor.address == table.address:
            return False
        rest = self.parts[1:]
        return not rest or (isinstance(rest[0], str) and rest[0].startswith("/"))

    def _begins_otherwise(self, table: Table, suffix: Atoms) -> bool:
        """A shortcut for written ARNs: the known beginnings of the last segments differ."""
        first = name_parts(table)[0]
        head = self._shape.head
        if not head or not isinstance(first, str) or suffix[:8] == _STREAM:
            return False
        known = f"table/{first}" + ("".join(map(str, suffix[:7])) if len(table.name.parts) == 1 else "")
        return not (known.startswith(head) or head.startswith(known))

    def _quick(self, table: Table, suffix: Atoms) -> Verdict | None:
        """A shortcut for written ARNs and tables of known names: segments apart, the last one as plain text."""
        tail, name = self._shape.tail, table.name.text
        if tail is None or name is None or suffix[:8] == _STREAM:
            return None
        rest = "".join(EVERY if atom is _EVERY else atom if isinstance(atom, str) else "" for atom in suffix)
        if len(rest) != len(suffix):
            return None
        if not wild_match(tail, f"table/{name}{rest}"):
            return Verdict.FAIL
        where = _region(table.instance)
        if where not in self._fronts:
            self._fronts[where] = match(self._shape.front, _front(where))
        return self._fronts[where]

    def _segment(self, number: int) -> Atoms | None:
        """The atoms between two colons; None when an unknown part before may hold colons itself."""
        found: list[Atom] = []
        for atom in self.atoms:
            if atom == ":":
                if number == 0:
                    break
                number -= 1
            elif number == 0:
                found.append(atom)
            elif isinstance(atom, Gap) and (atom.characters is None or ":" in atom.characters):
                return None
        return tuple(found) if number == 0 else None


def classify(parts: Iterable[Part], estate: Estate) -> ArnTarget:
    """What an ARN (the `parts` of an Attr, such as an item of `Statement.resources`) covers."""
    return ArnTarget(tuple(parts), estate)


def table_of_symbol(symbol: Symbol, estate: Estate) -> Table | None:
    """The table that a symbol is an attribute of; also by way of a data source that certainly names it."""
    table = estate.tables_by_address.get(symbol.address)
    if table is not None:
        return table
    source = _data_table(symbol, estate)
    return next((t for t in estate.tables if source is not None and source.name == name_parts(t)), None)


class _Named(NamedTuple):
    """A table as ARNs name it; `label` is its stream's."""

    name: tuple[Part, ...]
    region: Atoms
    label: Gap

    @property
    def arn(self) -> Atoms:
        return (*_front(self.region), *"table/", *literal(self.name, NAME_CHARACTERS))


def _named(table: Table) -> _Named:
    return _Named(name_parts(table), _region(table.instance), _label(table.address))


def _data_table(symbol: Symbol, estate: Estate) -> _Named | None:
    """What a `data.aws_dynamodb_table` says of its table."""
    if _DATA_TABLE not in symbol.address:
        return None
    instance = next((r for r in estate.resources if r.address == symbol.address), None)
    if instance is None:
        return None
    name = resolve_names(text_attr(instance.body, "name").parts, estate.tables_by_address)
    return _Named(name, _region(instance), _label(symbol.address)) if name else None


# -- patterns ------------------------------------------------------------------------------------------------------


def _anchor(parts: tuple[Part, ...], estate: Estate) -> Table | None:
    first = parts[0] if parts else None
    if isinstance(first, Symbol) and first.path in (("arn",), ("stream_arn",)):
        return table_of_symbol(first, estate)
    return None


def _is_foreign(parts: tuple[Part, ...], estate: Estate) -> bool:
    """Whether it begins with the ARN of a resource that is not DynamoDB's."""
    first = parts[0] if parts else None
    if not isinstance(first, Symbol) or len(first.path) != 1 or first.path[0] not in _IDENTITIES:
        return False
    type_, is_data = _type_of(first.address)
    if not type_.startswith("aws_") or type_.startswith("aws_dynamodb_"):
        return False
    if is_data and (first.path[0] != "arn" or type_ == "aws_arn"):
        return False
    return table_of_symbol(first, estate) is None


def _type_of(address: str) -> tuple[str, bool]:
    """The type in an address, and whether it is a data source's; empty for modules. The arn of a data source is that
    of what it reads, but for `aws_arn`, which is given one."""
    local = re.sub(r"^(?:module\.[^.\[]+(?:\[(?:\"(?:[^\"\\]|\\.)*\"|[^\]]*)\])?\.?)*", "", address)
    return local.removeprefix("data.").partition(".")[0], local.startswith("data.")


def _pattern(parts: tuple[Part, ...], estate: Estate) -> Atoms:
    atoms: list[Atom] = []
    for part in parts:
        atoms.extend(_written_atoms(part) if isinstance(part, str) else _part_atoms(part, estate))
    return tuple(_inner_stars(atoms))


class _Shape(NamedTuple):
    """A pattern taken apart: `front` are its first five segments, `head` is what the sixth certainly begins with and
    `tail` the sixth, when it is nothing but text and wildcards.

    Only a stream's ARN has a colon in its sixth segment: for the others, the five colons of the pattern are the five of
    the ARN, wherever its wildcards reach.
    """

    front: Atoms = ()
    head: str = ""
    tail: str | None = None


def _shape(atoms: Atoms) -> _Shape:
    colons = [position for position, atom in enumerate(atoms) if atom == ":"]
    if len(colons) < 5:
        return _Shape()
    front, rest = atoms[: colons[4] + 1], atoms[colons[4] + 1 :]
    if any(isinstance(atom, Gap) and not atom.free for atom in front):
        return _Shape()
    head = "".join(map(str, takewhile(lambda atom: isinstance(atom, str), rest)))
    plain = not any(isinstance(atom, Gap) or atom in ("*", "?") for atom in rest)
    return _Shape(front, head, _written(rest) if plain else None)


def _part_atoms(part: Symbol | Hole, estate: Estate) -> Atoms:
    if isinstance(part, Hole):
        return (gap_of(part),)
    if _is_whereabouts(part):
        return (_OWN,)
    table = estate.tables_by_address.get(part.address)
    named = _named(table) if table is not None else _data_table(part, estate)
    if named is None or len(part.path) != 1:
        return _index_arn(part, estate) or (gap_of(part),)
    match part.path[0]:
        case "arn":
            return named.arn
        case "stream_arn":
            return (*named.arn, *_STREAM, named.label)
        case "name" | "id":
            return literal(named.name, NAME_CHARACTERS)
        case "stream_label":
            return (named.label,)
    return (gap_of(part),)


def _index_arn(symbol: Symbol, estate: Estate) -> Atoms:
    """The ARN of an index that is a resource of its own; empty for anything else."""
    if symbol.path != ("arn",):
        return ()
    for table in estate.tables:
        for index in table.indexes:
            if index.address == symbol.address:
                return (*_named(table).arn, *"/index/", *literal(index.name.parts, NAME_CHARACTERS))
    return ()


def _is_whereabouts(symbol: Symbol) -> bool:
    return any(f"data.{type_}." in symbol.address for type_ in _WHEREABOUTS) and symbol.path != ("arn",)


def _written_atoms(text: str) -> Iterator[Atom]:
    """Written text: wildcards, and IAM's own `${aws:username}`, which AWS fills in for every request."""
    at = 0
    for found in _VARIABLE.finditer(text):
        yield from map(_wild, text[at : found.start()])
        inner = found.group(1)
        yield inner if inner in ("*", "?", "$") else Gap(("policy variable", inner))
        at = found.end()
    yield from map(_wild, text[at:])


def _wild(character: str) -> Atom:
    return {"*": Wild.ANY, "?": Wild.ONE}.get(character, character)


def _completed(atoms: Atoms) -> Atoms | None:
    """An ARN of fewer than six segments, completed as IAM does; None for anything else."""
    missing = 5 - atoms.count(":")
    gaps = any(isinstance(atom, Gap) and not atom.free for atom in atoms)
    return (*atoms, *((":", Wild.ANY) * missing)) if missing > 0 and atoms[:4] == tuple("arn:") and not gaps else None


def _inner_stars(atoms: list[Atom]) -> Iterator[Atom]:
    """`*` that does not end a segment stops at colons."""
    for position, atom in enumerate(atoms):
        following = atoms[position + 1] if position + 1 < len(atoms) else ":"
        ends = following == ":" or isinstance(following, Gap | Wild)
        yield Wild.INNER if atom is Wild.ANY and not ends else atom


def _written(segment: Atoms | None) -> str | None:
    if segment is None or any(isinstance(atom, Gap) for atom in segment):
        return None
    return "".join(atom if isinstance(atom, str) else "?" if atom is Wild.ONE else "*" for atom in segment)


# -- tables --------------------------------------------------------------------------------------------------------


def _region(instance: ResourceInstance) -> Atoms:
    """The region of a resource: its own argument (6.x), or its provider's; whatever an ARN says when neither is
    known."""
    own = text_attr(instance.body, "region").value
    region = instance.provider.region if isinstance(own, Absent) else own
    return tuple(region.text) if isinstance(region, Known) else (_REGION,)


def _front(region: Atoms) -> Atoms:
    return (*"arn:", _PARTITION, *":dynamodb:", *region, ":", _ACCOUNT, ":")


def _label(address: str) -> Gap:
    """The stream's label, a time of day."""
    return Gap(Symbol(address, ("stream_label",)), frozenset("0123456789T:.-"))
