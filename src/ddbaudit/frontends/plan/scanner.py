"""A pull scanner over JSON of any size: what is asked for is read, all else is skipped, nothing is kept.

Skipping goes from bracket to bracket with one regular expression and checks that brackets are balanced and that
nothing stands outside of strings but what JSON has there; it does not check commas, colons, numbers and the insides of
strings. What is read is checked in full.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Protocol

from ddbaudit.foundation.source import Position, StructuredFile
from ddbaudit.frontends.plan.decoding import DecodingError, DuplicateKeyError, MagnitudeError, decode
from ddbaudit.frontends.plan.problems import Problem, problem, shown
from ddbaudit.frontends.plan.tokens import (
    ARRAY,
    CLOSING,
    COMMA,
    KEY,
    LITERAL,
    NEXT_KEY,
    OBJECT,
    PASSED_VALUE,
    QUOTE,
    SHORT_VALUE,
    SPACE,
    SPACES,
    TEXT,
    TO_BRACKET,
    moved,
)
from ddbaudit.ir.plan import PlanError

CHUNK = 256 * 1024
MOST_NESTED = 200
MOST_CAPTURED = 16 * 1024 * 1024
"""Bytes of one value that is read. No resource, variable or expression comes near."""
_LONGEST_TOKEN = 64 * 1024
"""Bytes of a key, or of a number."""


class Source(Protocol):
    """Where UTF-8 comes from; `read` gives about as many bytes as asked for, none at the end only."""

    def read(self, size: int, /) -> bytes: ...


class Scanner:
    """Reads one JSON document. Before each value its kind may be asked for; a value that the reader of an object or
    array leaves alone is skipped. Every method raises PlanError (PLAN001, 002, 006, 007)."""

    def __init__(
        self,
        source: Source,
        file: StructuredFile,
        *,
        chunk: int = CHUNK,
        start: Position = Position(1, 1),  # noqa: B008 - immutable
        path: tuple[str | int, ...] = (),
        depth: int = 0,
    ) -> None:
        self.file = file
        self._source = source
        self._chunk = chunk
        self._buffer = b""
        self._pos = 0
        self._ended = False
        self._depth = depth
        self._path: list[str | int] = list(path)
        self._untouched = False
        self._line, self._column = start
        self._mark = 0
        self._taken: list[bytes] | None = None
        self._from = 0

    # -- what the caller sees --------------------------------------------------------------------------------------

    @property
    def where(self) -> str:
        """The path to the value at hand, such as `resource_changes[3].change`; empty for the document."""
        text = "".join(f"[{step}]" if isinstance(step, int) else f".{shown(step)}" for step in self._path)
        return text.removeprefix(".")

    def here(self) -> Position:
        """The position of the next value."""
        if self._peek() >= 0:
            self._advance_mark()
        return Position(self._line, self._column)

    def head(self, size: int = 4096) -> bytes:
        """The next bytes, without reading them."""
        while len(self._buffer) - self._pos < size and self._fill():
            pass
        return self._buffer[self._pos : self._pos + size]

    def is_object(self) -> bool:
        return self._next() == OBJECT

    def is_null(self) -> bool:
        self._next()
        return self.head(4) == b"null"

    def object(self) -> Iterator[str]:
        """The keys of the object, none of null. The caller reads or leaves the value of each, and stops at the last."""
        if not self._open(OBJECT, "an object"):
            return
        seen: set[str] = set()
        if self._next() != CLOSING[OBJECT]:
            key = self._key()
            while True:
                if key in seen:
                    detail = f'the key "{shown(key)}" stands twice in {self.where or "the document"}'
                    raise self.error(Problem.DUPLICATE, detail)
                seen.add(key)
                self._path.append(key)
                self._untouched = True
                yield key
                if self._untouched:
                    self.skip()
                self._path.pop()
                found = NEXT_KEY.match(self._buffer, self._pos)
                if found is not None:
                    key, self._pos = found[1].decode(), found.end()
                elif self._more(OBJECT):
                    key = self._key()
                else:
                    break
        self._close()

    def array(self) -> Iterator[int]:
        """The indexes of the array's elements, as for `object`."""
        if not self._open(ARRAY, "an array"):
            return
        index = 0
        if self._next() != CLOSING[ARRAY]:
            while True:
                self._path.append(index)
                self._untouched = True
                yield index
                if self._untouched:
                    self.skip()
                self._path.pop()
                index += 1
                if not self._more(ARRAY):
                    break
        self._close()

    def value(self) -> Any:
        """The value, decoded as `decoding.decode` does."""
        found = SHORT_VALUE.match(self._buffer, self._pos)
        if found is not None:
            self._untouched, self._pos = False, found.end()
            return found[1].decode() if found[1] is not None else decode(found[2])
        start = self.here()
        raw = self._capture()
        try:
            return decode(raw)
        except DecodingError as error:
            raise self._failed(error, raw, start) from None

    def hold(self) -> Scanner:
        """A scanner over the value, for what can be read only after what follows it."""
        start, path = self.here(), tuple(self._path)
        raw = self._capture()
        return Scanner(io.BytesIO(raw), self.file, chunk=self._chunk, start=start, path=path, depth=self._depth)

    def skip(self) -> None:
        """Pass over the value."""
        self._untouched = False
        found = PASSED_VALUE.match(self._buffer, self._pos) if self._depth < MOST_NESTED else None
        if found is not None:
            self._pos = found.end()
            return
        first = self._next()
        if first == QUOTE:
            self._skip_string()
        elif first in CLOSING:
            self._skip_container(first)
        else:
            self._skip_literal()

    def finish(self) -> None:
        """The document ends here; anything but white space behind it is an error."""
        if self._peek() >= 0:
            head = self.head(64)
            what = "another JSON value" if head[:1] in (b"{", b"[") else "other text"
            help = "make sure that the file holds the output of one `terraform show -json` and nothing else"
            if head.startswith((b"::", b"[command]")):
                help = "with setup-terraform, set `terraform_wrapper: false`, which keeps its own lines out of the file"
            raise self.error(Problem.INVALID, f"{what} stands behind the end of the JSON", help=help)

    def error(self, kind: Problem, detail: str, *, at: int | None = None, help: str = "") -> PlanError:
        """A failure at an offset into the buffer, or at the next byte."""
        return problem(kind, self.file, detail, self._position(self._pos if at is None else at), help)

    # -- structure -------------------------------------------------------------------------------------------------

    def _open(self, bracket: int, what: str) -> bool:
        first = self._next()
        if first != bracket:
            if self.value() is None:
                return False
            raise self.error(Problem.NOT_A_PLAN, f"{self.where or 'the document'} is not {what}")
        self._untouched = False
        self._pos += 1
        self._depth += 1
        if self._depth > MOST_NESTED:
            raise self._too_deep()
        return True

    def _close(self) -> None:
        self._pos += 1
        self._depth -= 1
        self._untouched = False

    def _more(self, bracket: int) -> bool:
        """Whether a comma follows, and with it another element."""
        found = self._next()
        if found == COMMA:
            self._pos += 1
            return True
        if found == CLOSING[bracket]:
            return False
        raise self._invalid("a comma or the closing bracket is missing")

    def _key(self) -> str:
        if self._next() != QUOTE:
            raise self._invalid("a key in quotes is missing")
        while (found := KEY.match(self._buffer, self._pos)) is None:
            if len(self._buffer) - self._pos > 2 * _LONGEST_TOKEN or not self._fill():
                raise self._missing_colon()
        if len(found[1]) > _LONGEST_TOKEN:
            raise self._long_key()
        try:
            key: str = decode(found[1])
        except DecodingError as error:
            raise self._failed(error, found[1], self._position(self._pos)) from None
        self._pos = found.end()
        return key

    def _missing_colon(self) -> PlanError:
        end = TEXT.match(self._buffer, self._pos + 1)
        assert end is not None
        if end.end() - self._pos > _LONGEST_TOKEN:
            return self._long_key()
        rest = self._buffer[end.end() + 1 :].strip(SPACES)
        return self._invalid("a colon is missing") if rest else self._truncated()

    def _long_key(self) -> PlanError:
        return self.error(Problem.LIMIT, f"{self.where or 'the document'} has a key of over {_LONGEST_TOKEN} bytes")

    # -- passing over values ---------------------------------------------------------------------------------------

    def _skip_container(self, first: int) -> None:
        """From its opening bracket to behind its closing one."""
        expected = bytearray((CLOSING[first],))
        room = MOST_NESTED - self._depth
        pos, match = self._pos + 1, TO_BRACKET.match
        buffer, size = self._buffer, len(self._buffer)
        while expected:
            if len(expected) > room:
                self._pos = pos
                raise self._too_deep()
            found = match(buffer, pos)
            assert found is not None
            pos = found.end()
            here = buffer[pos] if pos < size else -1
            if here == expected[-1]:
                expected.pop()
                pos += 1
            elif here in CLOSING:
                expected.append(CLOSING[here])
                pos += 1
            else:
                self._pos = pos
                if here == QUOTE:
                    self._skip_string()
                elif here >= 0:
                    raise self._invalid("a bracket does not match" if here in b"}]" else "unexpected text")
                elif not self._fill():
                    raise self._truncated()
                buffer, size, pos = self._buffer, len(self._buffer), self._pos
        self._pos = pos

    def _skip_string(self) -> None:
        self._pos += 1
        while True:
            found = TEXT.match(self._buffer, self._pos)
            assert found is not None
            self._pos = found.end()
            if self._pos < len(self._buffer) and self._buffer[self._pos] == QUOTE:
                self._pos += 1
                return
            if not self._fill():
                raise self._truncated()

    def _skip_literal(self) -> None:
        """A number, true, false or null; what it is decides `decode`."""
        while True:
            found = LITERAL.match(self._buffer, self._pos)
            assert found is not None
            size = found.end() - self._pos
            if size > _LONGEST_TOKEN:
                raise self.error(Problem.LIMIT, f"a number has more than {_LONGEST_TOKEN} digits")
            if found.end() < len(self._buffer) or not self._fill():
                break
        if not size:
            raise self._invalid("a value is missing")
        if self._taken is None:
            try:
                decode(found[0])
            except DecodingError as error:
                raise self._failed(error, found[0], self._position(self._pos)) from None
        self._pos += size

    def _capture(self) -> bytes:
        self._next()
        self._taken, self._from = [], self._pos
        self.skip()
        raw = b"".join((*self._taken, self._buffer[self._from : self._pos]))
        self._taken = None
        self._refuse_large(len(raw))
        return raw

    # -- bytes -----------------------------------------------------------------------------------------------------

    def _next(self) -> int:
        """The first byte of the next token."""
        found = self._peek()
        if found < 0:
            raise self._truncated()
        return found

    def _peek(self) -> int:
        """The first byte that is no white space, -1 at the end."""
        while True:
            found = SPACE.match(self._buffer, self._pos)
            assert found is not None
            self._pos = found.end()
            if self._pos < len(self._buffer):
                return self._buffer[self._pos]
            if not self._fill():
                return -1

    def _fill(self) -> bool:
        """Drop what has been read and get more; False at the end. Longer rests ask for as much again, so that the time
        for long tokens stays in proportion to their length."""
        if self._ended:
            return False
        rest = self._buffer[self._pos :]
        if self._taken is not None:
            self._taken.append(self._buffer[self._from : self._pos])
            self._refuse_large(sum(map(len, self._taken)))
            self._from = 0
        self._advance_mark()
        more = self._source.read(max(self._chunk, len(rest)))
        self._buffer, self._pos, self._mark = rest + more, 0, 0
        self._ended = not more
        return bool(more)

    def _refuse_large(self, size: int) -> None:
        if size > MOST_CAPTURED:
            raise self.error(Problem.LIMIT, f"{self.where or 'the document'} has more than {MOST_CAPTURED} bytes")

    def _advance_mark(self) -> None:
        """The mark is where line and column were counted last; it moves forward only."""
        self._line, self._column = self._position(self._pos)
        self._mark = self._pos

    def _position(self, at: int) -> Position:
        return moved(Position(self._line, self._column), self._buffer[self._mark : at])

    # -- failures --------------------------------------------------------------------------------------------------

    def _invalid(self, detail: str) -> PlanError:
        return self.error(Problem.INVALID, f"{detail} in {self.where or 'the document'}")

    def _truncated(self) -> PlanError:
        return self.error(Problem.INVALID, f"the file ends within {self.where or 'the document'}", at=len(self._buffer))

    def _too_deep(self) -> PlanError:
        return self.error(Problem.LIMIT, f"values are nested more than {MOST_NESTED} deep")

    def _failed(self, error: DecodingError, raw: bytes, start: Position) -> PlanError:
        position = moved(start, raw.decode()[: error.at].encode())
        name = self.where or "the document"
        if isinstance(error, DuplicateKeyError):
            detail = f'the key "{shown(str(error))}" stands twice in one object in {name}'
            return problem(Problem.DUPLICATE, self.file, detail, position)
        kind = Problem.LIMIT if isinstance(error, MagnitudeError) else Problem.INVALID
        return problem(kind, self.file, f"{error} in {name}", position)
