"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "notify.tell": "发送消息",
    "notify.read": "阅读消息",
    "notify.read_all": "全部消息标为已读",
}
