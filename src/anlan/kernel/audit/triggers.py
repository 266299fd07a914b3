"""The trigger that writes the audit row of every change of a table."""

from __future__ import annotations

import pgtrigger

# Contents that must not be copied into a second place; that they changed is recorded all the same.
SECRET = ("password", "totp_secret", "digest_of_code")


def audited(*, secret: tuple[str, ...] = SECRET) -> pgtrigger.Trigger:
    """Record each insert, update and delete of the model's rows, the columns of ``secret`` masked.

    Who, what for and why come from ``anlan.write``, which :class:`anlan.kernel.write.Write` sets;
    a change made around it is recorded with an empty verb, which the watchman reports.
    """
    masked = ", ".join(f"'{name}'" for name in secret)
    return pgtrigger.Trigger(
        name="audited",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
            PERFORM anlan_audit(TG_TABLE_NAME::text, TG_OP, to_jsonb(OLD), to_jsonb(NEW),
                                ARRAY[{masked}]::text[]);
            RETURN NULL;
        """,
    )


FUNCTION = """
CREATE OR REPLACE FUNCTION anlan_audit(
    table_name text, operation text, before jsonb, after jsonb, masked text[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    context jsonb := coalesce(nullif(current_setting('anlan.write', true), ''), '{}')::jsonb;
    changed jsonb;
BEGIN
    SELECT jsonb_object_agg(
        key,
        CASE WHEN key = ANY (masked) THEN '["***", "***"]'::jsonb
             ELSE jsonb_build_array(before -> key, after -> key) END
    ) INTO changed
    FROM jsonb_object_keys(coalesce(after, before)) AS key
    WHERE (before -> key) IS DISTINCT FROM (after -> key);
    IF changed IS NULL THEN RETURN; END IF;
    INSERT INTO audit_auditrow (
        table_name, row_id, operation, changes, user_id, principal_id, authority, source,
        request, verb, reason
    ) VALUES (
        table_name, coalesce(after ->> 'id', before ->> 'id', ''), operation, changed,
        (context ->> 'user')::bigint, (context ->> 'principal')::bigint,
        coalesce(context ->> 'authority', ''), coalesce(context ->> 'source', ''),
        coalesce(context ->> 'request', ''), coalesce(context ->> 'verb', ''),
        coalesce(context ->> 'reason', '')
    );
END $$;
"""
