"""Training clips made from photographs: objects cut out and moved, with exact masks; by seed, the same every time."""
