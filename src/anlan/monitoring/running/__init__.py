"""The process ``monitor``: alarms stored, parts held, history kept, series looked at."""
