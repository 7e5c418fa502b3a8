"""What `data.aws_iam_policy_document` gives: the JSON text of its statements, as provider version 5.100 writes it.

The result depends on nothing but the arguments. So it is known here although Terraform defers reading the data source
while an argument is unknown, or while a resource that it depends on has changes to come.

*The text.* Known when everything in it is. Otherwise an unknown string whose `parts` are the text with symbols and
holes in it. The provider sorts lists of strings; where what is not known decides the order, or whether two elements
are the same, the known ones come first and the others keep the order in which they were configured. Such a text is not
marked `not_null`, so that no comparison relies on its wording. There are no `parts` when not even the shape of the text
is known: a list may turn out empty and is then left out, the `for_each` of a `dynamic` block or a source document is
unknown.

*The structure.* The text, known or not, always has as its `structure` the object that it stands for:
`{"Version", "Id", "Statement": (…)}`, each statement an object of `Sid`, `Effect`, `Action`, `NotAction`, `Resource`,
`NotResource`, `Principal`, `NotPrincipal` and `Condition`, as far as they are given. It differs from what the text says
where that helps to point at places:

- A statement has the header of its block as its origin. Statements of source and override documents are the very
  objects of those documents' structures.
- Lists of strings are tuples also where they have one element, which the text gives without brackets. A list has the
  origin of the expression that gave it, an element its own. `Principal` is the string `*` where the text has that.
- `Effect` has no origin where it was not written and is `Allow` by default.
- `Statement` is there, empty, where the text leaves it out.

What is only partly visible is an Unknown that has the visible part as its own `structure`. So `Statement` is Unknown,
and its structure the tuple of the statements that certainly remain in the document, when there may be more of them (an
unknown source document, a `dynamic "statement"` with an unknown `for_each`, a statement whose unknown Sid may be that
of another) or when the provider refuses the document. `Condition`, `Principal` and `NotPrincipal` are likewise when
there may be more blocks, and a list when there may be more elements.

Unlike in Terraform the text is sensitive when anything in it is: it would show it.

Source: hashicorp/terraform-provider-aws, internal/service/iam/policy_document_data_source.go and policy_model.go.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.functions.support import normalized
from ddbaudit.frontends.hcl.policy_blocks import OLD_VERSION, StatementReader, partly, shown_text
from ddbaudit.frontends.hcl.policy_json import (
    DocumentError,
    Node,
    Unwritable,
    in_any_order,
    text_member,
    write,
)
from ddbaudit.frontends.hcl.policy_merge import Document, Merged, Role, Statement, read_document
from ddbaudit.frontends.hcl.scope import EvalError
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import (
    Absent,
    Cause,
    Known,
    Origin,
    Part,
    Unknown,
    Value,
    is_sensitive,
    object_value,
    string,
    tuple_value,
    unknowns,
)
from ddbaudit.model.reading import attr, first_unknown, nested

DEFAULT_VERSION = "2012-10-17"

_VERSIONS = (OLD_VERSION, DEFAULT_VERSION)
_EMPTY_ONLY = ("source_json", "override_json")

Report = Callable[[EvalError], None]


def results(instance: ResourceInstance, report: Report | None = None) -> dict[str, Value]:
    """The computed attributes of a policy document. What the provider refuses goes to `report` too."""
    rendering = _Rendering(instance)
    document = rendering.document()
    if report is not None:
        for message, span in rendering.refusals:
            report(EvalError(message, span))
    return document


@dataclass(slots=True)
class _Rendering:
    instance: ResourceInstance
    merged: Merged = field(default_factory=Merged)
    refusals: list[tuple[str, Span]] = field(default_factory=list)

    def document(self) -> dict[str, Value]:
        self._texts("source_policy_documents", "source")
        self.merged.add(self._own())
        self._texts("override_policy_documents", "override")
        for name in _EMPTY_ONLY:
            found = attr(self.instance.body, name)
            if isinstance(found.value, Known) and found.value.data != "":
                self._refuse(f'expected "{name}" to be an empty string', found.span)
        return {"version": self._version(), **self._results()}

    def _refuse(self, message: str, span: Span) -> None:
        self.refusals.append((message, span))

    # -- reading -------------------------------------------------------------------------------------------------------

    def _texts(self, name: str, role: Role) -> None:
        """Merges the documents in an argument, which are given as text."""
        found = attr(self.instance.body, name)
        if isinstance(found.value, Unknown):
            self.merged.add(Document(role, hidden=found.value))
        seen: set[str] = set()
        for number, value in enumerate(found.value.items if isinstance(found.value, Known) else ()):
            try:
                document = read_document(value, role)
                if role == "source":
                    _check_sids(document.statements, seen, f" in {name}")
            except DocumentError as error:
                self._refuse(f"merging {role} document {number}: {error}", found.span)
                continue
            self.merged.add(document)

    def _own(self) -> Document:
        body = self.instance.body
        version = self._version()
        id_ = attr(body, "policy_id").value
        blocks = nested(body, "statement")
        statements = tuple(StatementReader(block, version, self._refuse).read() for block in blocks.items)
        try:
            _check_sids(statements, set(), "")
        except DocumentError as error:
            self._refuse(str(error), body.header)
        given = None if isinstance(id_, Absent) or (isinstance(id_, Known) and not id_.data) else id_
        return Document("own", statements, version, given, blocks.unknown)

    def _version(self) -> Value:
        found = attr(self.instance.body, "version")
        if isinstance(found.value, Absent):
            return string(DEFAULT_VERSION)
        if isinstance(found.value, Known) and found.value.data not in _VERSIONS:
            shown = shown_text(found.value)
            self._refuse(f'expected version to be one of ["2008-10-17" "2012-10-17"], got {shown}', found.span)
        return found.value

    # -- results -------------------------------------------------------------------------------------------------------

    def _results(self) -> dict[str, Value]:
        structure = self._structure()
        try:
            node = self._node()
            indented, minified = write(node, indented=True), write(node, indented=False)
        except (Unwritable, DocumentError) as problem:
            if isinstance(problem, DocumentError):
                self._refuse(str(problem), self.instance.body.header)
                structure = self._structure()
            return {name: self._value(name, None, structure) for name in ("json", "minified_json")}
        exact = not in_any_order(node)
        result = {
            "json": self._value("json", indented, structure, exact),
            "minified_json": self._value("minified_json", minified, structure, exact),
        }
        json = result["json"]
        if isinstance(json, Known):
            result["id"] = string(str(zlib.crc32(json.text.encode())), self._origin("id"))
        return result

    def _structure(self) -> Known:
        doubt = self._doubt()
        statements: Value = tuple_value(tuple(s.value for s in self.merged.statements), self._origin(""))
        if doubt is not None:
            statements = partly(statements, doubt)
        members = {"Version": self.merged.version, "Id": self.merged.id, "Statement": statements}
        return object_value({k: v for k, v in members.items() if v is not None}, Origin(self.instance.body.header))

    def _doubt(self) -> Unknown | None:
        if self.refusals:
            message, span = self.refusals[0]
            return Unknown(STRING, Cause("error", message, span))
        return self.merged.doubt

    def _node(self) -> Node:
        """The whole document. Unwritable when the text cannot be told."""
        if self._doubt() is not None:
            raise Unwritable
        node: dict[str, Node] = {}
        for name, value in (("Version", self.merged.version), ("Id", self.merged.id)):
            if value is not None:
                # The version is never empty, so it is there even when unknown.
                text = value if name == "Version" else text_member(value, name)
                if text is not None:
                    node[name] = text
        statements = [s.node for s in self.merged.statements if s.node is not None]
        if len(statements) < len(self.merged.statements):
            raise Unwritable
        if statements:
            node["Statement"] = statements
        return node

    def _value(self, name: str, parts: tuple[Part, ...] | None, structure: Known, exact: bool = True) -> Value:
        origin = self._origin(name)
        sensitive = is_sensitive(structure)
        if parts is not None and all(isinstance(part, str) for part in parts):
            text = normalized("".join(map(str, parts)))
            return Known("string", text, None, origin, sensitive, structure)
        doubt = first_unknown(self._doubt(), *unknowns(structure))
        assert doubt is not None
        return Unknown(STRING, doubt.cause, parts, origin, sensitive, exact, structure)

    def _origin(self, name: str) -> Origin:
        note = f"{self.instance.address}.{name}" if name else ""
        return Origin(self.instance.body.header, note)


def _check_sids(statements: tuple[Statement, ...], seen: set[str], where: str) -> None:
    for number, statement in enumerate(statements):
        sid = statement.sid
        if isinstance(sid, str):
            if sid in seen:
                raise DocumentError(f"duplicate Sid ({sid}){where} (statement {number}); Sids must be unique")
            seen.add(sid)
