"""Forms of the registry: reading what was typed; the services judge what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from anlan.kernel.access.actor import Actor
from anlan.kernel.access.fields import AreaField, OrganisationField, _Found
from anlan.kernel.orgs.models import Area, Organisation
from anlan.kernel.typed.finding import Finder
from anlan.kernel.typed.forms import form_fields
from anlan.kernel.typed.schema import Schema
from anlan.registry.choices import Business, Colour, DisputeScope, PostKind, SiteKind
from anlan.registry.models import Enterprise, Sector, Site
from anlan.registry.services.facts import EnterpriseFacts, SiteFacts

FIND = "填全称、简称或代码，输入几个字后可从提示中选。"


class EnterpriseField(_Found):
    """By credit code or full name, among the enterprises that the actor sees."""

    thing = "企业"
    actor: Actor | None = None

    def matches(self, text: str) -> QuerySet[Enterprise]:
        if self.actor is None:
            return Enterprise.objects.none()
        named = Q(credit_code=text.upper()) | Q(name=text)
        seen = Enterprise.objects.visible_to(self.actor).standing()
        return seen.filter(named).select_related("area")

    def told(self, row: Enterprise) -> str:
        return f"{row.area}的{row}（{row.credit_code or '没有代码'}）"


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期不存在或写法不对，请写成 2025-03-01 的样子。"},
    )


class _Form(forms.Form):
    """Several forms stand on one page: each gives its fields ids of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            chosen = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.error_messages["required"] = f"{'请选择' if chosen else '请填写'}{field.label}。"


class _SubjectForm(_Form):
    name = forms.CharField(label="名称", max_length=120)
    sector: Any = forms.ModelChoiceField(
        label="行业领域", queryset=Sector.objects.none(), empty_label="请选择"
    )
    area = AreaField(label="所在区划", help_text="填乡镇（街道）名称；有同名的从提示中选代码。")
    address = forms.CharField(label="地址", max_length=200, required=False)
    business = forms.ChoiceField(label="生产经营状态", choices=Business.choices)
    regulator = OrganisationField(
        label="监管部门", required=False, help_text=f"不填就按行业领域确定。{FIND}"
    )
    regulator_reason = forms.CharField(
        label="监管部门的依据",
        max_length=300,
        required=False,
        help_text="监管部门与行业领域通常的不同时填写，如会议纪要、文号。",
    )
    longitude = forms.DecimalField(
        label="经度", required=False, help_text="如 111.134500（WGS-84）。"
    )
    latitude = forms.DecimalField(label="纬度", required=False, help_text="如 37.524300。")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, subject: Enterprise | Site | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subject = subject
        today = timezone.localdate()
        in_use = Q(retired_on=None) | Q(retired_on__gt=today)
        if subject:
            in_use |= Q(pk=subject.sector_id)
            self.fields["reason"] = forms.CharField(
                label="修改说明", max_length=300, required=False, help_text="会记入变更记录。"
            )
        sector: Any = self.fields["sector"]
        sector.queryset = Sector.objects.filter(in_use)
        self.fields["area"].widget.attrs["list"] = "areas"


class EnterpriseForm(_SubjectForm):
    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=40,
        required=False,
        help_text="18 位，照营业执照填写；还没有的可以不填。",
    )
    staff = forms.IntegerField(label="从业人数", required=False, min_value=0, max_value=10_000_000)
    field_order = ["name", "credit_code", "sector", "area", "address", "business", "staff"]

    def facts(self) -> EnterpriseFacts:
        """What was typed, once the form is valid."""
        return EnterpriseFacts(**_facts(self.cleaned_data))


class SiteForm(_SubjectForm):
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *SiteKind.choices])
    enterprise = EnterpriseField(
        label="所属企业",
        required=False,
        help_text="填统一社会信用代码或登记的全称；无主的不填。",
    )
    field_order = ["name", "kind", "enterprise", "sector", "area", "address", "business"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["enterprise"]
        owner.actor = actor

    def facts(self) -> SiteFacts:
        """What was typed, once the form is valid."""
        return SiteFacts(**_facts(self.cleaned_data))


def _facts(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if name not in ("seen", "reason")}


def initial(subject: Enterprise | Site) -> dict[str, Any]:
    """The form's initial values of a subject that stands."""
    shown: dict[str, Any] = {
        name: getattr(subject, name)
        for name in ("name", "address", "business", "regulator_reason", "longitude", "latitude")
    }
    shown |= {
        "sector": subject.sector_id,
        "area": called(subject.area),
        "regulator": subject.regulator.code if subject.regulator else "",
        "seen": subject.revision,
    }
    if isinstance(subject, Site):
        owner = subject.enterprise
        shown |= {"kind": subject.kind, "enterprise": named(owner) if owner else ""}
    else:
        shown |= {"credit_code": subject.credit_code, "staff": subject.staff}
    return shown


def named(enterprise: Enterprise) -> str:
    """What the field of an enterprise takes for it."""
    return enterprise.credit_code or enterprise.name


def called(area: Area) -> str:
    """What the field of an area takes for it: its name, or its code if another has that name."""
    return area.name if Area.objects.filter(name=area.name).count() == 1 else area.code


class PostForm(_Form):
    kind = forms.ChoiceField(label="岗位", choices=[("", "请选择"), *PostKind.choices])
    name = forms.CharField(label="姓名", max_length=40)
    identity_number = forms.CharField(
        label="身份证号",
        max_length=40,
        required=False,
        help_text="加密保存，页面只显示末四位。已登记过的人凭号码认出，不会重复登记。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="电话", max_length=20, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    valid_from = _day("任职日期")


class EndPostForm(_Form):
    valid_to = _day("离任日期", "最后一天。")
    reason = forms.CharField(label="说明", max_length=300, required=False)


class GradeForm(_Form):
    colour = forms.ChoiceField(label="风险等级", choices=[("", "请选择"), *Colour.choices])
    set_on = _day("评定日期")
    basis = forms.CharField(
        label="评定依据", max_length=200, help_text="按什么办法评定，如评估报告名称、文号。"
    )
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class EntryForm(_Form):
    """The fields of a register's version, and the day on which they were true."""

    checked_on = _day("核对日期", "以上内容在这一天是真实的。")
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, schema: Schema, finder: Finder, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**form_fields(schema, finder), **self.fields}


# --- disputes about who regulates -----------------------------------------------------------------


def _text(label: str, help_text: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DisputeForm(_Form):
    reason = _text(
        "争议理由", "为什么不清楚或有不同意见：做什么业务，涉及哪些部门，各方怎么看。", 5
    )
    basis = forms.CharField(
        label="引用的依据",
        max_length=300,
        help_text="法律法规条款、“三定”规定、文件名称和文号，"
        "如《安全生产法》第十条：新兴行业、领域职责不明确的，按业务相近原则确定。",
    )


class AskForm(_Form):
    organisations = forms.ModelMultipleChoiceField(
        label="征求意见的单位",
        queryset=Organisation.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个单位。"},
    )
    until = _day("答复期限", "最后一天。到期没有答复的列为逾期未答复。")

    def __init__(self, *args: Any, askable: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked: Any = self.fields["organisations"]
        asked.queryset = askable


class OpinionForm(_Form):
    organisation: Any = forms.ModelChoiceField(
        label="答复单位", queryset=Organisation.objects.none(), empty_label=None
    )
    regulator = OrganisationField(
        label="认为应由谁监管", required=False, help_text=f"说不准的不填。{FIND}"
    )
    text = _text("意见", "本单位是否监管、为什么；答复后不能更改。", 4)
    basis = forms.CharField(label="依据", max_length=300, required=False)

    def __init__(self, *args: Any, own: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisation: Any = self.fields["organisation"]
        organisation.queryset = own


class DecideForm(_Form):
    regulator = OrganisationField(label="由谁监管", help_text=FIND)
    scope = forms.ChoiceField(
        label="适用范围",
        choices=DisputeScope.choices,
        widget=forms.RadioSelect,
        initial=DisputeScope.SUBJECT,
    )
    effective_on = _day("自何日起", "在提出争议之日至今天之间。")
    reason = _text("决定理由", "按业务相近等原则怎样确定，各方意见怎样采纳。", 4)
    basis = forms.CharField(
        label="决定依据", max_length=300, help_text="法律法规条款、会议纪要、批示或文号。"
    )
