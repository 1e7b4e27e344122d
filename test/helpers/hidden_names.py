"""Prints functions of unnamed namespaces that have the name of a function in a header of their folder.

Sources of a folder are compiled together (a unity build): there, such a function can take calls away from
the one in the header, without a word from the compiler. Usage: hidden_names.py FOLDER
"""
import pathlib
import re
import sys

UNNAMED = re.compile(r"^namespace \{\n(.*?)^\} *// namespace$", re.M | re.S)
# A declaration or definition at the start of a line: type, name, parameters.
FUNCTION = re.compile(r"^(?!using |return )\w[\w:<>,&* ]*[ &*](\w+)\([^;{]*?\)[ \w]*[{;]", re.M)


def without_texts(path):
    text = re.sub(r'"(\\.|[^"\\\n])*"', '""', path.read_text())
    return re.sub(r"//(?! namespace$)[^\n]*", "", text, flags=re.M)


def functions(text):
    return {found.group(1) for found in FUNCTION.finditer(text)}


for folder in sorted({path.parent for path in pathlib.Path(sys.argv[1]).rglob("*.cpp")}):
    public = set().union(*(functions(without_texts(path)) for path in folder.glob("*.h")))
    for source in sorted(folder.glob("*.cpp")):
        for space in UNNAMED.finditer(without_texts(source)):
            for name in sorted(functions(space.group(1)) & public):
                print(f"{source}: {name}")
