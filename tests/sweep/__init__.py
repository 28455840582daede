"""Opens every file below a folder and compares it with ffmpeg: `python -m tests.sweep FOLDER`."""
