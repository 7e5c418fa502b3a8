"""Whether anything uses a policy: attachments, and whatever else in its module refers to it.

What refers to it is read off the source, not off values: an output, a local, or the argument of a resource that is not
made this time (`count = 0`) uses a policy as well, and no value tells. Terraform refers to a resource by its type and
name, and only within its module. A plan without source does not say.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Final

from ddbaudit.foundation.source import Span, StructuredFile
from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.types import DYNAMIC
from ddbaudit.ir.value import Cause, Unknown
from ddbaudit.model.attachments import ATTACHMENTS, ROLE, Attachment, Policies, attached_policies
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import text_attr

_COMMENT = re.compile(r"(?:#|//).*")
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
# Addresses in moved, removed and import blocks are no uses.
_MOVED = re.compile(r"^\s*(?:from|to)\s*=.*$", re.MULTILINE)
_UNSAID: Final = "a plan without its source does not tell what refers to it"


def use_of(policy: Policy, estate: Estate) -> tuple[Verdict, Unknown | None]:
    """PASS when something certainly uses it, FAIL when nothing does; else UNKNOWN and why."""
    attached, doubt = estate.once(_attached).get(id(policy), (Verdict.FAIL, None))
    header = policy.instance.body.header
    if attached is Verdict.PASS:
        return attached, None
    if isinstance(header.source, StructuredFile):
        return Verdict.UNKNOWN, Unknown(DYNAMIC, Cause("unsupported", _UNSAID, header))
    text = estate.once(_Texts).of(header)
    return (Verdict.PASS, None) if re.search(_reference(policy.instance), text) else (attached, doubt)


def _reference(instance: ResourceInstance) -> str:
    prefix = r"\bdata\." if instance.mode == "data" else r"(?<![.\w])"
    return rf"{prefix}{re.escape(instance.type)}\.{re.escape(instance.name)}(?![\w-])"


def _attached(estate: Estate) -> Mapping[int, tuple[Verdict, Unknown | None]]:
    """The managed policies that are certainly or possibly attached to anybody, or are anybody's boundary; by identity
    of the policy."""
    found: dict[int, tuple[Verdict, Unknown | None]] = {}
    for attachment in (*attached_policies(estate), *_boundaries(estate)):
        key, doubt = id(attachment.policy), attachment.doubt
        if doubt is None or key not in found:
            found[key] = (Verdict.PASS if doubt is None else Verdict.UNKNOWN, doubt)
    return found


def _boundaries(estate: Estate) -> Iterator[Attachment]:
    policies = Policies(estate)
    for instance in estate.resources:
        if instance.mode == "managed" and instance.type in (ROLE, "aws_iam_user"):
            boundary = text_attr(instance.body, "permissions_boundary")
            yield from policies.attachments(instance, boundary) if boundary.is_set else ()


class _Texts:
    """The text of each module without comments, moved blocks, and attachments, which are judged by their values."""

    def __init__(self, estate: Estate) -> None:
        judged = [d.span for d in estate.declarations if d.type in ATTACHMENTS and d.instances]
        self._files: dict[str, list[str]] = {}
        for file in estate.evaluation.files:
            text = file.text
            for span in judged:
                if span.source is file:
                    text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
            self._files.setdefault(posixpath.dirname(file.path), []).append(_without_comments(text))

    def of(self, place: Span) -> str:
        """The text of the module that a place is in."""
        return "\n".join(self._files.get(posixpath.dirname(place.path), ()))


def _without_comments(text: str) -> str:
    text = _MOVED.sub("", _BLOCK_COMMENT.sub("", text))
    return "\n".join(_line_without_comment(line) for line in text.split("\n"))


def _line_without_comment(line: str) -> str:
    """A comment begins outside of quotation marks."""
    for found in _COMMENT.finditer(line):
        if line.count('"', 0, found.start()) % 2 == 0:
            return line[: found.start()]
    return line
