"""Addresses of the Trial Mailbox, below /trial-mailbox/. They exist in a trial only."""

from django.urls import path

from trial import views

app_name = "trial"
urlpatterns = [
    path("", views.mailbox, name="mailbox"),
    path("news/", views.news, name="news"),
    path("<uuid:mail_id>/html/", views.frame, name="frame"),
    path("<uuid:mail_id>/answer/", views.answer, name="answer"),
]
