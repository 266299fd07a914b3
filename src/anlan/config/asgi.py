"""The ASGI application that granian serves."""

import gc
import os

import django

from anlan.config.handler import Handler
from anlan.config.limits import limited
from anlan.config.processes import die_with_parent

# A worker whose granian was killed would keep the port.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
django.setup(set_prefix=False)
application = limited(Handler())

# What is loaded by now stays for ever, and a page makes some ten thousand objects, none of them in
# circles: the collector need not look through them after every few hundred.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
