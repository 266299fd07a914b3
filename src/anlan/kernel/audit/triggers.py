"""The trigger that writes the audit row of every change of a table."""

from __future__ import annotations

import pgtrigger

# Contents that must not be copied into a second place; that they changed is recorded all the same.
SECRET = ("password", "totp_secret", "digest_of_code")


def audited(
    *, secret: tuple[str, ...] = SECRET, derived: tuple[str, ...] = ()
) -> pgtrigger.Trigger:
    """Record each insert, update and delete of the model's rows, the columns of ``secret`` masked.

    Who, what for and why come from ``anlan.write``, which :class:`anlan.kernel.write.Write` sets;
    a change made around it is recorded with an empty verb, which the watchman reports. ``derived``
    names columns that the database derives from others: these say it already.
    """
    less = "".join(f" - '{name}'" for name in derived)
    old, new = f"to_jsonb(OLD){less}", f"to_jsonb(NEW){less}"
    masked = ", ".join(f"'{name}'" for name in secret)
    return pgtrigger.Trigger(
        name="audited",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM anlan_audit(TG_TABLE_NAME::text, TG_OP, {old}, {new},
                                ARRAY[{masked}]::text[]);
            RETURN NULL;
        """,
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Rows are added and never changed or removed, not even all at once."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'this table is append-only' USING ERRCODE = 'check_violation';",
        ),
    ]
