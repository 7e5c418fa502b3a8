"""What Terraform's JSON syntax makes of each property: a block, or an expression of which kind.

In JSON nothing but the schema tells a block from an argument, and a string is a template, a literal, or HCL in quotes
depending on where it stands. These tables are Terraform's own body schemas (hashicorp/terraform, internal/configs) in
short. What a provider's schema decides is not here: such properties stay attributes.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Mode(enum.Enum):
    """How the strings of a value are read."""

    TEMPLATE = "template"
    """Each string, object keys included, is a template."""
    LITERAL = "literal"
    """Terraform evaluates the value without a scope: strings are taken as they are, `${` included."""
    REFERENCE = "reference"
    """A string holds an expression of the native syntax: a reference, a keyword or a type."""
    REFERENCES = "references"
    """A list of such strings, or a single one (`ignore_changes = "all"`)."""
    PROVIDERS = "providers"
    """An object whose keys and values are references."""
    REQUIREMENT = "requirement"
    """An entry of `required_providers`: literal, except `configuration_aliases`."""


@dataclass(frozen=True, slots=True)
class BodySpec:
    """The inside of a block: which properties are blocks, and how the others are read.

    A body without a schema (`free`, as `locals`) must be one object; others may also be an array of objects to merge.
    """

    blocks: Mapping[str, BlockSpec] = field(default_factory=dict)
    modes: Mapping[str, Mode] = field(default_factory=dict)
    default: Mode = Mode.TEMPLATE
    free: bool = False


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """A block type: how many levels of labels stand between its name and its body."""

    labels: int
    body: BodySpec


def _literals(*names: str) -> dict[str, Mode]:
    return dict.fromkeys(names, Mode.LITERAL)


_PLAIN = BlockSpec(0, BodySpec())
_LITERAL_BODY = BodySpec(default=Mode.LITERAL)
_COUNT_LIKE = {"provider": Mode.REFERENCE, "depends_on": Mode.REFERENCES}

# `content` holds what the provider's schema says, and further `dynamic` blocks; the two refer to each other.
_content_blocks: dict[str, BlockSpec] = {}
CONTENT = BodySpec(_content_blocks)
"""The body of a nested block that a provider's schema describes."""
DYNAMIC = BlockSpec(1, BodySpec({"content": BlockSpec(0, CONTENT)}, {"iterator": Mode.REFERENCE}))
_content_blocks["dynamic"] = DYNAMIC

_LIFECYCLE = BlockSpec(
    0,
    BodySpec(
        {
            "precondition": _PLAIN,
            "postcondition": _PLAIN,
            "action_trigger": BlockSpec(
                0,
                BodySpec(
                    modes={
                        "events": Mode.REFERENCES,
                        "actions": Mode.REFERENCES,
                        "on_failure": Mode.REFERENCE,
                    }
                ),
            ),
        },
        {
            **_literals("create_before_destroy", "prevent_destroy", "destroy"),
            "ignore_changes": Mode.REFERENCES,
            "replace_triggered_by": Mode.REFERENCES,
        },
    ),
)
_PROVISIONER = BlockSpec(
    1,
    BodySpec({"connection": _PLAIN, "_": _PLAIN}, {"when": Mode.REFERENCE, "on_failure": Mode.REFERENCE}),
)
_ESCAPED = BlockSpec(0, CONTENT)
_RESOURCE = BodySpec(
    {
        "lifecycle": _LIFECYCLE,
        "connection": _PLAIN,
        "provisioner": _PROVISIONER,
        "_": _ESCAPED,
        "dynamic": DYNAMIC,
    },
    _COUNT_LIKE,
)
_DATA = BodySpec({"lifecycle": _LIFECYCLE, "_": _ESCAPED, "dynamic": DYNAMIC}, _COUNT_LIKE)
_MODULE = BodySpec(
    {"_": _PLAIN},
    {
        **_literals("source", "version"),
        "depends_on": Mode.REFERENCES,
        "providers": Mode.PROVIDERS,
    },
)
_VARIABLE = BodySpec({"validation": _PLAIN}, {"type": Mode.REFERENCE}, Mode.LITERAL)
_OUTPUT = BodySpec(
    {"precondition": _PLAIN, "postcondition": _PLAIN},
    {
        **_literals("description", "sensitive", "ephemeral", "deprecated"),
        "depends_on": Mode.REFERENCES,
        "type": Mode.REFERENCE,
    },
)
_PROVIDER = BodySpec({"_": _ESCAPED, "dynamic": DYNAMIC}, _literals("alias", "version"))
_TERRAFORM = BodySpec(
    {
        "backend": BlockSpec(1, _LITERAL_BODY),
        "cloud": BlockSpec(0, BodySpec({"workspaces": BlockSpec(0, _LITERAL_BODY)}, default=Mode.LITERAL)),
        "required_providers": BlockSpec(0, BodySpec(default=Mode.REQUIREMENT, free=True)),
        "state_store": BlockSpec(1, BodySpec({"provider": BlockSpec(1, _LITERAL_BODY)}, default=Mode.LITERAL)),
        "provider_meta": BlockSpec(1, BodySpec()),
    },
    {"experiments": Mode.REFERENCES, "language": Mode.REFERENCE},
    Mode.LITERAL,
)
_MOVE = {"from": Mode.REFERENCE, "to": Mode.REFERENCE}

ROOT: Mapping[str, BlockSpec] = {
    "terraform": BlockSpec(0, _TERRAFORM),
    "provider": BlockSpec(1, _PROVIDER),
    "variable": BlockSpec(1, _VARIABLE),
    "locals": BlockSpec(0, BodySpec(free=True)),
    "output": BlockSpec(1, _OUTPUT),
    "module": BlockSpec(1, _MODULE),
    "resource": BlockSpec(2, _RESOURCE),
    "data": BlockSpec(2, _DATA),
    "ephemeral": BlockSpec(2, _DATA),
    "action": BlockSpec(2, BodySpec({"config": _ESCAPED}, _COUNT_LIKE)),
    "moved": BlockSpec(0, BodySpec(modes=_MOVE)),
    "removed": BlockSpec(
        0,
        BodySpec({"lifecycle": _LIFECYCLE, "connection": _PLAIN, "provisioner": _PROVISIONER}, _MOVE),
    ),
    "import": BlockSpec(0, BodySpec(modes={"to": Mode.REFERENCE, "provider": Mode.REFERENCE})),
    "check": BlockSpec(1, BodySpec({"data": BlockSpec(2, _DATA), "assert": _PLAIN})),
}
"""The top level of a configuration file."""
