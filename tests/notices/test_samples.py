"""The sample notice of an invented city: the same reading from text, Word, PDF and scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from anlan.notices.document import Notice
from anlan.notices.reading import read_notice

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
FORMS = ["txt", "docx", "pdf", "png"]

EXPECTED = [
    (6, "missing_row", "清理消防通道", ""),
    (2, "unit_missing_in_table", "市住建局", ""),
    (7, "unit_missing_in_body", "", "市财政局"),
    (4, "number", "全市治理重大隐患不少于12处", "全市治理重大隐患不少于10处"),
    (5, "unit_name", "市城市管理局", "市城管局"),
    (8, "text_only_in_body", "演练后形成评估报告。", ""),
    (5, "wording", "优先安排学校和医院周边", "优先安排学校和医院附近"),
]


# The scan takes long to read: one worker reads each form once, for all tests.
pytestmark = pytest.mark.xdist_group("samples")


@pytest.fixture(scope="module", params=FORMS)
def notice(request: pytest.FixtureRequest) -> Notice:
    return read_notice(SAMPLES / f"yunling-2026-sample.{request.param}")


def test_frame(notice: Notice) -> None:
    assert (notice.issuer, notice.year, notice.draft) == ("云岭市人民政府", 2026, True)
    assert notice.title == "关于做好2026年安全生产工作的通知"
    assert [chapter.title for chapter in notice.chapters] == [
        "把责任落到人",
        "把隐患消除在前",
        "把救援练到实处",
    ]
    assert [item.number for item in notice.items] == list(range(1, 9))
    assert [row.item for row in notice.table] == [1, 2, 3, 4, 5, 7, 8]


def test_the_deliberate_contradictions_and_no_others(notice: Notice) -> None:
    assert [(d.item, d.kind, d.body, d.table) for d in notice.differences] == EXPECTED


def test_questions_to_the_drafters(notice: Notice) -> None:
    assert [(w.item, w.kind) for w in notice.warnings] == [
        (4, "conflicting_figures"),
        (5, "open_units"),
        (8, "unclear_unit"),
        (8, "no_date"),
        (None, "missing_date_in_signature"),
        (6, "vague"),
    ]


def test_rule_said_once_for_all_reaches_every_later_item(notice: Notice) -> None:
    inherited = {tuple(item.responsible.inherited) for item in notice.items[1:]}
    assert inherited == {("云岭高新区", "各县（区）人民政府")}
