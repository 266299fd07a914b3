"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "intake.document.upload": "上传通知",
    "intake.document.read": "读取通知",
    "intake.document.fail": "通知读取失败",
    "intake.document.reread": "重新读取通知",
    "intake.document.edit": "更正通知的标题、年度",
    "intake.document.preview": "预览发布",
    "intake.document.submit": "提交发布通知",
    "intake.document.return": "通知退回核对",
    "intake.document.publish": "发布通知",
    "intake.document.withdraw": "撤回通知",
    "intake.points.decide": "处理核对事项",
    "intake.item.edit": "更正任务",
    "intake.clause.edit": "更正条款",
    "intake.unit.bind": "对应责任单位",
    "intake.unit.leave_out": "标为不对应单位",
    "intake.unit.add": "增加责任单位",
    "intake.unit.remove": "移除责任单位",
    "intake.carried.take": "沿用上一版的更正",
    "intake.carried.undo": "撤销沿用",
}
