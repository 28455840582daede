"""Running engines over datasets and reporting what they score."""
