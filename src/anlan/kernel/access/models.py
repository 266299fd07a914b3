"""Accounts, grants, deputies."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from anlan.kernel.access.roles import Role
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
    failed_logins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    totp_secret = models.CharField(max_length=200, blank=True)
    totp_last_step = models.BigIntegerField(default=0)  # a code works once
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    objects = UserManager()

    class Meta:
        ordering = ["username"]
        verbose_name = verbose_name_plural = "账号"

    def __str__(self) -> str:
        return self.name


class Grant(models.Model):
    """User ``user`` acts as ``role`` for ``organisation`` within ``area``, between two dates."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    role = models.CharField("角色", max_length=20, choices=Role)
    organisation = models.ForeignKey(Organisation, models.PROTECT)
    area = models.ForeignKey(Area, models.PROTECT)
    valid_from = models.DateField("自")
    valid_to = models.DateField("至", null=True, blank=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "area", "valid_from"], name="grant_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]
        verbose_name = verbose_name_plural = "授权"

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.organisation}"


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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=F("valid_from")), name="deputy_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("deputy")), name="nobody_deputises_for_himself"
            ),
        ]
        verbose_name = verbose_name_plural = "代理"

    def __str__(self) -> str:
        return f"{self.deputy} 代 {self.principal}"
