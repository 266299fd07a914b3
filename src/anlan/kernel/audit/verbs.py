"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "system.migrate": "系统升级",
}
