"""Pieces of the benchmark of the monitoring (``tests/bench/bench_monitoring.py``)."""
