"""The token level: one regular expression, one token ahead, line breaks seen only where HCL gives them a meaning.

The parser says how to read on: `scan` is the matcher in use (`LINE` sees line breaks, `FREE` skips them), and templates
set `end` to go on behind a closing brace. Nothing is read twice, so a file costs one pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, cast

from ddbaudit.foundation.diagnostic import Diagnostic, Level, Related
from ddbaudit.foundation.source import SourceFile
from ddbaudit.frontends.hcl.ast import Comment
from ddbaudit.frontends.hcl.native.hints import character_help, character_text, show
from ddbaudit.frontends.hcl.native.identifiers import word_length
from ddbaudit.frontends.hcl.native.problems import DEFAULT_LIMITS, Limits, ParseAbort, Problem

# The kinds of tokens; the kind of an operator or bracket is its own text.
WORD = "name"
NEWLINE = "line break"
STRING = "string"  # a whole quoted string without escapes and sequences
NUMBER = "number"
QUOTE = "quote"  # the opening quote of any other quoted template
HEREDOC = "heredoc"  # `<<EOF` with its line break
JUNK = "junk"  # what no token begins with
END = "end of file"

# Names hold anything beyond ASCII. Said as what they do not hold, because the re module needs milliseconds to compile a
# set that spans all of Unicode.
_START = r"[^\x00-@\[-^`{-\x7f]"
_REST = r"[^\x00-,./:-@\[-^`{-\x7f]"
_TOKEN = rf"""(?:
   ([A-Za-z_][A-Za-z0-9_-]*+(?![^\x00-\x7f]))                 # 1 a name
 | (=[=>]?|::|[{{}}()\[\],:?+*%-]|\.(?:\.\.)?|[!>]=?|<(?!<)=?|&&|\|\||~\}}|/(?![/*]))  # 2 an operator or bracket
 | (\r?\n(?:[ \t\n]++|\r\n)*+)                             # 3 line breaks
 | ("[^"\\$%\r\n]*+")                                      # 4 a simple string
 | ([0-9](?:\.*+(?:[0-9]|[eE][+-]?[0-9]))*+)               # 5 a number, perhaps a malformed one
 | (")                                                     # 6 any other string
 | (<<-?{_START}{_REST}*+\r?\n)       # 7 a heredoc
 | (\Z)                                                    # 8 the end
 | (\#[^\n]*+|//[^\n]*+|/\*)                               # 9 a comment
 | ({_START}{_REST}*+)                # 10 a name beyond ASCII, to be checked
 | ([\s\S])                                                # 11 anything else
)"""
_KINDS = ("", WORD, "", NEWLINE, STRING, NUMBER, QUOTE, HEREDOC, END)
_WORD, _OPERATOR, _END, _COMMENT, _WIDE_WORD = 1, 2, 8, 9, 10

# The last alternatives take anything, so that there is always a match.
Scan = Callable[[str, int], "re.Match[str]"]
LINE = cast(Scan, re.compile(r"[ \t]*+" + _TOKEN, re.VERBOSE).match)
FREE = cast(Scan, re.compile(r"(?:[ \t\n]++|\r\n)*+" + _TOKEN, re.VERBOSE).match)


class Lexer:
    """The current token (`kind`, `start`, `end`, for names `word`) and everything that may go wrong with it."""

    def __init__(self, source: SourceFile, limits: Limits = DEFAULT_LIMITS) -> None:
        self.source = source
        self.text = source.text
        self.limits = limits
        self.diagnostics: list[Diagnostic] = []
        self.comments: list[Comment] = []
        self.scan = LINE
        self.kind = NEWLINE
        self.word = ""
        self.start = self.end = 0
        self.brackets: list[int] = []  # the offsets of the open brackets around the current token
        self.height = 0  # the longest sum of chains on a path into the expressions just read
        self.nodes = 0

    def advance(self) -> None:
        """Move to the next token."""
        match = self.scan(self.text, self.end)
        group = match.lastindex or 0
        self.start, self.end = match.span(group)
        if group == _WORD:
            self.kind = WORD
            self.word = match[1]
        elif group == _OPERATOR:
            self.kind = match[2]
        elif group <= _END:
            self.kind = _KINDS[group]
        elif group != _COMMENT:
            self._beyond_ascii(group)
        elif self._comments():
            self.advance()

    def _comments(self) -> bool:
        """Keep the comments from `start` on, up to another token; False when one has no end."""
        group: int | None = _COMMENT
        while group == _COMMENT:
            if not self._comment():
                return False
            match = self.scan(self.text, self.end)
            group, self.start = match.lastindex, match.start(match.lastindex or 0)
            if group == _COMMENT:
                self.end = match.end()
        return True

    def _comment(self) -> bool:
        """Keep the comment that begins at `start`; False when it has no end."""
        if self.text.startswith("/*", self.start):
            close = self.text.find("*/", self.start + 2)
            if close < 0:
                self.kind, self.end = JUNK, self.start + 1
                return False
            self.end = close + 2
        elif self.text.startswith("\r\n", self.end - 1):
            self.end -= 1
        self.comments.append(Comment(self.start, self.end))
        return True

    def _beyond_ascii(self, group: int) -> None:
        """A name with characters beyond ASCII, as far as it is one; otherwise a character that HCL does not know."""
        length = word_length(self.text[self.start : self.end]) if group == _WIDE_WORD else 0
        self.end = self.start + (length or 1)
        self.kind = WORD if length else JUNK
        self.word = self.text[self.start : self.end]

    def enter(self) -> None:
        """The current token opens a bracket; whoever calls this pops `brackets` again at the closing one."""
        self.brackets.append(self.start)
        if len(self.brackets) > self.limits.max_depth:
            self.exceed(f"more than {self.limits.max_depth} levels of nesting")

    def exceed(self, what: str) -> NoReturn:
        """Stop at the current token because a limit is exceeded."""
        self.fail(Problem.LIMIT, self.start, self.end, f"There are {what} here.", "Split the expression or file.")

    def report(
        self, problem: Problem, start: int, end: int, detail: str, help: str = "", *related: Related
    ) -> Diagnostic:
        """A diagnostic about a range, not yet recorded."""
        return Diagnostic(
            problem.code,
            Level.ERROR,
            problem.summary,
            detail,
            self.source.span(start, end),
            help=help,
            related=related,
        )

    def note(self, problem: Problem, start: int, end: int, detail: str, help: str = "", *related: Related) -> None:
        """Record a diagnostic and go on, unless there are too many."""
        self.diagnostics.append(self.report(problem, start, end, detail, help, *related))
        if len(self.diagnostics) >= self.limits.max_errors:
            raise ParseAbort(self.too_many_errors(), self.start)

    def too_many_errors(self) -> Diagnostic:
        detail = f"There are {self.limits.max_errors} errors or more; the file was not read beyond this place."
        return self.report(Problem.LIMIT, self.start, self.end, detail, "Repair the errors above first.")

    def fail(self, problem: Problem, start: int, end: int, detail: str, help: str = "") -> NoReturn:
        """Give up the item at hand."""
        raise ParseAbort(self.report(problem, start, end, detail, help), max(start, self.start))

    def unexpected(self, expected: str, help: str = "") -> NoReturn:
        """Give up the item at hand because the current token does not fit."""
        if self.kind is END and self.brackets:
            self._unclosed_bracket(expected)
        problem, end = Problem.SYNTAX, self.end
        if self.kind is NEWLINE:
            end = self.start
        elif self.kind is JUNK:
            if self.text.startswith("/*", self.start):
                self.fail(Problem.UNCLOSED, self.start, end + 1, "This comment has no closing */.", "Close it with */.")
            problem, help = Problem.CHARACTER, character_help(self.text[self.start]) or help
        self.fail(problem, self.start, end, f"Expected {expected}, found {self.found()}.", help)

    def _unclosed_bracket(self, expected: str) -> NoReturn:
        opening = self.brackets[-1]
        bracket = self.text[opening : opening + (2 if self.text[opening] in "$%" else 1)]
        self.fail(
            Problem.UNCLOSED,
            opening,
            opening + len(bracket),
            f"{show(bracket)} is not closed before the end of the file; expected {expected}.",
            "Close it, or look for a quote or bracket too many behind it.",
        )

    def found(self) -> str:
        """The current token in words."""
        if self.kind == WORD:
            return f"the name {show(self.word)}"
        if self.kind == NUMBER:
            return f"the number {show(self.text[self.start : self.end])}"
        if self.kind == JUNK:
            return character_text(self.text[self.start])
        fixed = {
            NEWLINE: "the end of the line",
            END: "the end of the file",
            STRING: "a string",
            QUOTE: "a string",
            HEREDOC: "a heredoc",
        }
        return fixed.get(self.kind) or show(self.kind)
