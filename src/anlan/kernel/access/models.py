"""Accounts, grants, deputies; sessions and what happened at the login."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from anlan.kernel.access.client import Client
from anlan.kernel.access.roles import Role
from anlan.kernel.access.triggers import separated
from anlan.kernel.audit.triggers import append_only, audited
from anlan.kernel.orgs.models import Area, Organisation


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """A person's account. Rights come from grants alone; there is no superuser."""

    username = models.CharField("账号", max_length=40, unique=True)
    name = models.CharField("姓名", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="users")
    phone = models.CharField("手机", max_length=20, blank=True)
    is_active = models.BooleanField("启用", default=True)
    is_demo = models.BooleanField("演示账号", default=False)
    password_changed_at = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    last_login = None  # login events say it, and an audit row for each login says nothing
    totp_salt = models.CharField(max_length=60, blank=True)  # the secret itself is never stored
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        ordering = ["username"]
        triggers = [audited(secret=("password", "totp_salt"))]
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: date | None = None) -> Self:
        """The grants in force on ``day`` (today), first and last day included, none ended."""
        day = day or timezone.localdate()
        return self.filter(ended_at=None, valid_from__lte=day).filter(
            Q(valid_to=None) | Q(valid_to__gte=day)
        )


class Grant(models.Model):
    """User ``user`` acts as ``role`` for ``organisation`` within ``area``, between two dates.

    ``ended_at``: taken back at once, before its last day.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    area = models.ForeignKey(Area, models.PROTECT)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField("结束于", null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "area", "valid_from"],
                name="grant_once",
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]
        triggers = [audited(), separated()]
        verbose_name = verbose_name_plural = "授权"

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def in_force(self) -> Self:
        """In force today, first and last day included; the principal's account is in use."""
        today = timezone.localdate()
        return self.filter(
            ended_at=None, principal__is_active=True, valid_from__lte=today, valid_to__gte=today
        )


class Deputy(models.Model):
    """``deputy`` acts for ``principal`` between two dates, by the written authority named."""

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputies", verbose_name="被代理人"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="deputising", verbose_name="代理人"
    )
    valid_from = models.DateField("自")
    valid_to = models.DateField("至")
    authority = models.CharField("依据", max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DeputyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="deputy_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")), name="nobody_deputises_for_himself"
            ),
        ]
        triggers = [audited()]
        verbose_name = verbose_name_plural = "代理"

    def __str__(self) -> str:
        return f"{self.deputy} 代 {self.principal}"


class LoginState(models.Model):
    """What the login counts for an account; apart from it, so that its audit stays readable."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="login_state", primary_key=True
    )
    failures = models.PositiveSmallIntegerField(default=0)  # in a row, one under way included
    locked_until = models.DateTimeField(null=True, blank=True)
    totp_last_step = models.BigIntegerField(default=0)  # a code works once

    class Meta:
        verbose_name = verbose_name_plural = "登录计数"

    def __str__(self) -> str:
        return f"{self.user_id}: {self.failures}"

    @property
    def is_locked(self) -> bool:
        """Whether failed logins keep the account shut at this moment."""
        return self.locked_until is not None and self.locked_until > timezone.now()


class PastPassword(models.Model):
    """A password (its hash) that an account had, so that it is not taken again."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="past_passwords"
    )
    password = models.CharField(max_length=128)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "历史口令"

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"


class RecoveryCode(models.Model):
    """A code that stands in once for the second factor; only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once")
        ]
        verbose_name = verbose_name_plural = "恢复码"

    def __str__(self) -> str:
        return f"{self.user_id} {'已用' if self.used_at else '未用'}"


class SessionEnd(models.TextChoices):
    LOGOUT = "logout", "本人退出"
    IDLE = "idle", "长时间未操作"
    ABSOLUTE = "absolute", "达到单次登录最长时间"
    CONCURRENT = "concurrent", "同一账号登录数超过上限，最早的一个被结束"
    ENDED = "ended", "本人在别处结束"
    PASSWORD = "password", "口令已变更"
    DISABLED = "disabled", "账号已停用"


class AccountSession(models.Model):
    """One login of an account, from its beginning to its end."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions")
    began_at = models.DateTimeField("开始")
    seen_at = models.DateTimeField("最近操作")  # to the minute
    address = models.GenericIPAddressField("地址", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    ended_at = models.DateTimeField("结束", null=True, blank=True)
    end = models.CharField("结束原因", max_length=12, choices=SessionEnd, blank=True)

    class Meta:
        ordering = ["began_at", "id"]
        indexes = [
            models.Index(
                fields=["user", "began_at"], name="session_open", condition=Q(ended_at=None)
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="session_end_has_a_reason",
            )
        ]
        verbose_name = verbose_name_plural = "会话"

    def __str__(self) -> str:
        return f"{self.user_id} {self.began_at:%Y-%m-%d %H:%M}"


class LoginEventKind(models.TextChoices):
    LOGIN = "login", "登录成功"
    FAILED = "failed", "登录失败"
    LOCKED = "locked", "账号锁定"
    UNLOCKED = "unlocked", "解除锁定"
    LIMITED = "limited", "来源地址限流"
    SECOND_FAILED = "second_failed", "动态口令错误"
    RECOVERY = "recovery", "使用恢复码"
    LOGOUT = "logout", "退出"
    SESSION_ENDED = "session_ended", "会话结束"
    PASSWORD = "password", "修改口令"
    RESET = "reset", "重置口令"
    TOTP_ON = "totp_on", "启用动态口令"
    TOTP_OFF = "totp_off", "停用动态口令"
    FEED_FAILED = "feed_failed", "日历订阅地址不对"
    ACTING = "acting", "开始代理办理"
    ACTING_END = "acting_end", "结束代理办理"


class LoginEvent(models.Model):
    """Something happened at the door. Append-only: the database refuses change and removal.

    An account that does not exist leaves no name: people type passwords into the wrong field.
    """

    at = models.DateTimeField("时间", db_default=models.Func(function="clock_timestamp"))
    kind = models.CharField("事件", max_length=16, choices=LoginEventKind)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="login_events"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )  # who did it, where it is not the account itself
    address = models.GenericIPAddressField("地址", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    detail = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["address", "kind", "at"], name="login_event_by_address"),
            models.Index(fields=["user", "-id"], name="login_event_by_user"),
        ]
        triggers = append_only()
        verbose_name = verbose_name_plural = "登录事件"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.get_kind_display()} {self.user_id or ''}"

    @classmethod
    def record(
        cls,
        kind: LoginEventKind,
        user: User | None,
        client: Client,
        *,
        by: User | None = None,
        detail: str = "",
    ) -> None:
        """Store what happened to ``user`` at the door; ``by`` is who did it, if somebody else."""
        cls.objects.create(
            kind=kind, user=user, by=by, address=client.address, agent=client.agent, detail=detail
        )
