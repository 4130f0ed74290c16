"""The audit as pure functions: requirements, attainments and exceptions in, an audit out."""
