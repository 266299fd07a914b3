"""Progress calls (调度): frozen figures, who must explain, minutes that become duties."""
