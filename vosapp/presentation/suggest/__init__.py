"""Display of suggested objects."""
