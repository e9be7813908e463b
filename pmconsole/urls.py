"""The console's addresses. The wait path of agents is dispatched before Django, in asgi.py."""

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from approvals.pages.decision_page import decision_page
from console import configuration
from console.people.passwords import SetPassword
from console.people.roles import roles
from console.views import home
from core.roles import open_to_all
from items.urls import item_patterns

handler403 = "console.views.no_access"
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
    path(
        "set-password/<uidb64>/<token>/",
        open_to_all("whoever holds the link, which works once, is the person it was made for")(
            SetPassword.as_view()
        ),
        name="set_password",
    ),
    path("roles/", roles, name="roles"),
    path("configuration/", configuration.general, name="configuration"),
    path("configuration/history/", configuration.history, name="configuration_history"),
    path("configuration/foreign-systems/", configuration.foreign_systems, name="foreign_systems"),
    *item_patterns(),
    path("approvals/", include("approvals.urls")),
    path("policy-tester/", include("policies.urls")),
    path("d/<str:token>", decision_page, name="decision_page"),
    path("agent/v1/", include("agents.urls")),
]

if settings.TRIAL:
    urlpatterns.append(path("trial-mailbox/", include("trial.urls")))
