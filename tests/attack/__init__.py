"""Attacks on the whole program: kills, hostile files, a long soak. `make attack`; not part of the suite."""
