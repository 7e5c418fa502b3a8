"""Details of problems: see `ddbaudit.sdk.details`."""

from __future__ import annotations

from ddbaudit.sdk.details import neutral as neutral  # noqa: PLC0414 - rules find it here
