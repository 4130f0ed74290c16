"""A small mutation run of our own: guards are removed one by one, and a test has to notice each."""
