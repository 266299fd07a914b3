"""The ASGI application that granian serves."""

import os

from django.core.asgi import get_asgi_application

from anlan.config.limits import limited
from anlan.config.processes import die_with_parent

# A worker whose granian was killed would keep the port.
die_with_parent()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.config.settings")
application = limited(get_asgi_application())
