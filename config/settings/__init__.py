"""Settings: base.py reads the environment, test.py narrows it for the test suite. Nothing of ours is imported here."""
