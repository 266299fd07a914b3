"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "almanac.remind": "提醒固定日",
    "almanac.subscription.end": "停用日历订阅地址",
    "almanac.subscription.renew": "生成日历订阅地址",
}
