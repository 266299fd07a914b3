"""Pages of the almanac."""
