"""make-answers.py ROWS [--check]: a file of answers for the first unit of a run, with a list that the
model did not name; or checks that the run's results have it, and lists of the model for the other."""
import json
import sys

MADE_UP = "function(dce)"

with open(sys.argv[1], encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
units = [row for row in rows if row["type"] == "unit"]
said = [[row for row in rows
         if row["type"] == "proposal" and row["proposer"] == "model" and row["id"] == unit["id"]]
        for unit in units]
if "--check" in sys.argv:
    assert [row["list"] for row in said[0]] == [MADE_UP], said[0]
    assert said[0][0]["predicted_after"] == 77 and "predicted_before" not in said[0][0], said[0]
    assert (units[0]["tokens"], units[0]["fits"], units[0]["split"]) == (1234, True, True), units[0]
    assert len(said[1]) == 3 and units[1]["tokens"] != 1234, said[1]
    seconds = [row["seconds"] for row in rows if row["type"] == "time" and row["proposer"] == "model"]
    assert len(seconds) == 1 and seconds[0] > 5000, seconds
else:
    assert len(said[0]) == 3 and MADE_UP not in {row["list"] for row in said[0]}, said[0]
    print(json.dumps(rows[0]))
    print(json.dumps({"proposer": "model", "id": units[0]["id"], "lists": [MADE_UP],
                      "predicted": {MADE_UP: [0, 77]}, "prompt_tokens": 1234, "fits": True,
                      "is_split": True, "failure": "", "seconds": 5000}))
