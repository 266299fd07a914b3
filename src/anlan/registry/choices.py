"""The words of the registry; beside each value, what is true when it holds."""

from django.db import models


class Business(models.TextChoices):
    """The state of business of an enterprise or a site."""

    RUNNING = "running", "正常生产经营"
    BUILDING = "building", "在建"  # under construction, or being rebuilt: not yet producing
    STOPPED = "stopped", "停产停业"  # may start again
    CLOSED = "closed", "已关闭"  # for good; stays on record


class SiteKind(models.TextChoices):
    MINE = "mine", "矿井（露天矿）"
    TAILINGS_POND = "tailings_pond", "尾矿库"
    PARK = "park", "化工园区"
    PLANT = "plant", "厂区、车间、装置"
    VENUE = "venue", "经营、活动场所"  # crowded venues and small venues alike
    PETROL_STATION = "petrol_station", "加油站"
    TUNNEL = "tunnel", "隧道"
    VEHICLE = "vehicle", "车辆"
    BUILDING = "building", "建筑"
    PIPE_SECTION = "pipe_section", "管段"
    OTHER = "other", "其他"


class PostKind(models.TextChoices):
    """Whom the law holds to account in an enterprise."""

    PRINCIPAL = "principal", "主要负责人"  # Work Safety Law art. 5: first to answer for safety
    CONTROLLER = "controller", "实际控制人"  # decides, whether or not he stands in the papers
    SAFETY_MANAGER = "safety_manager", "安全管理人员"  # art. 24–27


class Colour(models.TextChoices):
    """Grades of risk, highest first (安委办〔2016〕11号: red, orange, yellow, blue)."""

    RED = "red", "红（重大）"
    ORANGE = "orange", "橙（较大）"
    YELLOW = "yellow", "黄（一般）"
    BLUE = "blue", "蓝（低）"


class SubjectKind(models.TextChoices):
    """What a register has its entries on."""

    ENTERPRISE = "enterprise", "企业"
    SITE = "site", "场所"


class DisputeState(models.TextChoices):
    """Where a dispute about who regulates a subject (归属争议) stands."""

    RAISED = "raised", "待征求意见"  # nobody has been asked yet
    ASKED = "asked", "征求意见中"  # organisations were asked; some may have answered
    DECIDED = "decided", "已决定"  # the regulator was set with the decision
    WITHDRAWN = "withdrawn", "已撤回"  # by who raised it; the regulator is what it was


class DisputeScope(models.TextChoices):
    """What a decision holds for."""

    SUBJECT = "subject", "只对这个对象"
    SECTOR = "sector", "对整个行业领域"


OPEN_DISPUTE = (DisputeState.RAISED, DisputeState.ASKED)
