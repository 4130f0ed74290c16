"""Partner API v1: what learners share, read over REST; every answer about a learner is recorded as a disclosure."""
