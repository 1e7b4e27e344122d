"""Prints the tables of bench/optimize from the JSON lines in the folder that is its argument."""
import json
import math
import pathlib
import statistics
import sys

folder = pathlib.Path(sys.argv[1])


def rows(name):
    lines = [json.loads(line) for line in (folder / name).read_text().splitlines()]
    return [row for row in lines if row["type"] == "program" and "gain" in row]


def gain(of):
    logs = [math.log(row["best"]["binary_size"] / row["baseline"]["binary_size"]) for row in of]
    return 100 * (1 - math.exp(sum(logs) / len(logs)))


model = json.loads((folder / "model").read_text())
bench = {what: json.loads((folder / f"llama-{what}").read_text())[0]["avg_ts"]
         for what in ("prompt", "answer")}
print(f"model: {model['name']}, {model['parameters'] / 1e6:.2f} million parameters, "
      f"{model['peak_memory_bytes'] >> 20} MB")
print("tokens a second, one thread:   llmc     llama-bench   ratio")
for what in ("prompt", "answer"):
    ours = model[f"{what}_tokens_per_second"]
    print(f"  {what:<25} {ours:>9.0f} {bench[what]:>15.0f} {ours / bench[what]:>7.2f}")

advised = [row["model"] for row in rows("model-5") if "model" in row]
first = [advice["first_list_seconds"] for advice in advised]
print(f"seconds to the first five lists: median {statistics.median(first):.2f}, worst {max(first):.2f} "
      f"({len(first)} units); all questions: median "
      f"{statistics.median([advice['seconds'] for advice in advised]):.2f}")
for name, what in (("held", "with the grammar"), ("free", "without")):
    some = [row["model"] for row in rows(name) if "model" in row]
    answers = sum(advice["answers"] for advice in some)
    valid = answers - sum(advice["invalid"] for advice in some)
    print(f"valid answers {what}: {valid} of {answers} ({100 * valid / answers:.1f} %)")
gated = rows("gated")
checks = {row["list"]: row["verdict"]["seconds"] for row in gated
          if "verdict" in row and not row["verdict"]["known"]}
asked = [row["model"]["seconds"] for row in gated if "model" in row]
print(f"cost: {sum(asked):.1f} s of the model for {len(asked)} units; {sum(checks.values()):.1f} s for "
      f"{len(checks)} lists that had to be tested")

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples"
for title, wanted in (("packages alone", False), ("with examples/, which the model has seen", True)):
    print(f"\n{title}\n{'proposer':<34} {'lists a unit':>12} {'improved':>9} {'gain':>8}")
    for name, what in (("model-5", "model, k = 5"), ("parts", "the same, and parts for functions"),
                       ("portfolio", "portfolio, k = 5"),
                       ("both", "model (with parts) and portfolio")):
        some = [row for row in rows(name)
                if wanted or pathlib.Path(row["name"]).resolve().parent != EXAMPLES]
        improved = sum(row["improved"] for row in some)
        lists = statistics.mean(row["evaluations"] for row in some)
        print(f"{what:<34} {lists:>12.1f} {improved:>5}/{len(some):<3} {gain(some):>6.2f} %")
