"""Files offered as proof: each content stored once, each use remembered, each reuse flagged."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models

from anlan.kernel.audit.triggers import audited
from anlan.kernel.orgs.models import Organisation


class File(models.Model):
    """One content, by its SHA-256. ``picture_hash``: 64-bit difference hash of a photograph."""

    digest = models.CharField("摘要", max_length=64, unique=True)
    size = models.BigIntegerField("大小（字节）")
    media_type = models.CharField("类型", max_length=100)
    name = models.CharField("文件名", max_length=200)
    picture_hash = models.BigIntegerField(null=True, blank=True, db_index=True)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True)
    latitude = models.FloatField("纬度", null=True, blank=True)
    longitude = models.FloatField("经度", null=True, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "佐证文件"

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the content lies in the data folder."""
        return Path(settings.VAR) / "evidence" / self.digest[:2] / self.digest

    @property
    def is_picture(self) -> bool:
        """Whether browsers show it as an image."""
        return self.media_type in ("image/jpeg", "image/png", "image/webp")


class Use(models.Model):
    """A file offered as proof of one piece of work: ``subject`` belongs to ``organisation``."""

    file = models.ForeignKey(File, models.PROTECT, related_name="uses")
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="evidence_of_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "subject_type", "subject_id"], name="file_used_once_per_subject"
            )
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "佐证"

    def __str__(self) -> str:
        return self.name


class FlagKind(models.TextChoices):
    SAME = "same", "同一文件已用于其他工作"
    ALIKE = "alike", "照片与已用于其他工作的照片高度相似"
    TIME = "time", "照片拍摄时间与工作时间不符"
    PLACE = "place", "照片拍摄地点与工作地点不符"


class Flag(models.Model):
    """Why a verifier should look twice at ``use``; ``other``: the earlier use, if one is meant."""

    use = models.ForeignKey(Use, models.CASCADE, related_name="flags")
    kind = models.CharField("疑点", max_length=10, choices=FlagKind)
    other = models.ForeignKey(Use, models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField("说明", max_length=300)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "佐证疑点"

    def __str__(self) -> str:
        return self.text
