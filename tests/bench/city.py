"""A city of any size for benchmarks: the loaded organisations, and so many duties of this year.

Half of the duties are given by the notice to the units of city, county and township, half handed
down from townships to villages. Months, quarters and half-years of the year give every standing.
Written past the triggers, because 200,000 rows would take ten minutes through them: each duty gets
one audit row by hand, and the tally is counted from nothing afterwards.
"""

from __future__ import annotations

from django.db import connection

from anlan.plan import tally

KEY_DUTIES, CLAUSES = 21, 10

# The same facts give the same standing as ``plan.standing``: a bench that invented its own would
# measure pages that no installation shows.
FILL = """
INSERT INTO plan_plan (year, area_id, title, issuer, is_demo, published_at)
SELECT extract(year FROM now()), id, '年度安全生产工作通知', '市安委会', false, now()
FROM orgs_area WHERE level = 'city';

INSERT INTO plan_keyduty (plan_id, chapter_number, chapter_title, number, title, text, observed)
SELECT p.id, 1 + n / 6, '第' || 1 + n / 6 || '章', n + 1,
       (ARRAY['煤矿瓦斯治理', '危险化学品企业监管', '道路交通事故预防', '城镇燃气管网改造',
              '高层建筑消防整治', '尾矿库隐患治理', '森林草原防火巡护'])[1 + n %% 7]
       || (ARRAY['专项行动', '排查整治', '能力提升'])[1 + n / 7], '本项任务的主要内容。', '[]'
FROM plan_plan p, generate_series(0, {key_duties} - 1) n
WHERE p.year = extract(year FROM now());

INSERT INTO plan_clause (key_duty_id, number, part, text, kind, subject, op, unit, value, period,
                         measure, assigned, lines, working_day)
SELECT k.id, c + 1, '', (ARRAY['对辖区企业开展全覆盖检查', '组织从业人员安全培训和警示教育',
       '建立重大隐患台账并限期整改', '开展应急预案演练', '完成老旧设施更新改造',
       '聘请专家指导服务', '落实主要负责人带班制度', '公布举报电话并核查举报',
       '更新风险分级管控清单', '通报典型事故案例'])[c + 1] || '，落实' || k.title,
       (ARRAY['quota', 'deadline', 'frequency', 'duty'])[1 + c %% 4], '', '>=', '家', 10, '', '',
       true, '[]', false
FROM plan_keyduty k JOIN plan_plan p ON p.id = k.plan_id, generate_series(0, {clauses} - 1) c
WHERE p.year = extract(year FROM now());

CREATE TEMPORARY TABLE owner ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY id) - 1 AS place, id, area_id, short_name, kind
FROM orgs_organisation WHERE kind <> 'village';
CREATE UNIQUE INDEX ON owner (place);
ANALYZE owner;

CREATE TEMPORARY TABLE asked ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY month, c.id) - 1 AS place, c.id AS clause_id, c.key_duty_id,
       c.text || '（' || month || '月起）' AS title,
       make_date(p.year, month, 1) AS period_start,
       least(make_date(p.year, 12, 31), (make_date(p.year, month, 1)
             + make_interval(months => (ARRAY[1, 3, 6])[1 + c.id %% 3]))::date - 1) AS due_on
FROM plan_clause c JOIN plan_keyduty k ON k.id = c.key_duty_id JOIN plan_plan p ON p.id = k.plan_id,
     generate_series(1, 12) month
WHERE p.year = extract(year FROM now());
CREATE UNIQUE INDEX ON asked (place);
ANALYZE asked;

-- Spread over the months: 7919 is prime, so that every row of ``asked`` comes round.
CREATE TEMPORARY TABLE given ON COMMIT DROP AS
SELECT n, a.key_duty_id, a.clause_id, o.id AS organisation_id, o.area_id, a.title, 10 AS whole,
       a.period_start, a.due_on, CASE WHEN n %% 3 > 0 THEN 5 + n %% 5 END AS progress
FROM (SELECT n, n %% owners AS owner, n / owners * 7919 %% asked AS asked
      FROM generate_series(0, {top} - 1) n, (SELECT count(*) AS owners FROM owner),
           (SELECT count(*) AS asked FROM asked)) number
JOIN owner o ON o.place = number.owner JOIN asked a ON a.place = number.asked;
ANALYZE given;
INSERT INTO plan_duty ({columns}) SELECT {values}, whole, NULL FROM {judged} ORDER BY n;
DROP TABLE given;
ANALYZE plan_duty;

CREATE TEMPORARY TABLE given ON COMMIT DROP AS
SELECT row_number() OVER () AS n, d.key_duty_id, d.clause_id, v.id AS organisation_id, v.area_id,
       d.title, 100 AS whole, d.period_start, d.due_on, d.progress * 10 AS progress,
       d.id AS parent_id
FROM plan_duty d JOIN orgs_organisation v ON v.parent_id = d.organisation_id AND v.kind = 'village'
WHERE d.parent_id IS NULL AND d.created_at = date_trunc('year', now())
ORDER BY d.id, v.id LIMIT {handed};
INSERT INTO plan_duty ({columns}) SELECT {values}, NULL, parent_id FROM {judged} ORDER BY n;

INSERT INTO audit_auditrow (table_name, row_id, operation, changes, authority, source, request,
                            verb, reason)
SELECT 'plan_duty', id, 'INSERT', jsonb_build_object('state', jsonb_build_array(NULL, state)), '',
       'task', '', 'plan.publish', '' FROM plan_duty;
"""

COLUMNS = """origin, source_name, key_duty_id, clause_id, organisation_id, area_id, role, title,
    note, period_start, due_on, created_at, state, progress, progress_at, met_at, standing, target,
    parent_id"""
VALUES = """'notice', '', key_duty_id, clause_id, organisation_id, area_id, 'responsible', title,
    '', period_start, due_on, date_trunc('year', now()),
    CASE WHEN met THEN 'met' ELSE 'open' END,
    CASE WHEN met THEN whole ELSE progress END, date_trunc('year', now()) + interval '1 day',
    CASE WHEN met THEN due_on - interval '2 days' END,
    CASE WHEN met THEN 'met' WHEN due_on < current_date THEN 'overdue'
         WHEN period_start > current_date THEN 'not_due'
         WHEN due_on - current_date < 15 THEN 'at_risk' WHEN progress IS NULL THEN 'not_measured'
         WHEN 1.0 * progress / whole
              < (current_date - period_start + 1.0) / (due_on - period_start + 1) - 0.25
         THEN 'at_risk' ELSE 'on_track' END"""
JUDGED = "(SELECT *, due_on < current_date AND n %% 10 < 8 AS met FROM given) judged"

# What was done on the duties: a report on every other one, every hundredth waiting; all clocks;
# some applications and orders.
WORK = """
INSERT INTO plan_report (duty_id, author_id, text, value, complete, state, submitted_at, reason,
                         verifier_id, verified_at)
SELECT d.id, u.id, '已按要求开展工作，情况如下。', 10, true,
       CASE WHEN d.id %% 100 = 0 THEN 'submitted' ELSE 'accepted' END, now(), '', u.id, now()
FROM plan_duty d, (SELECT id FROM access_user ORDER BY id LIMIT 1) u
WHERE d.id %% 2 = 0 AND d.progress IS NOT NULL;

INSERT INTO deadlines_deadline (subject_type, subject_id, name, started_at, due_at, ladder,
                                next_step, pause_reason)
SELECT 'plan.duty', id, 'due', created_at, due_on + 1, '[]', 0, '' FROM plan_duty
ON CONFLICT DO NOTHING;

INSERT INTO plan_extension (duty_id, applicant_id, was_due, until, text, state, applied_at, reason)
SELECT d.id, u.id, d.due_on, d.due_on + 9, '延期', 'applied', now(), ''
FROM plan_duty d, (SELECT id FROM access_user ORDER BY id LIMIT 1) u
WHERE d.id %% 500 = 1 AND d.state = 'open';

INSERT INTO plan_supervisionorder (duty_id, number, grounds, state, proposed_at, answer, reason)
SELECT id, '', '逾期未办结', 'proposed', now(), '', '' FROM plan_duty
WHERE standing = 'overdue' AND parent_id IS NULL AND id %% 100 < 10;
"""


def fill(duties: int, *, work: bool = True) -> None:
    """Add a plan of this year with so many duties; with ``work``, what was done on them too."""
    sql = FILL.format(
        key_duties=KEY_DUTIES, clauses=CLAUSES, top=duties - duties // 2, handed=duties // 2,
        columns=COLUMNS, values=VALUES, judged=JUDGED,
    )  # fmt: skip
    with connection.cursor() as cursor:
        whole = (sql + WORK if work else sql).replace("%%", "%")
        cursor.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {whole} COMMIT;")
        tally.recount()
        cursor.execute("INSERT INTO plan_title (text) SELECT DISTINCT title FROM plan_duty")
        cursor.execute("VACUUM ANALYZE")
