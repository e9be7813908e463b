"""Policy Tester: what would be decided for one event, and why. It changes nothing and uses no grant.

`forms` the event that somebody types; `testing` asks the engine; `trace_lines` is why, for the page.
"""
