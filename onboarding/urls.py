"""Addresses of openings and applications, under the namespace `onboarding`. `apply…` needs no account."""

from django.urls import URLPattern, URLResolver, path

from onboarding.views import applicant, public

app_name = "onboarding"
everybody: list[URLPattern | URLResolver] = [
    path("apply/", public.opening_list, name="apply_openings"),
    path("apply/link/", public.ask_for_link, name="apply_link"),
    path("apply/link/sent/", public.link_sent, name="apply_link_sent"),
    path("apply/<str:public_id>/", public.opening_page, name="apply_opening"),
    path("apply/<str:public_id>/begin/", public.begin, name="apply_begin"),
]
applicants: list[URLPattern | URLResolver] = [  # by the secret in their link
    path("application/<str:secret>/", applicant.status, name="apply_status"),
    path("application/<str:secret>/contact/", applicant.contact, name="apply_contact"),
    path("application/<str:secret>/company/", applicant.company, name="apply_company"),
    path("application/<str:secret>/business/", applicant.business, name="apply_business"),
    path("application/<str:secret>/documents/", applicant.documents, name="apply_documents"),
    path("application/<str:secret>/check/", applicant.check, name="apply_check"),
    path("application/<str:secret>/withdraw/", applicant.withdraw, name="apply_withdraw"),
]
urlpatterns = [*everybody, *applicants]
