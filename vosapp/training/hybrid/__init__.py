"""Training of the hybrid network."""
