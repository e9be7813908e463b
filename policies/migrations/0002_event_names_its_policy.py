import uuid

from django.db import migrations, models

BATCH = 500  # events read and written at a time


def name_policies(apps, schema_editor):
    """Events of before: the first policy that matched decided."""
    events = apps.get_model("policies", "PolicyEvent").objects.order_by("pk")
    batch = list(events.only("decision")[:BATCH])
    while batch:
        for event in batch:
            matched = event.decision.get("matched")
            event.policy_id = uuid.UUID(matched[0]) if matched else None
        events.bulk_update([event for event in batch if event.policy_id], ["policy_id"])
        batch = list(events.filter(pk__gt=batch[-1].pk).only("decision")[:BATCH])


class Migration(migrations.Migration):

    dependencies = [
        ('policies', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='policyevent',
            name='policy_id',
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='policyevent',
            index=models.Index(models.F('policy_id'), models.F('at'), name='policies_event_by_policy'),
        ),
        migrations.RunPython(name_policies, migrations.RunPython.noop, elidable=True),
    ]
