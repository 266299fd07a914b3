"""Lines of business, and who regulates them unless somebody decided otherwise."""

from __future__ import annotations

from django.db import models

from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Organisation, PublicQuerySet


class Sector(models.Model):
    """A line of business (行业领域), as the city divides it (``data/<city>/sectors.yaml``).

    Who runs a line of business runs its safety (Work Safety Law art. 3): ``city_regulator``, and
    in a county the organisation whose code is the area's and ``county_regulator`` (``emergency``).
    """

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    committee_office = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="专委会办公室",
    )
    city_regulator = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="市级监管部门",
    )
    county_regulator = models.SlugField("县级监管部门", max_length=40, blank=True)
    verified = models.BooleanField("已核实", default=True)
    retired_on = models.DateField("停用日期", null=True, blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["sort", "code"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "行业领域"

    def __str__(self) -> str:
        return self.name
