"""Training of the papers' networks on sequences: clips, one objective a network, and what a recipe may say of them."""
