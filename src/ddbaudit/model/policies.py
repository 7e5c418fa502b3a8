"""The IAM policies of a configuration, where they are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import BlockInstance, ResourceInstance
from ddbaudit.ir.schema import resource_schema
from ddbaudit.ir.types import STRING
from ddbaudit.ir.value import Cause, Hole, Known, Unknown, Value
from ddbaudit.model.attr import Attr
from ddbaudit.model.documents import DOCUMENT, JSON_ATTRIBUTES, document_value
from ddbaudit.model.iam import Policy, PolicyKind
from ddbaudit.model.policy_text import PolicyTextError, value_of_text
from ddbaudit.model.reading import absent, attr, contains, nested, text_attr
from ddbaudit.model.statements import Document, document_of

# The argument of each type that holds a policy, and what the policy is.
_HOLDERS: Mapping[str, tuple[str, PolicyKind]] = {
    "aws_iam_policy": ("policy", "identity"),
    "aws_iam_role_policy": ("policy", "identity"),
    "aws_iam_user_policy": ("policy", "identity"),
    "aws_iam_group_policy": ("policy", "identity"),
    "aws_ssoadmin_permission_set_inline_policy": ("inline_policy", "identity"),
    "aws_iam_role": ("assume_role_policy", "trust"),
    "aws_dynamodb_resource_policy": ("policy", "resource"),
    "aws_s3_bucket_policy": ("policy", "resource"),
    "aws_s3_bucket": ("policy", "resource"),
    "aws_sns_topic_policy": ("policy", "resource"),
    "aws_sns_topic": ("policy", "resource"),
    "aws_sqs_queue_policy": ("policy", "resource"),
    "aws_sqs_queue": ("policy", "resource"),
    "aws_kms_key": ("policy", "key"),
    "aws_kms_external_key": ("policy", "key"),
    "aws_kms_replica_key": ("policy", "key"),
    "aws_kms_key_policy": ("policy", "key"),
    "aws_vpc_endpoint": ("policy", "endpoint"),
    "aws_vpc_endpoint_policy": ("policy", "endpoint"),
}
_ROLE = "aws_iam_role"
_INLINE = "inline_policy"


@dataclass(frozen=True, slots=True)
class _Read:
    """A policy with the document it was read from."""

    policy: Policy
    document: Document


def policies_of(resources: Sequence[ResourceInstance]) -> tuple[Policy, ...]:
    """All policies in the order of the resources that hold them; a document that a policy uses is not one of them."""
    documents = {r.address: document_value(r.body) for r in resources if r.mode == "data" and r.type == DOCUMENT}
    held = {r.address: list(_held(r, documents)) for r in resources if r.mode == "managed"}
    used = _Used(read.document for reads in held.values() for read in reads)
    loose = _loose([r for r in resources if r.address in documents], documents, used)
    return tuple(read.policy for r in resources for read in (*held.get(r.address, ()), *loose.get(r.address, ())))


def _held(instance: ResourceInstance, documents: Mapping[str, Value]) -> Iterator[_Read]:
    holder = _HOLDERS.get(instance.type)
    if holder is None:
        return
    argument, kind = holder
    found = attr(instance.body, argument)
    if found.is_set and not _is_none(instance, argument, found):
        yield _read(instance, kind, argument, policy_name(instance.body), found, documents)
    if instance.type == _ROLE:
        yield from _inline(instance, documents)


def _is_none(instance: ResourceInstance, argument: str, found: Attr) -> bool:
    """An empty text where a policy is optional is no policy; where one is required, it is an invalid one."""
    if found.text != "":
        return False
    schema = resource_schema(instance.mode, instance.type)
    return schema is None or not schema.attributes[argument].required


def _inline(instance: ResourceInstance, documents: Mapping[str, Value]) -> Iterator[_Read]:
    blocks = nested(instance.body, _INLINE)
    for block in blocks.items:
        found = text_attr(block, "policy")
        if found.is_set:
            yield _read(instance, "identity", _INLINE, policy_name(block), found, documents)
    if blocks.unknown is not None:
        # Nobody knows whether these exist, so nothing can be said against their statements.
        place = blocks.place(instance.body.header)
        name = policy_name(blocks.possible[0]) if blocks.possible else absent(place)
        document = Document(unknown=blocks.unknown)
        yield _Read(_policy(instance, "identity", _INLINE, name, Attr(blocks.unknown, place), document), document)


def policy_name(block: BlockInstance) -> Attr:
    """`name`, or what `name_prefix` tells of it; Absent when the provider makes one up."""
    name, prefix = text_attr(block, "name"), text_attr(block, "name_prefix")
    if name.is_set or not prefix.is_set:
        return name
    cause = Cause("computed", "the provider appends a suffix to name_prefix", prefix.span)
    suffix = Unknown(STRING, cause, not_null=True)
    origin = prefix.value.origin
    return Attr(Unknown(STRING, cause, (*prefix.parts, Hole(suffix)), origin, not_null=True), prefix.span)


def _read(
    instance: ResourceInstance,
    kind: PolicyKind,
    attribute: str,
    name: Attr,
    found: Attr,
    documents: Mapping[str, Value],
) -> _Read:
    document = read_document(found.value, found.span, documents)
    return _Read(_policy(instance, kind, attribute, name, found, document), document)


def _policy(
    instance: ResourceInstance, kind: PolicyKind, attribute: str, name: Attr, found: Attr, document: Document
) -> Policy:
    return Policy(
        instance=instance,
        kind=kind,
        attribute=attribute,
        name=name,
        statements=tuple(document.statements),
        unknown=document.unknown,
        span=found.span,
        value=found.value,
        invalid=document.invalid,
    )


def read_document(value: Value, place: Span, documents: Mapping[str, Value] | None = None) -> Document:
    """The document in a policy argument: what it was encoded from, a policy document it refers to, or its text.

    `documents` are the values of policy documents by address, for references that are known by their symbol only.
    """
    try:
        return document_of(_structure(value, documents or {}), place)
    except PolicyTextError as error:
        return Document(invalid=f"the text is not JSON: {error}")


def _structure(value: Value, documents: Mapping[str, Value]) -> Value:
    if isinstance(value, Known | Unknown) and value.structure is not None:
        return value.structure
    if isinstance(value, Unknown) and (symbol := value.symbol) is not None:
        found = documents.get(symbol.address)
        if found is not None and len(symbol.path) == 1 and symbol.attribute in JSON_ATTRIBUTES:
            return found
    if isinstance(value, Known) and not isinstance(value.data, str):
        return value
    return value_of_text(value)


# -- documents that nothing uses -----------------------------------------------------------------------------------


class _Used:
    """The statements that policies are made of, by identity; by place for those that were rendered anew."""

    def __init__(self, documents: Iterator[Document]) -> None:
        self.objects: set[int] = set()
        self.places: set[Span] = set()
        for document in documents:
            self.add(document)

    def add(self, document: Document) -> None:
        self.objects.update(id(value) for value in document.objects)
        self.places.update(statement.span for statement in document.statements)

    def has(self, instance: ResourceInstance, document: Document) -> bool:
        """Whether a policy document is used: any statement of its own, or all that it has from others."""
        by_place = "json" not in instance.body.arguments
        used = [
            (by_place and statement.span in self.places) or id(value) in self.objects
            for statement, value in zip(document.statements, document.objects, strict=True)
        ]
        own = [
            is_used
            for statement, is_used in zip(document.statements, used, strict=True)
            if statement.span != instance.body.header and contains(instance.body.span, statement.span)
        ]
        return any(own) if own else bool(used) and all(used)


def _loose(
    instances: Sequence[ResourceInstance], documents: Mapping[str, Value], used: _Used
) -> dict[str, tuple[_Read, ...]]:
    """The documents of which no policy uses a statement. Larger ones first: they use the smaller."""
    reads = [(r, document_of(documents[r.address], r.body.header)) for r in instances]
    found: dict[str, tuple[_Read, ...]] = {}
    for instance, document in sorted(reads, key=lambda read: -len(read[1].objects)):
        if used.has(instance, document) or not (document.objects or document.unknown is not None):
            continue
        used.add(document)
        header = instance.body.header
        value = Attr(documents[instance.address], header)
        policy = _policy(instance, "document", "json", absent(header), value, document)
        found[instance.address] = (_Read(policy, document),)
    return found


def is_policy_holder(type_: str) -> bool:
    """Whether resources of the type may hold a policy that `policies_of` reads."""
    return type_ in _HOLDERS
