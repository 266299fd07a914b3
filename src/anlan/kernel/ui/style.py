"""The style guide: every component once, for those who build pages and for the visual tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from anlan.kernel.access.policies import anyone, page
from anlan.kernel.access.requests import Request
from anlan.kernel.orgs.models import Organisation, OrganisationKind
from anlan.kernel.ui import tokens
from anlan.kernel.ui.lists import Column, Empty, Filter, List, Rows


class Example(forms.Form):
    """Every kind of field, with one rule that a stranger breaks at once."""

    title = forms.CharField(label="任务名称", max_length=20, help_text="20 字以内，写明做什么。")
    unit = forms.ChoiceField(
        label="责任单位", choices=[("", "请选择"), ("1", "市应急管理局"), ("2", "市能源局")]
    )
    due = forms.DateField(
        label="完成期限", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    count = forms.IntegerField(label="检查家次", min_value=0, required=False)
    grade = forms.ChoiceField(
        label="风险等级",
        widget=forms.RadioSelect,
        choices=[("red", "红"), ("orange", "橙"), ("yellow", "黄"), ("blue", "蓝")],
    )
    text = forms.CharField(label="进展情况", widget=forms.Textarea({"rows": 4}), required=False)
    proof = forms.FileField(
        label="佐证材料", required=False, help_text="照片、PDF 或 Office 文件，每个不超过 50 MB。"
    )
    sure = forms.BooleanField(label="我已核对，数据真实")


@dataclass(frozen=True)
class Step:
    """What a timeline shows of one step."""

    at: datetime
    title: str
    who: str = ""
    text: str = ""
    icon: str = "check"
    tone: str = "grey"
    note: str = ""


def _of_kind(rows: Rows, kind: str) -> Rows:
    return rows.filter(kind=kind)


ORGANISATIONS = List(
    key="ui.organisations",
    name="单位",
    columns=(
        Column("name", "单位", lambda o: o.name, sort="name", main=True, width=40),
        Column("kind", "类别", lambda o: o.get_kind_display(), sort="kind"),
        Column("area", "区划", lambda o: o.area.name, sort="area__sort"),
        Column(
            "from", "成立日期", lambda o: o.valid_from, sort=("valid_from", "name"), number=True
        ),
    ),
    filters=(Filter("kind", "类别", OrganisationKind.choices, _of_kind),),
    search=("name", "short_name"),
    order="name",
    per_page=8,
    empty=Empty("还没有单位", "请先载入本市的单位名录。"),
)


@page(anyone, methods=("GET", "POST"))
def guide(request: Request) -> HttpResponseBase:
    """``/ui/``: examples, and the organisations as the example of a list."""
    form = Example(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "已保存（这是构件示例，没有写入数据）。")
        return redirect("ui:guide")
    return ORGANISATIONS.respond(
        request,
        Organisation.objects.select_related("area"),
        "ui/guide.html",
        {"title": "页面构件", "form": form, "states": tokens.STATES,
         "severities": tokens.SEVERITIES, "steps": _steps(), "tabs": _tabs()},
    )  # fmt: skip


def _steps() -> list[Step]:
    now = timezone.now()
    return [
        Step(now, "退回补正", "市安委办 张明", "照片看不出检查日期，请补充检查记录首页。",
             "arrow-back-up", "orange"),
        Step(now - timedelta(days=2), "上报进展", "市能源局 李娜", "已检查煤矿 12 家次。",
             "send", "blue"),
        Step(now - timedelta(days=9), "任务下达", "市安委办 王强", icon="flag",
             note="由 赵刚 代行，依据：市安委办〔2025〕8 号"),
    ]  # fmt: skip


def _tabs() -> list[tuple[str, str, bool, int]]:
    return [("全部", "#", True, 21), ("待办", "#tabs", False, 3), ("已逾期", "#tabs", False, 1)]
