"""The parameters of a declarative rule: defaults in the rule, other values in packs, by environment."""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ddbaudit.foundation.strict_yaml import Yaml, refuse
from ddbaudit.foundation.text import safe_text
from ddbaudit.policy.compile import Parameters
from ddbaudit.sdk.rule import Params

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")


def read_defaults(node: Yaml | None) -> dict[str, Any]:
    """Name -> default: text, a number, true or false, or a list of texts or of numbers."""
    if node is None:
        return {}
    if not isinstance(node.data, Mapping) or not node.data:
        refuse(node.span, f'"params" is a mapping of names to defaults, not {node.kind if node.data else "nothing"}')
    return {name: _default(name, value, node) for name, value in node.data.items()}


def _default(name: str, node: Yaml, parent: Yaml) -> Any:
    if not _NAME.fullmatch(name):
        refuse(parent.keys[name], f'"{safe_text(name)}" is no name of a parameter', "such as least_days")
    if isinstance(node.data, str | int | float | bool):
        return node.data
    items = [item.data for item in node.data] if isinstance(node.data, tuple) else []
    if len({_type_of(item) for item in items}) != 1 or _type_of(items[0]) is None:
        refuse(node.span, f"the default of {name} is one value, or a list of values of one kind")
    return tuple(items)


def _type_of(value: object) -> Any:
    if isinstance(value, bool):
        return bool
    if isinstance(value, int | float):
        return int | float
    return str if isinstance(value, str) else None


def params_type(id: str, parameters: Parameters) -> type[Params]:
    """The class of the rule's parameters. A value that its place in the rule cannot take is refused when it is set."""
    if not parameters.defaults:
        return Params
    described: list[Any] = []
    for name, default in parameters.defaults.items():
        if isinstance(default, tuple):
            described.append((name, types.GenericAlias(tuple, (_type_of(default[0]), ...)), default))
        else:
            described.append((name, _type_of(default), default))

    def check(params: Any) -> None:
        for name, checks in parameters.checks.items():
            for one in checks:
                try:
                    one(getattr(params, name))
                except ValueError as error:
                    raise ValueError(f"{name}: {error}") from None

    made = msgspec.defstruct(
        f"{id}Params",
        described,
        bases=(Params,),
        namespace={"__post_init__": check},
        frozen=True,
        kw_only=True,
        forbid_unknown_fields=True,
    )
    assert issubclass(made, Params)
    return made
