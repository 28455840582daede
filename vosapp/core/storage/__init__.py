"""How a project lies in its file: schema, encoding, locking, the writer thread. `vosapp.core.project` is the front."""
