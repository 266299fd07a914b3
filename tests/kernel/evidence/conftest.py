"""The small city, its people, and a data folder of the test's own."""

from __future__ import annotations

from tests.kernel.access.conftest import (
    _fresh_process as _fresh_process,
)
from tests.kernel.access.conftest import (
    _log_guards as _log_guards,
)
from tests.kernel.access.conftest import (
    committed_db as committed_db,
)
from tests.plan.conftest import city as city
from tests.plan.conftest import store as store
from tests.plan.conftest import who as who
from tests.plan.conftest import work as work
