"""Still images: PNG, JPEG, TIFF, EXR, DPX and what they say of themselves."""
