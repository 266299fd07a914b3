"""Areas, organisations, their names, and the groups that notices speak of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q

from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.naming import key

if TYPE_CHECKING:
    from anlan.kernel.access.actor import Actor


class PublicQuerySet(models.QuerySet[Any]):
    """Rows that everybody with an account may see: who is who is no secret among officials."""

    def visible_to(self, actor: Actor) -> Self:
        """All rows for an active account or the system, none for anybody else."""
        if actor.user is None or actor.user.is_active:
            return self.all()
        return self.none()


class AreaLevel(models.TextChoices):
    CITY = "city", "市"
    COUNTY = "county", "县（市、区）"
    ZONE = "zone", "开发区"  # county rank, no division code of its own
    TOWNSHIP = "township", "乡镇（街道）"
    PARK = "park", "园区"  # township rank; not one of the 151
    VILLAGE = "village", "村（社区）"


class Area(models.Model):
    """A division of the state. ``path`` (``141100/141102/141102001``): the codes from the root."""

    code = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=AreaLevel)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=80, unique=True, db_index=True)
    sort = models.PositiveIntegerField(default=0)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "code"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "区划"

    def __str__(self) -> str:
        return self.name

    @property
    def within(self) -> Q:
        """Condition on an area field: this area or one below it (``Q(path=…)`` on Area itself)."""
        return Q(path=self.path) | Q(path__startswith=f"{self.path}/")

    def within_of(self, field: str) -> Q:
        """The same on rows whose ``field`` leads to an area."""
        return Q(**{field: self}) | Q(**{f"{field}__path__startswith": f"{self.path}/"})

    def covers(self, other: Area) -> bool:
        """Whether ``other`` is this area or lies below it."""
        return other.path == self.path or other.path.startswith(f"{self.path}/")


class OrganisationKind(models.TextChoices):
    GOVERNMENT = "government", "人民政府"  # city, county, township; a zone's management committee
    BUREAU = "bureau", "部门"
    BRANCH = "branch", "驻地单位"  # central or provincial bodies in the city
    COMMITTEE = "committee", "委员会"
    OFFICE = "office", "委员会办公室"  # the SCO, the specialist committees' offices
    VILLAGE = "village", "村（居）民委员会"
    ENTERPRISE = "enterprise", "企业"
    OTHER = "other", "其他单位"


class Organisation(models.Model):
    """A body that owns duties. ``parent`` is whom it answers to and may receive sub-duties from.

    ``verified`` False: the fact is an assumption that an office has yet to confirm. ``edited``: a
    person has changed it or its names, and loading files leaves it alone from then on.
    """

    code = models.CharField("代码", max_length=40, unique=True)
    name = models.CharField("全称", max_length=120)
    short_name = models.CharField("简称", max_length=60)
    kind = models.CharField("类别", max_length=12, choices=OrganisationKind)
    area = models.ForeignKey(Area, models.PROTECT, related_name="organisations")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    host = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hosted",
        help_text="设在哪个单位（如专委会办公室设在某局）",
    )
    path = models.CharField(max_length=200, unique=True)
    valid_from = models.DateField("成立日期", default=date(2000, 1, 1))
    valid_to = models.DateField("撤销日期", null=True, blank=True)  # the last day it exists
    verified = models.BooleanField("已核实", default=True)
    note = models.CharField("说明", max_length=300, blank=True)
    edited = models.BooleanField(default=False, editable=False)
    sort = models.PositiveIntegerField(default=0)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="organisation_ends_after_it_begins",
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "单位"

    def __str__(self) -> str:
        return self.short_name

    def covers(self, other: Organisation) -> bool:
        """Whether ``other`` is this organisation or answers to it, at any depth."""
        return other.path == self.path or other.path.startswith(f"{self.path}/")


class OrganisationName(models.Model):
    """What documents of ``area`` call an organisation, in force until ``valid_to``.

    In force, a name means one organisation in its area. A former name stays on record, so that old
    documents still resolve. ``key`` is its normal form (:func:`anlan.kernel.orgs.naming.key`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    area = models.ForeignKey(Area, models.CASCADE)
    name = models.CharField("名称", max_length=120)
    key = models.CharField(max_length=120, editable=False)
    valid_from = models.DateField("启用日期", default=date(2000, 1, 1))
    valid_to = models.DateField("停用日期", null=True, blank=True)  # the last day it is in force

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"],
                condition=Q(valid_to__isnull=True),
                name="organisation_name_once_per_area",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="organisation_name_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["key"], name="organisation_name_by_key")]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "单位名称"

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        """Keeps ``key`` true to ``name``; bulk writers set it themselves."""
        self.key = key(self.name)
        super().save(**kwargs)


class Group(models.Model):
    """A collective name in notices of ``area`` (市安委会成员单位): its members on a date.

    ``verified`` and ``edited`` mean what they mean for :class:`Organisation`.
    """

    code = models.CharField("代码", max_length=40, unique=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="groups")
    name = models.CharField("名称", max_length=120)
    aliases = models.JSONField("又称", default=list, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    verified = models.BooleanField("已核实", default=True)
    edited = models.BooleanField(default=False, editable=False)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="group_name_once_per_area")
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "单位组"

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """An organisation is in a group from ``valid_from`` through ``valid_to``, both included."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="membership_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["group", "organisation"],
                condition=Q(valid_to__isnull=True),
                name="membership_open_once",
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "组成员"

    def __str__(self) -> str:
        return f"{self.group} · {self.organisation}"
