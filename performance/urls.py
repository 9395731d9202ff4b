"""Addresses of scores, under the namespace `performance`."""

from django.urls import URLPattern, URLResolver, path

from performance.views import assessments, rules, scorecards, templates, trials

app_name = "performance"
urlpatterns: list[URLPattern | URLResolver] = [
    path("scorecards/", scorecards.card_list, name="scorecards"),
    path("scorecards/export.<str:file_format>", scorecards.card_export, name="scorecards_export"),
    path("score/", scorecards.my_score, name="my_score"),
    path("scorecards/<str:public_id>/", scorecards.scorecard, name="scorecard"),
    path("scorecards/<str:public_id>/acknowledge/", scorecards.acknowledge, name="acknowledge"),
    path("scorecards/<str:public_id>/object/", scorecards.object_to, name="object"),
    path("objections/<str:public_id>/withdraw/", scorecards.withdraw, name="objection_withdraw"),
    path("objections/<str:public_id>/answer/", scorecards.answer, name="objection_answer"),
    path("dealers/<str:public_id>/scores/", scorecards.scores_tab, name="scores"),
    path("assessments/", assessments.assessment_list, name="assessments"),
    path("assessments/new/", assessments.run, name="assessment_new"),
    path("assessments/<str:public_id>/", assessments.assessment, name="assessment"),
    path("assessments/<str:public_id>/publish/", assessments.publish, name="assessment_publish"),
    path("assessments/<str:public_id>/run-again/", assessments.run_again, name="assessment_run_again"),
    path("scoring/", rules.rules, name="rules"),
    path("scoring/versions/", templates.template_list, name="templates"),
    path("scoring/versions/new/", templates.new_set, name="template_set"),
    path("scoring/trials/<str:public_id>/", trials.trial, name="trial"),
    path("scoring/<str:public_id>/", templates.template, name="template"),
    path("scoring/<str:public_id>/new-version/", templates.new_version, name="template_new_version"),
    path("scoring/<str:public_id>/edit/", templates.edit, name="template_edit"),
    path("scoring/<str:public_id>/propose/", templates.propose, name="template_propose"),
    path("scoring/<str:public_id>/send-back/", templates.send_back, name="template_send_back"),
    path("scoring/<str:public_id>/put-in-use/", templates.put_in_use, name="template_put_in_use"),
    path("scoring/<str:public_id>/propose-end/", templates.propose_end, name="template_propose_end"),
    path("scoring/<str:public_id>/keep-in-use/", templates.keep_in_use, name="template_keep_in_use"),
    path("scoring/<str:public_id>/take-end-back/", templates.take_end_back, name="template_take_end_back"),
    path("scoring/<str:public_id>/end/", templates.end, name="template_end"),
    path("scoring/<str:public_id>/discard/", templates.discard, name="template_discard"),
    path("scoring/<str:public_id>/try/", templates.try_out, name="template_try"),
]
