"""`{% csrf_token %}` with the form's own id beside it: no form of a page can be without (see `core.submissions`)."""

from django import template
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import submissions

register = template.Library()


class FormTokensNode(CsrfTokenNode):
    def render(self, context: template.Context) -> SafeString:
        token = super().render(context)
        if not token:
            return SafeString("")
        # After a reload some browsers fill in what stood there before: then the same press would count as sent.
        field = '{}<input type="hidden" name="{}" value="{}" autocomplete="off">'
        return format_html(field, token, submissions.FIELD, submissions.new_id())


@register.tag
def csrf_token(_parser: template.base.Parser, _token: template.base.Token) -> FormTokensNode:
    return FormTokensNode()
