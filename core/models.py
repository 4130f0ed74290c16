"""No tables. Django tells only apps with this module that migrations have run, and privileges are granted then."""
