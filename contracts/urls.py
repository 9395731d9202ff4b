"""Addresses of contracts and their terms, under the namespace `contracts`."""

from django.urls import URLPattern, URLResolver, path

from contracts.views import contracts, rules, signing, targets, terms

app_name = "contracts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("contracts/", contracts.contract_list, name="contracts"),
    path("contracts/export.<str:file_format>", contracts.contract_export, name="contracts_export"),
    path("contract/", contracts.my_contract, name="my_contract"),
    path("dealers/<str:public_id>/contracts/", contracts.contracts_tab, name="tab"),
    path("dealers/<str:public_id>/contracts/new/", contracts.draft, name="draft"),
    path("contracts/<str:public_id>/", contracts.contract, name="contract"),
    path("contracts/<str:public_id>/edit/", contracts.edit, name="edit"),
    path("contracts/<str:public_id>/submit/", contracts.submit, name="submit"),
    path("contracts/<str:public_id>/withdraw/", contracts.withdraw, name="withdraw"),
    path("contracts/<str:public_id>/take-back/", signing.take_back, name="take_back"),
    path("contracts/<str:public_id>/draft.pdf", signing.draft_paper, name="draft_paper"),
    path("contracts/<str:public_id>/sign/", signing.sign, name="sign"),
    path("contracts/<str:public_id>/countersign/", signing.countersign, name="countersign"),
    path("contracts/<str:public_id>/signed-on-paper/", signing.record_signatures, name="record_signatures"),
    path("contracts/<str:public_id>/certify/", signing.certify, name="certify"),
    path("papers/<str:public_id>/", signing.paper, name="paper"),
    path("certificates/<str:public_id>/", signing.certificate, name="certificate"),
    path("authorisation/", signing.authorisation_search, name="authorisation_search"),
    path("authorisation/<str:certificate>/", signing.authorisation, name="authorisation"),
    path("contracts/<str:public_id>/file/", contracts.file, name="file"),
    path("contracts/<str:public_id>/notice/", contracts.notice, name="notice"),
    path("contracts/<str:public_id>/grants/add/", terms.grant_add, name="grant_add"),
    path("contracts/<str:public_id>/price-limits/add/", terms.price_limit_add, name="price_limit_add"),
    path("contracts/<str:public_id>/rebates/add/", terms.rebate_add, name="rebate_add"),
    path("contracts/<str:public_id>/targets/add/", targets.propose, name="target_add"),
    path("grants/<str:public_id>/remove/", terms.grant_remove, name="grant_remove"),
    path("price-limits/<str:public_id>/remove/", terms.price_limit_remove, name="price_limit_remove"),
    path("rebates/<str:public_id>/remove/", terms.rebate_remove, name="rebate_remove"),
    path("targets/", targets.target_list, name="targets"),
    path("targets/export.<str:file_format>", targets.target_export, name="targets_export"),
    path("targets/new/", targets.propose_for_all, name="targets_new"),
    path("targets/<str:public_id>/", targets.target, name="target"),
    path("targets/<str:public_id>/agree/", targets.agree, name="target_agree"),
    path("targets/<str:public_id>/note-agreement/", targets.note_agreement, name="target_note_agreement"),
    path("targets/<str:public_id>/withdraw/", targets.withdraw, name="target_withdraw"),
    path("targets/<str:public_id>/months/", targets.spread, name="target_months"),
    path("rules/", rules.rule_packs, name="rule_packs"),
    path("rules/<str:public_id>/", rules.rule_pack, name="rule_pack"),
    path("rules/<str:public_id>/revise/", rules.revise, name="rule_pack_revise"),
]
