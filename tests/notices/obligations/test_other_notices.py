"""Every measured obligation of three other governments' documents, read by hand, in order.

Tariffs (返还50%) are exact amounts; a period of validity ends on a last day; 50人以上企业 says
whom the row binds. 20 runs headings, brackets and lists into one line, as it was handed over.
"""

from __future__ import annotations

import pytest

from tests.notices.obligations.layout import other
from tests.notices.obligations.meaning import measured

TIELING = [
    "quota 50 % ==",
    *("quota 6 月 ==", "quota 6 月 ==", "quota 50 % =="),
    *("deadline due=2020-03-31", "deadline due=2020-06-30"),
    "quota 3 月 <=",
    *("quota 1 月 ==", "quota 2 月 =="),
    "quota 3 月 <=",
    *("quota 80 % ==", "deadline due=2022-02-05"),
]
SUINING = [
    "quota all",
    *("quota 50 % ==", "quota 6 月 ==", "quota 50 % ==", "deadline due=2020-02-24"),
    *("quota 1 年 <=", "quota 6 月 <="),
    *("quota 10 % >=", "quota 50 % ==", "quota 1 年 <=", "quota 1 年 >="),
    "quota 3 月 <=",
    *("quota 1..3 月 ==", "quota 1..3 月 =="),
    "deadline due=2020-03-31",
    *("quota 300 元/日 ==", "quota 200 元/日 ==", "quota 100 元/日 <="),
    "frequency 1 次/日 >=",
    "condition 14 日 <=",
    "deadline due=2020-03-31",
]
HAILING = [
    *("quota 5 批次 >= due=2020-02-24", "deadline due=2020-02-12"),
    *("deadline due=2020-02-15", "condition 2 亿元 >="),
    *("deadline due=2020-02-18", "condition 1..2 亿元 >="),
    *("deadline due=2020-02-21", "condition 5000..10000 万元 >="),
    *("deadline due=2020-02-24", "condition 5000 万元 <="),
    *("quota 3 批次 >= due=2020-03-04", "deadline due=2020-02-27", "condition 50 人 >="),
    *("deadline due=2020-03-01", "condition 10..50 人 >="),
    *("deadline due=2020-03-04", "condition 10 人 <="),
    *("quota 3 批次 >= due=2020-03-04", "deadline due=2020-02-17"),
    *("deadline due=2020-02-25", "deadline due=2020-03-04"),
    *("quota 2 批次 >= due=2020-03-24", "deadline due=2020-03-04", "deadline due=2020-03-24"),
    *("condition 14 天 <=", "condition 14 天 <=", "quota 14 天 >="),
    *("quota 1 只/4h·人 ==", "quota 7 天 =="),
    *("quota 1 名 >=", "frequency 1 次/日 >=", "frequency 1 次/日 >="),
    *("frequency 2 次/日 >=", "frequency 2 次/日 >="),
    "trigger 1 起 >=",
]


@pytest.mark.parametrize(("name", "measures"), [("16", TIELING), ("05", SUINING), ("20", HAILING)])
def test_a_document_gives_these_measures_and_no_others(name: str, measures: list[str]) -> None:
    assert measured(other(name), year=2020) == measures
