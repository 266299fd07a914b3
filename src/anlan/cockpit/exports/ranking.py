"""The ranking as an Excel sheet: the figures of the page at one moment."""

from __future__ import annotations

import io

from anlan.cockpit.figures import Overview
from anlan.cockpit.ranking import Place
from anlan.kernel.ui.export import workbook
from anlan.kernel.ui.lists import Column
from anlan.plan.choices import Standing
from anlan.plan.standing import ORDER


def _counted(standing: Standing) -> Column:
    return Column(
        standing,
        str(standing.label),
        lambda place: place.side.counts.get(standing, 0),
        number=True,
        width=10,
    )


COLUMNS = (
    Column("rank", "名次", lambda place: place.rank, number=True, width=8),
    Column("area", "地区", lambda place: place.side.name, width=24),
    Column("total", "任务数", lambda place: place.side.total, number=True, width=10),
    *(_counted(standing) for standing in ORDER),
    Column("overdue", "逾期占比", lambda p: p.side.words(Standing.OVERDUE), width=10),
    Column("reason", "原因", lambda place: place.reason, width=50),
)


def xlsx(shown: Overview) -> bytes:
    """The places, best first, and a sheet that says of what they are and as of when."""
    places: list[Place] = shown.places
    about = [
        ("名称", "各县（市、区）排名"),
        ("计划", shown.plan.title),
        ("计数截至", shown.at),
        *([("说明", "演示数据，不是正式统计")] if shown.plan.is_demo else []),
    ]
    file = io.BytesIO()
    workbook("排名", COLUMNS, iter(places), about).save(file)
    return file.getvalue()
