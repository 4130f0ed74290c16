"""Storing progress, granting, declining, rescinding and renewing awards, settling concerns."""
