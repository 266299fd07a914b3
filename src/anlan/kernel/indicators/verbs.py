"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "indicators.load": "载入指标",
    "indicators.definition.add": "新设指标",
    "indicators.definition.change": "修订指标",
}
