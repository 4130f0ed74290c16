"""Private files: what is taken, what is refused, and how what is kept is handed out."""
