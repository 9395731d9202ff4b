"""Addresses of communications, under the namespace `communications`. One list per concept."""

from django.urls import URLPattern, URLResolver, path

from communications.views import actions as action_views
from communications.views import announcements as announcement_views
from communications.views import failures
from communications.views import meetings as meeting_views
from communications.views import minutes as minutes_views
from communications.views import news as news_views
from communications.views import notices as notice_views
from communications.views import touchpoints as touchpoint_views

app_name = "communications"
notices: list[URLPattern | URLResolver] = [
    path("notices/", notice_views.bell, name="bell"),
    path("notices/read/", notice_views.read_all, name="read_all"),
    path("notices/preferences/", notice_views.preferences, name="preferences"),
    path("notices/failed/", failures.failures, name="failures"),
    path("notices/failed/jobs/<str:public_id>/retry/", failures.retry_job, name="retry_job"),
    path("notices/failed/<str:public_id>/send/", failures.send_again, name="send_again"),
    path("notices/<str:public_id>/", notice_views.notice, name="notice"),
]

meetings: list[URLPattern | URLResolver] = [
    path("meetings/", meeting_views.meeting_list, name="meetings"),
    path("meetings/export.<str:file_format>", meeting_views.meeting_export, name="meetings_export"),
    path("meetings/new/", meeting_views.propose_own, name="propose_own"),
    path("dealers/<str:public_id>/meetings/", meeting_views.meetings_tab, name="meetings_tab"),
    path("dealers/<str:public_id>/meetings/new/", meeting_views.propose, name="propose"),
    path("meetings/<str:public_id>/", meeting_views.meeting, name="meeting"),
    path("meetings/<str:public_id>/agree/", meeting_views.agree, name="meeting_agree"),
    path("meetings/<str:public_id>/time/", meeting_views.propose_time, name="meeting_time"),
    path("meetings/<str:public_id>/cancel/", meeting_views.cancel, name="meeting_cancel"),
    path("meetings/<str:public_id>/topics/add/", meeting_views.topic_add, name="topic_add"),
    path("meetings/<str:public_id>/note/", meeting_views.note, name="meeting_note"),
    path("meetings/<str:public_id>/hold/", meeting_views.hold, name="meeting_hold"),
    path("meetings/<str:public_id>/invitation.ics", meeting_views.invitation, name="invitation"),
    path("meetings/<str:public_id>/briefing.pdf", meeting_views.briefing_paper, name="briefing_paper"),
    path("meetings/<str:public_id>/take-back/", minutes_views.take_back, name="minutes_take_back"),
    path("topics/<str:public_id>/", minutes_views.topic, name="topic"),
    path("resolutions/<str:public_id>/remove/", minutes_views.resolution_remove, name="resolution_remove"),
    path("minutes/<str:public_id>/minutes.pdf", minutes_views.paper, name="minutes_paper"),
    path("minutes/<str:public_id>/confirm/", minutes_views.confirm, name="minutes_confirm"),
    path("minutes/<str:public_id>/correct/", minutes_views.correct, name="minutes_correct"),
]
promises: list[URLPattern | URLResolver] = [
    path("promises/", action_views.action_list, name="actions"),
    path("promises/export.<str:file_format>", action_views.action_export, name="actions_export"),
    path("promises/new/", action_views.claim, name="claim"),
    path("promises/<str:public_id>/accept/", action_views.accept, name="claim_accept"),
    path("promises/<str:public_id>/contest/", action_views.contest, name="claim_contest"),
    path("promises/<str:public_id>/hand-over/", action_views.hand_over, name="action_hand_over"),
    path("promises/<str:public_id>/", action_views.action, name="action"),
    path("promises/<str:public_id>/done/", action_views.complete, name="action_done"),
    path("promises/<str:public_id>/move/", action_views.move, name="action_move"),
    path("promises/<str:public_id>/release/", action_views.release, name="action_release"),
    path("promises/<str:public_id>/remove/", minutes_views.action_remove, name="action_remove"),
    path("dealers/<str:public_id>/promises/new/", action_views.promise, name="promise"),
]
touchpoints: list[URLPattern | URLResolver] = [
    path("touchpoints/", touchpoint_views.touchpoint_list, name="touchpoints"),
    path("touchpoints/export.<str:file_format>", touchpoint_views.touchpoint_export, name="touchpoints_export"),
    path("touchpoints/new/", touchpoint_views.touch_any, name="touch_any"),
    path("touchpoints/<str:public_id>/", touchpoint_views.touchpoint, name="touchpoint"),
    path("dealers/<str:public_id>/touchpoints/new/", touchpoint_views.touch, name="touch"),
]
announcements: list[URLPattern | URLResolver] = [
    path("announcements/", announcement_views.announcement_list, name="announcements"),
    path("announcements/new/", announcement_views.write, name="announcement_new"),
    path("announcements/readers/", announcement_views.readers, name="readers"),
    path("announcements/readers/export.<str:file_format>", announcement_views.readers_export, name="readers_export"),
    path("announcements/<str:public_id>/", announcement_views.announcement, name="announcement"),
    path("announcements/<str:public_id>/edit/", announcement_views.edit, name="announcement_edit"),
    path("announcements/<str:public_id>/discard/", announcement_views.discard, name="announcement_discard"),
    path("announcements/<str:public_id>/publish/", announcement_views.publish, name="announcement_publish"),
    path("announcements/<str:public_id>/correct/", announcement_views.correct, name="announcement_correct"),
    path("announcements/<str:public_id>/withdraw/", announcement_views.withdraw, name="announcement_withdraw"),
    path("announcements/<str:public_id>/remind/", announcement_views.remind, name="announcement_remind"),
    path("announcements/<str:public_id>/file/", announcement_views.attachment, name="announcement_file"),
    path("news/", news_views.news_list, name="news_list"),
    path("news/<str:public_id>/", news_views.news, name="news"),
    path("news/<str:public_id>/confirm/", news_views.confirm, name="news_confirm"),
    path("news/<str:public_id>/file/", news_views.attachment, name="news_file"),
]

urlpatterns = [*notices, *meetings, *promises, *touchpoints, *announcements]
