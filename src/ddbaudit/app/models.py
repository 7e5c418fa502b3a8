"""The data models of a run: installed ones by name, others by path. What reads them is loaded with the first one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ddbaudit.engine.registry import Registry
from ddbaudit.foundation.errors import UsageError
from ddbaudit.foundation.strict_yaml import MAX_BYTES
from ddbaudit.foundation.text import join_names, safe_text, suggestion
from ddbaudit.foundation.yaml_fields import read_text

if TYPE_CHECKING:
    from ddbaudit.datamodel.shape import DataModel

_SUFFIXES = (".yaml", ".yml")


class Models:
    """Reads each model once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._read: dict[str, DataModel] = {}

    def find(self, names: Iterable[str]) -> tuple[DataModel, ...]:
        """The models of these names and paths; UsageError when there is no such one, or two are of one system."""
        found: dict[str, DataModel] = {}
        for name in dict.fromkeys(names):
            model = self._read.get(name)
            if model is None:
                model = self._read[name] = _load(name, self._registry)
            other = found.setdefault(model.system, model)
            if other is not model:
                message = f'two data models call their system "{model.system}": {other.path} and {model.path}'
                raise UsageError(message, help="use one of them, or name the other otherwise")
        return tuple(found.values())


def installed(registry: Registry) -> dict[str, tuple[str, Any]]:
    """Name -> (shown path, file) of the data models that rule packages ship; two of one name are an error."""
    found: dict[str, tuple[str, Any]] = {}
    for package in registry.packages:
        for file in package.documents.iterdir() if package.documents is not None else ():
            if not file.name.endswith(_SUFFIXES):
                continue
            name = file.name.rsplit(".", 1)[0]
            if name in found:
                raise UsageError(f'the data model "{name}" is shipped twice')
            found[name] = (f"{package.name}:documents/{file.name}", file)
    return dict(sorted(found.items()))


def _load(name: str, registry: Registry) -> DataModel:
    from ddbaudit.datamodel.reader import read_model

    if name.endswith(_SUFFIXES):
        return read_model(read_text(name, "the data model", MAX_BYTES), name)
    known = installed(registry)
    if name not in known:
        message = f'there is no data model "{safe_text(name)}"{suggestion(name, known)}'
        raise UsageError(message, help=f"installed are {join_names(tuple(known))}; a file ends in .yaml")
    shown, file = known[name]
    return read_model(file.read_text("utf-8"), shown)
