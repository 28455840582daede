"""Targets of an export: what writes and reads back each family of formats."""
