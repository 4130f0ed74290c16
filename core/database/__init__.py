"""What the apps' database work stands on: prepared and compiled queries, append-only guards, the embedded server."""
