"""Meetings, requests, announcements, notices and reminders."""
