"""The console's addresses as a trial has them."""

from django.urls import include, path

from pmconsole.urls import urlpatterns as _console

urlpatterns = [*_console, path("trial-mailbox/", include("trial.urls"))]
