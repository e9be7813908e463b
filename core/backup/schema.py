"""Which tables a backup holds, and by what it is known that they are those of this version."""

import hashlib
import json
from typing import Any

from django.apps import apps as todays
from django.apps.registry import Apps
from django.db import models

Model = type[models.Model]
# Whoever is signed in signs in again after a restore; programs that run say so again.
_left_out = {"sessions.Session", "usersessions.UserSession", "heartbeats.Heartbeat"}
# What `migrate` and a start put into a database by themselves: with these alone it counts as empty.
MADE_BY_MIGRATE = {"contenttypes.ContentType", "auth.Permission", "keys.KnownKey"}


def leave_out(model: Model) -> None:
    """Keep a table out of backups that says something of one database only (called by AppConfigs)."""
    _left_out.add(model._meta.label)


def backed_up(apps: Apps = todays) -> dict[str, Model]:
    """The models whose rows a backup holds, by label and in the order of their labels."""
    found = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
    return {label: found[label] for label in sorted(found) if label not in _left_out}


def columns(model: Model) -> list["models.Field[Any, Any]"]:
    """The fields whose values are stored; what the database computes comes back by itself."""
    return [field for field in model._meta.local_concrete_fields if not field.generated]


def schema_hash(apps: Apps = todays) -> str:
    """The same for two versions of pmconsole exactly if the one can take the other's rows."""
    shape = {
        label: [
            [field.column, field.get_internal_type(), field.max_length, field.null]
            for field in columns(model)
        ]
        for label, model in backed_up(apps).items()
    }
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()
