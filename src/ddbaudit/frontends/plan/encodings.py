"""The bytes of a text file as UTF-8, whatever Unicode encoding its byte order mark tells.

PowerShell's `>` writes UTF-16 with a mark. Nothing is guessed: text without a mark is UTF-8 or refused.
"""

from __future__ import annotations

import codecs
from typing import BinaryIO

from ddbaudit.foundation.source import StructuredFile
from ddbaudit.frontends.plan.problems import Problem, problem

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF8, "utf-8"),
)
"""Byte order marks, longer ones before those that they begin with."""


class Utf8Reader:
    """Reads a stream as UTF-8; PlanError (PLAN008) for bytes that are none. `head` are its first bytes as they are."""

    def __init__(self, stream: BinaryIO, file: StructuredFile) -> None:
        self._stream = stream
        self._file = file
        self.head = self._head = _beginning(stream)
        self._offset = 0
        self._encoding = "utf-8"
        self._plain = True
        for mark, encoding in _MARKS:
            if self._head.startswith(mark):
                self._head, self._offset, self._encoding = self._head[len(mark) :], len(mark), encoding
                self._plain = encoding == "utf-8"
                break
        else:
            if b"\0" in self._head and self._head.isascii():
                detail = "it looks like UTF-16 or UTF-32 without a byte order mark, which cannot be told for sure"
                raise problem(Problem.ENCODING, file, detail)
        self._decoder = codecs.getincrementaldecoder(self._encoding)()

    def read(self, size: int) -> bytes:
        """The next bytes, about `size`; none at the end only."""
        while True:
            chunk, self._head = self._head or self._stream.read(size), b""
            found = self._decoded(chunk)
            if found or not chunk:
                return found

    def _decoded(self, chunk: bytes) -> bytes:
        if self._plain and chunk.isascii() and not self._decoder.getstate()[0]:
            self._offset += len(chunk)
            return chunk
        before = len(self._decoder.getstate()[0])
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            at = self._offset - before + error.start
            detail = f"the byte {at + 1} is not part of {self._encoding.upper()}"
            raise problem(Problem.ENCODING, self._file, detail) from None
        self._offset += len(chunk)
        return text.encode()


def _beginning(stream: BinaryIO) -> bytes:
    """At least four bytes, if there are as many; a pipe may give fewer at once."""
    head = stream.read(4)
    while len(head) < 4 and (more := stream.read(4 - len(head))):
        head += more
    return head
