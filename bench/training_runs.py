"""Data, shards and many small trainings for bench/ablation, bench/scaling and bench/label-loop.

Whatever is finished lies in the experiment's folder and is not made again, so a run that was cut
off goes on when the same command is given again:

    FOLDER/data/SPLIT/KIND.jsonl.zst    what `llmc dataset build` makes of the corpus
    FOLDER/shards/SPLIT/NAME.shard      the same as tokens
    FOLDER/NAME/                        a training: recipe.json, run/, model.gguf, its answers
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOKENIZER = ROOT / "models/llmc-small-tokenizer.model"
VOCABULARY = 8192
CONTEXT = 1024
# Of most shards the file has the same name; these take some rows of a file.
PARTS = {
    "respond": ("respond", ["--task", "respond"]),
    "sizes": ("respond", ["--task", "sizes"]),
    "improved": ("flags", ["--only", "Run the following passes"]),
}


def say(text):
    print(text, file=sys.stderr, flush=True)


def usage(text):
    say(text.strip())
    sys.exit(2)


def take_arguments(text, defaults):
    """The folder, and the options `--NAME NUMBER` that are in `defaults`, by name. A folder that
    was begun by the same script with others is refused: what is finished there would not fit."""
    values, words, folder = dict(defaults), sys.argv[1:], None
    while words:
        word = words.pop(0)
        if word in ("-h", "--help"):
            print(text.strip())
            sys.exit(0)
        if word.startswith("--") and word[2:] in values and words and words[0].isdigit():
            values[word[2:]] = int(words.pop(0))
        elif word.startswith("-") or folder:
            usage(f"error: {word}: not understood\n{text}")
        else:
            folder = pathlib.Path(word).resolve()
    if not folder:
        usage(text)
    begun = folder / f"{pathlib.Path(sys.argv[0]).name}.options.json"
    if begun.exists() and json.loads(begun.read_text()) != values:
        say(
            f"error: {folder}: was begun with {begun.read_text()}; give these options, "
            "or another folder"
        )
        sys.exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    keep(begun, json.dumps(values))
    return folder, values


def run(command, **options):
    """The standard output of a command; what it says goes to a log, whose end is shown if it
    fails."""
    command = [str(word) for word in command]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )
    if done.returncode:
        say(done.stderr[-2000:])
        say(f"error: {' '.join(command)}: exit status {done.returncode}")
        sys.exit(1)
    return done.stdout


def llmc(*words):
    return run([ROOT / "llmc", *words])


def llmc_train(*words):
    return run([ROOT / "llmc-train", *words], env=os.environ | {"OMP_NUM_THREADS": "1"})


def shape(width, layers, context=CONTEXT):
    """A Llama of that width: heads of 32, two key heads, feed-forward of 8/3 of the width."""
    return {
        "width": width,
        "layers": layers,
        "heads": width // 32,
        "key_value_heads": 2,
        "hidden": width * 8 // 3 // 32 * 32,
        "context": context,
    }


def parameters(model):
    """Those of the blocks, and those of the embedding."""
    width, layers = model["width"], model["layers"]
    keys = 2 * model["key_value_heads"] * width // model["heads"]
    return (
        layers * (2 * width * width + keys * width + 3 * width * model["hidden"]),
        VOCABULARY * width,
    )


class Experiment:
    def __init__(self, folder):
        self.folder = folder
        llmc("--version"), llmc_train("--version")  # installs and builds

    def make_data(self, kinds, programs, *options):
        """Rows of `kinds` of so many functions of the train and validation splits of the corpus."""
        say("data")
        llmc(
            "dataset",
            "build",
            "--splits",
            "train,validation",
            "--kinds",
            ",".join(kinds),
            "--programs",
            programs,
            "--model",
            "none",
            "-o",
            self.folder / "data",
            *options,
        )

    def shard(self, split, name):
        """The shard of that name, packed if it is not there; relative to the folder of shards."""
        short = {"validation": "valid"}.get(split, split)
        path = self.folder / "shards" / short / f"{name}.shard"
        if not path.exists():
            file, options = PARTS.get(name, (name, []))
            path.parent.mkdir(parents=True, exist_ok=True)
            llmc_train(
                "pack",
                "--tokenizer",
                TOKENIZER,
                "--context",
                CONTEXT,
                *options,
                "-o",
                path,
                self.rows(split, file),
            )
        return f"{short}/{name}.shard"

    def rows(self, split, kind):
        return self.folder / "data" / split / f"{kind}.jsonl.zst"

    def train(self, name, model, stages, valid, start=None, metadata=(), step_tokens=1024):
        """Trains `name` and exports it; returns the GGUF file. `stages` are the recipe's, with
        shares of shards in the place of its sources; `start` is a training to begin with, or a
        GGUF file. So little is learnt here that many small steps count for more than exact
        gradients."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        exported = folder / "model.gguf"
        if exported.exists():
            return exported
        began = time.monotonic()
        recipe = {
            "name": name,
            "model": model,
            "vocabulary": VOCABULARY,
            "tokenizer": str(TOKENIZER),
            "seed": 1,
            "precision": "auto",
            "step_tokens": step_tokens,
            "batch_tokens": step_tokens,
            "validate_every": 1000000,
            "validate_tokens": 60000,
            "stages": [
                stage
                | {
                    "data": [
                        {"shards": [self.shard("train", shard)], "weight": weight}
                        for shard, weight in stage["data"].items()
                    ]
                }
                for stage in stages
            ],
            "valid": [{"name": one, "shards": [self.shard("validation", one)]} for one in valid],
        }
        path = folder / "recipe.json"
        path.write_text(json.dumps(recipe, indent=1))
        begin = []
        if start is not None:
            begin = [
                "--from",
                start if isinstance(start, pathlib.Path) else self.folder / start / "run",
            ]
        llmc_train(
            "run", path, "-t", 1, "--data", self.folder / "shards", "-o", folder / "run", *begin
        )
        texts = [word for pair in metadata for word in ("--metadata", pair)]
        llmc_train(
            "export",
            folder / "run",
            "--tokenizer",
            TOKENIZER,
            "--precision",
            "q8_0",
            *texts,
            "-o",
            exported,
        )
        say(f"{name}: {(time.monotonic() - began) / 60:.1f} minutes")
        return exported

    def losses(self, name):
        """Nats a token and bits a byte of each validation set, at the end of a training:
        {set: (loss, bits)}."""
        rows = map(json.loads, (self.folder / name / "run/log.jsonl").read_text().splitlines())
        return {
            row["validation"]: (row["loss"], row["bits_per_byte"])
            for row in rows
            if "validation" in row
        }

    def scores(self, name, file, task, count, most):
        """What `llmc score --json` counts in the answers to `count` prompts of a file, by task."""
        path = self.folder / name / f"answers-{task}.jsonl"
        if not path.exists():
            keep(
                path,
                llmc_train(
                    "answer",
                    "-m",
                    self.folder / name / "model.gguf",
                    "-n",
                    count,
                    "--most",
                    most,
                    "--context",
                    2 * CONTEXT,
                    file,
                ),
            )
        return {
            row["task"]: row for row in map(json.loads, llmc("score", "--json", path).splitlines())
        }


def keep(path, text):
    """Writes a file under another name first, so that what is there is whole."""
    part = path.with_suffix(".part")
    part.write_text(text)
    part.rename(path)


def together(jobs):
    """Calls each of `jobs`, {name: (names of jobs that come before, function)}, as many at a
    time as there are processors; they stand in an order in which each comes after those that it
    needs. Returns the results by name."""
    futures = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:

        def after(needs, function):
            for name in needs:
                futures[name].result()
            return function()

        for name, (needs, function) in jobs.items():
            futures[name] = pool.submit(after, needs, function)
    return {name: future.result() for name, future in futures.items()}


def gains(path, models, ks, programs, *options):
    """The gain over -Oz of the first k lists of each of `models` (name: GGUF file), and of the
    portfolio, on functions of the validation packages: {name: {k: gain}}. `path` keeps the whole
    output."""
    text = llmc(
        "eval",
        "flags",
        "--split",
        "validation",
        "--kind",
        "function",
        "--portfolio",
        ROOT / "data/labels/portfolio.txt",
        "--from",
        ",".join(["portfolio", *(f"model:{path}" for path in models.values())]),
        "-k",
        ",".join(map(str, ks)),
        "--programs",
        programs,
        "--json",
        *options,
    )
    keep(path, text)
    names = {f"model:{path}": name for name, path in models.items()} | {"portfolio": "portfolio"}
    found = {name: {} for name in names.values()}
    for row in map(json.loads, text.splitlines()):
        if row["type"] == "score" and row["proposer"] in names:
            found[names[row["proposer"]]][row["k"]] = row["gain"]
    return found
