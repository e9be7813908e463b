"""What Prometheus reads, who may read it, and the alert rules that watch it."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from approvals.models import OutgoingMail
from approvals.services.decider import Decider
from approvals.services.deciding import decide
from console.health import metrics as health
from core import metrics
from core.heartbeats.services import beat
from foreign_systems.circuits import open_circuit
from tests.agents.endpoints import make_agent, make_approval_policy, make_group
from tests.factories import invitation_of, make_request, make_smtp_server
from tests.running_trial import ROOT

RULES = yaml.safe_load((ROOT / "deploy/alerts.yml").read_text())["groups"][0]["rules"]
PROMTOOL = shutil.which("promtool") or shutil.which(ROOT / ".tools/promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="promtool isn't installed (prometheus)"
)


def scraped(client: Client | None = None, **headers: str) -> dict[str, float]:
    """Each sample by its name, with its labels as Prometheus writes them."""
    answer = (client or Client()).get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        sample.name + "".join(f",{key}={value}" for key, value in sorted(sample.labels.items())): (
            sample.value
        )
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
def test_it_tells_what_the_database_says() -> None:
    request = make_request(waits=True)
    OutgoingMail.objects.update(due_at=timezone.now() - timedelta(seconds=90))
    open_circuit(make_smtp_server(), reason="down", alert=False)
    beat("worker", host="pm1", process=1)
    found = scraped()
    assert found["pmconsole_outbox_emails,state=queued"] == 2
    assert 90 <= found["pmconsole_outbox_oldest_due_seconds"] < 100
    assert found["pmconsole_requests_pending"] == 1
    assert found["pmconsole_agents_waiting"] == 1
    assert found["pmconsole_programs,kind=worker"] == 1
    assert found["pmconsole_programs,kind=beat"] == 0
    assert [value for name, value in found.items() if "circuit_open" in name] == [1]
    assert request.is_pending


@pytest.mark.django_db
def test_it_tells_what_was_counted_in_all_processes() -> None:
    before = scraped()
    request = make_request()
    decider = Decider(channel="link", invitation=invitation_of(request))
    decide(number=request.pk, decider=decider, answer="approve")
    metrics._sums.hand_over()  # as other processes do
    name = "pmconsole_decisions_total,answer=approve,channel=link"
    assert scraped()[name] == before.get(name, 0) + 1


@pytest.mark.django_db(transaction=True)
def test_a_report_is_counted_by_its_verdict_with_the_engines_time() -> None:
    group = make_group()
    make_approval_policy(group)
    agent, before = make_agent(group), scraped()
    agent.report()
    found = scraped()
    reports = "pmconsole_reports_total,verdict=approval_required"
    assert found[reports] == before.get(reports, 0) + 1
    decisions = "pmconsole_engine_seconds_count"
    assert found[decisions] > before[decisions]
    assert found["pmconsole_engine_seconds_bucket,le=+Inf"] == found[decisions]


@pytest.mark.django_db
def test_what_is_counted_while_redis_is_away_is_not_lost(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = metrics.Counter("pmconsole_of_this_test", "A test's")
    monkeypatch.setattr(health, "COUNTED", (counter,))
    sums = metrics._Sums()
    monkeypatch.setattr(metrics, "_sums", sums)
    url, settings.REDIS_URL = settings.REDIS_URL, "redis://127.0.0.1:1/0"
    counter.count()
    sums.hand_over()
    assert scraped()["pmconsole_broker_up"] == 0
    settings.REDIS_URL = url
    del sums._client
    counter.count()
    found = scraped()
    assert (found["pmconsole_broker_up"], found["pmconsole_of_this_test_total"]) == (1, 2)


ADDRESSES = [
    ({"REMOTE_ADDR": "127.0.0.1"}, {}, 0, True),
    ({"REMOTE_ADDR": "::ffff:127.0.0.1"}, {}, 0, True),
    ({"REMOTE_ADDR": "192.0.2.9"}, {}, 0, False),
    ({"REMOTE_ADDR": "10.1.2.3"}, {}, 0, True),
    ({"REMOTE_ADDR": ""}, {}, 0, False),
    # A proxy on this machine calls for somebody else.
    ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "192.0.2.9"}, 0, False),
    ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1"}, 0, False),
    ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "127.0.0.1, 192.0.2.9"}, 1, False),
    ({"REMOTE_ADDR": "127.0.0.1"}, {"X-Forwarded-For": "192.0.2.9, 10.1.2.3"}, 1, True),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("environ", "headers", "proxies", "may"), ADDRESSES)
def test_it_is_read_from_listed_networks_only(
    settings: Any, environ: dict[str, str], headers: dict[str, str], proxies: int, may: bool
) -> None:
    settings.TRUSTED_PROXIES = proxies
    settings.METRICS_PEERS = ("127.0.0.0/8", "10.0.0.0/8")
    answer = Client(**environ).get("/metrics", headers=headers)
    assert answer.status_code == (200 if may else 403)


@pytest.mark.django_db
def test_or_with_the_token(settings: Any) -> None:
    client, settings.METRICS_TOKEN = Client(REMOTE_ADDR="192.0.2.9"), "t" * 20
    assert client.get("/metrics").status_code == 403
    wrong = client.get("/metrics", headers={"authorization": "Bearer " + "u" * 20})
    assert wrong.status_code == 403
    assert scraped(client, authorization="Bearer " + "t" * 20)


@pytest.mark.django_db(transaction=True)
def test_without_a_database_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = "/nowhere/at/all" if connection.vendor == "sqlite" else "no_such_database"
    connection.close()
    with monkeypatch.context() as changed:
        changed.setitem(connection.settings_dict, "NAME", gone)
        answer = Client().get("/metrics")
        connection.close()
    assert (answer.status_code, gone in answer.text) == (503, False)


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_alert_watches_what_there_is_and_has_a_runbook(rule: dict[str, Any]) -> None:
    known = {gauge.name for gauge in health.GAUGES} | {"pmconsole_broker_up"}
    for metric in health.COUNTED:
        ending = "_total" if isinstance(metric, metrics.Counter) else "_bucket"
        known.add(metric.name + ending)
    assert set(re.findall(r"pmconsole_\w+", rule["expr"])) <= known
    path, _, anchor = rule["annotations"]["runbook"].partition("#")
    assert re.search(rf"^#{{3,4}} {re.escape(anchor)}$", (ROOT / path).read_text(), re.M | re.I)


@needs_promtool
def test_promtool_accepts_the_rules() -> None:
    checked = subprocess.run(
        [str(PROMTOOL), "check", "rules", ROOT / "deploy/alerts.yml"],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@needs_promtool
@pytest.mark.django_db
def test_promtool_finds_nothing_odd_about_the_metrics() -> None:
    make_request()
    checked = subprocess.run(
        [str(PROMTOOL), "check", "metrics"],
        check=False,
        input=Client().get("/metrics").content,
        capture_output=True,
        timeout=30,
    )
    assert (checked.returncode, checked.stderr) == (0, b"")


FIRES = [  # the alert, the series that let it fire (as promtool writes them), after how many minutes
    ("PmconsoleNoWorker", {'pmconsole_programs{kind="worker"}': "1x5 0x10"}, 9),
    ("PmconsoleOutboxLate", {"pmconsole_outbox_oldest_due_seconds": "0+60x20"}, 15),
    ("PmconsoleMailFails", {'pmconsole_mail_attempts_total{outcome="failed"}': "0 0 9x20"}, 10),
    (
        "PmconsoleRepliesRejected",
        {'pmconsole_replies_total{outcome="rejected"}': "0 0 5x80"},
        30,
    ),
    (
        "PmconsoleAgentsSilent",
        {'pmconsole_agents{seen="hour"}': "0x60", 'pmconsole_agents{seen="day"}': "40x60"},
        40,
    ),
]


@needs_promtool
@pytest.mark.parametrize(("alert", "series", "minute"), FIRES, ids=[case[0] for case in FIRES])
def test_an_alert_fires_when_it_should(
    tmp_path: Path, alert: str, series: dict[str, str], minute: int
) -> None:
    """Promtool wants each alert's labels and words; so it is asked by the metric ALERTS."""
    given = [{"series": name, "values": values} for name, values in series.items()]
    asked = {
        "expr": f'count(ALERTS{{alertname="{alert}", alertstate="firing"}})',
        "eval_time": f"{minute}m",
        "exp_samples": [{"value": 1}],
    }
    case = {"interval": "1m", "input_series": given, "promql_expr_test": [asked]}
    file = tmp_path / "case.yml"
    rules = str(ROOT / "deploy/alerts.yml")
    file.write_text(yaml.safe_dump({"rule_files": [rules], "tests": [case]}))
    tested = subprocess.run(
        [str(PROMTOOL), "test", "rules", file],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
