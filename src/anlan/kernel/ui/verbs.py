"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "ui.view.keep": "保存视图",
    "ui.view.drop": "删除视图",
}
