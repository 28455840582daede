"""Timeline widget."""
