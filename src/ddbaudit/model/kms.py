"""KMS keys: which key an ARN, id or alias names, and who manages it.

Sources: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html (aliases that begin with `alias/aws/` are
those of AWS managed keys, and nobody else can make one; multi-Region keys, whose id begins with `mrk-`, are customer
managed), and the schema of hashicorp/aws 5.100.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.ir.value import Known, Part, Symbol, Unknown, Value
from ddbaudit.model.attr import Attr
from ddbaudit.model.estate import Estate
from ddbaudit.model.iam import Policy
from ddbaudit.model.reading import attr, text_attr

Manager = Literal["aws", "customer"]

KEY: Final = "aws_kms_key"
EXTERNAL: Final = frozenset({"aws_kms_external_key", "aws_kms_replica_external_key"})
REPLICA: Final = "aws_kms_replica_key"
_KEYS: Final = frozenset({KEY, REPLICA, *EXTERNAL})
_ALIAS: Final = "aws_kms_alias"
_POLICY: Final = "aws_kms_key_policy"

_LOOKED_UP: Final[Mapping[str, str]] = {KEY: "key_id", _ALIAS: "name"}
"""The data sources that look a key up, and by which argument."""
_IDENTITIES = ("arn", "key_id", "id")
_TARGETS = ("target_key_arn", "target_key_id")

_ADDRESS = re.compile(r'(?:(.*)\.)?(aws_kms_[a-z_]+)\.[^.\[]+(?:\[(?:\d+|\?|"(?:[^"\\]|\\.)*")\])?', re.DOTALL)
_ALIAS_NAME = re.compile(r"(?:^|:)alias/.*", re.DOTALL)
_MULTI_REGION = re.compile(r"(?:^|:key/)mrk-[0-9a-f]+")
_END = re.compile(r":(?:key/(?=.)|(?=alias/.))(.*)", re.DOTALL)
_BEGUN = re.compile(r":alias/(.*)", re.DOTALL)
_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class KmsKey:
    """A key that the configuration makes. `primary` is set for replicas of a multi-Region key."""

    instance: ResourceInstance
    rotation: Attr
    custom_store: Attr
    primary: Attr

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def type(self) -> str:
        return self.instance.type

    @property
    def header(self) -> Span:
        return self.instance.body.header


@dataclass(frozen=True, slots=True)
class NamedKey:
    """What is known of the key that a value names: who manages it (None: not known) and the resource that makes it,
    when the configuration does. `unknown` tells why it is not known which key is meant."""

    manager: Manager | None
    key: KmsKey | None = None
    unknown: Unknown | None = None


def makes_key(instance: ResourceInstance) -> bool:
    return instance.mode == "managed" and instance.type in _KEYS


def named_key(value: Attr, estate: Estate) -> NamedKey:
    """The key that an ARN, an id, an alias or the ARN of an alias names."""
    return estate.once(_Keys).find(value)


def key_policies(key: KmsKey, estate: Estate) -> Iterator[tuple[Policy, Unknown | None]]:
    """The policies of a key; with why it is not known whether it is this key's, where it is not."""
    for policy in estate.policies:
        if policy.kind != "key":
            continue
        if policy.instance.type != _POLICY:
            if policy.address == key.address:
                yield policy, None
            continue
        target = named_key(text_attr(policy.instance.body, "key_id"), estate)
        if target.key is not None and target.key.address == key.address:
            yield policy, None
        elif target.unknown is not None:
            yield policy, target.unknown


class _Keys:
    """The keys and aliases of an estate: by address, and by the ARNs and ids that a plan knows them by."""

    def __init__(self, estate: Estate) -> None:
        self.instances = {r.address: r for r in estate.resources if r.type.startswith("aws_kms_")}
        self.planned: dict[str, str] = {}
        self.managers: dict[str, Manager] = {}
        plan = estate.evaluation.plan
        for change in (*plan.changes, *plan.data) if plan is not None else ():
            if isinstance(change.after, Known) and (change.type in _KEYS or change.type == _ALIAS):
                self._learn(change.address, change.mode == "data", change.after.mapping)

    def _learn(self, address: str, is_data: bool, after: Mapping[str, Value]) -> None:
        known = {name: v.data for name, v in after.items() if isinstance(v, Known) and isinstance(v.data, str)}
        if not is_data:
            self.planned.update((text, address) for name in _IDENTITIES if (text := known.get(name)))
            return
        by, alias = known.get("key_manager"), known.get("name", "")
        manager: Manager = _of_alias(alias) if by is None else "aws" if by == "AWS" else "customer"
        self.managers.update((text, manager) for name in (*_IDENTITIES, *_TARGETS) if (text := known.get(name)))

    def find(self, value: Attr, steps: int = _MOST_STEPS) -> NamedKey:
        if value.text is not None:
            return self._of_text(value.text, steps)
        for part in value.parts:
            found = self._of_address(part.address, steps) if isinstance(part, Symbol) else None
            if found is not None:
                return found
        return self._of_parts(value.parts, value.unknown, steps)

    def _of_address(self, address: str, steps: int) -> NamedKey | None:
        """What an attribute of a key or alias leads to; None for anything else."""
        match, instance = _ADDRESS.fullmatch(address), self.instances.get(address)
        if match is None or steps == 0:
            return None
        path, type_ = match[1] or "", match[2]
        is_data = path == "data" or path.endswith(".data")
        if is_data and type_ in _LOOKED_UP:
            return self.find(text_attr(instance.body, _LOOKED_UP[type_]), steps - 1) if instance is not None else None
        if not is_data and type_ in _KEYS:
            return NamedKey("customer", _key(instance) if instance is not None else None)
        if not is_data and type_ == _ALIAS and instance is not None:
            target = self.find(text_attr(instance.body, "target_key_id"), steps - 1)
            return NamedKey("customer", target.key, target.unknown)
        return None

    def _of_text(self, text: str, steps: int) -> NamedKey:
        address = self.planned.get(text)
        found = self._of_address(address, steps) if address is not None else None
        if found is not None:
            return found
        alias = _ALIAS_NAME.search(text)
        if alias is not None:
            return self._of_alias_name(alias[0].removeprefix(":"), steps)
        if _MULTI_REGION.search(text) is not None:
            return NamedKey("customer")
        return NamedKey(self.managers.get(text))

    def _of_alias_name(self, name: str, steps: int) -> NamedKey:
        for instance in self.instances.values():
            if instance.type == _ALIAS and instance.mode == "managed" and text_attr(instance.body, "name").text == name:
                return self._of_address(instance.address, steps) or NamedKey("customer")
        return NamedKey(_of_alias(name))

    def _of_parts(self, parts: tuple[Part, ...], unknown: Unknown | None, steps: int) -> NamedKey:
        """Of an ARN of which account or region is not known, but its end is."""
        last = parts[-1] if parts else None
        if isinstance(last, str) and (end := _END.search(last)) is not None:
            return self._of_text(end[1], steps)
        begun = next((b for p in parts if isinstance(p, str) and (b := _BEGUN.search(p)) is not None), None)
        if begun is not None and not "aws/".startswith(begun[1][:4]):
            return NamedKey("customer")
        if begun is not None and begun[1].startswith("aws/"):
            return NamedKey("aws")
        return NamedKey(None, None, unknown)


def _key(instance: ResourceInstance) -> KmsKey:
    body = instance.body
    return KmsKey(
        instance,
        attr(body, "enable_key_rotation"),
        text_attr(body, "custom_key_store_id"),
        attr(body, "primary_key_arn"),
    )


def _of_alias(name: str) -> Manager:
    return "aws" if name.startswith("alias/aws/") else "customer"
