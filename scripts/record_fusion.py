#!/usr/bin/env python3
"""Write the plans in `fixtures/fusion`, which the tests of plans with their source use.

    python -m scripts.record_fusion

They are made as `scripts/record_plans.py` makes its own, see there for what must be installed. They stand apart because
what they are for lies between a plan and its source: of `known-later` the source alone knows little, and the source of
`edits` is edited by the tests.
"""

from __future__ import annotations

from scripts.record_plans import REPOSITORY, Recording, moto, record

FUSION = REPOSITORY / "fixtures" / "fusion"
RECORDINGS = {
    "known-later": Recording("known-later", "fixtures/fusion/known-later", "", "after", apply="before"),
    "edits/create": Recording("edits", "fixtures/fusion/edits", "", "after"),
    "edits/no-op": Recording("edits", "fixtures/fusion/edits", "", "after", apply="after"),
}


def main() -> None:
    with moto() as server:
        for path, recording in RECORDINGS.items():
            record(recording, server, FUSION / path)
            print(path, flush=True)


if __name__ == "__main__":
    main()
