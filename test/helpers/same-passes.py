"""same-passes.py OURS.json OPT: the transformation passes that opt prints are those of ours."""
import json
import sys

ours = {(row["name"], row["level"]) for row in map(json.loads, open(sys.argv[1]))}
level = None
theirs = set()
for line in open(sys.argv[2]):
    if not line.startswith(" "):
        words = line.lower().split()
        known = "passes" in " ".join(words) and "analys" not in line.lower() and "machine" not in line.lower()
        level = words[0] if known and words and words[0] in ("module", "cgscc", "function", "loop", "loopnest") else None
        level = "loop" if level == "loopnest" else level
    elif level:
        theirs.add((line.split()[0].split("<")[0], level))
names = {name.split("<")[0] for name, _ in ours}
missing = sorted(name for name, _ in theirs if name not in names)
print("missing:", missing)
sys.exit(1 if missing or len(theirs) < 200 else 0)
