"""Addresses of the Mail Queue, below /mail-queue/."""

from django.urls import path

from approvals.pages.mail_queue.changing import change_mails
from approvals.pages.mail_queue.incoming import incoming, incoming_message
from approvals.pages.mail_queue.outgoing import outgoing, outgoing_mail
from approvals.pages.mail_queue.previews import preview_html, previews

app_name = "mail_queue"
urlpatterns = [
    path("", outgoing, name="outgoing"),
    path("incoming/", incoming, name="incoming"),
    path("previews/", previews, name="previews"),
    path("previews/<slug:kind>/html/", preview_html, name="preview_html"),
    path("change/", change_mails, name="change"),
    path("outgoing/<uuid:outgoing_id>/", outgoing_mail, name="mail"),
    path("incoming/<uuid:mail_id>/", incoming_message, name="message"),
]
