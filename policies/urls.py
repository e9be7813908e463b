"""Addresses of the Policy Tester, below /policy-tester/. Items have theirs from their families."""

from django.urls import path

from policies.replay.pages import cancel_replay, replay, replays
from policies.tester.views import event

app_name = "policy_tester"
urlpatterns = [
    path("", event, name="event"),
    path("replays/", replays, name="replays"),
    path("replays/<uuid:replay_id>/", replay, name="replay"),
    path("replays/<uuid:replay_id>/cancel/", cancel_replay, name="cancel_replay"),
]
