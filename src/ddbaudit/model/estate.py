"""Everything that rules can see of one root module in one environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from ddbaudit.foundation.source import Span
from ddbaudit.ir.instance import Declaration, Evaluation, ModuleInstance, ResourceInstance
from ddbaudit.model.changes import TableChange
from ddbaudit.model.iam import Policy
from ddbaudit.model.table import Table, Tags

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TaggedResource:
    """A managed resource whose type takes tags."""

    instance: ResourceInstance
    tags: Tags

    @property
    def address(self) -> str:
        return self.instance.address

    @property
    def header(self) -> Span:
        return self.instance.body.header


@dataclass(frozen=True, slots=True)
class Estate:
    """`tables_by_address` also answers for symbols: a Symbol's address is a key of it. `changes` are what a plan does
    to tables; there are none without a plan. `models` are the data models that it is held against."""

    environment: str
    root: str
    tables: tuple[Table, ...]
    policies: tuple[Policy, ...]
    tagged: tuple[TaggedResource, ...]
    resources: tuple[ResourceInstance, ...]
    declarations: tuple[Declaration, ...]
    modules: tuple[ModuleInstance, ...]
    tables_by_address: Mapping[str, Table]
    evaluation: Evaluation
    changes: tuple[TableChange, ...] = ()
    models: tuple[DataModel, ...] = ()
    _made: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def address(self) -> str:
        """Empty: an estate as the subject of a rule is its root module."""
        return ""

    def once(self, make: Callable[[Estate], T]) -> T:
        """What `make` gives for this estate, made when first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        found: T = self._made[make]
        return found
