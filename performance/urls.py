"""Addresses of scores, under the namespace `performance`."""

from django.urls import URLPattern, URLResolver, path

from performance.views import assessments, scorecards

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
    path("scoring/", assessments.rules, name="rules"),
    path("scoring/<str:public_id>/", assessments.template, name="template"),
]
