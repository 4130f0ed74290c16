"""`make demo`: one supervisor that owns database, web, worker and beat, and leaves nothing behind.

It imports no Django: it stays small, and a fault in the product cannot take it down.
"""
