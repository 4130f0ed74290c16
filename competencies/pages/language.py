"""Language and direction of a text on a page that may be in another language."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})
_UNKNOWN = SafeString('dir="auto"')


def language_attributes(tag: str) -> SafeString:
    """The attributes `lang` and `dir` for text in language `tag`; without a language the browser decides by letters."""
    base = base_of(tag)
    if not base.isalpha() or not tag.replace("-", "").replace("_", "").isalnum():
        return _UNKNOWN
    direction = "rtl" if base in RIGHT_TO_LEFT else "ltr"
    return format_html('lang="{}" dir="{}"', tag.replace("_", "-"), direction)


def base_of(tag: str) -> str:
    """The primary language subtag, without region and script."""
    return tag.replace("_", "-").split("-")[0].lower()


def name_of(tag: str) -> str:
    """The name of a language in the reader's language; the tag itself if Django does not know it."""
    try:
        return str(get_language_info(tag.replace("_", "-").lower())["name_translated"])
    except KeyError:
        return tag
