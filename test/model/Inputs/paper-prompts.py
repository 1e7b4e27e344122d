"""paper-prompts.py FOLDER: the transcripts in FOLDER must hold the paper's prompts around FOLDER/ir."""
import json
import pathlib
import re
import sys

folder = pathlib.Path(sys.argv[1])
ir = (folder / "ir").read_text()


def prompt(name):
    return json.loads((folder / name).read_text().splitlines()[0])["prompt"]


def check(name, wanted):
    assert re.fullmatch(wanted, prompt(name)), f"{name}:\n{prompt(name)}\nexpected:\n{wanted}"


code = "<code>" + re.escape(ir) + "</code>"
sizes = "\n\nThe input code has instruction count 8 and binary size [0-9]+ bytes\\. \\[/INST\\]"
check("flags", "\\[INST\\] Tell me how to optimize this LLVM-IR for object file size:\n\n" + code + " \\[/INST\\]")
for name, what in (("ask-ir", "LLVM-IR"), ("ask-asm", "assembly")):
    check(name, f"\\[INST\\] Give the {what} for the following code when optimized using opt -p "
                "'module\\(default<Oz>\\)':\n\n" + code + sizes)
