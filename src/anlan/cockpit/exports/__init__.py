"""Files that the cockpit gives out: the ranking as a sheet, the bulletin as an official paper."""
