"""Work in the background: jobs in threads, their news, the row of what waits for a disk, and how all of it ends."""
