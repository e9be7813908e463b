"""Addresses of Admin | Tools | Offline Approvals, below /offline-approvals/."""

from django.urls import path

from agents.pages.offline import GiveCode, offline_approvals
from core.roles import Permission, requires

app_name = "offline_approvals"
urlpatterns = [
    path("", offline_approvals, name="list"),
    path("give/", requires(Permission.APPROVALS_DECIDE)(GiveCode.as_view()), name="give"),
]
