"""Replay on PostgreSQL: a million recorded events against a policy that was edited and not saved.

A thousand policies in twenty computer groups, five hundred computers in four groups each. Every event
is unlike any other, which is the worst case: events that are alike are decided once. The edited policy
reaches all groups and matches every tenth event. No worker runs: the slices are worked here.
"""

import os
import random
import sys
import time

from benchmarks.comparing import Bar, Figures, arguments, finish, show

EVENTS, EVENTS_QUICK = 1_000_000, 100_000
SECONDS = 60.0  # for EVENTS
POLICIES, GROUPS, COMPUTERS = 1_000, 20, 500
ALL_DAYS, FEW_DAYS = 30, 3

os.environ["PMCONSOLE_TEST_DATABASE"] = "postgresql"
os.environ["DJANGO_SETTINGS_MODULE"] = "pmconsole.settings"
import django  # noqa: E402

import tests.environment  # noqa: E402, F401  # starts PostgreSQL and Valkey, and names them

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from actions.models import Action  # noqa: E402
from core.text import name_key  # noqa: E402
from items.family import family_of  # noqa: E402
from items.values import posted  # noqa: E402
from policies.models import (  # noqa: E402
    Computer,
    ComputerGroup,
    Filter,
    Policy,
    PolicyAction,
    PolicyFilter,
    Replay,
)
from policies.replay import running  # noqa: E402
from policies.replay.tally import Tally  # noqa: E402
from tests.factories import make_user  # noqa: E402

# Every tenth is what the edited policy is for.
EVENT = """
    jsonb_build_object(
        'platform', 'windows', 'computer_id', c.id::text, 'computer', c.name,
        'account', 'EXAMPLE\\user' || n % 5000, 'account_id', 'S-1-5-21-7-' || n % 5000,
        'groups', jsonb_build_array('EXAMPLE\\Staff', 'BUILTIN\\Users', 'EXAMPLE\\Team ' || n % 40),
        'file_path', CASE WHEN n % 10 = 0 THEN 'C:\\Users\\user\\Downloads\\' || n || '\\setup.exe'
            ELSE 'C:\\Program Files\\Vendor ' || n || '\\tool-' || n || '.exe' END,
        'sha256', md5(n::text) || md5(n::text || 'x'), 'signer', 'CN=Vendor ' || n % 3000,
        'interpreter_sha256', '', 'arguments', jsonb_build_array('/quiet', '--log=run' || n),
        'command_line', 'tool.exe /quiet --log=run' || n, 'working_directory', 'C:\\Users\\user',
        'run_as', '', 'parent_path', 'C:\\Windows\\explorer.exe', 'parent_event', '', 'at', NULL)"""


def make_policies() -> Policy:
    """The one that is edited; the others test a name, a folder, a signer or a hash each."""
    chance = random.Random(1)  # noqa: S311
    groups = [ComputerGroup(name=f"Group {n}", platform="windows") for n in range(GROUPS)]
    filters, policies = [], []
    for n in range(POLICIES):
        kind, settings = chance.choice(
            [
                ("file_specification", {"names": [f"program-{n}.exe"]}),
                ("file_specification", {"path": f"C:\\Program Files\\Product {n}"}),
                ("signed_file", {"subject": f"CN=Product {n}*"}),
                ("file_hash", {"hashes": [f"{n:064x}"]}),
            ]
        )
        filters.append(Filter(name=f"Filter {n}", kind=kind, settings=settings))
        policies.append(Policy(name=f"Policy {n}", is_active=True, audit_events=True))
    filters[0] = Filter(
        name="Installers", kind="file_specification", settings={"names": ["setup.exe"]}
    )
    for row in (*groups, *filters, *policies):
        row.name_key = name_key(row.name)
    ComputerGroup.objects.bulk_create(groups)
    Filter.objects.bulk_create(filters)
    Policy.objects.bulk_create(policies)
    action = Action.objects.create(name="Elevate", kind="add_administrative_rights")
    pairs = list(zip(policies, filters, strict=True))
    PolicyFilter.objects.bulk_create(
        PolicyFilter(policy=policy, filter=each, role="target") for policy, each in pairs
    )
    PolicyAction.objects.bulk_create(
        PolicyAction(policy=policy, action=action) for policy in policies
    )
    policies[0].groups.set(groups)
    for policy in policies[1:]:
        policy.groups.add(chance.choice(groups))
    computers = [Computer(name=f"WS-{n:04}", platform="windows") for n in range(COMPUTERS)]
    for computer in computers:
        computer.name_key = name_key(computer.name)
    Computer.objects.bulk_create(computers)
    sets = [chance.sample(groups, 4) for _ in range(8)]
    for number, computer in enumerate(computers):
        computer.groups.set(sets[number % len(sets)])
    return policies[0]


def make_events(count: int, policy: Policy) -> None:
    """Over the last 29 days."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO policies_policyevent
                (id, at, computer_id, account, file_path, file_name, sha256, verdict, event,
                 decision, dropped, recorded, policy_id)
            SELECT md5('e' || n)::uuid, %s - n * interval '29 days' / {count}, c.id, 'EXAMPLE\\user',
                'C:\\setup.exe', 'setup.exe', md5(n::text) || md5(n::text || 'x'), 'allow', {EVENT},
                '{{"code": "", "rights": {{"elevate": true}}, "matched": []}}', '[]', true, %s
            FROM generate_series(1, {count}) AS n
            JOIN (SELECT id, name, row_number() OVER (ORDER BY name) AS place
                  FROM policies_computer) AS c ON c.place = 1 + n %% {COMPUTERS}""".replace(
                " % ", " %% "
            ),
            [now, policy.pk],
        )
        cursor.execute("VACUUM ANALYZE policies_policyevent")


def replayed(policy: Policy, days: int = ALL_DAYS) -> tuple[int, float, float]:
    """Events of the last `days`; seconds until they are replayed, and of this process's own work."""
    deny, _ = Action.objects.get_or_create(name="Deny", kind="deny_execute")
    values = posted(family_of(policy).form_of(policy)) | {"actions": [str(deny.pk)]}
    begin, work = time.perf_counter(), time.process_time()
    replay = running.start(by=make_user(), policy=policy, values=values, days=days)
    while replay.runs:
        running.work(replay.pk)
        replay.refresh_from_db()
    taken = time.perf_counter() - begin, time.process_time() - work
    tally = Tally.from_json(replay.tally)
    expected = (Replay.State.FINISHED, replay.total, 0)
    seen = (replay.state, replay.done, tally.unread)
    if seen != expected or abs(tally.changed - replay.total // 10) > 1:
        raise SystemExit(f"{seen} and {tally.changed} changed, not {expected} and a tenth")
    return replay.done, *taken


def for_all(few: tuple[int, float, float], many: tuple[int, float, float]) -> tuple[float, ...]:
    """Seconds for EVENTS, from two runs: reading and compiling the policies doesn't grow with them."""
    more = (EVENTS - few[0]) / (many[0] - few[0])
    return tuple(a + (b - a) * more for a, b in zip(few[1:], many[1:], strict=True))


def main() -> None:
    options = arguments(__doc__)
    events = EVENTS_QUICK if options.quick else EVENTS
    call_command("migrate", verbosity=0)
    policy = make_policies()
    begin = time.perf_counter()
    make_events(events, policy)
    print(f"{events:,} events in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
    replayed(policy, FEW_DAYS)  # warms up
    rounds = range(1 if options.quick else 3)
    taken = [for_all(replayed(policy, FEW_DAYS), replayed(policy)) for _ in rounds]
    names = ("until it is finished", "of our own work")
    figures = {
        name: Figures(each) for name, each in zip(names, zip(*taken, strict=True), strict=True)
    }
    show(f"A replay of {EVENTS:,} events", figures, unit="s", scale=1)
    finish([Bar("replay", figures["until it is finished"].median / SECONDS, at_most=1)], options)


if __name__ == "__main__":
    main()
