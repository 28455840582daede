"""Photographs and short videos to make training clips from: kept compressed in memory, decoded when drawn."""
