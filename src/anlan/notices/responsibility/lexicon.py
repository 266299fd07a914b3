"""The words by which bodies, roles and lists are told: data only, one place for each word.

Source: the wording of official notices of cities and provinces, and the names that the reforms of
2018 and 2023 gave to the bureaus of local governments.
"""

from __future__ import annotations

import re

OPENERS = "（(〔[【［"
CLOSERS = "）)〕]】］"

# Who stands above: 市财政局, 各乡镇, 国家…, 国网…; not 市场, 县城, 区域.
LEVEL = re.compile(
    r"(?:省|市(?!场)|县(?![域城])|区(?!域)|自治[区州县旗]|州|盟|旗|国家|中央|全[省市县区州]|各|本[省市县区]|驻.市|团[省市县区]"
    r"|国网|南方电网|中国|中石油|中石化|人民银行|人行)"
)

# What a public body's name ends with when the ending alone is proof enough.
STRONG_ENDING = re.compile(
    r"(?:(?<![布格结大全开时僵])局|(?<![餐客大歌舞])厅|(?<!常)委|委员会|(?<![督承主举协网包创申合])办"
    r"|办公室|政府|管委会|支队|总队|大队|法院|检察院|海关|成员单位|公署|兵团|专委会|安委会|消委会|减灾委"
    r"|指挥部|领导小组|经开区|高新区|开发区|宣传部|组织部|统战部|政法委|社会工作部|武装部|供销社"
    r"|总工会|妇联|残联|科协|文联|工商联|侨联|(?:职责|监管|主管|审批)的?部门)$"
)

# Endings that need a level in front of them to be proof: 市热线中心, 市级有关部门.
LEVELLED_ENDING = re.compile(
    r"(?:部|署|会|中心|集团|公司|(?:银|分|支|商|人|央|总)行|部门|单位|机构|乡镇|街道|办事处|镇|乡|苏木"
    r"|专班|工作组|镇街|街镇|乡街|镇办|站|所|处|科|室|队|社|台|馆|地|区|县|市|旗|各级|[（(〔\[](?:市|市、?区|街道|区|园区|乡)[）)〕\]]"
    r"|[（(〔\[](?:单位|部门|组织)[）)〕\]]|人民银行)$"
)

# Endings that name a body only where the rest of the expression says so: （企业负责）.
WEAK_ENDING = re.compile(
    r"(?:院|校|学校|大学|企业|组织|团体|协会|村|社区|林场|农场|机场|铁塔|联通|移动|电信|邮政|基地"
    r"|部队|党组|武警|[省市县区乡镇]级|州|盟|省|电网|保险|监管部门|[）)〕\]])$"
)

NOT_A_BODY = re.compile(
    r"(?:^|.)(?:全部|内部|外部|干部|局部|城市|超市|夜市|股市|林区|景区|校区|山区|灾区|网站|车站|水站"
    r"|措施|机会|社会|大会|会议|[展览销动晚庙集乐谈场唱例聚年]会|到位|岗位|地位|原因|场所|住所|厕所|好处|坏处|高处|教室|浴室|部队官兵"
    r"|上级|下级|等级|分级|升级|现场|目的地|用地|场地|实地|当地|属地|异地|土地|平台|之处|军队|基金会员)$"
    r"|(?:等|书记|主任|[局厅市县区镇乡处科部院校组]长|秘书长|负责人|责任人|同志|[一二三四五两]级)$"
    r"|^等"
    r"|^(?:责任|牵头|配合|协办|参加|参与|主办|承办|落实|实施|主管|主责|督导)(?:单位|部门)$"
)

# Marks of a clause, which no name of a body has in it.
CLAUSE_MARK = re.compile(
    r"应当|必须|通过|进行|开展|确保|完成|下同|以下|简称|包括|例如|不得|可以|已经|做好|坚持|制定|建立"
    r"|[。：:？！?!“”\"《》]|[的](?!部门|单位|机构|企业|地方|地区|乡镇)"
)

# Bodies that only a wider name makes certain: a bare 街道 in brackets is no responsibility.
_BARE = """
政府 人民政府 党委 党组 党工委 纪委 办公室 海关 法院 检察院 委员会 管委会 领导小组 指挥部 成员单位
开发区 经开区 高新区 园区 街道 乡镇 镇 乡 村 社区 企业 部门 单位 机构 学校 医院 市区 县区 市县 省市
市县区 县市区 镇街 镇乡 村居 地区 市级 县级 省级 区级 县级市 市辖区 各级 各类 各部 各种 市直 省直
县直 各行 各会 各处 各所 各站
"""
BARE = frozenset(_BARE.split())

# A level and 各 do not make these certain: （各类企业）, （县级医院）.
NEVER_CERTAIN = re.compile(
    r"(?:企业|学校|医院|大学|村|社区|组织|协会|林场)$|^[^各]{3,}(?<![开新发])区$"
    r"|^各[类种].*(?<!部门)(?<!单位)$|^各.*(?:站|馆|社|台|中心|公司|集团|所|队|(?<![员委])会|行|室|区域)$"
)

# Bureaus by what stands before 局, 委, 厅…: they may follow another bureau without its level.
_BUREAU_STEMS = """
财政 民政 公安 司法 教育 教体 科技 科学技术 人社 人力资源社会保障 人力资源和社会保障 自然资源
规划和自然资源 自然资源和规划 资源规划 生态环境 住建 住房城乡建设 住房和城乡建设 城管 城市管理
城市管理综合执法 交通 交通运输 水利 水务 农业农村 商务 文旅 文化和旅游 文化旅游 文广旅 文旅广电
卫健 卫生健康 退役军人 退役军人事务 应急 应急管理 审计 市场监管 市场监督管理 体育 统计 医保 医疗保障
乡村振兴 林业 林草 林业和草原 园林 信访 机关事务 机关事务管理 行政审批 行政审批服务管理 政务服务
政务服务管理 政务服务和大数据 大数据 数据 能源 粮食 粮食和物资储备 气象 税务 工信 工业和信息化 经信
经济和信息化 发改 发展改革 发展和改革 国资 民宗 民族宗教 外事 金融 金融监管 地方金融监管 金融工作
广电 广播电视 药监 知识产权 地震 水文 邮政管理 通信管理 投资促进 招商 海洋 国防动员 人防
"""
_STEM = "|".join(sorted(_BUREAU_STEMS.split(), key=len, reverse=True))
BARE_BUREAU = re.compile(
    rf"^(?:(?:{_STEM})(?:局|委|厅|办|委员会)|总工会|妇联|残联|科协|团委|供销社|安委办)$"
)
LEVEL_OF_BUREAU = re.compile(
    rf"^((?:[\u4e00-\u9fff]{{2,6}}?)?[省市县区州旗盟])"
    rf"(?:(?:{_STEM})(?:局|委|厅|办|委员会)|委[\u4e00-\u9fff]{{2,8}}[部委办]"
    r"|[\u4e00-\u9fff]{0,6}(?:中心|支队|总队|大队|总工会|妇联|残联|科协|供销社))$"
)
STEM_ONLY = re.compile(rf"^(?:[省市县区州旗])?(?:{_STEM})$")
BUREAU = re.compile(rf"^(?:[省市县区州旗])?(?:{_STEM})(局|厅)$")

# Other words that 部门 follows: 公安、消防部门.
SECTOR_ONLY = re.compile(
    rf"^(?:[省市县区州旗])?(?:{_STEM}|消防|网信|宣传|铁路|民航|电力|公路|通信|邮政|海事|保险|银行|电信)$"
)

# What several names in a row may share at their end: 煤矿、非煤矿山安全专业委员会办公室.
SHARED_OFFICE = re.compile(r"((?:安全生产|安全)?(?:专业委员会|专委会|专委)(?:办公室|办)?)$")
SHARED_DEPARTMENT = re.compile(r"((?:行业)?(?:主管|监管|管理)?部门)$")
