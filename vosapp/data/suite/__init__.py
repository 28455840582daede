"""The synthetic suite: ten short clips with exact truth."""
