"""How published data sets lie on disk: a module a layout, each with `recognise(root)` and `open_clips(root, split)`."""
