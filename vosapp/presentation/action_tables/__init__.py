"""The tables that the registry of actions is made from, by menu; the menus of the right button; gestures."""
