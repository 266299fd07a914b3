"""The ASGI application of a county's node, that granian serves."""

import os
from pathlib import Path

from anlan.config.limits import limited
from anlan.config.processes import die_with_parent
from anlan.kernel import collector
from anlan.monitoring.edge.http import Application

# A worker whose granian was killed would keep the port.
die_with_parent()
application = limited(Application(Path(os.environ["ANLAN_VAR"])))
collector.settle()
