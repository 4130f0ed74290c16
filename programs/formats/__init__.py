"""How programs are written outside: one file per form."""
