"""What base.html and the components ask for: the links of the header, and languages in their own names."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from core.text.letters import direction, isolated
from core.ui.navigation import links_for

register = template.Library()


@register.inclusion_tag("ui/navigation.html", takes_context=True)
def navigation(context: Context) -> dict[str, Any]:
    """The header's links for the sender of this request; none where there is no request, or no user yet."""
    request = context.get("request")
    if request is None or not hasattr(request, "user"):
        return {"links": []}
    return {"links": [(link, link.leads_to(request.path)) for link in links_for(request)]}


@register.filter(name="direction")
def direction_of(text: object) -> str:
    """`dir` for papers, whose press knows no `dir="auto"`."""
    return direction(str(text))


@register.filter(name="isolated")
def isolated_text(text: object) -> str:
    """For papers, what `<bdi>` does on pages."""
    return isolated(str(text))


@register.simple_tag
def icon(name: str, *, directed: bool = False) -> SafeString:
    """`ui/icon.html` as an ornament, for lists with one in each row: drawn once per process."""
    return _icon(name, directed)


@lru_cache(maxsize=128)
def _icon(name: str, directed: bool) -> SafeString:
    # A template of the release: nothing but another release changes it.
    return render_to_string("ui/icon.html", {"name": name, "label": "", "directed": directed})


@register.simple_tag
def languages() -> list[dict[str, Any]]:
    """Every language of the interface, named in itself, and whether it is the one in use."""
    chosen = get_language() or settings.LANGUAGE_CODE
    return [
        {"code": code, "name": get_language_info(code)["name_local"], "chosen": code == chosen}
        for code, _name in settings.LANGUAGES
    ]


@register.simple_tag
def demo() -> bool:
    """Whether this is `make demo`, with people who do not exist."""
    return bool(settings.CAIRN_DEMO)
