"""The engine of the second hybrid network: one tracker, no second engine beside it."""
