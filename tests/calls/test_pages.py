"""The pages of a call: every number opens what it counted, forms keep what was typed, a second
click does nothing twice; and the files say what the page says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from types import SimpleNamespace

import docx
import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from anlan.calls.models import Call, Decision, Explanation
from anlan.calls.services.explanations import explanation_answer
from anlan.calls.services.minutes import minutes_submit
from anlan.calls.services.taking import call_take
from anlan.plan.models import Duty, Plan
from tests import factories
from tests.calls.conftest import decide, finish, last_week, soon, stands
from tests.factories import day
from tests.kernel.access.conftest import browser

HTMX = {"HX-Request": "true"}
MOST_QUERIES = 45


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def count_of(page: str) -> int:
    found = re.findall(r"共 (\d+) 条", page)
    return int(found[0]) if found else 0


@pytest.fixture
def second(
    city: SimpleNamespace, who: SimpleNamespace, work: SimpleNamespace, take: Callable[..., Call]
) -> Call:
    """This week's call: the east is overdue again, the west newly, the bureau has settled its."""
    stands(work.east, "overdue")
    stands(work.bureau, "overdue")
    first = take()
    decide(who, first, city.east_government)
    finish(who, first)
    last_week(first)
    Duty.objects.filter(pk=work.bureau.pk).update(state="met", standing="met")
    stands(work.west, "overdue", days=3)
    return take()


def test_every_number_opens_the_rows_that_it_counts(who: SimpleNamespace, second: Call) -> None:
    client = browser(who.leader.user)
    page = text(client, f"/calls/{second.pk}/")
    numbers = re.findall(
        rf'<a[^>]*href="(/calls/{second.pk}/rows/[^"]*)"[^>]*>[^<]*(?:<strong>)?(\d+)<', page
    )
    assert len(numbers) > 25
    for url, number in numbers:
        assert count_of(text(client, url.replace("&amp;", "&"))) == int(number), url


def test_the_rows_are_of_then_and_say_where_they_stand_now(
    who: SimpleNamespace, work: SimpleNamespace, second: Call
) -> None:
    Duty.objects.update(standing="met", state="met")
    client = browser(who.leader.user)
    page = text(client, f"/calls/{second.pk}/rows/?standing=overdue&area=9001")
    assert count_of(page) == 1
    assert "已逾期" in page
    assert "已达标" in page  # now
    live = re.search(r'href="(/duties/\?[^"]+)"', page)
    assert live is not None
    assert "area=9001" in live[1]
    assert "standing=overdue" in live[1]
    assert count_of(text(client, live[1].replace("&amp;", "&"))) == 0


def test_the_page_tells_then_and_now(who: SimpleNamespace, second: Call) -> None:
    page = text(browser(who.leader.user), f"/calls/{second.pk}/")
    for words in ("连续两次逾期 <strong>1<", "新增逾期 <strong>1<", "已办结 <strong>1<"):
        assert words in page
    assert str(second.previous) in page
    assert "上次议定事项落实情况" in page
    assert "没有上一次可比" not in page


def test_without_a_last_call_it_says_so(who: SimpleNamespace, held: Call) -> None:
    page = text(browser(who.leader.user), f"/calls/{held.pk}/")
    assert "没有上一次可比" in page
    assert "上次 " not in page


def test_htmx_gets_the_inner_part_alone(who: SimpleNamespace, held: Call) -> None:
    part = browser(who.leader.user).get(f"/calls/{held.pk}/", headers=HTMX).content.decode()
    assert "<html" not in part
    assert "会前说明" in part


def test_the_office_takes_a_call_once(who: SimpleNamespace, work: SimpleNamespace) -> None:
    client = browser(who.clerk.user)
    typed = {
        "plan": work.plan.pk, "kind": "weekly",
        "meets_at": f"{timezone.localtime(soon()):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    answer = client.post("/calls/new/", typed)
    made = Call.objects.get()
    assert answer.headers["Location"] == f"/calls/{made.pk}/"
    again = client.post("/calls/new/", typed)
    assert again.status_code == 409
    assert "已经有了" in again.content.decode()
    assert typed["meets_at"] in again.content.decode()  # what was typed stays
    for wrong in ({"meets_at": "明天"}, {"kind": "yearly"}, {"plan": "0"}, {}):
        assert client.post("/calls/new/", typed | wrong if wrong else {}).status_code == 422
    assert Call.objects.count() == 1


def test_an_answer_keeps_what_was_typed(who: SimpleNamespace, asked: Explanation) -> None:
    client = browser(who.east_staff.user)
    url = f"/calls/explanations/{asked.pk}/"
    assert "任务1·东县人民政府" in text(client, url)
    answer = client.post(url, {"cause": "设备未到", "measure": "", "until": str(day(-3))})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "设备未到" in page
    assert not Explanation.objects.filter(state="answered").exists()
    full = {"cause": "设备未到", "measure": "倒排工期", "until": str(day(5))}
    assert client.post(url, full).status_code == 302
    assert "倒排工期" in text(client, url)


def test_after_the_end_the_form_is_gone_and_a_late_click_is_told(
    who: SimpleNamespace, asked: Explanation
) -> None:
    finish(who, asked.call)
    client = browser(who.east_staff.user)
    url = f"/calls/explanations/{asked.pk}/"
    assert "<textarea" not in text(client, url)
    answer = client.post(url, {"cause": "晚了", "measure": "晚了", "until": str(day(5))})
    assert answer.status_code == 409
    assert "不能再填写说明" in answer.content.decode()


def test_a_decision_is_written_once(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    client = browser(who.clerk.user)
    url = f"/calls/{held.pk}/decisions/new/"
    typed = {
        "text": "十日内销号", "key_duty": held.plan.key_duties.first().pk, "due_on": str(day(10)),
        "organisations": [city.bureau.pk],
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302
    again = client.post(url, typed)
    assert again.status_code == 409
    assert "十日内销号" in again.content.decode()
    assert client.post(url, typed | {"organisations": []}).status_code == 422
    assert Decision.objects.count() == 1


def test_the_chief_who_wrote_is_told_why_he_cannot_sign(
    city: SimpleNamespace, who: SimpleNamespace, held: Call
) -> None:
    decide(who, held, city.bureau, by=who.chief)
    minutes_submit(actor=who.clerk, call=held.pk)
    page = text(browser(who.chief.user), f"/calls/{held.pk}/")
    assert "须由另一位负责人审签" in page
    assert "审签并下达" not in page


def test_a_demonstration_says_that_it_is_one(who: SimpleNamespace, held: Call) -> None:
    Plan.objects.update(is_demo=True)
    client = browser(who.leader.user)
    assert "演示数据" in text(client, f"/calls/{held.pk}/")
    for name in ("bulletin", "minutes"):
        assert "演示数据，不是正式文件" in words(client, f"/calls/{held.pk}/{name}.docx")


def test_the_page_asks_a_fixed_number_of_times(
    city: SimpleNamespace, who: SimpleNamespace, second: Call
) -> None:
    client = browser(who.leader.user)

    def queries() -> int:
        url = f"/calls/{Call.objects.held().order_by('-pk')[0].pk}/"
        client.get(url)
        with CaptureQueriesContext(connection) as caught:
            text(client, url)
        return len(caught.captured_queries)

    few = queries()
    for number in range(3, 12):
        key_duty = factories.key_duty(second.plan, number)
        for organisation in (city.bureau, city.west_government, city.east_government):
            factories.duty(key_duty, organisation)
    Call.objects.filter(pk=second.pk).update(state="cancelled")
    given_before = Duty.objects.filter(period_start__lt=day(-2))
    given_before.update(standing="overdue", state="open", due_on=day(-2))
    call_take(actor=who.clerk, plan=second.plan_id, kind="weekly", meets_at=soon())
    assert queries() <= few + 2  # two more organisations that must explain change nothing
    assert few <= MOST_QUERIES


# --- files -------------------------------------------------------------------------------------


def content(client: Client, url: str) -> io.BytesIO:
    answer = client.get(url)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    return io.BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def words(client: Client, url: str) -> str:
    return "\n".join(each.text for each in docx.Document(content(client, url)).paragraphs)


def test_the_bulletin_says_what_the_page_says(
    city: SimpleNamespace, who: SimpleNamespace, second: Call
) -> None:
    client = browser(who.clerk.user)
    file = content(client, f"/calls/{second.pk}/bulletin.docx")
    paper = docx.Document(file)
    said = "\n".join(each.text for each in paper.paragraphs)
    for each in (
        f"关于{second.period.name}安全生产重点任务调度情况的通报（稿）",
        "各单位任务共5项，已达标1项，正常推进0项，有风险1项，已逾期2项",
        f"与{second.previous}相比，达标增加1项，逾期没有变化。",
        "新增逾期1项，连续两次逾期1项，已办结1项，不再逾期0项",
        "1．东县人民政府：任务1·东县人民政府，已逾期10天，连续两次逾期。",
        "1．东县人民政府：十日内销号，有风险。",
    ):
        assert each in said, said
    rows = [[cell.text for cell in row.cells] for row in paper.tables[0].rows]
    page = text(client, f"/calls/{second.pk}/")
    assert [row[2] for row in rows[1:]] == ["东县", "西县", "市直单位"] or len(rows) == 4
    for row in rows[1:]:
        assert row[2] in page


def test_the_minutes_say_who_explained_and_what_was_decided(
    city: SimpleNamespace, who: SimpleNamespace, asked: Explanation
) -> None:
    explanation_answer(
        actor=who.east_staff, explanation=asked.pk, cause="设备未到。", measure="倒排工期",
        until=day(9),
    )  # fmt: skip
    call = asked.call
    decide(who, call, city.bureau, city.east_government)
    client, url = browser(who.chief.user), f"/calls/{call.pk}/minutes.docx"
    draft = words(client, url)
    assert "会议纪要（稿）" in draft
    assert "东县人民政府说明：原因是设备未到；措施是倒排工期，承诺" in draft
    assert "1．十日内销号。责任单位：试市能源局、东县人民政府；" in draft
    finish(who, call)
    final = words(client, url)
    assert "（稿）" not in final
    assert "已作为任务下达责任单位" in final


def test_the_sheet_has_the_frozen_rows(
    who: SimpleNamespace, work: SimpleNamespace, second: Call
) -> None:
    Duty.objects.update(standing="met", title="改了名")
    client = browser(who.leader.user)
    book = openpyxl.load_workbook(content(client, f"/calls/{second.pk}/figures.xlsx"))
    assert book.sheetnames == ["地区", "说明", "重点任务", "任务明细"]
    rows = list(book["任务明细"].values)
    assert len(rows) == 1 + second.rows.count()
    assert "改了名" not in str(rows)
    heads, *lines = book["地区"].values
    named = {line[2]: dict(zip(heads, line, strict=True)) for line in lines}
    assert named["东县"]["已逾期"] == 1
    assert named["东县"]["上次已逾期"] == 1
    assert named["合计"]["任务数"] == 5
    assert named["合计"]["已逾期"] == 2
    about = dict(book["说明"].values)
    assert about["比较"] == str(second.previous)
