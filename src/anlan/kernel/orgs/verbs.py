"""The verbs of its writes, in the words of the auditor's page (see ``kernel.audit.words``)."""

VERBS = {
    "orgs.load": "载入单位库",
    "orgs.group.add_member": "列入单位组成员",
    "orgs.group.end_member": "结束单位组成员资格",
    "orgs.group.verify": "核实单位组名单",
    "orgs.organisation.add": "增设单位",
    "orgs.organisation.add_name": "增加单位别名",
    "orgs.organisation.dissolve": "撤销单位",
    "orgs.organisation.rename": "单位更名",
    "orgs.organisation.set_host": "核实设在单位",
}
