"""Bodies: attributes and blocks, and the way on behind a broken one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ddbaudit.foundation.diagnostic import Diagnostic, Related
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.ast import Attribute, BadExpr, Block, Body, Expr, Literal
from ddbaudit.frontends.hcl.native.expressions import ExpressionParser
from ddbaudit.frontends.hcl.native.hints import show
from ddbaudit.frontends.hcl.native.lexer import END, FREE, LINE, NEWLINE, QUOTE, STRING, WORD
from ddbaudit.frontends.hcl.native.problems import DEFAULT_LIMITS, Limits, ParseAbort, Problem
from ddbaudit.frontends.hcl.native.recovery import Skim, close, cut, escaped

_Names = dict[str, Attribute]


class BodyParser(ExpressionParser):
    """A whole file, or one expression."""

    def __init__(self, source: SourceFile, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(source, limits)
        self.open: list[Block] = []  # the blocks around the current token
        self.skim: Skim | None = None

    def file(self) -> Body:
        """All items of the file; a broken one costs no other."""
        body = Body(0, len(self.text), [], [])
        if self._is_too_large():
            body.broken = True
            return body
        names: _Names = {}
        self.advance()
        while self.kind is not END:
            start = self.start
            try:
                if self.kind is NEWLINE:
                    self.advance()
                else:
                    self._item(body, names)
            except ParseAbort as abort:
                self._recover(body, start, abort)
            except RecursionError:
                self._recover(body, start, self._out_of_frames())
            if self._gives_up():
                break
        body.broken = bool(self.diagnostics)
        return body

    def _gives_up(self) -> bool:
        """Whether there is no point in reading on."""
        if len(self.diagnostics) < self.limits.max_errors:
            return self.nodes > self.limits.max_nodes
        last = self.too_many_errors()
        if self.diagnostics[-1].detail != last.detail:
            self.diagnostics.append(last)
        return True

    def _is_too_large(self) -> bool:
        most, size = self.limits.max_size, len(self.text)
        if size > most:
            detail = f"The file has {size} characters, more than {most}."
            self.diagnostics.append(self.report(Problem.LIMIT, 0, 0, detail, "Split the file."))
        return size > most

    def _out_of_frames(self) -> ParseAbort:
        detail = "The nesting here is too deep for the stack that is left."
        return ParseAbort(self.report(Problem.LIMIT, self.start, self.end, detail, "Split it."), self.start)

    def alone(self, parse: Callable[[BodyParser], Expr]) -> Expr:
        """What `parse` makes of the whole text: an expression or a template; `BadExpr` on errors that end it."""
        if not self._is_too_large():
            try:
                return parse(self)
            except ParseAbort as abort:
                self.diagnostics.append(abort.diagnostic)
            except RecursionError:
                self.diagnostics.append(self._out_of_frames().diagnostic)
        return BadExpr(0, len(self.text))

    def whole_expression(self) -> Expr:
        """The text as one expression, in which line breaks mean nothing."""
        self.scan = FREE
        self.advance()
        expr = self.expression()
        if self.kind is not END:
            self.unexpected("an operator or the end of the expression")
        return expr

    def _item(self, body: Body, names: _Names) -> None:
        """One attribute or block with its line break."""
        if self.kind is not WORD:
            hint = "Names of attributes stand without quotes." if self.kind in (STRING, QUOTE) else ""
            self.unexpected("an attribute or a block", hint)
        self.count()
        start, end, name = self.start, self.end, self.word
        self.advance()
        if self.kind == "=":
            self._attribute(body, names, start, end, name)
            what = f"attribute {name}"
        else:
            self._block(body, start, end, name)
            what = f"block {name}"
        if self.kind is NEWLINE:
            self.advance()
        elif self.kind is not END:
            help = "Separate attributes by line breaks, not commas." if self.kind == "," else ""
            self.unexpected(f"a line break behind {what}", help)

    def _attribute(self, body: Body, names: _Names, start: int, name_end: int, name: str) -> None:
        self.advance()
        value = self.start
        try:
            expr = self.expression()
        except (ParseAbort, RecursionError):
            # The attribute is there, though nobody can say what it holds.
            stop = max(value, self.start)
            body.attributes.append(Attribute(start, stop, name, name_end, BadExpr(value, stop)))
            raise
        attribute = Attribute(start, expr.end, name, name_end, expr)
        first = names.setdefault(name, attribute)
        if first is attribute:
            body.attributes.append(attribute)
        else:
            self._duplicate(body, attribute, first)

    def _duplicate(self, body: Body, attribute: Attribute, first: Attribute) -> None:
        body.broken = True
        self.note(
            Problem.DUPLICATE,
            attribute.start,
            attribute.name_end,
            f"The attribute {attribute.name} is already set in this body.",
            "Keep one of the two.",
            Related(self.source.span(first.start, first.name_end), "first set here"),
        )

    def _block(self, body: Body, start: int, type_end: int, type: str) -> None:
        block = Block(start, type_end, type, [], [], type_end, Body(type_end, type_end, [], []))
        while self._label(block):
            pass
        if self.kind != "{":
            self._broken_header(body, block)
        body.blocks.append(block)
        self.open.append(block)
        self.enter()
        block.body.start = block.body.end = block.end = self.end
        self.advance()
        if self.kind is NEWLINE or self.kind == "}" or self.kind is END:
            self._lines(block)
        else:
            self._single(block)
        block.body.end, block.end = self.start, self.end
        self.brackets.pop()
        self.open.pop()
        self.advance()

    def _broken_header(self, body: Body, block: Block) -> NoReturn:
        """A block without its brace is still a block when it has labels: nobody must lose it."""
        if block.labels:
            body.blocks.append(block)
            self.open.append(block)
        self.unexpected(
            f'"{{" or a label for block {block.type}' if block.labels else f'"=" or "{{" behind {show(block.type)}',
            "The brace that opens a block stands on the line of its type and labels.",
        )

    def _label(self, block: Block) -> bool:
        """Take one label of the block's header, if there is one."""
        start, end = self.start, self.end
        if self.kind is STRING:
            label = self.text[start + 1 : end - 1]
            self.advance()
        elif self.kind is WORD:
            label = self.word
            self.advance()
        elif self.kind is QUOTE:
            label, end = self._quoted_label()
        else:
            return False
        block.labels.append(label)
        block.label_spans.append((start, end))
        block.header_end = block.end = end
        return True

    def _quoted_label(self) -> tuple[str, int]:
        """A label with escapes; one with `${…}` is an error, and kept as it is written."""
        start, errors = self.start, len(self.diagnostics)
        expr = self.quoted()
        if isinstance(expr, Literal) and isinstance(expr.value, str):
            return expr.value, expr.end
        if len(self.diagnostics) == errors:
            detail = "A block label is a plain string, without ${…} or %{…}."
            self.note(Problem.SYNTAX, start, expr.end, detail, "Write $${ or %%{ for the characters themselves.")
        return self.text[start + 1 : expr.end - 1], expr.end

    def _lines(self, block: Block) -> None:
        """The body of a block over several lines, up to its brace."""
        names: _Names = {}
        body = block.body
        while self.kind != "}":
            if self.kind is NEWLINE:
                self.advance()
            elif self.kind is END:
                self._unclosed(block)
            else:
                self._item(body, names)

    def _unclosed(self, block: Block) -> NoReturn:
        self.fail(
            Problem.UNCLOSED,
            block.start,
            block.header_end,
            f"Block {block.type} has no closing brace before the end of the file.",
            "Close the block with }, or look for a brace too many inside it.",
        )

    def _single(self, block: Block) -> None:
        """The body of a block on one line: exactly one attribute."""
        help = "A block on one line holds a single attribute; put each item on a line of its own."
        if self.kind is not WORD:
            self.unexpected('an attribute or "}"', help)
        start, end, name = self.start, self.end, self.word
        self.advance()
        if self.kind != "=":
            self.unexpected(f'"=" behind {show(name)}', help)
        self._attribute(block.body, {}, start, end, name)
        if self.kind is END:
            self._unclosed(block)
        if self.kind != "}":
            self.unexpected('"}" behind the attribute of a block on one line', help)

    def _recover(self, body: Body, start: int, abort: ParseAbort) -> None:
        """Go on at the next item behind the one that begins at `start`."""
        if self.skim is None:
            self.skim = Skim(self.text, self.marker_lines())
        for block in self.open:
            block.end = len(self.text) + 1  # beyond every cut
        rest = self._release(body) if self.open else start
        if self.kind is not END or rest < len(self.text):
            self.diagnostics.append(abort.diagnostic)
        # The line at which parsing stopped may well be the next item: what came before it was not complete.
        line = self.text.rfind("\n", 0, abort.start) + 1
        resume, comments = self.skim.resume(rest, max(rest, line - 1))
        self.open.clear()
        cut(body, self._trimmed(rest, resume))
        while self.comments and self.comments[-1].start >= rest:
            self.comments.pop()
        self.comments.extend(comments)
        self.brackets.clear()
        self.scan, self.end = LINE, resume
        self.advance()

    def _trimmed(self, start: int, end: int) -> int:
        """The end of a range without the blanks at its end."""
        return start + len(self.text[start:end].rstrip())

    def _release(self, body: Body) -> int:
        """Make top-level blocks of those that were taken for nested ones, since an open block lacks its brace.

        The offset at which the part of the file begins that could not be parsed.
        """
        released = escaped(self.text, self.open)
        body.blocks.extend(released)
        starts = {block.start for block in released}
        unclosed = [self.open[0], *(block for block in self.open[1:] if block.start in starts)]
        index = 0
        for block in unclosed:
            while index < len(released) and released[index].start <= block.start:
                index += 1
            if index == len(released):
                return block.start
            following = released[index].start
            self.diagnostics.append(self._swallows(block, following))
            close(block, self._trimmed(block.start, following))
        return len(self.text) if self.kind is END else released[-1].end

    def _swallows(self, block: Block, following: int) -> Diagnostic:
        line = self.source.position(following).line
        return self.report(
            Problem.UNCLOSED,
            block.start,
            block.header_end,
            f"Block {block.type} has no closing brace before line {line}, where another one begins.",
            "Close the block with }.",
        )
