"""From the Lark tree of python-hcl2 to the syntax tree of this project.

The library's starts are exact, its ends are not always; here every end is computed anew from the tokens. Where the
library accepts what Terraform refuses, or reads a file in another way than HCL does, this says so with a diagnostic, so
that a tree without diagnostics can be relied on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ddbaudit.foundation.diagnostic import Diagnostic, Level
from ddbaudit.foundation.source import SourceFile, Span
from ddbaudit.foundation.text import safe_text
from ddbaudit.frontends.hcl import ast
from ddbaudit.frontends.hcl.hcl2_heredoc import heredoc
from ddbaudit.frontends.hcl.hcl2_strings import StringConverter

_OPERATOR = re.compile(r"(?:\|\||&&|[=!<>]=|[<>+\-*/%?])\Z")
# The operators that the library's lexer merges a preceding line break or comment into.
_MERGED = frozenset(
    [
        *("DOUBLE_EQ", "NEQ", "LT", "GT", "LEQ", "GEQ", "DOUBLE_AMP", "DOUBLE_PIPE", "QMARK"),
        *("ASTERISK", "SLASH", "PERCENT", "PLUS"),
    ]
)
_KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_POSTFIX = {"index_expr_term", "get_attr_expr_term", "attr_splat_expr_term", "full_splat_expr_term"}
_SPLATS = {"attr_splat", "full_splat"}


def _is_token(child: Any) -> bool:
    return hasattr(child, "type")


def _trees(tree: Any) -> list[Any]:
    """The subtrees that carry meaning: no tokens, no line breaks, no placeholders."""
    return [
        child
        for child in tree.children
        if child is not None and not _is_token(child) and child.data != "new_line_or_comment"
    ]


def _tokens(tree: Any) -> list[Any]:
    return [child for child in tree.children if _is_token(child)]


def _word(tree: Any) -> Any:
    """The token of an identifier, keyword or `true`/`false`/`null`."""
    return tree.children[0]


class Converter:
    """Converts one file; what it has to complain of is in `diagnostics`."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.diagnostics: list[Diagnostic] = []
        self._handlers: dict[str, Callable[[Any], ast.Expr]] = {
            "expr_term": self._term,
            "identifier": self._identifier,
            "literal_value": self._keyword,
            "int_lit": self._number,
            "float_lit": self._number,
            "string": self._string,
            "template_string": self._template_string,
            "tuple": self._tuple,
            "object": self._object,
            "function_call": self._call,
            "heredoc_template": self._heredoc,
            "heredoc_template_trim": self._heredoc,
            "for_tuple_expr": self._for_tuple,
            "for_object_expr": self._for_object,
            "unary_op": self._unary,
            "binary_op": self._binary,
            "conditional": self._conditional,
        }

    def problem(self, start: int, end: int, detail: str) -> None:
        span = Span(self.source, start, end)
        self.diagnostics.append(
            Diagnostic(
                "HCL101", Level.ERROR, "python-hcl2 reads this otherwise than Terraform", safe_text(detail), span
            )
        )

    def comments(self, tree: Any) -> list[ast.Comment]:
        """All comments of the file; those before an operator have become part of its text."""
        found: list[ast.Comment] = []
        pending = [tree]
        while pending:
            for child in pending.pop().children:
                if child is None:
                    continue
                if not _is_token(child):
                    pending.append(child)
                elif child.type == "NL_OR_COMMENT":
                    self._comment(str(child), child.start_pos, found)
                elif child.type in _MERGED:
                    self._merged_comment(child, found)
        return sorted(found, key=lambda comment: comment.start)

    def _comment(self, text: str, start: int, found: list[ast.Comment]) -> None:
        if not text.startswith("\n"):
            found.append(ast.Comment(start, start + len(text.rstrip("\r\n"))))

    def _merged_comment(self, token: Any, found: list[ast.Comment]) -> None:
        match = _OPERATOR.search(str(token))
        if match is not None and match.start() > 0:
            # Only blanks stand between the comment and the operator, whose own start the token keeps.
            behind = len(self.source.text[: token.start_pos].rstrip(" \t\r"))
            self._comment(str(token)[: match.start()], behind - match.start(), found)

    # -- structure -------------------------------------------------------------------------------------------------

    def body(self, tree: Any, start: int, end: int) -> ast.Body:
        attributes: list[ast.Attribute] = []
        blocks: list[ast.Block] = []
        seen: set[str] = set()
        for child in _trees(tree):
            if child.data == "block":
                blocks.append(self._block(child))
                continue
            attribute = self._attribute(child)
            if attribute.name in seen:
                self.problem(
                    attribute.start, attribute.name_end, f'"{attribute.name}" is set a second time in this body.'
                )
            seen.add(attribute.name)
            attributes.append(attribute)
        return ast.Body(start, end, attributes, blocks)

    def _attribute(self, tree: Any) -> ast.Attribute:
        name, value = _trees(tree)
        token = _word(name)
        expr = self.expr(value)
        return ast.Attribute(token.start_pos, expr.end, str(token), token.end_pos, expr)

    def _block(self, tree: Any) -> ast.Block:
        *header, body = _trees(tree)
        opening, closing = _tokens(tree)
        kind = _word(header[0])
        labels: list[str] = []
        spans: list[tuple[int, int]] = []
        for label in header[1:]:
            text, span = self._label(label)
            labels.append(text)
            spans.append(span)
        header_end = spans[-1][1] if spans else kind.end_pos
        inside = self.body(body, opening.end_pos, closing.start_pos)
        return ast.Block(kind.start_pos, closing.end_pos, str(kind), labels, spans, header_end, inside)

    def _label(self, tree: Any) -> tuple[str, tuple[int, int]]:
        if tree.data != "string":
            token = _word(tree)
            return str(token), (token.start_pos, token.end_pos)
        expr = self._string(tree)
        if isinstance(expr, ast.Literal):
            return str(expr.value), (expr.start, expr.end)
        self.problem(expr.start, expr.end, "A block label cannot hold a template.")
        return self.source.text[expr.start + 1 : expr.end - 1], (expr.start, expr.end)

    # -- terms -----------------------------------------------------------------------------------------------------

    def expr(self, tree: Any) -> ast.Expr:
        if tree.data == "expr_term" and _is_postfix(tree):
            return self._postfix(tree)
        return self._handlers[tree.data](tree)

    def _term(self, tree: Any) -> ast.Expr:
        inner = self.expr(_trees(tree)[0])
        tokens = _tokens(tree)
        if not tokens:
            return inner
        return ast.Parens(tokens[0].start_pos, tokens[-1].end_pos, inner)

    def _identifier(self, tree: Any) -> ast.Expr:
        token = _word(tree)
        return ast.Variable(token.start_pos, token.end_pos, str(token))

    def _keyword(self, tree: Any) -> ast.Expr:
        token = _word(tree)
        return ast.Literal(token.start_pos, token.end_pos, _KEYWORDS[str(token)])

    def _number(self, tree: Any) -> ast.Expr:
        token = _word(tree)
        if not token.startswith("-"):
            return ast.Literal(token.start_pos, token.end_pos, Decimal(str(token)))
        # The library's lexer takes the sign of some numbers with them; in HCL it is always an operator.
        number = ast.Literal(token.start_pos + 1, token.end_pos, Decimal(str(token)[1:]))
        return ast.Unary(token.start_pos, token.end_pos, "-", number)

    def _string(self, tree: Any) -> ast.Expr:
        return StringConverter(self.expr, self.problem).convert(tree)

    def _template_string(self, tree: Any) -> ast.Expr:
        token = _word(tree)
        self.problem(token.start_pos, token.end_pos, "Quotes inside a template directive must not be escaped.")
        return ast.BadExpr(token.start_pos, token.end_pos)

    def _heredoc(self, tree: Any) -> ast.Expr:
        token = _word(tree)
        return heredoc(self.source, token.start_pos, token.end_pos, self.diagnostics, self.problem)

    def _tuple(self, tree: Any) -> ast.Expr:
        tokens = _tokens(tree)
        items = [self.expr(child) for child in _trees(tree)]
        return ast.TupleExpr(tokens[0].start_pos, tokens[-1].end_pos, items)

    def _object(self, tree: Any) -> ast.Expr:
        tokens = _tokens(tree)
        items: list[ast.ObjectItem] = []
        for element in _trees(tree):
            key_tree, value_tree = _trees(element)
            key, value = self._object_key(key_tree.children[0]), self.expr(value_tree)
            items.append(ast.ObjectItem(key.start, value.end, key, value))
        return ast.ObjectExpr(tokens[0].start_pos, tokens[-1].end_pos, items)

    def _object_key(self, tree: Any) -> ast.Expr:
        inner = tree.children[0] if tree.data == "expr_term" and len(tree.children) == 1 else tree
        if not _is_token(inner) and inner.data in {"identifier", "literal_value"}:
            tree = inner
        if tree.data in {"identifier", "literal_value", "keyword"}:
            token = _word(tree)
            return ast.Literal(token.start_pos, token.end_pos, str(token))
        return self.expr(tree)

    def _call(self, tree: Any) -> ast.Expr:
        names = [_word(child) for child in _trees(tree) if child.data == "identifier"]
        arguments = [child for child in _trees(tree) if child.data == "arguments"]
        args: list[ast.Expr] = []
        expand = False
        for child in arguments:
            args = [self.expr(value) for value in _trees(child)]
            expand = any(token.type == "ELLIPSIS" for token in _tokens(child))
        name = "::".join(str(token) for token in names)
        end = _tokens(tree)[-1].end_pos
        return ast.Call(names[0].start_pos, end, name, names[-1].end_pos, args, expand)

    # -- for expressions -------------------------------------------------------------------------------------------

    def _for_tuple(self, tree: Any) -> ast.Expr:
        return self._for(tree, is_object=False)

    def _for_object(self, tree: Any) -> ast.Expr:
        return self._for(tree, is_object=True)

    def _for(self, tree: Any, *, is_object: bool) -> ast.Expr:
        tokens = _tokens(tree)
        intro, *results = _trees(tree)
        condition = None
        if results[-1].data == "for_cond":
            condition = self.expr(_trees(results.pop())[0])
        *names, collection = _trees(intro)
        words = [str(_word(name)) for name in names]
        return ast.ForExpr(
            tokens[0].start_pos,
            tokens[-1].end_pos,
            words[0] if len(words) == 2 else None,
            words[-1],
            self.expr(collection),
            self.expr(results[0]) if is_object else None,
            self.expr(results[-1]),
            condition,
            any(token.type == "ELLIPSIS" for token in tokens),
        )

    # -- operators -------------------------------------------------------------------------------------------------

    def _unary(self, tree: Any) -> ast.Expr:
        token = tree.children[0]
        operand = self.expr(_trees(tree)[0])
        return ast.Unary(token.start_pos, operand.end, str(token), operand)

    def _binary(self, tree: Any) -> ast.Expr:
        """The tree leans left as deep as the chain is long, so it is unwound without recursion."""
        chain: list[Any] = []
        while tree.data == "binary_op":
            tree, term = _trees(tree)
            chain.append(term)
        left = self.expr(tree)
        for term in reversed(chain):
            operator, operand = _trees(term)
            # Line breaks and comments before an operator arrive as part of its text.
            match = _OPERATOR.search(str(_word(operator)))
            assert match is not None
            right = self.expr(operand)
            left = ast.Binary(left.start, right.end, match.group(), left, right)
        return left

    def _conditional(self, tree: Any) -> ast.Expr:
        condition, then, otherwise = (self.expr(child) for child in _trees(tree))
        return ast.Conditional(condition.start, otherwise.end, condition, then, otherwise)

    # -- traversals ------------------------------------------------------------------------------------------------

    def _postfix(self, tree: Any) -> ast.Expr:
        """Flatten `a.b[0][*].c` into its steps and rebuild it as HCL does: the library binds splats differently."""
        steps: list[Any] = []
        while tree.data == "expr_term" and _is_postfix(tree):
            tree, step = _trees(tree.children[0])
            inner = step.children[1:] if step.data in _SPLATS else []
            steps.extend(child for child in reversed(inner) if not _is_token(child))
            steps.append(step)
        steps.reverse()
        base = self.expr(tree)
        if isinstance(base, ast.Unary):
            # The sign that the library's lexer took into a number binds looser than the steps.
            operand = self._walk(base.operand, steps)
            return ast.Unary(base.start, operand.end, base.op, operand)
        return self._walk(base, steps)

    def _walk(self, current: ast.Expr, steps: list[Any]) -> ast.Expr:
        at = 0
        while at < len(steps):
            step = steps[at]
            at += 1
            if step.data not in _SPLATS:
                current = self._step(current, step, steps[at - 2] if at > 1 else None)
                continue
            marker = step.children[0]
            item: ast.Expr = ast.SplatItem(marker.start_pos, marker.end_pos)
            full = step.data == "full_splat"
            # A full splat takes all that follows, an attribute-only one the attributes and legacy indexes.
            until = len(steps) if full else at
            while until < len(steps) and steps[until].data in {"get_attr", "short_index"}:
                until += 1
            if not full and until < len(steps) and steps[until].data == "attr_splat":
                second = steps[until].children[0]
                self.problem(second.start_pos, second.end_pos, "A splat cannot stand within an attribute-only splat.")
            each = self._walk(item, steps[at:until])
            current = ast.Splat(current.start, each.end, current, each, full)
            at = until
        return current

    def _step(self, current: ast.Expr, step: Any, before: Any) -> ast.Expr:
        tokens = _tokens(step)
        if step.data == "get_attr":
            name = _word(_trees(step)[0])
            return ast.GetAttr(current.start, name.end_pos, current, str(name), name.start_pos)
        if step.data == "braces_index":
            key = self.expr(_trees(step)[0])
            return ast.Index(current.start, tokens[-1].end_pos, current, key)
        number = tokens[-1]
        if before is not None and before.data == "short_index":
            self.problem(number.start_pos, number.end_pos, "Two indexes in a row cannot be written with dots.")
        key = ast.Literal(number.start_pos, number.end_pos, Decimal(str(number)))
        return ast.Index(current.start, number.end_pos, current, key)


def _is_postfix(tree: Any) -> bool:
    child = tree.children[0]
    return not _is_token(child) and child.data in _POSTFIX
