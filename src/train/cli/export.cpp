// llmc-train export: a trained model as a file that other programs run.
#include <cstdio>
#include <map>

#include "support/files.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/cli/weights_of.h"
#include "train/core/trainer.h"
#include "train/gguf.h"
#include "train/safetensors.h"

namespace llmc::train {
namespace {

namespace fs = std::filesystem;

struct ExportArguments {
  fs::path input, output, tokenizer;
  std::string precision = "f16";
  std::vector<std::string> metadata;
};

/// The number of a member as text; empty where it has none.
std::string number_of(const Json& json, const char* name) {
  const Json* member = json.find(name);
  return member == nullptr || !member->is_number() ? "" : member->dump();
}

/// "pretrain 10000000 tokens, rate 0.003; …" of the recipe in a checkpoint's state.
std::string stages_of(const Json& state) {
  const Json* recipe = state.find("recipe");
  const Json* stages = recipe == nullptr ? nullptr : recipe->find("stages");
  std::string text;
  if (stages == nullptr || stages->array() == nullptr) return text;
  for (const Json& stage : *stages->array()) {
    const Json* name = stage.find("name");
    if (name == nullptr || name->string() == nullptr) continue;
    text += (text.empty() ? "" : "; ") + *name->string() + " " + number_of(stage, "tokens") +
            " tokens, rate " + number_of(stage, "rate");
  }
  return text;
}

/// What --metadata says, by the keys of GGUF.
Result<std::map<std::string, std::string>> given_metadata(const ExportArguments& options) {
  std::map<std::string, std::string> out;
  for (const std::string& pair : options.metadata) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string::npos || equals == 0)
      return fail("--metadata " + pair + ": must be KEY=VALUE", ErrorKind::usage);
    std::string value = pair.substr(equals + 1);
    if (value.starts_with('@')) {
      LLMC_TRY(value, read_file(value.substr(1)));
    }
    out["llmc." + pair.substr(0, equals)] = std::move(value);
  }
  return out;
}

/// What the file says of its making, by the keys of GGUF.
Result<std::map<std::string, std::string>> describe(const Json& state,
                                                    const ExportArguments& options) {
  LLMC_TRY(auto given, given_metadata(options));
  std::map<std::string, std::string> out;
  const Json* metadata = state.find("metadata");
  if (metadata != nullptr && metadata->object() != nullptr)
    for (const auto& [name, value] : *metadata->object()) {
      const std::string key = name == "name"      ? "general.name"
                              : name == "licence" ? "general.license"
                                                  : "llmc." + name;
      if (value.string() != nullptr) out[key] = *value.string();
    }
  out["general.description"] = "a language model of LLVM-IR and assembly, trained by llmc-train";
  out["llmc.stages"] = stages_of(state);
  out["llmc.steps"] = number_of(state, "step");
  out["llmc.tokens"] = number_of(state, "tokens");
  given.merge(out);  // what is given counts
  return given;
}

/// A GGUF file again, with further metadata.
Result<void> copy_model(const ExportArguments& options) {
  if (options.output.extension() != ".gguf")
    return fail(options.output.string() + ": a GGUF file can only become a GGUF file",
                ErrorKind::usage);
  LLMC_TRY(const auto metadata, given_metadata(options));
  return copy_gguf(options.input, metadata, options.output);
}

Result<void> export_model(const ExportArguments& options) {
  if (options.input.extension() == ".gguf") return copy_model(options);
  if (options.tokenizer.empty())
    return fail("--tokenizer is missing: the one that the model was trained with",
                ErrorKind::usage);
  LLMC_TRY(const Precision precision, parse_precision(options.precision));
  LLMC_TRY(const fs::path checkpoint, find_checkpoint(options.input));
  LLMC_TRY(TrainedModel trained, load_model(checkpoint));
  LLMC_TRY(const auto metadata, describe(trained.state, options));
  const auto weights = trained.model.export_weights();
  if (options.output.extension() == ".gguf")
    return export_gguf(trained.model.config(), weights, options.tokenizer, precision, metadata,
                       options.output);
  return export_hugging_face(trained.model.config(), weights, options.tokenizer, precision,
                             metadata, options.output);
}

}  // namespace

int run_export(const std::vector<std::string>& words) {
  ExportArguments options;
  Arguments arguments(
      "llmc-train export",
      "Writes the model of a run: a GGUF file for llama.cpp where the output's name ends in "
      ".gguf,\n"
      "otherwise a folder with safetensors, config.json and the tokenizer, which transformers and\n"
      "vLLM load. A GGUF file in the place of RUN is copied, with the --metadata that is given.");
  arguments.positional(
      "RUN", "a run's folder (its newest checkpoint), a checkpoint's, or FILE.gguf", options.input);
  arguments.option("-o,--output", "PATH", "FILE.gguf, or a folder", options.output).required();
  arguments.option("--tokenizer", "FILE", "the tokenizer that the model was trained with",
                   options.tokenizer);
  arguments.choice("--precision", "numbers of the matrices (q8_0: GGUF only; bf16: both)",
                   {"f32", "f16", "bf16", "q8_0"}, options.precision);
  arguments.option("--metadata", "KEY=VALUE",
                   "a text for the file, as llmc.KEY; @FILE: what is in FILE; repeatable",
                   options.metadata);
  if (const int code = arguments.parse(words); code >= 0) return code;
  if (auto done = export_model(options); !done) return report(done.error());
  say(options.output.string() + " written");
  return k_exit_done;
}

}  // namespace llmc::train
