"""The few words that say why a duty stands where it does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from anlan.plan.choices import Standing
from anlan.plan.models import Clause, Duty
from anlan.plan.templatetags import plan


@pytest.fixture(autouse=True)
def _fifteen_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "risk_days", lambda: 15)


def _duty(standing: Standing, days: int, **fields: Any) -> Duty:
    today = timezone.localdate()
    given: dict[str, Any] = {"state": "open", "period_start": today, **fields}
    return Duty(standing=standing, due_on=today + timedelta(days=days), **given)


TEN = Clause(op=">=", unit="项")
CASES = [
    (_duty(Standing.OVERDUE, -3), "已逾期 3 天，未办结"),
    (
        _duty(Standing.OVERDUE, -3, target=10, progress=Decimal(10), clause=TEN),
        "已逾期 3 天，数量已达到，未办结",
    ),
    (
        _duty(Standing.OVERDUE, -3, target=10, progress=Decimal(9), clause=TEN),
        "已逾期 3 天，未办结",
    ),
    (_duty(Standing.AT_RISK, 0), "今天到期，未办结"),
    (_duty(Standing.AT_RISK, 14), "还有 14 天，未办结"),
    (_duty(Standing.AT_RISK, 15, progress=Decimal("20.000")), "还有 15 天，进度落后（20%）"),
    (_duty(Standing.ON_TRACK, 40, progress=Decimal(50)), "还有 40 天，进度跟得上"),
    (_duty(Standing.NOT_MEASURED, 40), "还有 40 天，没有核验过的进展"),
    (_duty(Standing.NOT_MEASURED, -1), "下达时期限已过"),
    (
        _duty(Standing.MET, 40, met_at=datetime(2025, 6, 1, 23, 0, tzinfo=UTC)),
        "2025-06-02 核验办结",
    ),
    (_duty(Standing.OVERDUE, -1, state="cancelled"), "通知修订后不再办理"),
]


@pytest.mark.parametrize(("duty", "words"), CASES)
def test_why(duty: Duty, words: str) -> None:
    assert plan.why(duty) == words
