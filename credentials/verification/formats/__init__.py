"""Foreign credentials and pasted text, read as hostile input."""
