"""The database's own guard of the separation of the three administrators."""

from __future__ import annotations

import pgtrigger

from anlan.kernel.access.roles import ADMINISTRATORS


def separated() -> pgtrigger.Trigger:
    """Refuse a grant that makes one account two administrators on the same day.

    GB/T 22239-2019 8.1.4.2: system, security and audit administration lie with different people.
    The account's row is locked first, so that two grants at once cannot pass each other by.
    """
    names = ", ".join(f"'{role.value}'" for role in ADMINISTRATORS)
    return pgtrigger.Trigger(
        name="separated",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NEW.role IN ({names}) AND NEW.ended_at IS NULL THEN
                PERFORM 1 FROM access_user WHERE id = NEW.user_id FOR UPDATE;
                IF EXISTS (
                    SELECT 1 FROM access_grant other
                    WHERE other.user_id = NEW.user_id AND other.id IS DISTINCT FROM NEW.id
                      AND other.ended_at IS NULL
                      AND other.role IN ({names}) AND other.role <> NEW.role
                      AND daterange(other.valid_from, other.valid_to, '[]')
                          && daterange(NEW.valid_from, NEW.valid_to, '[]')
                ) THEN
                    RAISE EXCEPTION 'administrators are separate people'
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'administrators_separate';
                END IF;
            END IF;
            RETURN NEW;
        """,  # noqa: S608  (the names are our own constants)
    )
