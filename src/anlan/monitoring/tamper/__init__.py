"""Which series of readings look touched, and why: pure functions on arrays (docs/tamper.md)."""
