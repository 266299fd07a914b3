"""A year's work records for benchmarks: of all units but the villages, of all types, spread over
the days gone by. Written past the triggers, as the duties are (``city.py``)."""

from __future__ import annotations

from django.db import connection

TITLES = 60  # different ones of each type

FILL = """
CREATE TEMPORARY TABLE unit ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, area_id
FROM orgs_organisation WHERE kind <> 'village';
CREATE UNIQUE INDEX ON unit (place);

CREATE TEMPORARY TABLE kind ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY t.id) - 1 AS place, t.id, t.name, max(v.id) AS version_id
FROM records_recordtype t JOIN records_recordtypeversion v ON v.type_id = t.id GROUP BY t.id;
CREATE UNIQUE INDEX ON kind (place);

CREATE TEMPORARY TABLE title ON COMMIT DROP AS
SELECT k.place AS kind, n, words.text, (
    SELECT array_agg(DISTINCT substr(words.text, at, 2)) FROM
    generate_series(1, length(words.text) - 1) at
) AS grams
FROM kind k, generate_series(0, {titles} - 1) n, LATERAL (
    SELECT (ARRAY['煤矿', '非煤矿山', '危险化学品', '道路交通', '城镇燃气', '建筑施工'])[1 + n %% 6]
           || (ARRAY['瓦斯治理', '汛期安全', '冬季防火', '节后复工', '警示教育'])[1 + n / 6 %% 5]
           || regexp_replace(k.name, '[^[:alnum:]]', '', 'g')
           || CASE WHEN n < {titles} / 2 THEN '上半' ELSE '下半' END AS text
) words;
CREATE UNIQUE INDEX ON title (kind, n);
ANALYZE unit, kind, title;

INSERT INTO records_record (type_id, version_id, organisation_id, area_id, held_on, title, values,
    several, author_id, makers, source, state, created_at, entered_on, submitted_at, mark_count,
    verifier_id, verified_at, reason, grams)
SELECT k.id, k.version_id, u.id, u.area_id, day.held_on, t.text, '{{}}', true, a.id, ARRAY[a.id],
       'page', s.state, day.held_on + 1, day.held_on + 1, day.held_on + 1,
       CASE WHEN s.state = 'submitted' AND i %% 7 = 0 THEN 1 ELSE 0 END,
       CASE WHEN s.state = 'verified' THEN b.id END,
       CASE WHEN s.state = 'verified' THEN day.held_on + 2 END, '', t.grams
FROM generate_series(0, {records} - 1) i,
     (SELECT count(*) AS units FROM unit) us, (SELECT count(*) AS kinds FROM kind) ks,
     (SELECT min(id) AS id FROM access_user) a, (SELECT max(id) AS id FROM access_user) b,
     LATERAL (SELECT (ARRAY['verified', 'verified', 'verified', 'verified', 'verified', 'verified',
                            'verified', 'verified', 'submitted', 'draft'])[1 + i * 7 %% 10] AS state
     ) s,
     LATERAL (SELECT date_trunc('year', now())::date + (i * 13 / 11)::int
                     %% greatest(extract(doy FROM now())::int - 3, 1) AS held_on) day,
     unit u, kind k, title t
WHERE u.place = i %% units AND k.place = i / units %% kinds
  AND t.kind = k.place AND t.n = i / (units * kinds) %% {titles};
"""


def fill(records: int) -> None:
    """Add so many records; most are verified, some wait, some are drafts."""
    sql = FILL.format(records=records, titles=TITLES).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {sql} COMMIT;")
        cursor.execute("VACUUM ANALYZE")
