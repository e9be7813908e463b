"""The console's addresses. The wait path of agents is dispatched before Django, in asgi.py."""

from allauth.account.views import LoginView, LogoutView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from approvals.pages.decision_page import decision_page
from console import configuration, help, history, search, transfer
from console.people import factor_views, openid, profile
from console.people.passwords import SetPassword
from console.people.required_factor import second_factor_required
from console.people.roles import roles
from console.views import home, theme
from core.roles import open_to_all
from items.urls import item_patterns

handler403 = "console.views.no_access"
urlpatterns: list[URLPattern | URLResolver] = [
    path("agent/v1/", include("agents.urls")),  # asked most often
    path("", home, name="home"),
    path(
        "sign-in/",
        open_to_all("this is where a session begins")(LoginView.as_view()),
        name="account_login",
    ),
    path(
        "sign-in/code/",
        open_to_all("the second step of signing in")(AuthenticateView.as_view()),
        name="mfa_authenticate",
    ),
    path(
        "sign-in/passkey/",
        open_to_all("signs in whoever has a passkey")(LoginWebAuthnView.as_view()),
        name="mfa_login_webauthn",
    ),
    path(
        "sign-in/with/<uuid:item_id>/",
        open_to_all("leads to the provider that somebody signs in with")(openid.begin),
        name="openid_begin",
    ),
    path(
        "sign-in/with/<uuid:item_id>/callback/",
        open_to_all("the provider sends the browser back here")(openid.callback),
        name="openid_callback",
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
    path("profile/", profile.profile, name="profile"),
    path("profile/security/", profile.security, name="security"),
    path("profile/security/end-other-sessions/", profile.end_other_sessions, name="end_sessions"),
    path(
        "profile/security/sessions/<int:session_id>/end/", profile.end_session, name="end_session"
    ),
    # allauth goes by these names to what it takes for its own pages.
    path("profile/security/", profile.security, name="mfa_index"),
    path("profile/security/", profile.security, name="mfa_list_webauthn"),
    path("profile/security/required/", second_factor_required, name="second_factor_required"),
    path("profile/security/confirm/", factor_views.confirm_identity, name="confirm_identity"),
    path(
        "profile/security/app/",
        factor_views.identified(factor_views.AddApp.as_view()),
        name="mfa_activate_totp",
    ),
    path(
        "profile/security/app/remove/",
        factor_views.identified(factor_views.RemoveApp.as_view()),
        name="mfa_deactivate_totp",
    ),
    path(
        "profile/security/passkeys/add/",
        factor_views.identified(factor_views.AddPasskey.as_view()),
        name="mfa_add_webauthn",
    ),
    path(
        "profile/security/passkeys/<int:pk>/remove/",
        factor_views.identified(factor_views.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
    path(
        "profile/security/recovery-codes/",
        factor_views.identified(factor_views.RecoveryCodes.as_view()),
        name="mfa_view_recovery_codes",
    ),
    path(
        "profile/security/recovery-codes/new/",
        factor_views.identified(factor_views.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path("profile/theme/", theme, name="theme"),
    path("profile/keyboard/", profile.keyboard, name="keyboard"),
    path("search/", search.search, name="search"),
    path("help/", help.contents, name="help"),
    path("help/pictures/<str:name>", help.picture, name="help_picture"),
    path("help/<path:topic>/", help.page, name="help_page"),
    path("roles/", roles, name="roles"),
    path("configuration/", configuration.general, name="configuration"),
    path("configuration/history/", history.history, name="configuration_history"),
    path("configuration/foreign-systems/", configuration.foreign_systems, name="foreign_systems"),
    path("configuration/import-and-export/", transfer.transfer, name="transfer"),
    path("configuration/export/", transfer.download, name="export"),
    path("configuration/import/", transfer.upload, name="import"),
    path("configuration/import/<uuid:file_id>/", transfer.import_plan, name="import_plan"),
    *item_patterns(),
    path("proposals/", include("items.proposals.urls")),
    path("agents/", include("agents.pages.urls")),
    path("offline-approvals/", include("agents.pages.offline_urls")),
    path("reports/", include("console.report_urls")),
    path("policy-events/", include("policies.event_urls")),
    path("approvals/", include("approvals.urls")),
    path("mail-queue/", include("approvals.mail_urls")),
    path("policy-tester/", include("policies.urls")),
    path("d/<str:token>", decision_page, name="decision_page"),
]

if settings.TRIAL:
    urlpatterns.append(path("trial-mailbox/", include("trial.urls")))
