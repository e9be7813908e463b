"""The engine once more, slow and plain: every policy is tested, nothing is looked up or remembered.

What the filters of files and computers say is written again; the others are asked one by one.
"""

from dataclasses import replace

from policies.engine import Decision
from policies.engine.filters import Computer, FileHash, FileSpecification, ParentProcess, SignedFile
from policies.engine.globs import matches_name, matches_path, matches_text
from policies.engine.paths import parts
from policies.engine.verdict import Standing, verdict


def decide(event, policies, *, now, answered="", grants=(), parent=None):
    matched, perhaps = [], None
    ordered = sorted(policies, key=lambda each: (each.priority, each.created, each.id))
    children = [each for each in ordered if parent and parent.passes_on(each)]
    for policy in [] if children else ordered:
        if not policy.active or not _matches(event, policy, now, True):
            continue
        matched.append(policy)
        if policy.broken or not _matches(event, policy, now, False):
            perhaps = policy
        if perhaps or not policy.continue_enforcing:
            break
    if children:
        matched = children
        perhaps = next((each for each in children if each.broken), None)
    if not matched:
        return Decision("no_match")
    steps = [
        (policy, action)
        for policy in matched
        for action in (policy.child_actions if children else policy.actions)
    ]
    denies = any(action.kind == "deny_execute" for _, action in steps)
    if perhaps and perhaps.broken:
        decision = Decision("deny", "policy_broken")
    elif perhaps and not denies:
        decision = Decision("deny", "report_unclear")
    else:
        decision = verdict(event, steps, Standing(answered, now, tuple(grants)))
    recorded = perhaps or any(policy.audit_events for policy in matched)
    asks = {"approval_request_form", "justify_elevation"}
    return replace(
        decision,
        matched=tuple(policy.id for policy in matched),
        record=bool(recorded or any(action.kind in asks for _, action in steps)),
    )


def _matches(event, policy, now, doubt):
    def met(each, doubt):
        if policy.broken and each.settings.is_unknown:
            return doubt
        return not each.settings.is_empty and _agrees(each.settings, event, now, doubt)

    targets = [met(each, doubt) for each in policy.targets]
    inclusions = [met(each, doubt) for each in policy.inclusions]
    exclusions = [met(each, not doubt) for each in policy.exclusions]
    return any(targets) and all(inclusions) and not any(exclusions)


def _agrees(settings, event, now, doubt):
    match settings:
        case FileSpecification():
            return _is_at(settings, event.file_path, event.platform, doubt)
        case ParentProcess():
            return _is_at(settings, event.parent_path, event.platform, doubt)
        case FileHash():
            return any(event.sha256.lower() == each for each in settings.hashes)
        case SignedFile():
            return event.signer != "" and matches_text(settings.subject, event.signer)
        case Computer():
            return any(matches_text(each, event.computer) for each in settings.names)
    return settings.agrees(event, now, doubt)


def _is_at(settings, path, platform, doubt):
    whole = parts(path, platform)
    if not whole:
        return False
    if settings.names and not any(matches_name(n, whole[-1], platform) for n in settings.names):
        return False
    if whole[0] == "\0" and (settings.path or settings.glob):
        return doubt
    below = parts(settings.path, platform)
    if settings.path and (not below or whole[: len(below)] != below):
        return False
    return not settings.glob or matches_path(settings.glob, path, platform)
