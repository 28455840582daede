"""RVOS: recurrence over the objects of a frame and over time (Ventura et al., CVPR 2019)."""
