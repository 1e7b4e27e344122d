"""jsonl.py FILE...: the files as JSON lines {"text": …}, for llmc-train."""
import json
import sys

for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        print(json.dumps({"text": file.read()}))
