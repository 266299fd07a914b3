"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "registry.load": "载入台账",
    "registry.dispute.ask": "就归属争议征求意见",
    "registry.dispute.decide": "决定归属争议",
    "registry.dispute.opine": "答复归属争议",
    "registry.dispute.raise": "提出归属争议",
    "registry.dispute.withdraw": "撤回归属争议",
    "registry.enterprise.add": "登记企业",
    "registry.enterprise.change": "修改企业",
    "registry.enterprise.merge": "合并企业",
    "registry.entry.put": "填写台账",
    "registry.grade.set": "评定风险等级",
    "registry.identity.open": "查看证件号码",
    "registry.person.add": "登记人员",
    "registry.post.appoint": "任命岗位人员",
    "registry.post.begin": "登记任职",
    "registry.post.end": "登记离任",
    "registry.site.add": "登记场所",
    "registry.site.change": "修改场所",
    "registry.site.merge": "合并场所",
    "registry.site.relabel": "换发标签",
}
