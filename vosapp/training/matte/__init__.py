"""Training of the matte refiner."""
