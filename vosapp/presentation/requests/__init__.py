"""From what the user pressed and typed to what a job gets."""
