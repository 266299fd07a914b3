"""The few words that say why a duty stands where it does."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from anlan.plan.choices import Standing
from anlan.plan.models import Clause, Duty
from anlan.plan.templatetags import plan
from tests.factories import day


@pytest.fixture(autouse=True)
def _fifteen_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "risk_days", lambda: 15)


TEN = {"target": 10, "clause": Clause(op=">=", unit="项")}
# standing, days until it is due, what else is known of the duty → why
CASES: list[tuple[Standing, int, dict[str, Any], str]] = [
    (Standing.OVERDUE, -3, {}, "已逾期 3 天，未办结"),
    (Standing.OVERDUE, -3, TEN | {"progress": Decimal(10)}, "已逾期 3 天，数量已达到，未办结"),
    (Standing.OVERDUE, -3, TEN | {"progress": Decimal(9)}, "已逾期 3 天，未办结"),
    (Standing.AT_RISK, 0, {}, "今天到期，未办结"),
    (Standing.AT_RISK, 14, {}, "还有 14 天，未办结"),
    (Standing.AT_RISK, 15, {"progress": Decimal("20.000")}, "还有 15 天，进度落后（20%）"),
    (Standing.ON_TRACK, 40, {"progress": Decimal(50)}, "还有 40 天，进度跟得上"),
    (Standing.NOT_MEASURED, 40, {}, "还有 40 天，没有核验过的进展"),
    (Standing.NOT_MEASURED, -1, {}, "下达时期限已过"),
    (Standing.MET, 40, {"met_at": datetime(2025, 6, 1, 23, tzinfo=UTC)}, "2025-06-02 核验办结"),
    (Standing.OVERDUE, -1, {"state": "cancelled"}, "通知修订后不再办理"),
]


@pytest.mark.parametrize(("standing", "days", "more", "words"), CASES)
def test_why(standing: Standing, days: int, more: dict[str, Any], words: str) -> None:
    fields = {"state": "open", "period_start": day(0), "due_on": day(days)} | more
    assert plan.why(Duty(standing=standing, **fields)) == words
