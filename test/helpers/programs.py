"""programs.py CONDITION < JSON lines of `llmc tune --json`: CONDITION, a Python expression, must hold
for each program row (as `r`, with `rows` all of them and `s` the summary); prints the rows otherwise.
"""
import json
import sys

lines = [json.loads(line) for line in sys.stdin]
rows = [line for line in lines if line["type"] == "program"]
summaries = [line for line in lines if line["type"] == "summary"]
if len(summaries) != 1 or lines[-1] is not summaries[0] or not rows:
    sys.exit("expected program rows and one summary at the end")
s = summaries[0]
bad = [r for r in rows if not eval(sys.argv[1], {"r": r, "rows": rows, "s": s})]
for r in bad:
    print(json.dumps(r))
sys.exit(1 if bad else 0)
