"""Training of the hybrid network's second design: long unrolls on its own masks, several objects at once."""
