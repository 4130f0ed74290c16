"""Django's PostgreSQL backend, on the embedded server that starts with the first connection."""
