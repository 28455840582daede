"""Objects, propagation, export."""
