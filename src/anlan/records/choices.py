"""The words of the work records; beside each value, what is true when it holds."""

from django.db import models


class RecordState(models.TextChoices):
    DRAFT = "draft", "草稿"  # only its own unit sees it
    SUBMITTED = "submitted", "待核验"  # the unit says that it was done
    RETURNED = "returned", "已退回"  # something is missing or wrong; the unit may submit it again
    VERIFIED = "verified", "已核验"  # another person has accepted it: it counts
    WITHDRAWN = "withdrawn", "已撤回"  # it counts no longer, or never did; its history stays
    DROPPED = "dropped", "已删去"  # it never left the unit, or came back and was given up


class RecordSource(models.TextChoices):
    PAGE = "page", "网页填写"
    COPY = "copy", "由上一次复制"
    IMPORT = "import", "Excel 导入"


class MarkKind(models.TextChoices):
    """Why a verifier should look twice. A mark refuses nothing."""

    LATE = "late", "补录"  # entered more than ``record.late_days`` after its day
    BULK = "bulk", "集中录入"  # from Excel, or one of many that the unit submitted within an hour
    PHOTO = "photo", "照片重复使用"  # it already proves other work
    SCENE = "scene", "照片时间地点不符"  # taken on another day, or outside the unit's area
    TITLE = "title", "同日同名"  # as another record of the unit
    REST = "rest", "休息日会议"  # a meeting on a legal day of rest


# States of a record that stands for something done or to be done: it may not stand twice.
STANDING = (
    RecordState.DRAFT, RecordState.SUBMITTED, RecordState.RETURNED, RecordState.VERIFIED,
)  # fmt: skip
# What its own unit may still change.
OPEN = (RecordState.DRAFT, RecordState.RETURNED)
# What never left the unit.
INTERNAL = (RecordState.DRAFT, RecordState.DROPPED)
