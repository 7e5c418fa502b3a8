"""The IAM policies of a configuration, where they are used."""

from __future__ import annotations

from collections.abc import Sequence

from ddbaudit.ir.instance import ResourceInstance
from ddbaudit.model.iam import Policy


def policies_of(resources: Sequence[ResourceInstance]) -> tuple[Policy, ...]:
    """All policies in the order of the resources that hold them."""
    del resources
    return ()
