"""Reports of measurements as a table of text, as JSON and as one HTML page that needs no other file."""
