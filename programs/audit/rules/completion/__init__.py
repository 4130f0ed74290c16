"""The parts of the audit: the numbered problem, its bounds, the recount of a plan, and what blocks it."""
