"""From mask to alpha: trimap, refinement, edge operations."""
