"""Inline policies of one name on one identity: AWS keeps one of them, the one that is written last.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html ("Adds or updates an inline policy").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ddbaudit.foundation.verdict import Verdict
from ddbaudit.ir.value import Unknown
from ddbaudit.model.attachments import INLINE, ROLE
from ddbaudit.model.estate import Estate
from ddbaudit.model.globs import literal, same
from ddbaudit.model.iam import Policy
from ddbaudit.model.principals import Identity, identities_of
from ddbaudit.model.reading import text_attr


@dataclass(frozen=True, slots=True)
class InlineTwice:
    """Two inline policies of an identity that have (PASS) or may have (UNKNOWN) one name, the later one first."""

    identity: Identity
    policy: Policy
    earlier: Policy
    verdict: Verdict
    because: Unknown | None


def inline_twice(estate: Estate) -> tuple[InlineTwice, ...]:
    """Each policy with the first that it may replace; `estate.once` keeps them."""
    return tuple(found for identity in estate.once(identities_of) for found in _of(identity))


def _of(identity: Identity) -> Iterator[InlineTwice]:
    inline = [a.policy for a in identity.attachments if a.doubt is None and _is_inline(a.policy)]
    for at, policy in enumerate(inline):
        for earlier in inline[:at]:
            if not (_is_named(policy) and _is_named(earlier)):
                continue
            verdict = same(literal(policy.name.parts), literal(earlier.name.parts))
            if verdict is not Verdict.FAIL:
                because = policy.name.unknown if policy.name.unknown is not None else earlier.name.unknown
                yield InlineTwice(identity, policy, earlier, verdict, because)
                break


def _is_named(policy: Policy) -> bool:
    """Whether the configuration says the name: one that the provider makes up, with or without a prefix, is unique."""
    made_up = policy.instance.type in INLINE and text_attr(policy.instance.body, "name_prefix").is_set
    return policy.name.is_set and not made_up


def _is_inline(policy: Policy) -> bool:
    return policy.instance.type in INLINE or (policy.instance.type == ROLE and policy.attribute == "inline_policy")
