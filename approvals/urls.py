"""Addresses of Manage Approvals, below /approvals/. The decision page of an email's link is /d/TOKEN."""

from django.urls import path

from approvals.pages.bulk_dialog import bulk_decide
from approvals.pages.decision_dialog import request_approve, request_deny
from approvals.pages.lists import decided_list, grant_list, revoked_list
from approvals.pages.raw_mail import raw_message
from approvals.pages.request_page import request_detail, request_news
from approvals.pages.request_queue import counts, news, request_list, request_row
from approvals.pages.revoke_dialog import grant_revoke

app_name = "approvals"
urlpatterns = [
    path("", request_list, name="request_list"),
    path("decided/", decided_list, name="decided_list"),
    path("news/", news, name="news"),
    path("counts/", counts, name="counts"),
    path("bulk/", bulk_decide, name="bulk_decide"),
    path("grants/", grant_list, name="grant_list"),
    path("grants/revoked/", revoked_list, name="revoked_list"),
    path("grants/<uuid:grant_id>/revoke/", grant_revoke, name="grant_revoke"),
    path("messages/<uuid:mail_id>/", raw_message, name="raw_message"),
    path("PM-<int:number>/", request_detail, name="request_detail"),
    path("PM-<int:number>/news/", request_news, name="request_news"),
    path("PM-<int:number>/row/", request_row, name="request_row"),
    path("PM-<int:number>/approve/", request_approve, name="request_approve"),
    path("PM-<int:number>/deny/", request_deny, name="request_deny"),
]
