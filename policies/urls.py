"""Addresses of the Policy Tester, below /policy-tester/. Items have theirs from their families."""

from django.urls import path

from policies.tester.views import event

app_name = "policy_tester"
urlpatterns = [path("", event, name="event")]
