"""What a type and its versions are made of; each ledger has tables of its own for them."""

from __future__ import annotations

from functools import cached_property

from django.db import models

from anlan.kernel.typed.schema import Schema


class TypeBase(models.Model):
    """A type that is data. ``retired_on``: from that day nothing new is recorded by it."""

    code = models.SlugField("代码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=60)
    retired_on = models.DateField("停用日期", null=True, blank=True)
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class VersionBase(models.Model):
    """The fields of a type from a day on. Never edited: a change makes the next number.

    The concrete model has a foreign key ``type`` with the name ``versions`` on its other side,
    and lists its constraints; what was recorded points at the version it was recorded by.
    """

    number = models.PositiveSmallIntegerField("版本")
    fields = models.JSONField("字段")
    effective_from = models.DateField("启用日期")
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"第 {self.number} 版"

    @cached_property
    def schema(self) -> Schema:
        """The fields as they judge and show."""
        return Schema.load(self.fields)
