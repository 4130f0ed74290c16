"""People, organizations and rights."""

from accounts.models.partners import PartnerClient
from accounts.models.users import User

__all__ = ["PartnerClient", "User"]
