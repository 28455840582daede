"""Adapters: each network of the papers as a `Propagator`."""
