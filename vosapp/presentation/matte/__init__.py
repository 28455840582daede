"""What the window shows of mattes and lets the user set."""
