"""An achievement on its own as an Achievement of Open Badges 3.0, published at the address that credentials name."""

from collections.abc import Mapping
from typing import Any

from credentials.badges.formats.contexts import EXTENSIONS, OPEN_BADGES, VC
from credentials.badges.rules import IssuerFacts


def achievement_document(content: Mapping[str, Any], *, number: int, issuer: IssuerFacts, url: str) -> dict[str, Any]:
    """The JSON-LD of one version, from its frozen `content`. The results of one award are in its credential."""
    title = content["title"]
    optional = {"inLanguage": content.get("language", "")}
    return {
        "@context": [VC, OPEN_BADGES, EXTENSIONS],
        "id": url,
        "type": ["Achievement"],
        "achievementType": content["achievement"]["type"],
        "name": title,
        "description": content.get("description") or title,
        "criteria": {"narrative": content.get("criteria") or content.get("description") or title},
        "creator": {"id": issuer.did, "type": ["Profile"], "name": issuer.name},
        "version": str(number),
        **{name: value for name, value in optional.items() if value},
    }
