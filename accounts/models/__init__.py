"""The models of people, organizations and rights."""

from accounts.models.advisors import AdvisorAssignment
from accounts.models.approvals import ALONE_WAITS, Approval, ApprovalAct, ApprovalOutcome
from accounts.models.identifiers import LearnerIdentifier
from accounts.models.learners import Learner, LearnerOwnedQuerySet, linked_learner_ids
from accounts.models.links import LearnerLink
from accounts.models.mail_tokens import MailPurpose, MailToken
from accounts.models.names import LearnerName, NameKind
from accounts.models.organizations import Organization, OrganizationKind
from accounts.models.partners import PartnerClient
from accounts.models.roles import Role, RoleAssignment
from accounts.models.sharing_grants import DisclosedAct, Disclosure, SharingGrant, SharingLink, SharingPurpose
from accounts.models.subjects import MODEL_OF_KIND, ApprovedKind, DisclosedKind
from accounts.models.users import User

__all__ = [
    "ALONE_WAITS",
    "MODEL_OF_KIND",
    "AdvisorAssignment",
    "Approval",
    "ApprovalAct",
    "ApprovalOutcome",
    "ApprovedKind",
    "DisclosedAct",
    "DisclosedKind",
    "Disclosure",
    "Learner",
    "LearnerIdentifier",
    "LearnerLink",
    "LearnerName",
    "LearnerOwnedQuerySet",
    "MailPurpose",
    "MailToken",
    "NameKind",
    "Organization",
    "OrganizationKind",
    "PartnerClient",
    "Role",
    "RoleAssignment",
    "SharingGrant",
    "SharingLink",
    "SharingPurpose",
    "User",
    "linked_learner_ids",
]
