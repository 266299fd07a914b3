"""Write docs/flows.md from the declared transition tables: ``python -m`` this module."""

from __future__ import annotations

import os
from pathlib import Path

if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()

from anlan.calls.flow import FLOWS as CALLS
from anlan.intake.flow import FLOWS as INTAKE
from anlan.kernel.flow import declared
from anlan.kernel.imports.flow import FLOWS as IMPORTS
from anlan.monitoring.flow import FLOWS as MONITORING
from anlan.plan.flow import FLOWS as PLAN
from anlan.records.flow import FLOWS as RECORDS
from anlan.registry.flow import FLOWS as REGISTRY
from anlan.stewardship.flow import FLOWS as STEWARDSHIP

FLOWS = [*PLAN, *RECORDS, *STEWARDSHIP, *MONITORING, *REGISTRY, *INTAKE, *CALLS, *IMPORTS]
DOCUMENT = Path(__file__).parents[3] / "docs" / "flows.md"
HEAD = """# Flows

The transition tables as they are declared in each app's `flow.py`; services, pages and database
triggers read the same. This page is written by `python -m tests.kernel.flow.write_document`, and
a test fails when it is out of date.

"""


def document() -> str:
    """The page as it should be."""
    return HEAD + declared(FLOWS)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
