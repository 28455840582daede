"""Timeline values: lanes of frames and their scale in pixels."""
