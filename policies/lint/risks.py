"""What one policy gives away by itself, or fails to give."""

from collections.abc import Iterator, Sequence
from itertools import product

from actions.kinds import Effect
from actions.platforms import Platform
from policies.engine import Event, Filter, Policy
from policies.engine.filters import (
    AdvancedCommandline,
    Commandline,
    FileHash,
    FileSpecification,
    SignedFile,
    TimeOfDay,
)
from policies.engine.paths import parts
from policies.engine.text import fold
from policies.engine.verdict import rights_of
from policies.engine.words import listed, shown
from policies.lint.examples import FILLINGS, WEEK, Example, examples_of
from policies.lint.findings import Finding
from policies.lint.known import KNOWN

_OF_PROGRAMS = (FileSpecification, FileHash, SignedFile, Commandline, AdvancedCommandline)
_FREE = ((), ("q7x",), ("-c", "id"), ("/c", "q7x"))  # arguments


def denies(policy: Policy) -> bool:
    return any(action.effect is Effect.DENY or action.fault for action in policy.actions)


def grants(policy: Policy) -> bool:
    """Whether programs get more rights than the user has."""
    rights = rights_of(policy.actions)
    return not denies(policy) and bool(rights.elevate or rights.run_as)


def risks(
    policy: Policy, platforms: frozenset[str], *, rights_added: bool = False
) -> Iterator[Finding]:
    """`rights_added`: an earlier policy adds rights to the same programs and goes on to this one."""
    yield from _everything(policy, platforms)
    effects = {action.effect for action in policy.actions}
    if denies(policy):
        others = effects & {Effect.ASK_APPROVAL, Effect.ASK_REASON, Effect.WARN, Effect.ELEVATE}
        if others:
            yield Finding(
                "denies_anyway",
                "Denies whatever it matches, so its other actions do nothing.",
                "Remove the deny action, or all others.",
            )
        return
    if grants(policy):
        yield from _runs_anything(policy, platforms)
        yield from _writable(policy, platforms)
    elif effects & {Effect.ASK_APPROVAL, Effect.ASK_REASON} and not (
        rights_added or policy.continue_enforcing
    ):
        what = "An approved" if policy.asks_approval else "A justified"
        yield Finding(
            "no_rights",
            f"{what} program still runs with the user's own rights.",
            "Add the action Add Administrative Rights if it needs more.",
        )


def _everything(policy: Policy, platforms: frozenset[str]) -> Iterator[Finding]:
    watches = not policy.actions and policy.continue_enforcing  # everything, as it may be meant
    roles = (
        (() if watches else policy.targets, "matches every program", "Narrow it."),
        (policy.inclusions, "matches everything, so as an inclusion it changes nothing", ""),
        (policy.exclusions, "matches everything, so this policy never matches", ""),
    )
    for filters, so, advice in roles:
        for each in filters:
            if _matches_everything(each, platforms):
                yield Finding(
                    "matches_everything",
                    f"Filter {shown(each.name)} {so}.",
                    advice or "Narrow it, or remove it from this policy.",
                    each,
                )


def _matches_everything(each: Filter, platforms: frozenset[str]) -> bool:
    executions = [f.event({}, platform) for f in FILLINGS for platform in platforms]
    moments = WEEK if isinstance(each.settings, TimeOfDay) else ()
    return all(each.settings.matches(event, now) for event, now in executions) and all(
        each.settings.matches(executions[0][0], moment) for moment in moments
    )


def _runs_anything(policy: Policy, platforms: frozenset[str]) -> Iterator[Finding]:
    """Elevated shells, editors and interpreters, whatever person, computer and time are tested."""
    found: dict[str, None] = {}
    for target, platform in product(policy.targets, sorted(platforms)):
        if _tests_any(policy, target, FileHash):
            continue
        known = KNOWN[platform]
        lines = _tests_any(policy, target, Commandline, AdvancedCommandline)
        names = {fold(name): name for name in (*known.interpreters, *known.editors)}
        examples: list[Example] = [{"name": name} for name in names.values()]
        examples += [e for e in examples_of(target, platform) if fold(e.get("name", "")) in names]
        for example in examples:
            name = names[fold(example["name"])]
            own = [example.get("arguments", ())] if name in known.editors else []
            for arguments in (*(_FREE if lines else _FREE[:1]), *own):
                if _let_through(policy, target, {**example, "arguments": arguments}, platform):
                    found[name] = None
    if found:
        yield Finding(
            "runs_anything",
            f"Gives more rights to {listed(found, 'and')}, from which users can run any command "
            "with the same rights.",
            "Target the exact command with its arguments, or exclude Shells, Editors and "
            "Interpreters.",
        )


def _writable(policy: Policy, platforms: frozenset[str]) -> Iterator[Finding]:
    """Programs that users can put there themselves, known by nothing that they can't choose."""
    anybodys, refused = [], []
    for target, platform in product(policy.targets, sorted(platforms)):
        linux = platform == Platform.LINUX
        if _tests_any(policy, target, *((FileHash,) if linux else (FileHash, SignedFile))):
            continue
        examples = examples_of(target, platform)
        if linux:
            if any(_is_writable(example.get("folder", ""), platform) for example in examples):
                refused.append(target.name)
        elif not policy.asks_approval and any(
            _let_through(policy, target, {**example, **place}, platform)
            for example in examples
            for place in _places(example, platform)
        ):
            anybodys.append(target.name)
    if refused:
        yield Finding(
            "writable_target",
            f"{listed(refused, 'and')}: users can write there, and agents run no such file with "
            "more rights unless a policy names its SHA-256.",
            "Target it by a File Hash Filter, or target a folder that only root can write to.",
        )
    if anybodys:
        yield Finding(
            "writable_target",
            f"{listed(dict.fromkeys(anybodys), 'and')}: this also matches programs that users put "
            "into folders of their own.",
            "Include a Signed File or File Hash Filter, or target a folder that only "
            "administrators can write to.",
        )


def _places(example: Example, platform: str) -> Iterator[Example]:
    """Where a user could put the program: where the filter says, or anywhere."""
    if _is_writable(example.get("folder", ""), platform):
        yield {}
    yield {"folder": KNOWN[platform].users_own}


def _is_writable(folder: str, platform: str) -> bool:
    where = parts(folder, platform)
    for root in KNOWN[platform].writable:
        below = parts(root, platform)
        if len(where) >= len(below) and where[1 : len(below)] == below[1:]:
            return True
    return False


def _tests_any(policy: Policy, target: Filter, *kinds: type) -> bool:
    return any(isinstance(each.settings, kinds) for each in (target, *policy.inclusions))


def _let_through(policy: Policy, target: Filter, example: Example, platform: str) -> bool:
    """Whether the policy matches such a program, by whom and when ever it is started."""
    system = {"folder": KNOWN[platform].folder, "signer": KNOWN[platform].signer}
    event, now = FILLINGS[0].event({**system, **example}, platform)

    def met(filters: Sequence[Filter], event: Event) -> list[bool]:
        return [
            each.settings.matches(event, now)
            for each in filters
            if isinstance(each.settings, _OF_PROGRAMS)
        ]

    return (
        target.settings.matches(event, now)
        and all(met(policy.inclusions, event))
        and not any(met(policy.exclusions, event))
    )
