"""Addresses of resource instances, as Terraform writes them: `module.a["x"].data.aws_region.here[0]`.

Source: https://developer.hashicorp.com/terraform/cli/state/resource-addressing ; instance keys are quoted as in HCL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from ddbaudit.ir.instance import Mode

Key: TypeAlias = str | int | None

_KEY = r'(?:\[(?:(?P<number>\d{1,18})|"(?P<text>(?:[^"\\]|\\.)*)")\])?'
_MODULE = re.compile(rf'module\.(?P<name>[^.\[\]"\s]+){_KEY}\.', re.DOTALL)
_RESOURCE = re.compile(
    rf'(?P<data>data\.)?(?!module\.|data\.)(?P<type>[^.\[\]"\s]+)\.(?P<name>[^.\[\]"\s]+){_KEY}', re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U000[0-9a-fA-F]{5}|U0010[0-9a-fA-F]{4}|.)|(?:\$\$|%%)(?=\{)", re.DOTALL)
_NAMED = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address. `module` is that of the module instance, empty for the root; `modules` its steps."""

    module: str
    modules: tuple[tuple[str, Key], ...]
    mode: Mode
    type: str
    name: str
    key: Key

    @property
    def order(self) -> tuple[object, ...]:
        """Terraform's order of addresses: outer modules first, then data sources, then by type, name and key."""
        modules = tuple((name, _order(key)) for name, key in self.modules)
        return (len(modules), modules, self.mode != "data", self.type, self.name, _order(self.key))


def parse_address(text: str) -> Address | None:
    """The parts of the address of a resource instance; None when the text is none."""
    modules: list[tuple[str, Key]] = []
    at = 0
    while (found := _MODULE.match(text, at)) is not None:
        modules.append((found["name"], _key(found)))
        at = found.end()
    resource = _RESOURCE.fullmatch(text, at)
    if resource is None:
        return None
    mode: Mode = "data" if resource["data"] else "managed"
    return Address(text[: max(at - 1, 0)], tuple(modules), mode, resource["type"], resource["name"], _key(resource))


def _key(found: re.Match[str]) -> Key:
    if found["number"] is not None:
        return int(found["number"])
    return None if found["text"] is None else _ESCAPE.sub(_unescaped, found["text"])


def _unescaped(found: re.Match[str]) -> str:
    text = found[0]
    if text[0] != "\\":
        return text[0]
    return chr(int(text[2:], 16)) if text[1] in "uU" and len(text) > 2 else _NAMED.get(text[1], text[1])


def _order(key: Key) -> tuple[int, int, str]:
    if key is None:
        return (0, 0, "")
    return (1, key, "") if isinstance(key, int) else (2, 0, key)


def address_text(module: str, mode: Mode, type: str, name: str, key: Key) -> str:
    """The address of a resource instance in a module instance."""
    own = f"{'data.' if mode == 'data' else ''}{type}.{name}"
    return f"{module}.{own}{key_text(key)}" if module else f"{own}{key_text(key)}"


def key_text(key: Key) -> str:
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f"[{quoted(key)}]"


def quoted(text: str) -> str:
    """A string as HCL quotes it, template introducers escaped. Source: toHCLQuotedString in internal/addrs."""
    return '"' + "".join(_escaped(char, text[i + 1 : i + 2]) for i, char in enumerate(text)) + '"'


def _escaped(char: str, following: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char in "$%":
        return char * 2 if following == "{" else char
    if char.isprintable():
        return char
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    return named or (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")
