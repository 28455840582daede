"""Object proposals on a frame from networks that need no mask."""
