"""A second person for policy changes: what one administrator wants and another one accepts.

Read in this order: items/second_person.py (what needs a second person), `models.py`, `steps.py` (the
changes of a proposal, made again), `people.py` (who may accept), `services.py` (the verbs), `views.py`.
"""
