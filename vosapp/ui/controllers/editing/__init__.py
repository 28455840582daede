"""Controllers of what the user changes by hand: objects, masks, ranges and mattes."""
