"""Requests: what the user set and pressed, turned into the input of a job."""
