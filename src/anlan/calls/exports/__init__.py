"""Files that a progress call gives out: its paper, its minutes, its figures."""
