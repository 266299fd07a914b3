"""What a clause of other governments' notices takes from the words around it."""

from __future__ import annotations

import pytest

from anlan.notices.obligations import fill, find
from anlan.notices.readers.text import from_text
from anlan.notices.structure import build
from tests.notices.obligations.meaning import short

YEAR = 2025
HEAD = "云岭县2025年工作要点\n一、任务\n"


def test_who_is_bound_by_a_list_is_named_above_it() -> None:
    text = (
        "县级以上人民政府应当履行下列职责：\n（一）每年召开2次会议；\n（二）每季度听取一次汇报。\n"
        "每月公布数据。"
    )
    found = find(text, year=YEAR, paragraphs=True)
    assert [each.subject for each in found] == ["县级以上人民政府", "县级以上人民政府", None]


def test_the_name_of_a_run_in_point_is_no_duty() -> None:
    notice = build(
        from_text(
            f"{HEAD}（一）整治。一是道路交通。检查车辆。二是加强演练。三是加强培训。（县应急局）\n"
        )
    )
    fill(notice)
    assert [each.text for each in notice.items[0].obligations] == [
        "检查车辆",
        "加强演练",
        "加强培训",
    ]


@pytest.mark.parametrize(
    ("signed", "due"),
    [("12月25日", "2026-01-15"), ("1月5日", "2025-01-15"), ("9月5日", "2025-01-15")],
)
def test_a_january_in_a_notice_of_december_is_the_next_one(signed: str, due: str) -> None:
    notice = build(
        from_text(
            f"关于岁末年初安全防范的通知\n各乡镇：\n一、任务\n（一）检查。1月15日前完成。（县应急局）\n"
            f"云岭县安委办\n2025年{signed}\n"
        )
    )
    fill(notice)
    assert [f"{each.deadline}" for each in notice.items[0].obligations] == [due]


def test_each_body_with_its_own_period_shares_the_count() -> None:
    found = find("区委常委会每季度、区政府常务会议每月听取2次汇报。", year=YEAR)
    assert [(each.subject, short(each)) for each in found] == [
        ("区委常委会", "frequency 2 次 >= quarter"),
        ("区政府常务会议", "frequency 2 次 >= month"),
    ]


def test_who_is_named_behind_a_joint_is_bound_there() -> None:
    found = find("乡镇应急办不少于3名、街道不少于5名。", year=YEAR)
    assert [(each.subject, each.value) for each in found] == [("乡镇应急办", 3), ("街道", 5)]


def test_or_between_cases_is_no_part_of_their_words() -> None:
    found = find("发生较大事故的，或者一年内发生3起以上亡人事故的，予以否决。", year=YEAR)
    assert [each.text for each in found][:2] == ["发生较大事故的", "一年内发生3起以上亡人事故的"]


def test_to_publish_a_list_is_a_duty_and_the_name_of_a_list_is_none() -> None:
    found = find("公布责任人名单；签订责任书；企业返岗员工名册。", year=YEAR)
    assert [each.text for each in found] == ["公布责任人名单", "签订责任书"]
