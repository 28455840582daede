"""The networks as torch modules and their weight files. No video, no document, no Qt, no device choice."""
