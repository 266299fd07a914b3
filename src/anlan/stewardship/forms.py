"""Forms of the stewardship: reading what was typed; the services judge what is allowed."""

from __future__ import annotations

from typing import Any

from django import forms

from anlan.kernel.access.fields import AccountField, OrganisationField
from anlan.kernel.evidence.forms import FilesField
from anlan.stewardship.choices import ListKind
from anlan.stewardship.models import LeaderPost, ResponsibilityList

FIND = "填全称、简称或代码，输入几个字后可从提示中选。"


def _day(label: str, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期不存在或写法不对，请写成 2025-03-01 的样子。"},
        **more,
    )


class _Form(forms.Form):
    """Several forms stand on one page: each gives its fields ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            verb = "请选择" if isinstance(each, forms.ChoiceField) else "请填写"
            each.error_messages["required"] = f"{verb}{each.label}。"


class PostForm(_Form):
    organisation = OrganisationField(label="单位", help_text=FIND)
    title = forms.CharField(label="职务", max_length=60, help_text="照公布的写，如“副市长”。")
    name = forms.CharField(label="姓名", max_length=40)
    valid_from = _day("任职日期")
    user = AccountField(
        label="账号", required=False, help_text="本人在平台上的账号；没有账号的不填。"
    )


class LinkForm(_Form):
    user = AccountField(label="账号", required=False, help_text="不填就是解除关联。")


class EndForm(_Form):
    valid_to = _day("最后一天")
    reason = forms.CharField(label="依据或理由", max_length=300)


class AssignForm(_Form):
    """``posts``: among whom the clerk chooses."""

    post = forms.TypedChoiceField(label="包保领导", coerce=int)
    valid_from = _day("开始日期")
    reason = forms.CharField(
        label="更换理由", max_length=300, required=False, help_text="现有同级包保领导的，须写明。"
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, posts: list[LeaderPost], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["post"]
        chosen = [(each.pk, f"{each.organisation} {each.title} {each.name}") for each in posts]
        field.choices = [("", "请选择"), *chosen]


class ItemForm(_Form):
    """An item of the list ``of``; a duty has no date."""

    text = forms.CharField(label="内容", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    due_on = _day("完成期限")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, of: ResponsibilityList, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if of.kind == ListKind.DUTIES:
            del self.fields["due_on"]


class FinishForm(_Form):
    text = forms.CharField(
        label="完成情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="怎样完成的，什么时候。",
    )
    evidence = FilesField(label="佐证材料")
