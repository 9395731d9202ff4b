"""From the market plan to a trading dealer: openings, applications, screening, enablement, launch."""
