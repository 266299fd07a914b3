"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "deadlines.step": "期限提醒",
}
