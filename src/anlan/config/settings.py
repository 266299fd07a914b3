"""Settings. Everything that differs between installations comes from the environment.

``ANLAN_VAR``     the data folder (default ``var`` beside the source tree)
``DATABASE_URL``  a PostgreSQL server of one's own; without it the embedded one in ``ANLAN_VAR``
``PORT``          where ``anlan serve`` listens (default 8000)
``ANLAN_HOSTS``   comma-separated host names that the server answers to (default: any local name)
``ANLAN_HTTPS``   ``1`` behind TLS: secure cookies, HSTS
``ANLAN_PROXIES`` comma-separated addresses of reverse proxies whose X-Forwarded-For is believed
``ANLAN_TOTP``    comma-separated roles that must use a second factor (``sco_chief,security``)
``ANLAN_BACKUPS`` the folder that backups are written to: the watchman then asks for a daily one
"""

from __future__ import annotations

import os
from pathlib import Path

from csp.constants import NONE, SELF

from anlan.config import database, secret
from anlan.config.frontend import VENDOR

BASE = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("ANLAN_VAR", BASE / "var")).resolve()
HTTPS = os.environ.get("ANLAN_HTTPS") == "1"
BACKUPS = os.environ.get("ANLAN_BACKUPS", "")

SECRET_KEY = secret.key(VAR)
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ANLAN_HOSTS", "*").split(",")
ROOT_URLCONF = "anlan.config.urls"
ASGI_APPLICATION = "anlan.config.asgi.application"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "pgtrigger",
    "procrastinate.contrib.django",
    "anlan.kernel.orgs",
    "anlan.kernel.access",
    "anlan.kernel.audit",
    "anlan.kernel.events",
    "anlan.kernel.deadlines",
    "anlan.kernel.norms",
    "anlan.kernel.evidence",
    "anlan.kernel.indicators",
    "anlan.kernel.notify",
    "anlan.kernel.watchman",
    "anlan.kernel.imports",
    "anlan.kernel.ui",
    "anlan.registry",
    "anlan.records",
    "anlan.monitoring",
    "anlan.stewardship",
    "anlan.plan",
    "anlan.intake",
    "anlan.cockpit",
    "anlan.calls",
    "anlan.almanac",
]

MIDDLEWARE = [
    "anlan.kernel.visits.release_middleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "anlan.kernel.access.middleware.ActorMiddleware",
    "anlan.kernel.access.middleware.PolicyMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "anlan.kernel.ui.context.shell",
            ],
        },
    },
]

DATABASES = {"default": database.settings(VAR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/login/"
TRUSTED_PROXIES = [each for each in os.environ.get("ANLAN_PROXIES", "").split(",") if each]
TOTP_REQUIRED_ROLES = [each for each in os.environ.get("ANLAN_TOTP", "").split(",") if each]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
STATICFILES_DIRS = [("vendor", VENDOR)]

# A government intranet has no Internet: no page may load anything from another host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
CSRF_FAILURE_VIEW = "anlan.kernel.ui.errors.csrf_failure"

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"anlan": {"level": "INFO"}},
}
