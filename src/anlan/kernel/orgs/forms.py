"""Forms of organisations and groups: reading what was typed; the services judge what is allowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from anlan.kernel.access.fields import AreaField, OrganisationField
from anlan.kernel.orgs.models import Group, Organisation, OrganisationKind
from anlan.kernel.orgs.selectors import members

FIND = "填全称、简称或代码，输入几个字后可从提示中选。"
FULL, SHORT = 120, 60  # characters, as the database keeps them


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期不存在或写法不对，请写成 2025-03-01 的样子。"},
    )


def _area() -> AreaField:
    field = AreaField(label="区划", help_text="填区划名称；有同名的填区划代码。")
    field.widget.attrs["list"] = "areas"
    return field


class _Form(forms.Form):
    """Several forms stand on one page: each gives its fields ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = "请选择" if isinstance(field, forms.ChoiceField) else "请填写"
            field.error_messages["required"] = f"{verb}{field.label}。"


class OnDay(_Form):
    """The day that a page shows; without one, today."""

    on = _day("查看日期", required=False)


class NewOrganisation(_Form):
    name = forms.CharField(label="全称", max_length=FULL, help_text="印章上的名称。")
    short_name = forms.CharField(label="简称", max_length=SHORT, help_text="页面和表格中的称呼。")
    kind = forms.ChoiceField(
        label="类别",
        choices=[("", "请选择"), *OrganisationKind.choices],
    )
    area = _area()
    parent = OrganisationField(label="上级单位", help_text=f"它的任务由谁下达。{FIND}")
    valid_from = _day("成立日期", "从这一天起，文件中的这个名称就指它。")


class Rename(_Form):
    name = forms.CharField(label="新全称", max_length=FULL)
    short_name = forms.CharField(label="新简称", max_length=SHORT)
    on = _day("更名日期", "从这一天起用新名称，原名称留作历史名称，旧文件仍认得。")
    reason = forms.CharField(label="依据", max_length=200, help_text="如批复的名称和文号。")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        present = (self.organisation.name, self.organisation.short_name)
        if (typed.get("name"), typed.get("short_name")) == present:
            raise forms.ValidationError("新名称和现用名称相同，没有什么要改。请改写全称或简称。")
        return typed


class Dissolve(_Form):
    on = _day("存续的最后一天", "它的名称和组成员资格都到这一天为止。")
    reason = forms.CharField(label="依据", max_length=200, help_text="如机构改革文件和文号。")


class AddName(_Form):
    name = forms.CharField(
        label="别名", max_length=FULL, help_text="文件里还怎么称呼它，如“市住建局”。"
    )


class SetHost(_Form):
    host = OrganisationField(
        label="设在单位", required=False, help_text=f"不填表示单独设置。{FIND}"
    )


class AddMember(_Form):
    organisation = OrganisationField(label="单位", help_text=FIND)
    valid_from = _day("自")
    valid_to = _day("至（含当日）", "不知道何时结束就不填。", required=False)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        first, last = typed.get("valid_from"), typed.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "截止日期不能早于起始日期。")
        return typed


class EndMember(_Form):
    organisation: Any = forms.ModelChoiceField(
        label="成员",
        queryset=Organisation.objects.none(),
        empty_label="请选择",
        error_messages={"invalid_choice": "它已不是这个组的成员，请刷新页面后核对。"},
    )
    valid_to = _day("最后一天")

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = members(group, on=timezone.localdate())


class Name(_Form):
    """A name as a document writes it, where the document comes from, and its day."""

    name = forms.CharField(
        label="名称", max_length=FULL, help_text="照文件原样写，如“市安委会各成员单位”。"
    )
    area = _area()
    on = _day("文件日期", "导入年度通知时，按那一年的 1 月 1 日认定。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].label = "文件出自"
