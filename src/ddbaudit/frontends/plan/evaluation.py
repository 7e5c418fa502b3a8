"""A plan or a state without its source as an evaluation, so that it is judged as a configuration is.

One estate gives the same verdicts from its configuration and from its plan, or UNKNOWN with the reason and the remedy
where the plan alone does not say enough. Places are paths of attributes in the plan. What plan JSON does not hold at
all is as if it were not written: `ignore_changes`, `prevent_destroy`, the callers of a module. Where `ignore_changes`
keeps what there is, that is what the plan shows and what is judged. Terraform has validated a configuration that was
planned, so there are no faults.

Of a state, which has no configuration, everything is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from ddbaudit.frontends.plan.absence import Inflow
from ddbaudit.frontends.plan.bodies import BodyReader
from ddbaudit.frontends.plan.completeness import completeness
from ddbaudit.frontends.plan.declarations import declarations_of
from ddbaudit.frontends.plan.documents import loose_documents
from ddbaudit.frontends.plan.inline_policies import InlinePolicies
from ddbaudit.frontends.plan.module_instances import ModuleInstances
from ddbaudit.frontends.plan.providers import Providers
from ddbaudit.frontends.plan.references import References, without_keys
from ddbaudit.ir.instance import BlockInstance, Evaluation, ResourceInstance
from ddbaudit.ir.plan import Change, ConfiguredBody, Plan, keeps_all
from ddbaudit.ir.schema import AttributeSchema, BlockSchema, resource_schema
from ddbaudit.ir.value import Known

_TAGS = AttributeSchema("tags", "dynamic", optional=True)


def evaluate_plan(plan: Plan) -> Evaluation:
    """The evaluation of a plan or state; its root is the path of the plan.

    `diagnostics` are only those of `completeness`: what was found while reading stays in the plan, as does its file.
    """
    references = References(plan.configuration) if plan.configuration is not None else None
    modules = ModuleInstances(plan)
    resources = tuple(_Resources(plan, references).read())
    return Evaluation(
        environment="",
        root=plan.path,
        resources=resources,
        declarations=tuple(declarations_of(plan, modules)),
        modules=tuple(modules.made()),
        diagnostics=tuple(completeness(plan)),
        files=(),
        plan=plan,
    )


class _Resources:
    """Reads the resource instances that remain after apply."""

    def __init__(self, plan: Plan, references: References | None) -> None:
        self._plan = plan
        self._references = references
        self._inflow = Inflow(plan, references)
        self._providers = Providers(plan)

    def read(self) -> Iterator[ResourceInstance]:
        if self._plan.mode == "destroy":
            return
        inline = InlinePolicies(self._plan.changes)
        for change in self._plan.changes:
            if change.mode == "managed" and change.remains and isinstance(change.after, Known):
                yield self._instance(inline.left_out(change))
        for change in loose_documents(self._plan, self._references):
            yield self._instance(change)

    def _instance(self, change: Change) -> ResourceInstance:
        return ResourceInstance(
            address=change.address,
            module=change.module,
            mode=change.mode,
            type=change.type,
            name=change.name,
            key=change.key,
            body=self._body(change),
            provider=self._providers.of(change),
        )

    def _body(self, change: Change) -> BlockInstance:
        reader = BodyReader(self._plan.file, self._plan.kind, change, self._inflow.reason)
        return reader.body(_schema(change), self._configured(change))

    def _configured(self, change: Change) -> ConfiguredBody | None:
        """What is written in the block; None where that was not read."""
        if self._references is None or not keeps_all(change.type, change.mode):
            return None
        found = self._references.resources.get(without_keys(change.declaration))
        return found.body if found is not None else None


def _schema(change: Change) -> BlockSchema:
    """What is read of a resource: its tags, where its values were not kept or its schema does not ship."""
    schema = resource_schema(change.mode, change.type)
    if schema is not None and keeps_all(change.type, change.mode):
        return schema
    tags = _TAGS if schema is None else schema.attributes.get("tags")
    return BlockSchema({"tags": tags} if tags is not None else {}, {})
