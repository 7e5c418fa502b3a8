"""Which modules Terragrunt runs, as far as its files say so literally: it may write files into them before it does.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/#generate . What it would write (variables, providers,
a backend) is not worked out; that a module lacks it is then no fault of the module.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

from ddbaudit.foundation.source import Span
from ddbaudit.frontends.hcl.loader import Loader
from ddbaudit.frontends.hcl.source import BodyView, literal_text
from ddbaudit.ir.value import Cause

FILE: Final = "terragrunt.hcl"


def run_by(directory: str, loader: Loader) -> Iterator[tuple[str, Cause]]:
    """The modules that the terragrunt.hcl of a directory runs, as absolute paths: the directory itself, or the local
    `source` of its `terraform` block (where `//` parts the copied tree from the module in it)."""
    file = loader.file(os.path.join(directory, FILE))
    header = file.source.span(0, 0)
    for block in file.body.blocks:
        if block.type == "terraform":
            header = block.header(file.source)
            source = literal_text(BodyView.of(block.body, file.source, json=False), "source")
            if source is not None and source.startswith("."):
                yield os.path.realpath(os.path.join(directory, source)), _cause(file.source.path, header)
    yield directory, _cause(file.source.path, header)


def _cause(path: str, header: Span) -> Cause:
    return Cause("unsupported", f"Terragrunt ({path}) may write it into the module before it runs Terraform", header)
