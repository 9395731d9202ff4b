"""Meetings, talks, requests and notices: one file per concept."""

from communications.models.notice_preference import NoticePreference

__all__ = ["NoticePreference"]
