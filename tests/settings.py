"""The settings of tests: ours, on a data folder of their own, never that of an installation."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Each worker of xdist has a folder and so a server of its own: seals and events wait for the oldest
# transaction of the whole server, and a test of theirs must not wait for another worker's test.
if os.environ.get("ANLAN_TESTED_BY") != (me := os.environ.get("PYTEST_XDIST_WORKER", "main")):
    os.environ["ANLAN_TESTED_BY"] = me
    os.environ["ANLAN_VAR"] = tempfile.mkdtemp(prefix="anlan-test-")
    atexit.register(shutil.rmtree, os.environ["ANLAN_VAR"], ignore_errors=True)

from anlan.config.settings import *  # noqa: F403

# The manifest of hashed names exists only after collectstatic.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
