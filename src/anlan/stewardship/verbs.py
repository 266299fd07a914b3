"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "stewardship.post.add": "登记领导岗位",
    "stewardship.post.link": "关联领导账号",
    "stewardship.post.end": "登记领导离任",
    "stewardship.steward.assign": "确定矿山包保领导",
    "stewardship.list.draw_up": "起草领导责任清单",
    "stewardship.list.add": "添加清单内容",
    "stewardship.list.change": "修改清单内容",
    "stewardship.list.drop": "删去清单内容",
    "stewardship.list.issue": "印发领导责任清单",
    "stewardship.list.recall": "收回领导责任清单",
    "stewardship.item.finish": "上报清单任务完成",
    "stewardship.item.verify": "核验清单任务",
    "stewardship.item.return": "退回清单任务",
    "stewardship.item.reopen": "重新打开清单任务",
    "stewardship.clock.keep": "设定到矿提醒",
    "stewardship.steward.end": "结束矿山包保",
}
