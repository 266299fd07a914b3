"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "norms.load": "载入参数",
    "norms.norm.replace": "修改参数",
}
