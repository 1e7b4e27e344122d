"""replay.py FOLDER ROWS LLMC: measures the IR of each emulate-ir row with llmc size and the row's
list, and compares with the instruction count and binary size in the row's completion."""
import json
import re
import shlex
import subprocess
import sys

folder, rows, llmc = sys.argv[1], sys.argv[2], shlex.split(sys.argv[3])
k_target = ('target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128'
            '-n8:16:32:64-S128"\ntarget triple = "x86_64-pc-linux-gnu"\n')


def complete(ir):
    """The IR with what the normal form implies written out, for functions that are nounwind."""
    ir = re.sub(r"\) nounwind uwtable \{$", ") minsize optsize nounwind uwtable {", ir, flags=re.M)
    return k_target + re.sub(r"^(.*\bcall .*\))$", r"\1 nounwind", ir, flags=re.M)


def measure(ir, passes):
    with open(f"{folder}/row.ll", "w", encoding="utf-8") as stream:
        stream.write(complete(ir))
    output = subprocess.run([*llmc, "size", "--json", "-p", passes, f"{folder}/row.ll"],
                            stdout=subprocess.PIPE, check=True, text=True).stdout
    sizes = json.loads(output.splitlines()[0])
    return sizes["instructions"], sizes["binary_size"]


agree = 0
for line in open(rows, encoding="utf-8"):
    row = json.loads(line)
    if row["task"] != "emulate-ir":
        continue
    passes = re.search(r"opt -p '(.*?)'", row["prompt"]).group(1)
    ir = re.search(r"<code>(.*?)</code>", row["prompt"], re.S).group(1)
    told = re.search(r"instruction count (\d+) and binary size (\d+)", row["completion"])
    got = measure(ir, passes)
    if got != tuple(map(int, told.groups())):
        sys.exit(f"{row['function']}: {passes}: {got} instead of {told.groups()}")
    agree += 1
print(agree, "rows agree")
