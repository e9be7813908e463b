"""`manage.py doctor`: what is wrong with this installation, what it means, and what mends it.

Read in this order: `findings` (what a check can find), `checks` (a check, and the list of all),
`running` (each within its time), then the checks themselves, one file for each subject.
"""
