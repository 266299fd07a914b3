"""The stream of readings: broker, publishing, following, the engine's worker (docs/stream.md)."""
