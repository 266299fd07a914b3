"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "plan.load": "载入年度计划",
    "plan.demo.load": "载入演示数据",
    "plan.duty.hand_down": "分解下达任务",
    "plan.duty.adjust": "调整任务",
    "plan.duty.clock": "任务计时",
    "plan.duty.count": "按台账计数",
    "plan.duty.restand": "重算任务状态",
    "plan.report.submit": "上报进展",
    "plan.report.accept": "核验通过",
    "plan.report.return": "退回上报",
    "plan.report.withdraw": "撤回上报",
    "plan.extension.apply": "申请延期",
    "plan.extension.grant": "同意延期",
    "plan.extension.refuse": "不同意延期",
    "plan.order.propose": "提出督办建议",
    "plan.order.issue": "下达督办",
    "plan.order.dismiss": "不予督办",
    "plan.order.answer": "回复督办",
    "plan.order.reject": "督办回复退回",
    "plan.order.close": "督办办结",
}
