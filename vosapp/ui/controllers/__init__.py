"""What the window does: plain objects in the GUI thread that change the session. They know no widgets but dialogs."""
