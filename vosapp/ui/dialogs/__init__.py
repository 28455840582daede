"""Dialogs: windows that ask or list."""
