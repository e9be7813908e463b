"""Items as YAML: exported, planned, imported.

Read in this order: `text.py` (the YAML alone), `values.py` (a form's values and what a file says of
them), `exporting.py`, `operations.py` (one item of a file), `importing.py` (all of them).
"""
