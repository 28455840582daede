"""Clicks as a patient user would make them, and pictures with masks to train on."""
