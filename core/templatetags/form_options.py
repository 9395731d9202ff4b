"""The choices of a list to pick from, as Django's own templates draw them, without a template for each of them: there
are some hundred time zones."""

from typing import Any

from django import template
from django.template.base import render_value_in_context
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString

register = template.Library()
_OWN = "django/forms/widgets/select_option.html"


@register.simple_tag(takes_context=True)
def optgroups(context: Context, groups: list[tuple[Any, list[dict[str, Any]], int]]) -> SafeString:
    drawn: list[str] = []
    for name, options, _index in groups:
        if name:
            drawn.append(f'\n  <optgroup label="{render_value_in_context(name, context)}">')
        for option in options:
            drawn += ("\n  ", _option(context, option))
        if name:
            drawn.append("\n  </optgroup>")
    # allow marked_safe: every value is escaped above
    return SafeString("".join(drawn))


def _option(context: Context, option: dict[str, Any]) -> str:
    if option["template_name"] != _OWN:
        found = template.Engine.get_default().get_template(option["template_name"])
        with context.push(widget=option):
            return str(found.render(context))
    attrs = "".join(
        f" {conditional_escape(name)}" + ("" if value is True else f'="{_text(value)}"')
        for name, value in option["attrs"].items()
        if value is not False
    )
    label = render_value_in_context(option["label"], context)
    return f'<option value="{_text(option["value"])}"{attrs}>{label}</option>\n'


def _text(value: Any) -> str:
    return conditional_escape(value if isinstance(value, SafeData) else str(value))
