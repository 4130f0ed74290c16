"""What every API view stands on: errors (problem+json), keyset pages, conditional answers, rates, schema."""
