"""HS2S: recurrence and matching with anchor frames in one network (Azimi et al. 2020)."""
