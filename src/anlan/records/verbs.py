"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "records.types.load": "载入记录类型",
    "records.record.draft": "起草工作记录",
    "records.record.change": "修改工作记录",
    "records.record.drop": "删去草稿",
    "records.record.submit": "提交工作记录",
    "records.record.return": "退回工作记录",
    "records.record.verify": "核验工作记录",
    "records.record.withdraw": "撤回工作记录",
}
