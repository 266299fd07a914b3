from tests.monitoring.stream.conftest import broker, on_stream

__all__ = ["broker", "on_stream"]
