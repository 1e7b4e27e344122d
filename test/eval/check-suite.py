"""check-suite.py MANIFEST: what `llmc eval init` found in Inputs/suite."""
import json
import sys

suite = json.load(open(sys.argv[1]))
found = {one["name"]: one for one in suite["benchmarks"]}
assert list(found) == ["broken", "new", "old"], list(found)
old, new, broken = found["old"], found["new"], found["broken"]
assert [unit["file"] for unit in old["units"]] == ["src/main.c", "table.c"], old
assert old["units"][0]["flags"][-1] == "-DSTEP=3", old
assert old["units"][1]["directory"] == "{tree}/src" and "-I." in old["units"][1]["flags"], old
assert "-Wno-error=implicit-int" in old["build"] and "problem" not in old, old
assert old["runs"] == ["sh runme_small.sh"] and old["compare"] == ["output*"], old
assert "-Wno-error" not in new["build"] and new["runs"][0].startswith("make check"), new
assert [unit["file"] for unit in new["units"]] == ["words.c"], new
assert [unit["file"] for unit in broken["units"]] == ["good.c"], broken
assert "build" in broken["problem"] and "no/such/header.h" in json.dumps(broken), broken
