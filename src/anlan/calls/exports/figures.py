"""The figures of a call as an Excel file: areas, key duties, and every frozen row."""

from __future__ import annotations

import io
from collections.abc import Iterable

from django.utils import timezone

from anlan.calls.comparison import Line, Stood
from anlan.calls.models import FrozenDuty
from anlan.calls.paper import ItemLine, Paper
from anlan.kernel.ui.export import add_sheet, workbook
from anlan.kernel.ui.lists import Column
from anlan.plan.choices import Standing
from anlan.plan.standing import ORDER


def _now(standing: Standing) -> Column:
    return Column(
        standing, str(standing.label), lambda each: _of(each.now, standing), number=True, width=10
    )


def _then(standing: Standing) -> Column:
    return Column(
        f"then-{standing}", f"上次{standing.label}", lambda each: _of(each.then, standing),
        number=True, width=12,
    )  # fmt: skip


def _of(stood: Stood | None, standing: Standing) -> int | None:
    return None if stood is None else stood.count(standing)


def _rank(stood: Stood | None) -> int | None:
    return None if stood is None else stood.rank


COUNTS = (
    Column("total", "任务数", lambda each: each.now and each.now.total, number=True, width=10),
    *(_now(standing) for standing in ORDER),
    *(_then(standing) for standing in (Standing.MET, Standing.AT_RISK, Standing.OVERDUE)),
)
ITEMS = (
    Column("number", "序号", lambda each: each.item.number, number=True, width=8),
    Column("title", "重点任务", lambda each: each.item.title, width=40),
    *COUNTS,
)
ROWS = (
    Column("standing", "状态", lambda row: row.get_standing_display(), width=10),
    Column("title", "任务", lambda row: row.title, width=60),
    Column("unit", "责任单位", lambda row: row.owner, width=24),
    Column("due", "完成期限", lambda row: row.due_on, width=12),
    Column("days", "逾期天数", lambda row: row.days or None, number=True, width=10),
    Column("change", "与上次比", lambda row: row.get_change_display(), width=14),
    Column("forecast", "预计完不成", lambda row: row.forecast, width=40),
)


def xlsx(paper: Paper, rows: Iterable[FrozenDuty]) -> bytes:
    """The file. ``rows``: the frozen rows of the call."""
    call = paper.call

    def reason(line: Line) -> str:
        place = paper.places.get(line.key)
        return place.reason if place else ""

    areas = (
        Column("rank", "名次", lambda line: _rank(line.now), number=True, width=8),
        Column("then-rank", "上次名次", lambda line: _rank(line.then), number=True, width=10),
        Column("area", "地区", lambda line: line.name, width=24),
        *COUNTS,
        Column("reason", "原因", reason, width=50),
    )
    about = [
        ("名称", f"{call}数据"),
        ("计划", call.plan.title),
        ("数据截至", f"{timezone.localtime(call.counted_at):%Y-%m-%d %H:%M}（已冻结）"),
        ("比较", paper.compared_with or "没有上一次可比"),
        *([("说明", "演示数据，不是正式统计")] if call.plan.is_demo else []),
    ]
    lines: list[Line] = [*paper.lines, paper.total]
    items: list[ItemLine] = paper.items
    book = workbook("地区", areas, iter(lines), about)
    add_sheet(book, "重点任务", ITEMS, iter(items))
    add_sheet(book, "任务明细", ROWS, iter(rows))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
