"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "watchman.find": "发现运行问题",
    "watchman.close": "运行问题消除",
}
