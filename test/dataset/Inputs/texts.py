"""texts.py ROWS KEY [KIND]: the code in each row's KEY, of rows of KIND alone if it is given."""
import json
import re
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    if len(sys.argv) > 3 and row.get("kind") != sys.argv[3]:
        continue
    text = row[sys.argv[2]]
    code = re.search(r"<code>(.*?)</code>", text, re.S)
    sys.stdout.write(code.group(1) if code else text)
