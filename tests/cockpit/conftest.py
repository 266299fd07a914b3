# ruff: noqa: F401 — fixtures of the plan's tests
from tests.plan.conftest import (
    _fresh_process,
    _log_guards,
    city,
    committed_db,
    store,
    who,
    work,
)
