"""make-answers.py ROWS [--check]: a file of answers for the first unit of a run, with lists that the
model did not name; or checks that the run's results have them, and lists of the model for the other."""
import json
import sys

MADE_UP, ALSO = "function(dce)", "function(adce)"

with open(sys.argv[1], encoding="utf-8") as file:
    rows = [json.loads(line) for line in file]
units = [row for row in rows if row["type"] == "unit"]
said = [[row for row in rows
         if row["type"] == "proposal" and row["proposer"] == "model" and row["id"] == unit["id"]]
        for unit in units]
if "--check" in sys.argv:
    assert [row["list"] for row in said[0]] == [MADE_UP, ALSO], said[0]
    assert said[0][0]["predicted_after"] == 77 and "predicted_before" not in said[0][0], said[0]
    # Half of what -Oz makes: log(1/2).
    assert abs(said[0][1]["predicted_after"] - units[0]["size"] / 2) <= 1, (said[0], units[0])
    assert all(row["predicted_after"] > 0 for row in said[1]), said[1]
    assert (units[0]["tokens"], units[0]["fits"], units[0]["split"]) == (1234, True, True), units[0]
    assert len(said[1]) == 3 and units[1]["tokens"] != 1234, said[1]
    seconds = [row["seconds"] for row in rows if row["type"] == "time" and row["proposer"] == "model"]
    assert len(seconds) == 1 and seconds[0] > 5000, seconds
else:
    assert len(said[0]) == 3 and MADE_UP not in {row["list"] for row in said[0]}, said[0]
    print(json.dumps(rows[0]))
    print(json.dumps({"proposer": "model", "id": units[0]["id"], "lists": [MADE_UP, ALSO],
                      "predicted": {MADE_UP: [0, 77]}, "changes": {ALSO: -0.693147},
                      "prompt_tokens": 1234, "fits": True,
                      "is_split": True, "failure": "", "seconds": 5000}))
