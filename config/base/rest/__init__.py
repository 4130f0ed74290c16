"""What every API view stands on: one shape of errors (problem+json)."""
