"""vosapp: interactive rotoscoping by video object segmentation."""

__version__ = "0.1.0.dev0"
