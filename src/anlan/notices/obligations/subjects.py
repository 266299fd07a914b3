"""Who is bound within a clause: the party named before its verb (市县党委政府要建立…)."""

from __future__ import annotations

import re

VERBS = (
    "组织|开展|制定|建立|健全|完善|落实|推进|推动|督促|指导|加强|强化|加大|加快|深化|实施|实行|完成|建成|"
    "实现|达到|召开|举办|编制|修订|修编|明确|设立|设置|配备|配齐|保障|保证|确保|提供|给予|返还|减免|支持|"
    "鼓励|引导|严格|严厉|严肃|认真|及时|立即|坚持|坚决|做好|抓好|抓紧|履行|报告|报送|公布|公示|发布|通报|"
    "统筹|整合|协调|解决|排查|整治|整改|治理|检查|查处|打击|处罚|追究|约谈|移送|开辟|安排|纳入|执行|防范|"
    "防止|培训|演练|考核|宣传|普及|汇总|监督|监测|聘请|成立|组建|选取|选派|发挥|利用|运用|构建|营造|推广|"
    "淘汰|改造|升级|储备|规划|建设|提升|提高|优化|简化|取消|免收|免征|缓缴|延长|延期|拨付|支付|补助|补贴|"
    "承担|参与|配合|巩固|汇聚|设|梳理|厘清|采取|把|使用|关闭|暂退|突出|带头|提请|启动|开通"
)
_STOP = re.compile(
    r"(?<![主重必需])要(?!害|求|素|点|件)|应当|应(?!急|对|用|届|征)|必须|须|(?<!必|急|所)需(?!求)|不得|不能"
    r"|严禁|禁止|可(?!能|控|燃|靠|视)|至少|不少于|每[半年月季周日天]|力争|全部|牵头|会同"
    r"|负责(?!人)|结合|按照|根据|对(?!外|口)|将|向|分别|均|都|一律|基本|争取|务必|通过|年底|\d{1,4}年|\d{1,2}月"
    r"|(?:" + VERBS + r")(?!机构|人员|部门|单位|队伍|中心|指挥部|类|局|会|支队|大队|办|领导小组)"
)
_PARTY = re.compile(
    r"(?:政府|党委|党组|部门|单位|企业|公司|集团|机构|委员会|安委会|安委办|专委会|办公室|指挥部|局|厅"
    r"|支队|大队|中心|分行|支行|银行|乡镇|苏木|街道|社区|村|县|市|区|旗|盟|州|园区|管委会|负责人|责任人"
    r"|控制人|领导|干部|人员|员工|职工|学校|医院|煤矿|矿山|尾矿库|各地|各级|领域|专班|小组|平台|业主|房东"
    r"|场所|主任|书记|[市县区镇乡]长|副职|代表|网格员|组织|学会|协会|家庭|省|[市省县区区]直|委)"
    r"(?:[（(][^（）()]{1,12}[）)])?$"
)
_LEAD = re.compile(
    r"^(?:(?:在|到)?[\d一二三四五六七八九十今明本年月日底末内上下半季度]{2,12}(?:以?前|[内底末])[，,]?)?"
    r"(?:力争|争取|确保)?(?:其中|同时|此外|原则上|并?由|请|并|凡|，)?"
)
_THING = re.compile(
    r"(?:煤矿|矿山|尾矿库|场所|园区|平台|村|每个?[^每]{1,6})(?:[（(][^（）()]{1,12}[）)])?$|^每"
)
_NO_PARTY = re.compile(
    r"^(?:[或所对将把为在以按从经使于与和及用因除如若自就向到非无不未一]|涉及|成员单位按)|[，。；]"
)
_LONGEST = 70


def is_thing(party: str) -> bool:
    """Whether the party is what is inspected (煤矿, 每个村): it is bound in its clause only."""
    return bool(_THING.search(party))


def find(clause: str) -> str | None:
    """The party that a clause names before its verb or modal, or None if it names none."""
    head = clause[: _LONGEST + 10]
    begin = _LEAD.match(head)
    start = begin.end() if begin else 0
    for stop in _STOP.finditer(head, start):
        party = head[start : stop.start()].rpartition("由")[2]
        if not party:
            return None
        if _PARTY.search(party):
            return None if _NO_PARTY.search(party) or len(party) < 2 else party
    return None
