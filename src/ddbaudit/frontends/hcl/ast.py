"""The one syntax tree of HCL, whoever parsed it.

Contract for producers (our own parser, the python-hcl2 adapter, the JSON reader):

* `start` and `end` are code-point offsets into `File.source.text`, half-open and tight: no surrounding blanks, no
  trailing newline; a heredoc ends behind its end marker; a parenthesised expression is a `Parens` node.
* Escapes are resolved: `Literal.value` and `TextPart.text` hold the meaning, not the source.
* Heredoc bodies are already dedented (`<<-`), strip markers (`~`) are already applied to neighbouring text parts, and a
  heredoc's text ends with the newline before its end marker, as in Terraform.
* A quoted template without any interpolation is a `Literal` string; a heredoc without any is one too, with
  `heredoc=True` kept on neither: its value is all that counts. `"${x}"` is `TemplateWrap` (HCL passes the value
  through).
* Numbers are `decimal.Decimal`, exact.
* Precedence, the right associativity of `?:`, and splats are resolved: `a.*.b[0]` indexes the *result* of the splat,
  while `a[*].b[0]` takes `[0]` of each element, as HCL does.

Source of the grammar: the HCL native syntax specification (hashicorp/hcl, hclsyntax/spec.md).
"""

from __future__ import annotations

from decimal import Decimal

from ddbaudit.foundation.diagnostic import Diagnostic
from ddbaudit.foundation.source import SourceFile, Span


class Node:
    """A piece of source text."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def span(self, source: SourceFile) -> Span:
        return Span(source, self.start, self.end)


class Expr(Node):
    """Base of all expressions."""

    __slots__ = ()


class Literal(Expr):
    """A string without interpolation, a number, `true`, `false` or `null`."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: str | Decimal | bool | None) -> None:
        super().__init__(start, end)
        self.value = value


class TextPart(Node):
    """Literal text inside a template; `text` has escapes resolved and strip markers applied."""

    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        super().__init__(start, end)
        self.text = text


class TemplateIf(Node):
    """`%{ if c }…%{ else }…%{ endif }`."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(
        self, start: int, end: int, condition: Expr, then: list[TemplatePart], otherwise: list[TemplatePart]
    ) -> None:
        super().__init__(start, end)
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class TemplateFor(Node):
    """`%{ for k, v in c }…%{ endfor }`; `key` is None with one variable."""

    __slots__ = ("body", "collection", "key", "value")

    def __init__(
        self, start: int, end: int, key: str | None, value: str, collection: Expr, body: list[TemplatePart]
    ) -> None:
        super().__init__(start, end)
        self.key = key
        self.value = value
        self.collection = collection
        self.body = body


TemplatePart = TextPart | TemplateIf | TemplateFor | Expr
"""A part of a template; an `Expr` part is an interpolation `${…}` (its offsets are those of the inner expression)."""


class Template(Expr):
    """A quoted string or heredoc with at least one interpolation or directive; always gives a string."""

    __slots__ = ("heredoc", "parts")

    def __init__(self, start: int, end: int, parts: list[TemplatePart], heredoc: bool = False) -> None:
        super().__init__(start, end)
        self.parts = parts
        self.heredoc = heredoc


class TemplateWrap(Expr):
    """A quoted template that is exactly one interpolation: the value passes through with its own type."""

    __slots__ = ("inner",)

    def __init__(self, start: int, end: int, inner: Expr) -> None:
        super().__init__(start, end)
        self.inner = inner


class Variable(Expr):
    """The root of a traversal: `var`, `local`, `each`, `aws_dynamodb_table`, a `for` variable."""

    __slots__ = ("name",)

    def __init__(self, start: int, end: int, name: str) -> None:
        super().__init__(start, end)
        self.name = name


class GetAttr(Expr):
    """`source.name`; `name_start` is the offset of the name. Legacy `a.0` is an `Index` with a number literal."""

    __slots__ = ("name", "name_start", "source")

    def __init__(self, start: int, end: int, source: Expr, name: str, name_start: int) -> None:
        super().__init__(start, end)
        self.source = source
        self.name = name
        self.name_start = name_start


class Index(Expr):
    """`source[key]`."""

    __slots__ = ("key", "source")

    def __init__(self, start: int, end: int, source: Expr, key: Expr) -> None:
        super().__init__(start, end)
        self.source = source
        self.key = key


class SplatItem(Expr):
    """The element that a splat's `each` expression speaks of; has the offsets of the splat operator."""

    __slots__ = ()


class Splat(Expr):
    """`source[*]…` (full) or `source.*…` (attribute-only).

    `each` is the expression made of each element: `SplatItem` itself or GetAttr/Index nodes around it.
    """

    __slots__ = ("each", "full", "source")

    def __init__(self, start: int, end: int, source: Expr, each: Expr, full: bool) -> None:
        super().__init__(start, end)
        self.source = source
        self.each = each
        self.full = full


class Call(Expr):
    """`name(args…)`; `name` keeps namespaces (`core::upper`); `expand` is the final `...`; `name_end` ends the name."""

    __slots__ = ("args", "expand", "name", "name_end")

    def __init__(self, start: int, end: int, name: str, name_end: int, args: list[Expr], expand: bool) -> None:
        super().__init__(start, end)
        self.name = name
        self.name_end = name_end
        self.args = args
        self.expand = expand


class Unary(Expr):
    """`-x` or `!x`."""

    __slots__ = ("op", "operand")

    def __init__(self, start: int, end: int, op: str, operand: Expr) -> None:
        super().__init__(start, end)
        self.op = op
        self.operand = operand


class Binary(Expr):
    """`left op right` with op one of `|| && == != < > <= >= + - * / %`."""

    __slots__ = ("left", "op", "right")

    def __init__(self, start: int, end: int, op: str, left: Expr, right: Expr) -> None:
        super().__init__(start, end)
        self.op = op
        self.left = left
        self.right = right


class Conditional(Expr):
    """`condition ? then : otherwise`."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, start: int, end: int, condition: Expr, then: Expr, otherwise: Expr) -> None:
        super().__init__(start, end)
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class Parens(Expr):
    """`(inner)`: matters for object keys and splats, and keeps spans honest."""

    __slots__ = ("inner",)

    def __init__(self, start: int, end: int, inner: Expr) -> None:
        super().__init__(start, end)
        self.inner = inner


class TupleExpr(Expr):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[Expr]) -> None:
        super().__init__(start, end)
        self.items = items


class ObjectItem(Node):
    """`key = value` in an object. A bare identifier key arrives as `Literal` with the name (HCL: keys that are plain
    identifiers are strings); a traversal or any other key stays an expression (`Parens` when parenthesised)."""

    __slots__ = ("key", "value")

    def __init__(self, start: int, end: int, key: Expr, value: Expr) -> None:
        super().__init__(start, end)
        self.key = key
        self.value = value


class ObjectExpr(Expr):
    """`{ a = 1, "b" : 2 }`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[ObjectItem]) -> None:
        super().__init__(start, end)
        self.items = items


class ForExpr(Expr):
    """`[for k, v in c : value if cond]` (`result_key` None) or `{for k, v in c : key => value... if cond}`."""

    __slots__ = ("collection", "condition", "group", "key", "result_key", "result_value", "value")

    def __init__(
        self,
        start: int,
        end: int,
        key: str | None,
        value: str,
        collection: Expr,
        result_key: Expr | None,
        result_value: Expr,
        condition: Expr | None,
        group: bool,
    ) -> None:
        super().__init__(start, end)
        self.key = key
        self.value = value
        self.collection = collection
        self.result_key = result_key
        self.result_value = result_value
        self.condition = condition
        self.group = group


class BadExpr(Expr):
    """An expression that could not be parsed; a diagnostic says why. Evaluates to unknown."""

    __slots__ = ()


class Attribute(Node):
    """`name = expr`; start to end covers the whole definition, `name_end` ends the name."""

    __slots__ = ("expr", "name", "name_end")

    def __init__(self, start: int, end: int, name: str, name_end: int, expr: Expr) -> None:
        super().__init__(start, end)
        self.name = name
        self.name_end = name_end
        self.expr = expr


class Block(Node):
    """`type "label" { … }`; the header runs from `start` to `header_end` (behind the last label, before `{`)."""

    __slots__ = ("body", "header_end", "label_spans", "labels", "type")

    def __init__(
        self,
        start: int,
        end: int,
        type: str,
        labels: list[str],
        label_spans: list[tuple[int, int]],
        header_end: int,
        body: Body,
    ) -> None:
        super().__init__(start, end)
        self.type = type
        self.labels = labels
        self.label_spans = label_spans
        self.header_end = header_end
        self.body = body

    def header(self, source: SourceFile) -> Span:
        return Span(source, self.start, self.header_end)


class Body(Node):
    """The inside of a block or file, in source order. `broken` is True when recovery skipped something inside, so
    that what seems absent may in truth be there."""

    __slots__ = ("attributes", "blocks", "broken")

    def __init__(
        self, start: int, end: int, attributes: list[Attribute], blocks: list[Block], broken: bool = False
    ) -> None:
        super().__init__(start, end)
        self.attributes = attributes
        self.blocks = blocks
        self.broken = broken


class Comment(Node):
    """A `#`, `//` or `/* */` comment, without the line ending."""

    __slots__ = ()


class File:
    """A parsed file.

    `json` tells that it came from JSON syntax: then an attribute may stand for nested blocks (the schema decides), see
    `frontends.hcl.json_syntax`. `diagnostics` are this file's syntax errors; `parser` names who produced the tree.
    """

    __slots__ = ("body", "comments", "diagnostics", "json", "parser", "source")

    def __init__(
        self,
        source: SourceFile,
        body: Body,
        comments: list[Comment],
        diagnostics: list[Diagnostic],
        *,
        json: bool = False,
        parser: str = "native",
    ) -> None:
        self.source = source
        self.body = body
        self.comments = comments
        self.diagnostics = diagnostics
        self.json = json
        self.parser = parser
