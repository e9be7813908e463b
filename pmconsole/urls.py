"""The console's addresses. The wait path of agents is dispatched before Django, in asgi.py."""

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from approvals.views.decision_page import decision_page
from pmconsole import configuration
from pmconsole.items.urls import item_patterns
from pmconsole.roles import open_to_all
from pmconsole.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path(
        "sign-in/",
        open_to_all("this is where a session begins")(LoginView.as_view()),
        name="account_login",
    ),
    path(
        "sign-out/",
        open_to_all("ends a session, by POST alone")(LogoutView.as_view()),
        name="account_logout",
    ),
    path("configuration/", configuration.general, name="configuration"),
    path("configuration/history/", configuration.history, name="configuration_history"),
    path("configuration/foreign-systems/", configuration.foreign_systems, name="foreign_systems"),
    *item_patterns(),
    path("approvals/", include("approvals.urls")),
    path("d/<str:token>", decision_page, name="decision_page"),
    path("agent/v1/", include("policies.urls")),
]

if settings.TRIAL:
    urlpatterns.append(path("trial-mailbox/", include("pmconsole.trial.urls")))
