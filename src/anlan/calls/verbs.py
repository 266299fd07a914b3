"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "calls.demo.date": "演示调度改为上周",
    "calls.call.take": "开展调度",
    "calls.call.submit": "提交调度纪要审签",
    "calls.call.return": "调度纪要退回修改",
    "calls.call.close": "审签调度纪要并下达任务",
    "calls.call.cancel": "取消调度",
    "calls.explanation.add": "增加须说明的单位",
    "calls.explanation.answer": "填写调度说明",
    "calls.explanation.strike": "免予说明",
    "calls.explanation.ask": "重新要求说明",
    "calls.decision.write": "记录议定事项",
    "calls.decision.change": "修改议定事项",
    "calls.decision.drop": "删去议定事项",
}
