"""Rules that the tables of credentials need: printed codes and serials."""
