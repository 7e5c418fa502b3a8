"""From an evaluated configuration to the estate that rules judge.

This module and those it uses are the only ones that know the names of resource types' attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ddbaudit.ir.instance import Evaluation
from ddbaudit.model.changes import changes_of
from ddbaudit.model.estate import Estate, TaggedResource
from ddbaudit.model.join import join_indexes
from ddbaudit.model.policies import policies_of
from ddbaudit.model.tables import table_of
from ddbaudit.model.tags import tags_of, takes_tags

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel


def build_estate(evaluation: Evaluation, models: tuple[DataModel, ...] = ()) -> Estate:
    """Everything in the order of `evaluation.resources`; `models` are the data models that it is held against."""
    tables = join_indexes([table_of(r) for r in evaluation.tables()], evaluation.resources)
    managed = (r for r in evaluation.resources if r.mode == "managed")
    return Estate(
        environment=evaluation.environment,
        root=evaluation.root,
        tables=tables,
        policies=policies_of(evaluation.resources),
        tagged=tuple(TaggedResource(r, tags_of(r)) for r in managed if takes_tags(r)),
        resources=evaluation.resources,
        declarations=evaluation.declarations,
        modules=evaluation.modules,
        tables_by_address={table.address: table for table in tables},
        evaluation=evaluation,
        changes=changes_of(evaluation),
        models=models,
    )
