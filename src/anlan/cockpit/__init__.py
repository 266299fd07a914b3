"""Where the city stands and why: reads everything, owns its own snapshots alone."""
