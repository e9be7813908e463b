"""The console's own settings: limits, and how long things are kept."""
