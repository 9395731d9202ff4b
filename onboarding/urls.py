"""Addresses of openings and applications, under the namespace `onboarding`. `apply…` needs no account."""

from django.urls import URLPattern, URLResolver, path

from onboarding.views import applicant, applications, openings, public

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
    path("application/<str:secret>/email/", applicant.leave_email, name="apply_email"),
    path("application/<str:secret>/withdraw/", applicant.withdraw, name="apply_withdraw"),
]
recruiting: list[URLPattern | URLResolver] = [  # our people
    path("openings/", openings.opening_list, name="openings"),
    path("openings/export.<str:file_format>", openings.opening_export, name="openings_export"),
    path("openings/new/", openings.new, name="opening_new"),
    path("openings/<str:public_id>/", openings.opening, name="opening"),
    path("openings/<str:public_id>/edit/", openings.edit, name="opening_edit"),
    path("openings/<str:public_id>/criteria/", openings.criteria, name="opening_criteria"),
    path("openings/<str:public_id>/publish/", openings.publish, name="opening_publish"),
    path("openings/<str:public_id>/close/", openings.close, name="opening_close"),
    path("applications/", applications.application_list, name="applications"),
    path("applications/export.<str:file_format>", applications.application_export, name="applications_export"),
    path("applications/files/<str:public_id>/", applications.application_file, name="application_file"),
    path("applications/sources/", applications.source_yields, name="sources"),
    path("applications/<str:public_id>/", applications.application, name="application"),
    path("applications/<str:public_id>/take/", applications.take, name="application_take"),
    path("applications/<str:public_id>/plan/", applications.plan, name="application_plan"),
    path("applications/<str:public_id>/marks/", applications.marks, name="application_marks"),
    path("applications/<str:public_id>/findings/add/", applications.finding, name="application_finding"),
    path("findings/<str:public_id>/attach/", applications.attach, name="finding_attach"),
    path("finding-files/<str:public_id>/", applications.finding_file, name="finding_file"),
    path("applications/<str:public_id>/waive/", applications.waive, name="application_waive"),
    path("applications/<str:public_id>/submit/", applications.submit, name="application_submit"),
]
urlpatterns = [*everybody, *applicants, *recruiting]
