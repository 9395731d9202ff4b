"""Addresses of dealers, people, places and products, under the namespace `dealers`. One list per concept."""

from django.urls import URLPattern, URLResolver, path

from dealers.views import approvals as approval_views
from dealers.views import bank_accounts as bank_views
from dealers.views import brands as brand_views
from dealers.views import catalogue as catalogue_views
from dealers.views import contacts as contact_views
from dealers.views import dealer_list
from dealers.views import deputies as deputy_views
from dealers.views import documents as document_views
from dealers.views import file as file_views
from dealers.views import notes as note_views
from dealers.views import outlets as outlet_views
from dealers.views import people as people_views
from dealers.views import timeline as timeline_views
from dealers.views import trees as tree_views

app_name = "dealers"
file: list[URLPattern | URLResolver] = [  # the dealer's list, file and tabs
    path("dealers/", dealer_list.dealer_list, name="list"),
    path("dealers/export.<str:file_format>", dealer_list.dealer_export, name="export"),
    path("dealers/export/", dealer_list.dealer_export_selected, name="export_selected"),
    path("dealers/hand-over/", dealer_list.dealer_hand_over, name="hand_over"),
    path("company/", file_views.own_file, name="own_file"),
    path("dealers/new/", file_views.create, name="create"),
    path("dealers/<str:public_id>/", file_views.detail, name="detail"),
    path("dealers/<str:public_id>/edit/", file_views.edit, name="edit"),
    path("dealers/<str:public_id>/hand-over/", file_views.transfer, name="transfer"),
    path("dealers/<str:public_id>/archive/", file_views.archive, name="archive"),
    path("dealers/<str:public_id>/restore/", file_views.restore, name="restore"),
    path("dealers/<str:public_id>/timeline/", timeline_views.timeline_page, name="timeline"),
    path("dealers/<str:public_id>/contacts/", contact_views.contact_list, name="contacts"),
    path("dealers/<str:public_id>/contacts/add/", contact_views.contact_add, name="contact_add"),
    path("contacts/<str:public_id>/edit/", contact_views.contact_edit, name="contact_edit"),
    path("contacts/<str:public_id>/archive/", contact_views.contact_archive, name="contact_archive"),
    path("dealers/<str:public_id>/brands/", brand_views.edit, name="brands"),
    path("dealers/<str:public_id>/notes/", note_views.note_list, name="notes"),
    path("dealers/<str:public_id>/bank/", bank_views.account_list, name="bank"),
    path("dealers/<str:public_id>/bank/propose/", bank_views.propose, name="bank_account_propose"),
    path("bank-accounts/<str:public_id>/correct/", bank_views.correct, name="bank_account_correct"),
]
people: list[URLPattern | URLResolver] = [
    path("people/", people_views.my_people, name="my_people"),
    path("people/ours/", people_views.coverage, name="coverage"),
    path("people/ours/invite/", people_views.invite_staff, name="invite_staff"),
    path("people/deputies/", deputy_views.deputy_list, name="deputies"),
    path("people/deputies/<str:public_id>/end/", deputy_views.deputy_end, name="deputy_end"),
    path("people/<str:public_id>/disable/", people_views.person_disable, name="person_disable"),
    path("people/<str:public_id>/enable/", people_views.person_enable, name="person_enable"),
    path("invitations/<str:public_id>/resend/", people_views.invitation_resend, name="invitation_resend"),
    path("invitations/<str:public_id>/withdraw/", people_views.invitation_withdraw, name="invitation_withdraw"),
    path("dealers/<str:public_id>/people/", people_views.people_list, name="people"),
    path("dealers/<str:public_id>/people/invite/", people_views.invite, name="invite"),
]
catalogue: list[URLPattern | URLResolver] = [  # territories, lines, products, terminals, outlets, companies
    path("customers/", outlet_views.my_outlets, name="my_outlets"),
    path("customers/export.<str:file_format>", outlet_views.outlet_export, name="outlets_export"),
    path("customers/add/", outlet_views.outlet_add, name="outlet_add"),
    path("customers/show-all/", outlet_views.outlets_show_all, name="outlets_show_all"),
    path("customers/hide-all/", outlet_views.outlets_hide_all, name="outlets_hide_all"),
    path("customers/<str:public_id>/", outlet_views.outlet_edit, name="outlet_edit"),
    path("customers/<str:public_id>/archive/", outlet_views.outlet_archive, name="outlet_archive"),
    path("customers/<str:public_id>/restore/", outlet_views.outlet_restore, name="outlet_restore"),
    path("customers/<str:public_id>/show/", outlet_views.outlet_show, name="outlet_show"),
    path("customers/<str:public_id>/hide/", outlet_views.outlet_hide, name="outlet_hide"),
    path("dealers/<str:public_id>/customers/", outlet_views.outlet_list, name="outlets"),
    path("who-saw/", outlet_views.who_saw, name="who_saw"),
    *tree_views.urls(tree_views.TERRITORIES),
    *tree_views.urls(tree_views.LINES),
    path("products/", catalogue_views.product_list, name="products"),
    path("products/export.<str:file_format>", catalogue_views.product_export, name="products_export"),
    path("products/add/", catalogue_views.product_add, name="product_add"),
    path("products/<str:public_id>/", catalogue_views.product, name="product"),
    path("products/<str:public_id>/edit/", catalogue_views.product_edit, name="product_edit"),
    path("terminals/", catalogue_views.terminal_list, name="terminals"),
    path("terminals/export.<str:file_format>", catalogue_views.terminal_export, name="terminals_export"),
    path("terminals/add/", catalogue_views.terminal_add, name="terminal_add"),
    path("terminals/<str:public_id>/edit/", catalogue_views.terminal_edit, name="terminal_edit"),
    path("companies/", catalogue_views.company_list, name="companies"),
]
documents: list[URLPattern | URLResolver] = [
    path("documents/", document_views.my_documents, name="my_documents"),
    path("documents/<str:public_id>/", document_views.document_download, name="document_download"),
    path("documents/<str:public_id>/edit/", document_views.document_edit, name="document_edit"),
    path("documents/<str:public_id>/replace/", document_views.document_replace, name="document_replace"),
    path("documents/<str:public_id>/archive/", document_views.document_archive, name="document_archive"),
    path("dealers/<str:public_id>/documents/", document_views.document_list, name="documents"),
    path("dealers/<str:public_id>/documents/add/", document_views.document_add, name="document_add"),
]
approvals: list[URLPattern | URLResolver] = [
    path("approvals/", approval_views.approval_list, name="approvals"),
    path("approvals/<str:public_id>/", approval_views.approval_page, name="approval"),
    path("approvals/<str:public_id>/withdraw/", approval_views.approval_withdraw, name="approval_withdraw"),
]

urlpatterns = [*file, *people, *catalogue, *documents, *approvals]
