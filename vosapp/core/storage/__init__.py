"""The project file: schema, encoding, locking, writer thread. `vosapp.core.project` is the front."""
