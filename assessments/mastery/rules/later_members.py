"""Members that policies, observations and decisions got after the first records of awards were written."""

from collections.abc import Mapping

# The digests of older rows cover every member. A later member is therefore left out of the JSON while it has its
# default: what was written before reads, and digests, as it did.
LATER: Mapping[str, bool] = {"later": True}
