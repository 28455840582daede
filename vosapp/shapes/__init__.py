"""From masks to animated Bezier shapes that other programs can edit."""
