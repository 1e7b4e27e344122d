// llmc-train-tokenizer: what `llmc-train tokenizer train` starts.
#include "support/files.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/jsonl.h"
#include "train/learner/learner.h"
#include "train/tokenizer.h"

namespace llmc::train {
namespace {

int run_train(const std::vector<std::string>& words) {
  TokenizerSettings settings;
  std::filesystem::path output;
  std::vector<std::string> inputs;
  Arguments arguments("llmc-train tokenizer train", "Learns a vocabulary from text.");
  arguments.option("-o,--output", "FILE", "where to write the model", output).required();
  arguments.option("--vocabulary", "N", "entries", settings.vocabulary, 512, 65536);
  arguments.option("--digits", "N", "digits of a number in one entry at most", settings.digits, 1,
                   9);
  arguments.option("--longest-piece", "N", "characters of an entry at most", settings.longest_piece,
                   2, 512);
  arguments.option("--budget", "N", "characters of different segments to learn from",
                   settings.budget, 1000, 1 << 30);
  arguments.positionals("INPUTS", "JSON lines with text, or prompt and completion; plain or zstd",
                        inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;

  SegmentCounter segments(settings.digits);
  const auto read = for_each_row(inputs, [&](const TextRow& row) -> Result<void> {
    segments.add_program(row.text);
    segments.add_words(row.prompt);
    segments.add_words(row.completion);
    return {};
  });
  if (!read) return report(read.error());
  say("learning " + std::to_string(settings.vocabulary) + " entries from " +
      std::to_string(segments.counts().size()) + " different segments");
  const auto model = train_tokenizer(segments, settings);
  if (!model) return report(model.error());
  // Nothing is written that could not be read again.
  if (const auto tokenizer = Tokenizer::from_bytes(*model); !tokenizer)
    return report(tokenizer.error());
  if (const auto written = write_file(output, *model); !written) return report(written.error());
  return k_exit_done;
}

}  // namespace
}  // namespace llmc::train

int main(int argc, char** argv) { return llmc::train::run_train({argv + 1, argv + argc}); }
