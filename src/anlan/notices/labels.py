"""The Chinese words for roles, kinds and periods, in one place for report and pages."""

from __future__ import annotations

from anlan.notices.document import ObligationKind, Period, Role
from anlan.notices.kinds import DifferenceKind, RemarkKind
from anlan.notices.structure.ledger import RepairKind

ROLES = {
    Role.LEAD: "牵头",
    Role.ASSIST: "配合",
    Role.RESPONSIBLE: "负责",
    Role.OVERSEE: "督促指导",
}

OBLIGATIONS = {
    ObligationKind.QUOTA: "数量",
    ObligationKind.DEADLINE: "时限",
    ObligationKind.FREQUENCY: "频次",
    ObligationKind.TRIGGER: "触发条件",
    ObligationKind.CONDITION: "适用范围",
    ObligationKind.DUTY: "一般要求",
}

PERIODS = {
    Period.YEAR: "每年",
    Period.HALF_YEAR: "每半年",
    Period.QUARTER: "每季度",
    Period.MONTH: "每月",
}

OPERATORS = {">=": "不少于", ">": "多于", "<=": "不超过", "<": "少于", "==": "", "all": "全部"}

DIFFERENCES = {
    DifferenceKind.MISSING_ROW: "附表缺这一项",
    DifferenceKind.MISSING_ITEM: "正文缺这一项",
    DifferenceKind.PART_MISSING: "只有一边有这个方面",
    DifferenceKind.UNIT_MISSING_IN_TABLE: "附表缺责任单位",
    DifferenceKind.UNIT_MISSING_IN_BODY: "正文缺责任单位",
    DifferenceKind.NUMBER: "数字不一致",
    DifferenceKind.ROLE: "责任分工不一致",
    DifferenceKind.UNIT_NAME: "单位名称写法不一致",
    DifferenceKind.TITLE: "标题不一致",
    DifferenceKind.TEXT_ONLY_IN_BODY: "只在正文",
    DifferenceKind.TEXT_ONLY_IN_TABLE: "只在附表",
    DifferenceKind.WORDING: "文字不一致",
    DifferenceKind.PUNCTUATION: "标点不一致",
}

REMARKS = {
    RemarkKind.NO_OWNER: "没有责任单位",
    RemarkKind.CONFLICTING_FIGURES: "数字矛盾",
    RemarkKind.OPEN_UNITS: "责任单位没有列全",
    RemarkKind.UNCLEAR_UNIT: "计数口径不清",
    RemarkKind.NO_DATE: "没有时限",
    RemarkKind.UNKNOWN_UNIT: "单位不在组织机构里",
    RemarkKind.DUPLICATE_DUTY: "要求重复",
    RemarkKind.DANGLING_REFERENCE: "引用落空",
    RemarkKind.MISSING_ATTACHMENT: "缺附件",
    RemarkKind.MISSING_DATE_IN_SIGNATURE: "落款日期不全",
    RemarkKind.BLANK: "有空白未填",
    RemarkKind.VAGUE: "要求不具体",
}

REPAIRS: dict[str, str] = {
    "misread": "识别错字",
    RepairKind.JOINED_LINES: "接上断开的行",
    RepairKind.HALF_WIDTH: "半角标点改全角",
    RepairKind.TRADITIONAL: "繁体字改为简体",
    RepairKind.STRAY_LINE: "多余的行",
    RepairKind.PAGE_NUMBER: "页码",
    RepairKind.RUNNING_HEADER: "页眉页脚",
    RepairKind.WEB_DEBRIS: "网页残留",
    RepairKind.REPEATED_TITLE: "重复的标题",
    RepairKind.REPEATED_CELL: "跨页重复的单元格",
    RepairKind.MERGED_CELL: "合并的单元格",
    RepairKind.SPLIT_ROW: "跨页断开的行",
    RepairKind.TWO_UNITS: "一格两段、两个责任单位",
    RepairKind.MISSING_NUMBER: "缺序号",
    RepairKind.UNBALANCED_BRACKET: "括号不配对",
}
