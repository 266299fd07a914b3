"""The settings of tests: ours, on a data folder of their own, never that of an installation."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Workers of xdist inherit the folder, and so share one server.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["ANLAN_VAR"] = tempfile.mkdtemp(prefix="anlan-test-")
    atexit.register(shutil.rmtree, os.environ["ANLAN_VAR"], ignore_errors=True)

from anlan.config.settings import *  # noqa: F403

# The manifest of hashed names exists only after collectstatic.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
