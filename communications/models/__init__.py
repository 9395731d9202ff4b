"""Meetings, talks, requests and notices: one file per concept."""

from communications.models.action_item import ActionItem
from communications.models.announcement import Announcement, AnnouncementCopy, AnnouncementReading
from communications.models.meeting import Meeting, MeetingNote, Participant, Side
from communications.models.minutes import Minutes, Resolution, Topic, TopicText
from communications.models.notice_preference import NoticePreference
from communications.models.reminder import Reminder
from communications.models.touchpoint import Talked, Touchpoint

__all__ = [
    "ActionItem",
    "Announcement",
    "AnnouncementCopy",
    "AnnouncementReading",
    "Meeting",
    "MeetingNote",
    "Minutes",
    "NoticePreference",
    "Participant",
    "Reminder",
    "Resolution",
    "Side",
    "Talked",
    "Topic",
    "TopicText",
    "Touchpoint",
]
