"""What decoders do not tell: fields, hidden pictures and tables, read from the bits of a stream."""
