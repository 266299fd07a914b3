"""The pages: who comes in, what they say, two clerks, and how often they ask the database."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from anlan.kernel.access.actor import Actor
from anlan.registry.models import Enterprise, Entry, IdentityOpening, Register, Sector, Site
from anlan.registry.services import entries, people
from anlan.registry.services import subjects as services
from anlan.registry.services.facts import EnterpriseFacts
from tests.kernel.access.conftest import browser
from tests.registry.conftest import FIELDS

CODE = "91350100M000100Y43"
NUMBER = "11010519491231002X"


def _as(actor: Actor) -> Client:
    return browser(actor.user)


def _text(answer: Any) -> str:
    return answer.content.decode()


def _typed(sector: Sector, **more: Any) -> dict[str, Any]:
    fields = {"name": "新煤业", "sector": sector.pk, "area": "东镇", "business": "running"}
    return fields | more


def test_an_enterprise_is_registered_from_the_form_and_stands_in_the_list(
    who: SimpleNamespace, coal: Sector
) -> None:
    clerk = _as(who.bureau_staff)
    assert "登记企业" in _text(clerk.get("/registry/enterprises/"))
    answer = clerk.post("/registry/enterprises/new/", _typed(coal, credit_code=f" {CODE.lower()}"))
    assert answer.status_code == 302, _text(answer)
    made = Enterprise.objects.get()
    assert (made.credit_code, made.regulator.name) == (CODE, "试市能源局")
    assert answer.url == f"/registry/enterprises/{made.pk}/"
    page = _text(clerk.get(answer.url))
    assert "新煤业" in page
    assert "登记企业" in page  # its history
    assert "新煤业" in _text(clerk.get("/registry/enterprises/?q=新煤"))


def test_a_wrong_check_digit_is_named_beside_its_field(who: SimpleNamespace, coal: Sector) -> None:
    answer = _as(who.bureau_staff).post(
        "/registry/enterprises/new/", _typed(coal, credit_code=f"{CODE[:-1]}9")
    )
    assert answer.status_code == 422
    assert "第 18 位应是“3”，填写的是“9”" in _text(answer)
    assert not Enterprise.objects.exists()


def test_a_name_that_exists_is_shown_and_saved_when_the_clerk_is_sure(
    who: SimpleNamespace, subjects: SimpleNamespace, coal: Sector
) -> None:
    clerk, typed = _as(who.bureau_staff), _typed(coal, name="演示煤业有限责任公司")
    answer = clerk.post("/registry/enterprises/new/", typed)
    assert answer.status_code == 422
    page = _text(answer)
    assert "已有名称相同的登记" in page
    assert f'href="/registry/enterprises/{subjects.coal_east.pk}/"' in page
    assert clerk.post("/registry/enterprises/new/", typed | {"sure": "1"}).status_code == 302


def test_a_code_that_another_has_is_linked_for_who_sees_it(
    who: SimpleNamespace, subjects: SimpleNamespace, coal: Sector
) -> None:
    Enterprise.objects.filter(pk=subjects.shop_west.pk).update(credit_code=CODE)
    link = f'href="/registry/enterprises/{subjects.shop_west.pk}/"'
    typed = _typed(coal, credit_code=CODE)
    answer = _as(who.bureau_staff).post("/registry/enterprises/new/", typed)
    assert answer.status_code == 422
    assert "已登记在“演示商贸有限公司”名下" in _text(answer)
    assert link not in _text(answer)
    Enterprise.objects.filter(pk=subjects.shop_west.pk).update(
        regulator=who.bureau_staff.user.organisation
    )
    assert link in _text(_as(who.bureau_head).post("/registry/enterprises/new/", typed))


def test_a_form_that_is_older_than_another_s_change_asks_before_overwriting(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    mine, enterprise = _as(who.bureau_staff), subjects.coal_east
    url = f"/registry/enterprises/{enterprise.pk}/change/"
    seen = _seen(_text(mine.get(url)))
    facts = EnterpriseFacts(
        name="他改的名称", sector=enterprise.sector, area=enterprise.area, address="新址"
    )
    services.enterprise_change(
        actor=who.bureau_head, enterprise=enterprise.pk, facts=facts, seen=enterprise.revision
    )
    typed = _typed(enterprise.sector, name="我改的名称", seen=seen)
    answer = mine.post(url, typed)
    assert answer.status_code == 409
    page = _text(answer)
    assert "已被另一人修改" in page
    assert "新址" in page
    assert 'value="我改的名称"' in page
    enterprise.refresh_from_db()
    assert enterprise.name == "他改的名称"
    assert mine.post(url, typed | {"seen": _seen(page)}).status_code == 302
    enterprise.refresh_from_db()
    assert enterprise.name == "我改的名称"
    history = _text(mine.get(f"/registry/enterprises/{enterprise.pk}/"))
    assert "名称：他改的名称 → 我改的名称" in history


def _seen(page: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', page)
    assert found
    return found[1]


def test_a_site_takes_after_its_enterprise(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    clerk = _as(who.bureau_staff)
    form = _text(clerk.get(f"/registry/sites/new/?enterprise={subjects.coal_east.pk}"))
    assert 'value="演示煤业有限公司"' in form
    typed = _typed(
        subjects.coal_east.sector, kind="mine", name="二号", enterprise="演示煤业有限公司"
    )
    answer = clerk.post("/registry/sites/new/", typed)
    assert answer.status_code == 302, _text(answer)
    made = Site.objects.get(name="二号")
    assert made.enterprise == subjects.coal_east
    assert "二号" in _text(clerk.get(f"/registry/enterprises/{subjects.coal_east.pk}/"))
    assert clerk.get("/registry/sites/new/?enterprise=x").status_code == 200
    refused = clerk.post("/registry/sites/new/", typed | {"name": "三号", "area": "东县"})
    assert refused.status_code == 422
    assert "场所要落到乡镇" in _text(refused)


@pytest.mark.parametrize("path", ["", "change/", "registers/coal-mine/"])
def test_what_is_out_of_scope_does_not_exist(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register, path: str
) -> None:
    assert _as(who.west_staff).get(f"/registry/sites/{subjects.mine.pk}/{path}").status_code == 404


@pytest.mark.parametrize(("name", "status"), [("leader", 403), ("clerk", 403), ("east_staff", 200)])
def test_who_sees_a_site_without_keeping_it_cannot_change_it(
    who: SimpleNamespace, subjects: SimpleNamespace, name: str, status: int
) -> None:
    client = _as(getattr(who, name))
    page = client.get(f"/registry/sites/{subjects.mine.pk}/")
    assert page.status_code == 200
    assert ("/change/" in _text(page)) is (status == 200)
    assert client.get(f"/registry/sites/{subjects.mine.pk}/change/").status_code == status


def test_a_merged_one_leads_on(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    Enterprise.objects.filter(pk=subjects.stray.pk).update(merged_into=subjects.coal_east)
    client = _as(who.leader)
    answer = client.get(f"/registry/enterprises/{subjects.stray.pk}/")
    assert answer.url == f"/registry/enterprises/{subjects.coal_east.pk}/"
    assert "已并入“演示煤业有限公司”" in _text(client.get(answer.url))
    assert "演示新业态" not in _text(client.get("/registry/enterprises/?q=演示新"))


def test_people_come_and_go_and_their_number_is_opened_with_a_reason(
    who: SimpleNamespace, subjects: SimpleNamespace
) -> None:
    client, url = _as(who.bureau_staff), f"/registry/enterprises/{subjects.coal_east.pk}/"
    typed = {
        "kind": "principal",
        "name": "张三",
        "identity_number": NUMBER,
        "valid_from": "2025-01-02",
    }
    assert client.post(f"{url}posts/", typed).status_code == 302
    page = _text(client.get(url))
    assert "**************002X" in page
    assert NUMBER not in page
    post = subjects.coal_east.posts.get()
    open_url = f"/registry/posts/{post.pk}/identity/"
    assert client.post(open_url, {"reason": " "}).status_code == 422
    answer = client.post(open_url, {"reason": "核对考核证"})
    assert NUMBER in _text(answer)
    assert answer["Cache-Control"] == "no-store"
    assert [o.reason for o in IdentityOpening.objects.all()] == ["核对考核证"]
    assert _as(who.leader).post(open_url, {"reason": "看看"}).status_code == 403
    assert _as(who.west_staff).post(open_url, {"reason": "看看"}).status_code == 404
    end_url = f"/registry/posts/{post.pk}/end/"
    wrong = client.post(end_url, {"valid_to": "2024-12-31"}, follow=True)
    assert "离任日期不能早于任职日期" in _text(wrong)
    assert (
        client.post(f"/registry/posts/{post.pk}/end/", {"valid_to": "2025-02-01"}).status_code
        == 302
    )
    post.refresh_from_db()
    assert str(post.valid_to) == "2025-02-01"
    again = client.post(f"{url}posts/", typed | {"name": "李四"})
    assert again.status_code == 422
    assert "登记的姓名与填写的不同" in _text(again)


def test_a_grade_is_set_from_the_page(who: SimpleNamespace, subjects: SimpleNamespace) -> None:
    client, url = _as(who.bureau_staff), f"/registry/sites/{subjects.mine.pk}/"
    typed = {
        "colour": "red",
        "set_on": "2025-03-01",
        "basis": "评估报告",
        "reason": "高瓦斯",
        "seen": 0,
    }
    assert client.post(f"{url}grade/", typed).status_code == 302
    page = _text(client.get(url))
    assert "高瓦斯" in page
    stale = client.post(f"{url}grade/", typed | {"colour": "blue"})
    assert stale.status_code == 422
    assert "已被另一人修改" in _text(stale)
    subjects.mine.refresh_from_db()
    assert subjects.mine.grade == "red"


def test_an_entry_is_filled_in_listed_filtered_and_exported(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    client = _as(who.bureau_staff)
    url = f"/registry/sites/{subjects.mine.pk}/registers/coal-mine/"
    typed = {"field_depth": "６２０.5", "field_gas": "high", "checked_on": "2025-03-01", "seen": 0}
    bad = client.post(url, typed | {"field_depth": "很深"})
    assert bad.status_code == 422
    assert "“采深”须填数" in _text(bad)
    assert client.post(url, typed).status_code == 302
    assert Entry.objects.get().values == {"depth": "620.5", "gas": "high"}
    listed = _text(client.get("/registry/registers/coal-mine/"))
    assert "620.5" in listed
    assert "高瓦斯" in listed
    for query, count in (
        ("f_gas=high", 1), ("f_gas=low", 0), ("f_intelligent=-", 1), ("f_intelligent=no", 0),
        ("standing=incomplete", 0), ("county=9001", 1), ("county=9002", 0), ("sort=-f_depth", 1),
    ):  # fmt: skip
        found = client.get(f"/registry/registers/coal-mine/?{query}")
        assert ("演示煤矿一号" in _text(found)) is bool(count), query
    file = client.get("/registry/registers/coal-mine/?export=xlsx")
    rows = list(load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.values)
    assert rows[0][3:6] == ("采深（m）", "已建成智能化煤矿", "瓦斯等级")
    assert rows[1][0] == "演示煤矿一号"
    assert rows[1][3:6] == (620.5, None, "高瓦斯")
    assert _text(client.get("/registry/registers/")).count("煤矿") >= 1
    history = _text(client.get(f"/registry/sites/{subjects.mine.pk}/"))
    assert "填写台账" in history


def test_two_clerks_fill_in_one_entry(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    client = _as(who.bureau_staff)
    url = f"/registry/sites/{subjects.mine.pk}/registers/coal-mine/"
    seen = _seen(_text(client.get(url)))
    entries.entry_put(
        actor=who.bureau_head, register=register, subject=subjects.mine, raw={"depth": 700}, seen=0
    )
    typed = {"field_depth": "650", "checked_on": "2025-03-01", "seen": seen}
    answer = client.post(url, typed)
    assert answer.status_code == 409
    page = _text(answer)
    assert "700 m" in page
    assert 'value="650"' in page
    assert Entry.objects.get().values == {"depth": "700"}
    assert client.post(url, typed | {"seen": _seen(page)}).status_code == 302
    assert Entry.objects.get().values == {"depth": "650"}


def test_an_entry_of_an_older_version_stays_and_is_listed_as_incomplete(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    entries.entry_put(
        actor=who.bureau_staff, register=register, subject=subjects.mine, raw={"depth": 700}
    )
    more = [*FIELDS, {"key": "survey", "label": "普查已完成", "kind": "yes_no", "required": True}]
    register.versions.create(number=2, fields=more, effective_from="2025-02-01")
    client = _as(who.bureau_staff)
    assert "还缺：普查已完成" in _text(client.get(f"/registry/sites/{subjects.mine.pk}/"))
    listed = _text(client.get("/registry/registers/coal-mine/?standing=incomplete"))
    assert "演示煤矿一号" in listed
    assert "700" in listed


def test_empty_pages_say_what_comes_first(who: SimpleNamespace, register: Register) -> None:
    assert "先登记企业" in _text(_as(who.bureau_staff).get("/registry/sites/"))
    told = _text(_as(who.leader).get("/registry/enterprises/"))
    assert "由各监管部门的经办人登记" in told
    assert "/registry/enterprises/new/" not in told
    assert "先登记场所" in _text(_as(who.bureau_staff).get("/registry/registers/coal-mine/"))
    assert _as(who.bureau_staff).get("/registry/registers/nothing/").status_code == 404


def _asked(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("page", ["enterprises/", "sites/", "registers/coal-mine/"])
def test_a_list_asks_as_often_for_many_rows_as_for_one(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register, page: str
) -> None:
    def put(site: Site) -> None:
        entries.entry_put(actor=who.bureau_staff, register=register, subject=site, raw={"depth": 1})

    put(subjects.mine)
    client = _as(who.bureau_staff)
    few = _asked(client, f"/registry/{page}")
    mine = subjects.mine
    for number in range(5):
        owner = Enterprise.objects.create(
            name=f"煤业{number}", sector=mine.sector, area=mine.area, regulator=mine.regulator
        )
        put(Site.objects.create(
            name=f"煤矿{number}", kind="mine", enterprise=owner, sector=mine.sector,
            area=mine.area, regulator=mine.regulator,
        ))  # fmt: skip
    assert _asked(client, f"/registry/{page}") == few


def test_a_subject_s_page_asks_as_often_for_much_as_for_little(
    who: SimpleNamespace, subjects: SimpleNamespace, register: Register
) -> None:
    client, url = _as(who.bureau_staff), f"/registry/enterprises/{subjects.coal_east.pk}/"

    def appoint(number: int) -> None:
        people.appoint(
            actor=who.bureau_staff, enterprise=subjects.coal_east.pk, kind="safety_manager",
            valid_from=subjects.day, name=f"人{number}",
        )  # fmt: skip

    appoint(0)
    few = _asked(client, url)
    for number in range(1, 6):
        appoint(number)
    assert _asked(client, url) == few
