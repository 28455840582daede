"""Engine `hybrid`: our own network as a propagator."""
