"""Layouts of published data sets: a module each, with `recognise(root)` and `open_clips(root, split)`."""
