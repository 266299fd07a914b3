"""Alarms on their way to people: who is called, what is quiet, the draft of a first report."""
