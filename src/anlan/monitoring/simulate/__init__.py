"""A whole city's devices in one process, with scripted incidents (docs/simulate.md)."""
