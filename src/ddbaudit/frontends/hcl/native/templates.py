"""Templates: quoted strings, heredocs and bare templates, read piece by piece as Terraform's scanner does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from ddbaudit.foundation.text import suggestion
from ddbaudit.frontends.hcl.ast import BadExpr, Expr, Literal, TextPart
from ddbaudit.frontends.hcl.native.heredocs import SPACE, Marker, MarkerLines, dedent
from ddbaudit.frontends.hcl.native.hints import show
from ddbaudit.frontends.hcl.native.identifiers import word_length
from ddbaudit.frontends.hcl.native.lexer import END, FREE, JUNK, QUOTE, STRING, WORD, Lexer
from ddbaudit.frontends.hcl.native.pieces import Directive, Piece, TemplateNesting, assemble, dedent_pieces
from ddbaudit.frontends.hcl.native.problems import Problem

# A piece of a template: a run of text, an escaped or a lone sign, the opening of a sequence, the end, or what is wrong.
_SEQUENCES = r"(?P<escaped>\$\$\{~?|%%\{~?)|(?P<opening>[$%]\{~?)"
_QUOTED = re.compile(
    rf'(?P<run>(?:[^"\\$%\r\n]++|\\[^\r\n])++)|(?P<close>")|{_SEQUENCES}|(?P<sign>[$%])|(?P<bad>[\s\S]|\Z)'
).match
# Terraform's scanner joins a lone sign with an ASCII character that stands between it and a line break: `~` spares it.
_LONE = r"(?P<sign>[$%](?:[\x00-z|}~\x7f](?=\r?\n))?)"
_LINES = re.compile(rf"(?P<run>[^$%\r\n]++(?:\r?\n)?|\r?\n)|{_SEQUENCES}|{_LONE}|(?P<close>\Z)|(?P<bad>[\s\S])").match
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{0,4})|U([0-9A-Fa-f]{0,8})|(.))", re.DOTALL)
_SIMPLE_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_SIGNS = re.compile(r"([$%])\1(\{?)")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_KEYWORDS = ("if", "else", "endif", "for", "endfor")

TEXT, SEQUENCE, CLOSE = "text", "sequence", "close"

# Reads the piece at an offset: its kind, its end, and for a text its meaning (None where an escape is wrong).
Read = Callable[[int], tuple[str, int, str | None]]


class TemplateParser(Lexer):
    """The lexer with everything between quotes and heredoc markers."""

    markers: MarkerLines | None = None

    def expression(self) -> Expr:
        """The expression at the current token; leaves the token behind it current."""
        raise NotImplementedError

    def quoted(self) -> Expr:
        """A quoted template that is more than a simple string."""
        start = self.start
        pieces = self.pieces(self._read_quoted, self.end)
        expr = self._assembled(start, self.end, pieces, heredoc=False)
        self.advance()
        return expr

    def heredoc(self) -> Expr:
        """A heredoc; one without sequences is taken whole."""
        start, body = self.start, self.end
        opening = self.text[start + 2 : body].rstrip("\r\n")
        word = opening.removeprefix("-")
        if not word.isascii() and (length := word_length(word)) < len(word):
            self._misplaced(start + 2 + len(opening) - len(word) + length)
        reader = _HeredocReader(self, word, start, body)
        text = self.text[body : reader.marker.line]
        if "${" not in text and "%{" not in text:
            return self._plain_heredoc(start, reader, flush=opening != word)
        pieces = self.pieces(reader.read, body)
        if opening != word:
            dedent_pieces(pieces)
        expr = self._assembled(start, self.end, pieces, heredoc=True)
        self.end = reader.marker.stop
        self.advance()
        return expr

    def _plain_heredoc(self, start: int, reader: _HeredocReader, *, flush: bool) -> Expr:
        marker = reader.marker
        text = self.text[reader.body : marker.line]
        if "\r" in text and (lone := _LONE_RETURN.search(text)) is not None:
            self._misplaced(reader.body + lone.start())
        self.end = marker.stop
        self.advance()
        return Literal(start, marker.end, dedent(text) if flush else text)

    def marker_lines(self) -> MarkerLines:
        """The lines that can end heredocs."""
        if self.markers is None:
            self.markers = MarkerLines(self.text)
        return self.markers

    def _misplaced(self, offset: int) -> NoReturn:
        self.start, self.end, self.kind = offset, offset + 1, JUNK
        self.unexpected("text or the end of the template")

    def bare(self) -> Expr:
        """The whole text as a template without quotes or escapes, as strings of the JSON syntax are read."""
        pieces = self.pieces(self._read_bare, 0)
        return self._assembled(0, len(self.text), pieces, heredoc=False)

    def pieces(self, read: Read, position: int) -> list[Piece]:
        """The flat pieces of a template from `position` on; `end` is left behind the closing quote or marker."""
        found: list[Piece] = []
        strip = False  # the sequence before ended with `~}`
        while True:
            kind, end, text = read(position)
            if kind is TEXT:
                if text is None:
                    found.append(BadExpr(position, end))
                else:
                    found.append(TextPart(position, end, text.lstrip(SPACE) if strip else text))
                strip = False
                position = end
                continue
            if kind is CLOSE:
                self.end = end
                return found
            if self.text[end - 1] == "~" and found and isinstance(last := found[-1], TextPart):
                last.text = last.text.rstrip(SPACE)
            outer, self.scan = self.scan, FREE
            opening = position
            self.start, self.end = position, end
            self.enter()
            self.advance()
            part = self._directive(opening) if self.text[opening] == "%" else None
            if part is None:
                found.append(self.expression())
            else:
                if part.keyword in ("if", "for"):
                    part.expr = self.expression()
                part.end = self.end
                found.append(part)
            strip = self._close_sequence(opening)
            position = self.end
            self.scan = outer
            self.brackets.pop()

    def _close_sequence(self, opening: int) -> bool:
        """Check that a sequence ends here; whether it ends with `~}`."""
        if self.kind in ("}", "~}"):
            return self.kind == "~}"
        sign = self.text[opening]
        if self.kind in (STRING, QUOTE, END):
            before = "the end of the file" if self.kind is END else "the end of the string"
            return self.fail(
                Problem.UNCLOSED,
                opening,
                opening + 2,
                f"{sign}{{ is not closed: expected }} before {before}.",
                f"Close it with }}, or write {sign}{sign}{{ for a literal {sign}{{.",
            )
        return self.unexpected(
            f'"}}" at the end of {sign}{{…}}', f"Write {sign}{sign}{{ where a literal {sign}{{ is meant."
        )

    def _directive(self, start: int) -> Directive:
        """The keyword and names of a `%{…}`, up to its expression."""
        keyword = self.word if self.kind is WORD else ""
        if keyword not in _KEYWORDS:
            hint = suggestion(keyword, _KEYWORDS) if keyword else ""
            self.unexpected(
                f"one of the directives if, else, endif, for, endfor{hint}", "Write %%{ where a literal %{ is meant."
            )
        self.advance()
        directive = Directive(start, self.end, keyword)
        if keyword == "for":
            directive.key, directive.value = self.loop_names()
        return directive

    def loop_names(self) -> tuple[str | None, str]:
        """`v in` or `k, v in` of a `for`."""
        key: str | None = None
        value = self._loop_name()
        if self.kind == ",":
            self.advance()
            key, value = value, self._loop_name()
        if self.kind is not WORD or self.word != "in":
            self.unexpected("in", "Write: for value in collection, or for key, value in collection.")
        self.advance()
        return key, value

    def _loop_name(self) -> str:
        if self.kind is not WORD:
            self.unexpected("the name of a loop variable")
        name = self.word
        self.advance()
        return name

    def _assembled(self, start: int, end: int, pieces: list[Piece], *, heredoc: bool) -> Expr:
        try:
            return assemble(start, end, pieces, heredoc, self.limits.max_depth)
        except TemplateNesting as error:
            where = error.where
            self.start, self.end = where.start, where.end
            if not error.problem:
                self.exceed(f"more than {self.limits.max_depth} levels of nested directives")
            self.fail(Problem.SYNTAX, where.start, where.end, f"{error.problem}.", "Close each if and for in turn.")

    def _read_quoted(self, position: int) -> tuple[str, int, str | None]:
        match = _QUOTED(self.text, position)
        assert match is not None
        kind, end, text = match.lastgroup, match.end(), match[0]
        if kind == "run":
            return TEXT, end, self._unescape(text, position) if "\\" in text else text
        if kind in ("escaped", "sign"):
            return TEXT, end, text[1:] if kind == "escaped" else text
        if kind == "bad":
            self._unterminated(position)
        return (CLOSE if kind == "close" else SEQUENCE), end, None

    def _unterminated(self, position: int) -> NoReturn:
        """A quoted string meets the end of its line."""
        self.start = self.end = position
        self.fail(
            Problem.UNCLOSED,
            position,
            position,
            "Expected the closing quote of this string before the end of the line.",
            'Close the string with ". For a line break write \\n, or use a heredoc: <<EOT … EOT.',
        )

    def _read_lines(self, position: int) -> tuple[str, int, str | None]:
        match = _LINES(self.text, position)
        assert match is not None
        kind, end, text = match.lastgroup, match.end(), match[0]
        if kind == "bad":
            self._misplaced(position)
        if kind in ("opening", "close"):
            return (CLOSE if kind == "close" else SEQUENCE), end, None
        return TEXT, end, text[1:] if kind == "escaped" else text

    def _read_bare(self, position: int) -> tuple[str, int, str | None]:
        """As in heredocs, but from a CR without LF on Terraform takes all the rest for text, sequences included."""
        if self.text.startswith("\r", position) and not self.text.startswith("\n", position + 1):
            return TEXT, len(self.text), _SIGNS.sub(_one_sign, self.text[position:])
        return self._read_lines(position)

    def _unescape(self, text: str, start: int) -> str | None:
        """The meaning of a text with backslashes; None, and diagnostics, where an escape is wrong."""
        good = True

        def replaced(match: re.Match[str]) -> str:
            nonlocal good
            char = _escaped(match)
            if char is None:
                good = False
                self._bad_escape(start + match.start(), start + match.end())
            return char or ""

        text = _ESCAPE.sub(replaced, text)
        return text if good else None

    def _bad_escape(self, start: int, end: int) -> None:
        self.note(
            Problem.ESCAPE,
            start,
            end,
            f"{show(self.text[start:end])} is no escape sequence.",
            'Known are \\n, \\r, \\t, \\", \\\\, \\uNNNN and \\UNNNNNNNN; write \\\\ for a backslash.',
        )


def _one_sign(match: re.Match[str]) -> str:
    """`${` for `$${`; two signs without a brace stay two."""
    return match[0][1:] if match[2] else match[0]


def _escaped(match: re.Match[str]) -> str | None:
    """The character that an escape sequence stands for; None if it is none."""
    simple = match[3]
    if simple is not None:
        return _SIMPLE_ESCAPES.get(simple)
    digits, wanted = (match[1], 4) if match[1] is not None else (match[2], 8)
    code = int(digits, 16) if len(digits) == wanted else -1
    is_character = 0 <= code < 0xD800 or 0xDFFF < code <= 0x10FFFF
    return chr(code) if is_character else None


class _HeredocReader:
    """Reads the lines of a heredoc up to its end marker."""

    def __init__(self, parser: TemplateParser, word: str, start: int, body: int) -> None:
        self.parser = parser
        self.word = word
        self.start = start
        self.body = body
        self.marker = self._marker(body)

    def _marker(self, position: int) -> Marker:
        return self.parser.marker_lines().find(self.word, position) or self._missing()

    def _missing(self) -> NoReturn:
        opening = self.parser.text[self.start : self.body].rstrip("\r\n")
        self.parser.start = self.parser.end = self.start
        self.parser.fail(
            Problem.UNCLOSED,
            self.start,
            self.start + len(opening),
            f"This heredoc has no end: no line below holds {show(self.word)} alone.",
            f"Put {self.word} on a line of its own behind the text, followed by a line break.",
        )

    def read(self, position: int) -> tuple[str, int, str | None]:
        if position > self.marker.line:
            # An interpolation reached over what looked like the end marker.
            self.marker = self._marker(position)
        if position == self.marker.line:
            return CLOSE, self.marker.end, None
        return self.parser._read_lines(position)
