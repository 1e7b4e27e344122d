# One behaviour a file; the file's name says which. RUN lines are bash, each `&&` the next.
import os
import shutil

import lit.formats

config.name = "llmc"
config.suffixes = [".test"]
config.test_format = lit.formats.ShTest(execute_external=True)
config.test_source_root = os.path.dirname(__file__)

# LLVM 19's own `FileCheck`, `not`, `count` and `split-file` come first; so do clang, opt, llvm-size.
config.environment["PATH"] = os.pathsep.join([config.llvm_tools, os.environ["PATH"]])
for variable in [name for name in config.environment if name.startswith("LLMC_CC_")]:
    config.environment.pop(variable)
config.environment["LLMC_CC_UNSAFE"] = "1"  # most tests of cc and difftest are not about the gate
for variable in ("LLMC_STORE", "LLMC_CLANG", "NO_COLOR", "CPATH", "C_INCLUDE_PATH",
                 "LLMC_MODEL", "LLMC_SERVE_KEY", "LLMC_CORPUS", "LLMC_LOCK", "LLMC_BUDGET",
                 "LLMC_LIST_VERDICTS"):
    config.environment.pop(variable, None)

# Winners are tested on a few small programs; that they are compiled is known to all tests.
config.environment["LLMC_SUITE"] = "dir=" + os.path.join(config.test_source_root, "Inputs", "suite")
config.environment["LLMC_VERDICTS"] = os.path.join(config.test_exec_root, "verdicts.db")
config.environment.pop("LLMC_PASS_VERDICTS", None)
config.environment["LLMC_CACHE"] = os.path.join(config.test_exec_root, "cache")

helpers = os.path.join(config.test_source_root, "helpers")
config.substitutions += [
    # The program, with a store of the test's own.
    ("%llmc", "env LLMC_STORE=%t.store timeout 100 " + config.llmc),
    ("%train_binary", config.llmc_train),
    ("%train", "timeout 100 " + config.llmc_train),
    ("%llama_simple", os.path.join(os.path.dirname(config.llmc), "llama", "llama-simple")),
    ("%llama_perplexity", os.path.join(os.path.dirname(config.llmc), "llama", "llama-perplexity")),
    ("%jsonl", "python3 " + os.path.join(helpers, "jsonl.py")),
    ("%llama_vocabulary", config.llama_vocabulary),
    ("%models", os.path.join(config.project_root, "models")),
    ("%shipped_tokenizer", os.path.join(config.project_root, "models", "llmc-tokenizer.model")),
    # The same without timeout's process between: for tests that send signals.
    ("%binary", config.llmc),
    ("%examples", os.path.join(config.project_root, "examples")),
    ("%suite", os.path.join(config.project_root, "data", "suite")),
    ("%inputs", os.path.join(config.test_source_root, "Inputs")),
    # See the first lines of each.
    ("%refuses", "bash " + os.path.join(helpers, "refuses")),
    ("%exits", "bash " + os.path.join(helpers, "exits")),
    ("%project", "bash " + os.path.join(helpers, "project")),
    ("%rows", "python3 " + os.path.join(helpers, "rows.py")),
    # A script in Python that starts servers; see helpers/serving.py.
    ("%client", f"env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH={helpers} LLMC_BINARY={config.llmc} "
                "timeout 100 python3"),
    ("%programs", "python3 " + os.path.join(helpers, "programs.py")),
    ("%show_page", "bash " + os.path.join(helpers, "show-page")),
    ("%links_and_runs", "bash " + os.path.join(helpers, "links-and-runs")),
]

for feature, path in (
    ("train", config.llmc_train),
    ("sentencepiece", config.llmc_train + "-tokenizer"),
    ("llama", config.llama_vocabulary),
):
    if os.path.exists(path):
        config.available_features.add(feature)
if os.path.exists("/usr/aarch64-linux-gnu/include/stdio.h"):
    config.available_features.add("aarch64-headers")
if shutil.which("chromium"):
    config.available_features.add("chromium")
if os.path.exists(os.path.join(config.project_root, "third_party", "plot", "node_modules", "d3")):
    config.available_features.add("plot")
if shutil.which("script"):
    config.available_features.add("terminal")
if not config.sanitize:
    config.available_features.add("memory-limit")  # a sanitizer's shadow needs terabytes
