"""`python -m ddbaudit`."""

from ddbaudit.cli.main import entry

entry()
