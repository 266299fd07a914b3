"""The decision on who regulates a subject, in official layout: to be numbered and sealed by people.

Whatever it says stands in the dispute; it names those who were asked and did not answer too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from anlan.kernel import official
from anlan.registry.choices import DisputeScope
from anlan.registry.models import Dispute, Opinion


def docx(dispute: Dispute, opinions: Sequence[Opinion]) -> bytes:
    """The file."""
    document = official.paper()
    official.title(document, f"关于{dispute.subject}安全生产监管归属的决定")
    if dispute.subject.is_demo:
        official.centred(document, "（演示数据，不是正式文件）")
    official.line(document, "")
    for heading, lines in (
        ("一、争议事项", _matter(dispute)),
        ("二、征求意见情况", _heard(opinions)),
        ("三、决定", _decision(dispute)),
    ):
        head = official.line(document, heading, official.RANK_1)
        head.paragraph_format.keep_with_next = True
        for words in lines:
            official.line(document, words)
    official.line(document, "")
    closed = timezone.localtime(dispute.closed_at)
    signer = _signer(dispute)
    official.signature(document, signer, f"{closed:%Y年%-m月%-d日}")
    return official.content(document)


def _signer(dispute: Dispute) -> str:
    """The office in whose name it was decided; where that was not kept yet, that of the account."""
    office = dispute.decided_for or (dispute.closed_by and dispute.closed_by.organisation)
    return str(office.name) if office else ""


def _matter(dispute: Dispute) -> Iterable[str]:
    subject, raised = dispute.subject, timezone.localtime(dispute.raised_at)
    before = dispute.regulator_before.name if dispute.regulator_before else "未确定"
    yield (
        f"{dispute.organisation.name}于{raised:%Y年%-m月%-d日}提出：{_ended(dispute.reason)}"
        f"引用的依据：{_ended(dispute.basis)}"
    )
    yield (
        f"{subject}位于{subject.area}，行业领域为{subject.sector}，"
        f"提出争议时的监管部门：{_ended(before)}"
    )


def _heard(opinions: Sequence[Opinion]) -> Iterable[str]:
    for number, each in enumerate(opinions, 1):
        name = each.organisation.name
        if each.given_at is None:
            yield f"{number}．{name}：至答复期限{each.until:%Y年%-m月%-d日}未答复。"
            continue
        holds = f"认为应由{each.regulator.name}监管。" if each.regulator else ""
        basis = f"依据：{_ended(each.basis)}" if each.basis else ""
        yield f"{number}．{name}：{holds}{_ended(each.text)}{basis}"


def _decision(dispute: Dispute) -> Iterable[str]:
    regulator = dispute.regulator.name if dispute.regulator else ""
    since = f"自{dispute.effective_on:%Y年%-m月%-d日}起"
    yield f"{_ended(dispute.closing_reason)}依据{_ended(dispute.decision_basis)}"
    if dispute.scope == DisputeScope.SECTOR:
        yield (
            f"{since}，本市行业领域“{dispute.sector}”的安全生产监督管理部门为{regulator}；"
            "县（市、区）有对应部门的，由对应部门监督管理。已另行决定监管部门或另有归属争议在办的对象不变。"
        )
    else:
        yield f"{since}，{dispute.subject}的安全生产监督管理部门为{regulator}。"


def _ended(words: str) -> str:
    """The words with a full stop at their end, and on one line."""
    words = " ".join(words.split())
    return words if words.endswith(("。", "！", "？")) else f"{words}。"
