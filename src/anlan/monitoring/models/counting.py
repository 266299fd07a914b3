"""Counting what the engine's plan is made of, so that a worker asks cheaply whether it changed."""

from __future__ import annotations

import pgtrigger


def counted() -> pgtrigger.Trigger:
    """Each statement that changes the table adds one to :class:`~…rules.Revision`.

    A row, not a sequence: the number grows for others only when the change is there for them too.
    """
    return pgtrigger.Trigger(
        name="counted",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func="""
            INSERT INTO monitoring_revision (id, number) VALUES (1, 1)
            ON CONFLICT (id) DO UPDATE SET number = monitoring_revision.number + 1;
            RETURN NULL;
        """,
    )
