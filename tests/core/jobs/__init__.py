"""The outbox: promises, runs, failures, sweeps."""
