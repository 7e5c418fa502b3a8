"""`python -m ddbaudit`."""

import os
import sys

# -m puts the working directory first on the import path: the tree that is checked must not bring modules of its own.
if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):
    del sys.path[0]

from ddbaudit.cli.main import entry

entry()
