"""The desk pages of programs, versions and achievements, and the workbench of a draft."""
