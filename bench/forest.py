"""What a forest of randomised trees makes of the same sketches: the baseline that a language model
has to beat as a guesser of response classes.

    bench/forest.py FOLDER [TREES]      FOLDER/data as scripts/train-small made it; 100 trees

Needs python3-sklearn and zstd. Prints the loss on the class (nats) and the gain of the first k lists of
the plan that follows from the guesses, on the validation functions, from data/labels.
"""
import collections
import json
import math
import pathlib
import subprocess
import sys

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

ROOT = pathlib.Path(__file__).resolve().parent.parent
KS = (1, 2, 5, 10, 30)


def lines_of(path):
    with subprocess.Popen(["zstd", "-qdc", path], stdout=subprocess.PIPE, text=True) as process:
        yield from process.stdout


def repeated(words):
    for word in words:
        times, _, value = word.rpartition("*")
        yield from [value] * int(times or 1)


def read_rows(folder, split):
    """Ids, counts by line of the sketch, classes."""
    ids, sketches, classes = [], [], []
    for line in lines_of(folder / "data" / split / "respond.jsonl.zst"):
        row = json.loads(line)
        if row["task"] != "respond":
            continue
        counts = collections.Counter()
        for what in row["prompt"].split("\n")[1:-1]:
            name, _, times = what.rpartition(" x")
            counts.update({name: int(times)} if name and times.isdigit() else {what: 1})
        ids.append(row["program"])
        sketches.append(counts)
        classes.append(int(row["completion"]))
    return ids, sketches, np.array(classes)


def read_savings():
    """For each class what each list saves, as in data/labels/responses.txt."""
    savings = []
    for line in (ROOT / "data/labels/responses.txt").read_text().split("\n"):
        if line.startswith("saving "):
            savings.append([int(v) / 1000 for v in repeated(line.split()[1:])])
    return np.array(savings)


def read_ratios():
    """log(size / -Oz size) by program, for each list; 1 where it failed."""
    ratios = {}
    for line in lines_of(ROOT / "data/labels/functions.txt.zst"):
        if line.startswith(("llmc-labels", "toolchain", "list", "end")):
            continue
        program, base, *changes = line.split()
        base = int(base)
        ratios[program] = np.array([1.0 if v == "x" else math.log((base + int(v)) / base)
                                    for v in repeated(changes)])
    return ratios


def plan(shares, savings, count):
    best, chosen = np.zeros(len(savings)), []
    for _ in range(count):
        added = shares @ np.maximum(savings - best[:, None], 0)
        added[chosen] = -1
        chosen.append(int(added.argmax()))
        best = np.maximum(best, savings[:, chosen[-1]])
    return chosen


def main():
    folder = pathlib.Path(sys.argv[1])
    trees = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    _, train, train_classes = read_rows(folder, "train")
    ids, held_out, classes = read_rows(folder, "validation")
    seen = collections.Counter(name for sketch in train for name in sketch)
    names = [name for name, times in seen.items() if times >= 40]

    def table(sketches):
        return np.log1p(np.array([[s.get(n, 0) for n in names] for s in sketches], np.float32))

    forest = ExtraTreesClassifier(trees, min_samples_leaf=4, max_features=0.3, n_jobs=2,
                                  random_state=0).fit(table(train), train_classes)
    savings, ratios = read_savings(), read_ratios()
    shares = np.zeros((len(ids), len(savings)))
    shares[:, forest.classes_] = forest.predict_proba(table(held_out))
    prior = np.bincount(train_classes, minlength=len(savings)) / len(train_classes)
    mixed = 0.98 * shares + 0.02 * prior
    print(f"{len(names)} kinds of lines; loss {-np.log(mixed[np.arange(len(ids)), classes]).mean():.3f} "
          f"nats a class (prior {-np.log(prior[classes] + 1e-9).mean():.3f})")
    orders = [plan(row, savings, max(KS)) for row in shares]
    for k in KS:
        kept = [min(0, ratios[i][order[:k]].min()) for i, order in zip(ids, orders)]
        print(f"  first {k:>2} lists: {100 * (1 - math.exp(np.mean(kept))):.2f} %")


main()
