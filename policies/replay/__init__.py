"""Replay: recorded policy events decided again, by today's policies or by one that isn't saved yet.

`draft` what an unsaved policy would be; `comparing` one event before and after; `tally` the changes,
grouped; `running` the work, slice by slice, on a worker; `pages` starting, watching, cancelling.

Approvals aren't replayed: an event that was approved counts as one for which an approval is required.
Only recorded events are known, not the programs for which no policy recorded anything.
"""
