"""A process's Report To Run, as lines for its approval requests."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from approvals.letters.reports import ReportRun, appendix, appendix_failed
from approvals.models import ApprovalProcess
from approvals.terms import ProcessSettings
from core.reports import Parameters, UnknownReport, report

PERIOD = timedelta(days=7)  # of the reports that have one
# In a request's mail this means the very request, and its facts stand there already.
THIS_REQUEST = ProcessSettings().report_to_run
log = structlog.get_logger(__name__)


def report_lines(process: ApprovalProcess | None) -> list[str]:
    """The lines to append to the request's mail, as things stand now; none for this request's facts.

    A report that fails never stops a request: the failure is logged, and one line says it.
    """
    key = process.typed.report_to_run if process else THIS_REQUEST
    if key == THIS_REQUEST:
        return []
    name = "Report To Run"
    try:
        chosen = report(key)
        name = chosen.name
        now = timezone.now()
        parameters = Parameters(since=now - PERIOD, until=now, policy_id=None, now=now)
        with transaction.atomic():  # a query that fails must not undo the request
            rows = list(chosen.rows(parameters))
        return appendix(ReportRun(chosen, parameters, rows), zone=timezone.get_default_timezone())
    except UnknownReport:
        log.warning("report_unknown", report=key, process=str(process))
    except Exception:
        log.exception("report_failed", report=key, process=str(process))
    return appendix_failed(name)
