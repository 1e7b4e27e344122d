"""without-one.py JSON: the first program's winning list with each top-level element left out."""
import json
import sys

text = json.loads(open(sys.argv[1]).readline())["list"]
elements, depth = [""], 0
for c in text:
    depth += (c in "(<") - (c in ")>")
    if c == "," and depth == 0:
        elements.append("")
    else:
        elements[-1] += c
for i in range(len(elements)):
    rest = elements[:i] + elements[i + 1 :]
    if rest:
        print(",".join(rest))
