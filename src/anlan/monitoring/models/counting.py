"""Counting what the engine's plan is made of, so that a worker asks cheaply whether it changed."""

from __future__ import annotations

import pgtrigger


def counted(*columns: str) -> pgtrigger.Trigger:
    """Each statement that changes the table adds one to :class:`~…rules.Revision`.

    With ``columns``, an update counts only where it sets one of them. A row, not a sequence: the
    number grows for others only when the change is there for them too.
    """
    update = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update
    return pgtrigger.Trigger(
        name="counted",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | update | pgtrigger.Delete,
        func="""
            INSERT INTO monitoring_revision (id, number) VALUES (1, 1)
            ON CONFLICT (id) DO UPDATE SET number = monitoring_revision.number + 1;
            RETURN NULL;
        """,
    )
