"""check-gains.py SIZES JSON ROWS: what `llmc eval flags` says against sizes of objects."""
import json
import math
import sys

size = {}
for line in open(sys.argv[1]):
    program, variant, number = line.split()
    size.setdefault(program, {})[variant] = int(number)
scores = {}
for line in open(sys.argv[2]):
    row = json.loads(line)
    if row["type"] == "score":
        scores[row["proposer"], row["k"]] = row
for k, variants in ((1, ["1"]), (2, ["1", "2"])):
    kept = [min([s["oz"]] + [s[v] for v in variants]) for s in size.values()]
    ratios = [math.log(a / s["oz"]) for a, s in zip(kept, size.values())]
    score = scores["portfolio", k]
    assert abs(score["gain"] - (1 - math.exp(sum(ratios) / len(ratios)))) < 1e-9, (k, score, size)
    assert score["bytes_after"] == sum(kept), (k, score, size)
    assert score["improved"] == sum(r < 0 for r in ratios), (k, score, size)
    assert score["gain_low"] <= score["gain"] + 1e-9 and score["gain"] <= score["gain_high"] + 1e-9
assert scores["best", 2]["gain"] == scores["portfolio", 2]["gain"], scores
rows = [json.loads(line) for line in open(sys.argv[3])]
assert rows[0]["type"] == "run" and rows[0]["task"] == "flags", rows[0]
names = {}
for row in rows:
    if row["type"] == "unit":
        names[row["id"]] = "words" if "words" in row["name"] else "collatz"
        assert row["size"] == size[names[row["id"]]]["oz"], (row, size)
        assert row["baseline"]["text"] > 0, row
proposals = [row for row in rows if row["type"] == "proposal"]
assert len(proposals) == 4, proposals
for row in proposals:
    assert row["size"] == size[names[row["id"]]][str(row["rank"])], (row, size)
details = [row for row in rows if row["type"] == "detail"]
smaller = {row["id"] for row in proposals if row["size"] < size[names[row["id"]]]["oz"]}
assert {row["id"] for row in details} == smaller, (details, smaller)
assert all("define" in row["ir_before"] and row["symbols"] for row in details), details
