"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "stewardship.post.add": "登记领导岗位",
    "stewardship.post.link": "关联领导账号",
    "stewardship.post.end": "登记领导离任",
    "stewardship.steward.assign": "确定矿山包保领导",
    "stewardship.clock.keep": "设定到矿提醒",
    "stewardship.steward.end": "结束矿山包保",
}
