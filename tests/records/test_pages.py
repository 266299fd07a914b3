"""The pages of work records: what a clerk types, what a verifier presses, what a list finds."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from anlan.records.models import Record
from anlan.records.services import verifying
from tests.factories import day, jpeg, photograph, upload
from tests.kernel.access.conftest import browser
from tests.records.conftest import make_type, submitted, verified, written


def typed(**more: Any) -> dict[str, Any]:
    fields = {
        "held_on": str(day(0)), "title": "学习讲话", "field_chair": "张三", "field_people": "12",
    }  # fmt: skip
    return fields | {"act": "submit"} | more


def photo(seed: int = 1) -> Any:
    return upload(jpeg(photograph(seed)), "会场.jpg")


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


# --- recording ------------------------------------------------------------------------------------


def test_the_tiles_are_of_ones_own_kind(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    make_type("meeting", "专题会议", [], kinds=["government"])
    assert "专题会议" not in text(browser(who.bureau_staff.user), "/records/new/")
    county = text(browser(who.east_staff.user), "/records/new/")
    assert "专题会议" in county
    assert "/records/new/study/" in county
    refused = browser(who.bureau_staff.user).get("/records/new/meeting/")
    assert refused.status_code == 403
    assert "您的单位不填这类记录" in refused.content.decode()


def test_proof_that_is_asked_for_is_not_called_optional(
    who: SimpleNamespace, types: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    assert "草稿可不填" in text(client, "/records/new/study/")
    assert "草稿可不填" not in text(client, "/records/new/visit/")  # asks for none


def test_the_form_knows_the_day_and_the_unit(who: SimpleNamespace, types: SimpleNamespace) -> None:
    page = text(browser(who.bureau_staff.user), "/records/new/study/")
    assert f'value="{day(0)}"' in page
    assert 'capture="environment"' in page
    assert 'accept="image/*"' in page
    assert 'name="organisation"' not in page  # there is but one
    county = browser(who.east_staff.user).get("/records/new/study/")
    (own, below) = county.context["form"].fields["organisation"].choices
    assert (own[1], below[1]) == ("东县人民政府", "东镇人民政府")
    assert county.context["form"]["organisation"].value() == own[0]


def test_recording_in_one_go(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    answer = client.post(
        "/records/new/study/", typed(photo=photo(1), evidence=[photo(2), photo(3)])
    )
    made = Record.objects.get()
    assert answer.headers["Location"] == f"/records/{made.pk}/"
    assert (made.state, made.organisation, made.values) == (
        "submitted", city.bureau, {"chair": "张三", "people": 12},
    )  # fmt: skip
    page = text(client, f"/records/{made.pk}/")
    assert page.count('<img src="/evidence/') == 3
    assert "待核验" in page
    assert "张三" in page


def test_for_a_unit_below(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    client = browser(who.east_staff.user)
    client.post(
        "/records/new/study/", typed(organisation=city.east_town_government.pk, photo=photo())
    )
    assert Record.objects.get().organisation == city.east_town_government
    wrong = typed(organisation=city.bureau.pk, photo=photo())
    assert client.post("/records/new/study/", wrong).status_code == 422


def test_what_is_missing_is_told_and_the_rest_kept(
    who: SimpleNamespace, types: SimpleNamespace
) -> None:
    client = browser(who.bureau_staff.user)
    answer = client.post("/records/new/study/", typed(field_chair="", photo=photo()))
    assert answer.status_code == 422
    assert "“主持人”没有填写" in answer.content.decode()
    assert "学习讲话" in answer.content.decode()
    answer = client.post("/records/new/study/", typed(held_on=str(day(3))))
    assert (answer.status_code, Record.objects.count()) == (422, 0)
    answer = client.post("/records/new/study/", typed(), follow=True)
    made = Record.objects.get()
    assert answer.redirect_chain == [(f"/records/{made.pk}/edit/", 302)]
    assert "内容已保存为草稿" in answer.content.decode()
    client.post(f"/records/{made.pk}/edit/", typed(photo=photo()))
    made.refresh_from_db()
    assert made.state == "submitted"


def test_a_draft_with_gaps_is_filled_in_later(who: SimpleNamespace, types: SimpleNamespace) -> None:
    client = browser(who.bureau_staff.user)
    client.post("/records/new/study/", typed(act="draft", field_chair="", field_people=""))
    made = Record.objects.get()
    assert (made.state, made.values) == ("draft", {})
    assert "修改" in text(client, f"/records/{made.pk}/")
    assert text(client, f"/records/{made.pk}/edit/").count("学习讲话") > 1
    client.post(f"/records/{made.pk}/submit/")
    made.refresh_from_db()
    assert made.state == "draft"
    client.post(f"/records/{made.pk}/drop/")
    made.refresh_from_db()
    assert made.state == "dropped"
    assert client.get(f"/records/{made.pk}/edit/").status_code == 409


def test_copying(city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace) -> None:
    earlier = submitted(who.bureau_staff, city.bureau, "study", held_on=day(-1), title="上次学习")
    client = browser(who.bureau_staff.user)
    assert "上次学习" in text(client, "/records/new/")
    answer = client.post(f"/records/{earlier.pk}/copy/")
    copied = Record.objects.exclude(pk=earlier.pk).get()
    assert answer.headers["Location"] == f"/records/{copied.pk}/edit/"
    again = client.post(f"/records/{earlier.pk}/copy/", follow=True)
    assert "本单位当天已有一条同名记录" in again.content.decode()


# --- verifying ------------------------------------------------------------------------------------


def test_the_queue_begins_with_what_is_marked(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    plain = submitted(who.bureau_staff, city.bureau, title="平常")
    late = submitted(who.east_staff, city.east_government, title="补录", held_on=day(-9))
    client = browser(who.clerk.user)
    page = client.get("/records/verify/")
    assert [each.pk for each in page.context["waiting"]] == [late.pk, plain.pk]
    assert "工作完成 9 天后才提交" in page.content.decode()
    assert 'class="nav-count" title="等待办理 2 件"' in page.content.decode()
    shown = client.get("/records/verify/?type=study").context["waiting"]
    assert list(shown) == []


def test_several_are_accepted_by_one_press(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = [submitted(who.bureau_staff, city.bureau, title=f"第{n}矿") for n in range(3)]
    late = submitted(who.bureau_staff, city.bureau, title="补录", held_on=day(-9))
    client = browser(who.clerk.user)
    pks = [each.pk for each in (*made, late)]
    answer = client.post("/records/verify/accept/", {"record": pks}, follow=True)
    assert "有疑点的记录核验通过须写明意见" in answer.content.decode()
    assert Record.objects.filter(state="verified").count() == 0
    answer = client.post(
        "/records/verify/accept/",
        {"record": [*pks, "x", "-1"], "reason": "电话核实", "back": "/records/verify/?type=visit"},
        follow=True,
    )
    assert answer.redirect_chain[0][0] == "/records/verify/?type=visit"
    assert "已核验通过 4 条" in answer.content.decode()
    assert Record.objects.filter(state="verified", reason="电话核实").count() == 4


def test_accepting_returning_withdrawing(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    first = submitted(who.bureau_staff, city.bureau, title="甲")
    second = submitted(who.bureau_staff, city.bureau, title="乙")
    office, unit = browser(who.clerk.user), browser(who.bureau_staff.user)
    assert "核验通过" in text(office, f"/records/{first.pk}/")
    assert "核验通过" not in text(unit, f"/records/{first.pk}/")
    office.post(f"/records/{first.pk}/verify/", {"reason": ""})
    office.post(f"/records/{second.pk}/return/", {"reason": "补材料"})
    assert "补材料" in text(unit, f"/records/{second.pk}/edit/")
    answer = office.post(f"/records/{second.pk}/return/", {"reason": "再退"}, follow=True)
    assert "可能已有其他人先办理" in answer.content.decode()
    unit.post(f"/records/{first.pk}/withdraw/", {"reason": "记错"})
    states = Record.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["withdrawn", "returned"]
    partial = office.get(f"/records/{first.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in partial
    assert "记错" in partial


# --- the list -------------------------------------------------------------------------------------


@pytest.fixture
def some(city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace) -> None:
    submitted(who.bureau_staff, city.bureau, "study", title="学习安全生产讲话")
    verified(who.bureau_staff, who.clerk, city.bureau, title="到东山矿检查")
    submitted(who.east_staff, city.east_government, title="到西山矿检查")
    submitted(who.town_staff, city.east_town_government, title="入户宣传", held_on=day(-9))
    written(who.west_staff, city.west_government, title="西县草稿")


def titles(client: Client, query: str) -> set[str]:
    answer = client.get(f"/records/?{query}")
    return {each.title for each in answer.context["list"].page}


EVERYTHING = {"学习安全生产讲话", "到东山矿检查", "到西山矿检查", "入户宣传"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", EVERYTHING),
        ("type=study", {"学习安全生产讲话"}),
        ("state=verified", {"到东山矿检查"}),
        ("state=draft", set()),
        ("marks=late", {"入户宣传"}),
        ("marks=any", {"入户宣传"}),
        ("marks=none", EVERYTHING - {"入户宣传"}),
        ("period=last_year", set()),
        ("q=安全生产", {"学习安全生产讲话"}),
        ("q=山矿", {"到东山矿检查", "到西山矿检查"}),
        ("q=山矿+东县", {"到西山矿检查"}),
        ("q=矿", {"到东山矿检查", "到西山矿检查"}),
        ("q=产安", set()),
        ("q=%27%29+OR+1%3D1", set()),
        ("q=东", {"到东山矿检查", "到西山矿检查", "入户宣传"}),
    ],
)
def test_the_list_narrows(who: SimpleNamespace, some: None, query: str, expected: set[str]) -> None:
    assert titles(browser(who.leader.user), query) == expected


def test_a_unit_is_taken_with_what_answers_to_it(
    city: SimpleNamespace, who: SimpleNamespace, some: None
) -> None:
    client = browser(who.leader.user)
    whole = {"到西山矿检查", "入户宣传"}
    assert titles(client, f"unit={city.east_government.pk}") == whole
    assert titles(browser(who.east_staff.user), f"unit={city.bureau.pk}") == whole  # not offered


def test_the_list_has_a_box_for_words(who: SimpleNamespace, some: None) -> None:
    assert 'name="q" value="山矿"' in text(browser(who.leader.user), "/records/?q=山矿")


def test_the_list_goes_to_excel(who: SimpleNamespace, some: None) -> None:
    answer = browser(who.leader.user).get("/records/?export=xlsx")
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")


def test_verified_records_stay_readable_for_their_makers(
    city: SimpleNamespace, who: SimpleNamespace, types: SimpleNamespace
) -> None:
    made = submitted(who.bureau_staff, city.bureau)
    verifying.record_verify(actor=who.chief, record=made.pk, reason="好")
    assert "已核验" in text(browser(who.bureau_staff.user), f"/records/{made.pk}/")
