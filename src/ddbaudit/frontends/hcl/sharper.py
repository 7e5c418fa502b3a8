"""Where the evaluator answers although Terraform does not (yet) know.

Each such place is sound: whatever the unknown parts turn out to be, Terraform arrives at the same answer or refuses
the configuration. `SHARPER` is the whole list for
expressions, `IN_PLANS` for resources; there is a test for each entry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ddbaudit.ir.value import Part, Symbol


@dataclass(frozen=True, slots=True)
class Sharper:
    """One place: what we do, and why that is sound."""

    name: str
    what: str
    why: str


SHARPER: tuple[Sharper, ...] = (
    Sharper(
        "and-false",
        "`unknown && false` is false, in either order",
        "The unknown side is true, false, or an error or null, and then Terraform refuses the expression.",
    ),
    Sharper(
        "or-true",
        "`unknown || true` is true, in either order",
        "The unknown side is true, false, or an error or null, and then Terraform refuses the expression.",
    ),
    Sharper(
        "equal-symbols",
        "two strings with the same text and the same symbols are equal",
        "An attribute of one resource instance has one value.",
    ),
    Sharper(
        "unequal-around-symbols",
        "strings whose known texts differ before or after what they share are unequal",
        "No value of the unknown parts makes up for a difference in the text at the same end.",
    ),
    Sharper(
        "unequal-later-element",
        "collections are unequal when any element certainly differs, also after an unknown one",
        "One differing element is enough.",
    ),
    Sharper(
        "alltrue-false",
        "`alltrue` is false when any element is false or null, also behind an unknown one",
        "One false element is enough; Terraform itself answers so when it stands first.",
    ),
    Sharper(
        "never-empty",
        "`compact` keeps and `coalesce` takes an unknown string that cannot be empty",
        "A template with text in it is neither null nor empty, nor is the arn or the id of an AWS resource.",
    ),
    Sharper(
        "coalesce-last",
        "`coalesce` is its unknown argument when all others are null or empty",
        "Either that argument is the answer, or Terraform refuses the call.",
    ),
    Sharper(
        "distinct-symbols",
        "`distinct` keeps its list when each pair of elements is certainly equal or certainly unequal",
        "Nothing that is still unknown decides which elements stay.",
    ),
    Sharper(
        "known-ends",
        "`startswith`, `endswith`, `strcontains`, `trimprefix` and `trimsuffix` look at the known texts of a partly "
        "known string",
        "What is unknown stands between these texts; where it could still alter a letter beside it, nothing is said.",
    ),
    Sharper(
        "merge-after-unknown",
        "`merge` with an unknown map keeps the elements that come behind it; `lookup` finds them",
        "Later arguments win, so what an earlier one turns out to be does not matter for these keys.",
    ),
)

IN_PLANS: tuple[Sharper, ...] = (
    Sharper(
        "equal-arms",
        "a conditional whose arms agree has their value, whatever its condition",
        "The condition is true or false, and then either arm is the answer, or Terraform refuses the expression.",
    ),
    Sharper(
        "tags-all-of-none",
        "`tags_all` of a resource without tags is what the provider's `default_tags` say, also when that is nothing",
        "The provider merges these two and nothing else into it.",
    ),
    Sharper(
        "partly-known-argument",
        "a map or set argument with an unknown element keeps the elements that are known",
        "What one element turns out to be does not alter the others.",
    ),
    Sharper(
        "deferred-default",
        "a policy document that is read on apply has its default version, and null for what is not set, before",
        "The provider's default is a constant, and null is what the configuration says.",
    ),
)
"""The same for what a plan shows of resources and outputs."""


def same_parts(a: tuple[Part, ...], b: tuple[Part, ...]) -> bool:
    """Certainly the same string: text and symbols agree, and nothing else is inside."""
    return a == b and all(isinstance(part, (str, Symbol)) for part in a)


def unequal_parts(a: tuple[Part, ...], b: tuple[Part, ...]) -> bool:
    """Certainly different strings: after what they share at one end, their texts differ there, or one is at its end
    while the other still has text."""
    for step in (1, -1):
        # The second pass sees both reversed, and what is left of them.
        a, b, differ = _strip_shared(a[::step], b[::step], step)
        if differ:
            return True
        if not a or not b:
            return any(isinstance(part, str) for part in a or b)
        a, b = a[::step], b[::step]
    return False


def _strip_shared(
    a: tuple[Part, ...], b: tuple[Part, ...], step: int
) -> tuple[tuple[Part, ...], tuple[Part, ...], bool]:
    """What is left of both after the parts they begin with alike (texts are read backwards when `step` is -1), and
    whether they certainly go on differently."""
    left, right = list(a), list(b)
    while left and right:
        x, y = left[0], right[0]
        if isinstance(x, str) and isinstance(y, str):
            rest_x, rest_y = _strip_text(x[::step], y[::step])
            left[:1] = [rest_x[::step]] if rest_x else []
            right[:1] = [rest_y[::step]] if rest_y else []
            if rest_x and rest_y:
                # An unknown neighbour could bring combining marks, which alter a character, but never one ASCII
                # character into another.
                return tuple(left), tuple(right), rest_x[0].isascii() and rest_y[0].isascii()
        elif isinstance(x, Symbol) and x == y:
            del left[0], right[0]
        else:
            break
    return tuple(left), tuple(right), False


def _strip_text(x: str, y: str) -> tuple[str, str]:
    size = 0
    while size < len(x) and size < len(y) and x[size] == y[size]:
        size += 1
    return x[size:], y[size:]


_MANAGED = re.compile(r'(?:module\.[^.\[]+(?:\[(?:\d+|"(?:[^"\\]|\\.)*")\])?\.)*aws_')
_NEVER_EMPTY = (("arn",), ("id",))


def never_empty(parts: tuple[Part, ...]) -> bool:
    """Certainly neither null nor "": there is text inside, or it is the `arn` or `id` of an AWS resource."""
    for part in parts:
        if isinstance(part, str) and part:
            return True
        if isinstance(part, Symbol) and part.path in _NEVER_EMPTY and _MANAGED.match(part.address):
            return True
    return False
