// llmc-train pack: text becomes shards of tokens.
#include "train/pack.h"

#include <cstdio>

#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/json.h"

namespace llmc::train {
namespace {

void print_counts(const PackCounts& counts) {
  Json json;
  Json::Array shards;
  for (const auto& shard : counts.shards) shards.emplace_back(shard.string());
  json.set("rows", counts.rows).set("documents", counts.documents).set("tokens", counts.tokens);
  json.set("bytes", counts.bytes).set("cut", counts.cut).set("too_long", counts.too_long);
  json.set("empty", counts.empty).set("shards", shards);
  std::printf("%s\n", json.dump().c_str());
}

}  // namespace

int run_pack(const std::vector<std::string>& words) {
  PackSettings settings;
  std::filesystem::path model, output;
  std::vector<std::string> inputs;
  Arguments arguments("llmc-train pack",
                      "Turns text into tokens and packs them into shards; prints what became of "
                      "the rows as a JSON object.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.option("-o,--output", "SHARD", "where to write", output).required();
  arguments.option("--context", "N", "tokens of a document at most", settings.context, 8, 1 << 20);
  arguments.option("--shard-tokens", "N",
                   "begin another shard after so many tokens; 0: one for all",
                   settings.shard_tokens, 0, 1LL << 40);
  arguments.option("--task", "NAME", "take only rows of this task", settings.task);
  arguments.option("--only", "TEXT", "take only instructions whose completion begins so",
                   settings.only);
  arguments.positionals("INPUTS", "JSON lines with text, or prompt and completion; plain or zstd",
                        inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto tokenizer = Tokenizer::load(model);
  if (!tokenizer) return report(tokenizer.error());
  const auto counts = pack(*tokenizer, inputs, settings, output);
  if (!counts) return report(counts.error());
  print_counts(*counts);
  if (counts->too_long != 0)
    say(std::to_string(counts->too_long) + " of " + std::to_string(counts->rows) +
        " rows are longer than " + std::to_string(settings.context) + " tokens and are left out");
  return k_exit_done;
}

}  // namespace llmc::train
