"""HS2S: recurrence and matching with trusted frames in one network (Azimi et al. 2020)."""
