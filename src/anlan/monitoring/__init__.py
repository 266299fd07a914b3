"""Monitoring and early warning: from the sensor to a person who answers (docs/monitoring.md)."""
