"""Prints the tables of bench/lift from the JSON lines in the folder that is its argument."""
import collections
import json
import pathlib
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
LENGTHS = [(0, 5), (6, 10), (11, 20), (21, 50), (51, 100), (101, 10**9)]
FEATURES = ["calls", "loops", "floats", "jump_table"]


def rows(kind):
    """The functions of all files; a file that could not be read is a missing file."""
    found, unread = [], 0
    for path in sorted(folder.glob(f"*.{kind}"), key=lambda p: int(p.stem)):
        lines = path.read_text().splitlines()
        unread += not lines
        found += [json.loads(line) for line in lines]
    return found, unread


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def groups(of):
    yield "all", of
    for least, most in LENGTHS:
        name = f"{least} to {most} instructions" if most < 10**9 else f"over {least - 1}"
        yield name, [row for row in of if least <= row["instructions"] <= most]
    yield "without calls", [row for row in of if not row["features"]["calls"]]
    for feature in FEATURES:
        yield feature.replace("_", " "), [row for row in of if row["features"][feature]]


def table(title, of):
    print(f"\n{title}\n")
    print("| functions | n | exact match | same instructions, or exact | compiles | refused | "
          "executed: equal | different | undecided | BLEU | edits, median |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, some in groups(of):
        if not some:
            continue
        n = len(some)
        exact = sum(row["rung"] == "identical" for row in some)
        same = exact + sum(row["rung"] == "same-instructions" for row in some)
        refused = sum(row["rung"] == "none" for row in some)
        compiles = n - refused - sum(row["rung"] == "readable" for row in some)
        verdicts = collections.Counter(row["execution"]["outcome"] for row in some
                                       if "execution" in row)
        lifted = [row for row in some if row["rung"] != "none"]
        score = f"{statistics.mean(row['bleu'] for row in lifted):.3f}" if lifted else "-"
        edits = f"{statistics.median(row['distance'] for row in lifted):g}" if lifted else "-"
        print(f"| {name} | {n} | {share(exact, n)} | {share(same, n)} | {share(compiles, n)} | "
              f"{share(refused, n)} | {verdicts['equal']} | {verdicts['different']} | "
              f"{verdicts['undecided']} | {score} | {edits} |")


def speed(title, of):
    """Processor time, so that other jobs on the machine do not count."""
    seconds = sorted(row["processor_seconds"] for row in of)
    if not seconds:
        return
    busy = [row for row in of if row["candidates"]]
    spent = sum(row["processor_seconds"] for row in busy)
    rate = f"{sum(row['candidates'] for row in busy) / spent:.0f}" if spent else "-"
    ninety = seconds[int(0.9 * (len(seconds) - 1))]
    print(f"| {title} | {1000 * statistics.median(seconds):.0f} | {1000 * ninety:.0f} | {rate} |")


def kind_of(reason):
    """The reason without what is of one function alone."""
    head, quote, tail = reason.rpartition("': ")
    if not (reason.startswith("line ") and quote and " '" in head):
        return reason
    return f"{tail} ({head.split(' ', 2)[2].lstrip(chr(39)).split()[0]})"


searched, unread = rows("search")
plain, _ = rows("rules")
if not searched:
    sys.exit("bench/lift: no function was read; " + (folder / "log").read_text()[-500:])
files = (folder / "files").read_text().splitlines()
print((folder / "version").read_text().strip())
print(f"{len(files)} files, {unread} of them without functions or not read; {len(searched)} functions")
table("With search", searched)
table("Without search (--no-search)", plain)

print("\n| of one core | milliseconds a function, median | 90 % | candidates a second |\n"
      "|---|---|---|---|")
speed("without search", plain)
for name, some in list(groups(searched))[:1 + len(LENGTHS)]:
    speed("with search, " + name, some)

opcodes, known = collections.Counter(), collections.Counter()
for row in searched:
    for name, count in row["opcodes"].items():
        opcodes[name] += count
        known[name] += count if name not in row["opcodes_without_rule"] else 0
missing = [name for name in opcodes if not known[name]]
print(f"\nThere is a rule for {share(sum(known.values()), sum(opcodes.values()))} of "
      f"{sum(opcodes.values())} instructions and for {len(opcodes) - len(missing)} of "
      f"{len(opcodes)} opcodes.")
if missing:
    missing.sort(key=lambda name: -opcodes[name])
    print("None for: " + ", ".join(f"{name} ({opcodes[name]})" for name in missing[:20]))

reasons = collections.Counter(kind_of(row["reason"]) for row in searched if row["rung"] == "none")
print("\n| refused because | functions |\n|---|---|")
for reason, count in reasons.most_common(20):
    print(f"| {reason} | {count} |")
wrong = [row for row in searched if row.get("execution", {}).get("outcome") == "different"]
exact = [row for row in wrong if row["rung"] == "identical"]
print(f"\nDifferent when executed: {len(wrong)}, of which {len(exact)} are exact matches.")
for row in wrong[:20]:
    print(f"- {row['name']} ({row['rung']}): {row['execution']['reason'][:150]}")

joined = [line.split() for line in (folder / "joined").read_text().splitlines()]
complete = [result for _, result in joined if result != "incomplete"]
print(f"\nOf {len(joined)} programs of examples/, {len(complete)} link with the joined IR in the place of "
      f"the source, and {complete.count('0')} of these pass their own tests.")
print("\nBLEU: BLEU-4 of llmc's canonical text, one reference, not smoothed; tokens are runs of letters, "
      "digits and _.$%@#!, and single other characters. Edits: lines of it to insert or delete.")
