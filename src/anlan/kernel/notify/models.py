"""What people are told, and how it left the house."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Notification(models.Model):
    """``user`` is told something. ``count`` messages of one kind and link were bundled into it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="notifications",
        verbose_name="收件人",
    )
    kind = models.CharField("类别", max_length=60)
    title = models.CharField("标题", max_length=120)
    text = models.CharField("内容", max_length=1000, blank=True)
    link = models.CharField("办理地址", max_length=300, blank=True)
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)
    count = models.PositiveIntegerField("合并条数", default=1)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["user", "-at"], name="notification_of_user"),
            models.Index(
                fields=["user"], name="notification_unread", condition=Q(read_at__isnull=True)
            ),
        ]
        verbose_name = verbose_name_plural = "消息"

    def __str__(self) -> str:
        return self.title

    @property
    def unread(self) -> bool:
        return self.read_at is None

    @property
    def bundled(self) -> bool:
        """Whether it stands for several messages."""
        return self.count > 1


class DeliveryState(models.TextChoices):
    QUEUED = "queued", "待发送"  # nothing has left, or an attempt failed and another will follow
    SENT = "sent", "已发送"  # the sender has it in safe hands
    FAILED = "failed", "发送失败"  # no further attempt by itself; the watchman reports it


class Delivery(models.Model):
    """A notification on its way by ``channel``; sent at least once, or failed with the error."""

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    channel = models.CharField("渠道", max_length=40)
    state = models.CharField(
        "状态", max_length=8, choices=DeliveryState, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    error = models.CharField("错误", max_length=500, blank=True)
    due_at = models.DateTimeField("发送时间")
    sent_at = models.DateTimeField("送出时间", null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["due_at"], name="delivery_queued", condition=Q(state="queued"))
        ]
        verbose_name = verbose_name_plural = "消息发送"

    def __str__(self) -> str:
        return f"{self.channel} {self.get_state_display()}"
