"""The decision words, declared once. Pure.

The reading of replies accepts them, the guard of our mails keeps them from the beginning of every
line, and mails and pages propose the first of each kind.
"""

APPROVE, ALLOW, DENY = "APPROVE", "ALLOW", "DENY"
APPROVING = (APPROVE, "APPROVED", ALLOW, "GRANT", "GRANTED", "YES", "Y")
DENYING = (DENY, "DENIED", "REJECT", "REJECTED", "DECLINE", "DECLINED", "NO", "N")
# Of these, the words that answer any question, and not only whether to approve.
ANSWERING = ("YES", "Y", "NO", "N")
DECISION_WORDS = APPROVING + DENYING
