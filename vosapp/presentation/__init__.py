"""What the window shows and may do, as values and pure functions. No Qt, no torch."""
