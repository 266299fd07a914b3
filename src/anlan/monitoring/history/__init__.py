"""The history of readings: a Delta table (docs/history.md)."""
