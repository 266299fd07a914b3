"""The words of the intake; beside each value, what is true when it holds."""

from django.db import models


class DocumentKind(models.TextChoices):
    DRAFT = "draft", "征求意见稿"
    FINAL = "final", "正式稿"
    SUPPLEMENT = "supplement", "补充通知"  # adds to the published plan, takes nothing away


class DocumentState(models.TextChoices):
    READING = "reading", "正在读取"  # a job reads the file
    FAILED = "failed", "读取失败"  # with the reason; upload again or withdraw
    REVIEW = "review", "核对中"  # people check what was read
    SUBMITTED = "submitted", "待发布"  # a second person decides
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"


class PointKind(models.TextChoices):
    DIFFERENCE = "difference", "正文与附表不一致"
    REMARK = "remark", "疑问"


class Decision(models.TextChoices):
    OPEN = "open", "待处理"
    ACCEPTED = "accepted", "采纳"  # the drafters are asked to mend it as suggested
    CORRECTED = "corrected", "已更正"  # mended here; the note says how
    IGNORED = "ignored", "不处理"  # with a reason


class CarriedKind(models.TextChoices):
    ITEM = "item", "任务"
    CLAUSE = "clause", "条款"
    BINDING = "binding", "单位对应"  # of a name: to an organisation, a group, or to nobody
    ADDED = "added", "增加的单位"  # by hand: the text does not name it
    REMOVED = "removed", "移除的单位"


class CarriedSource(models.TextChoices):
    VERSION = "version", "上一版的更正"  # people decided it about the version before
    PLAN = "plan", "已发布的任务"  # the published plan has it for the same clause


class CarriedState(models.TextChoices):
    TAKEN = "taken", "沿用"  # this version was read as the one before: the decision holds
    DIFFERS = "differs", "没有沿用"  # the text is another: a person decides
    MISSING = "missing", "新版没有"  # what was corrected is not in this version
    UNDONE = "undone", "已撤销沿用"


# The kinds that ``anlan.notices`` finds, in the words of a clerk.
DIFFERENCES = {
    "missing_row": "附表缺这一项",
    "missing_item": "正文缺这一项",
    "part_missing": "一边缺这一方面",
    "unit_missing_in_table": "附表缺单位",
    "unit_missing_in_body": "正文缺单位",
    "unit_name": "单位名称写法不同",
    "role": "责任不同",
    "number": "数字不同",
    "text_only_in_body": "只在正文",
    "text_only_in_table": "只在附表",
    "wording": "文字不同",
    "title": "标题不同",
    "punctuation": "标点不同",
}
REMARKS = {
    "open_units": "单位没有列全",
    "no_owner": "没有责任单位",
    "no_date": "没有期限",
    "unclear_unit": "计量口径不清",
    "unknown_unit": "单位库中没有",
    "conflicting_figures": "数字矛盾",
    "duplicate_duty": "重复要求",
    "vague": "要求不具体",
    "blank": "留有空白",
    "dangling_reference": "引用的项不存在",
    "missing_date_in_signature": "落款日期不全",
    "missing_attachment": "缺附件",
}
