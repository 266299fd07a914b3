"""The ASGI application that granian serves."""

import os

import django

from anlan.config.handler import Handler
from anlan.config.limits import limited
from anlan.config.processes import die_with_parent
from anlan.kernel import collector

# A worker whose granian was killed would keep the port.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
django.setup(set_prefix=False)
application = limited(Handler())

# A page makes some ten thousand objects.
collector.settle()
