// llmc-train tokenizer: learn a vocabulary, use it, compare it.
#include "train/tokenizer.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "support/files.h"
#include "support/terminal.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/json.h"
#include "train/jsonl.h"

namespace llmc::train {
namespace {

constexpr const char* k_inputs_help =
    "JSON lines with text, or prompt and completion; plain or zstd";

/// Learning is another program's work; see learner/main.cpp.
int run_train(const std::vector<std::string>& words) {
  const std::filesystem::path learner =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "llmc-train-tokenizer";
  std::vector<char*> arguments = {const_cast<char*>(learner.c_str())};
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  ::execv(learner.c_str(), arguments.data());
  return report({learner.string() + ": cannot start: " + std::strerror(errno) +
                 "; llmc-train was built without SentencePiece: install libsentencepiece-dev and "
                 "build again"});
}

int run_encode(const std::vector<std::string>& words) {
  std::filesystem::path model, input;
  bool pieces = false;
  Arguments arguments("llmc-train tokenizer encode",
                      "Prints the ids of a file's text, one a line.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.flag("--pieces", "also the piece, as a JSON string", pieces);
  arguments.positional("FILE", "the text; - for standard input", input);
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto tokenizer = Tokenizer::load(model);
  if (!tokenizer) return report(tokenizer.error());
  const auto text = read_file(input);
  if (!text) return report(text.error());
  for (const std::uint16_t token : tokenizer->encode(*text)) {
    std::printf("%u", token);
    if (pieces) std::printf("\t%s", Json(tokenizer->decode({&token, 1})).dump().c_str());
    std::printf("\n");
  }
  return k_exit_done;
}

}  // namespace

int run_tokenizer(const std::vector<std::string>& arguments) {
  return run_command({"llmc-train tokenizer",
                      "Learns, uses and compares tokenizers.",
                      {{"train", "learn a vocabulary from text", run_train},
                       {"encode", "turn text into ids", run_encode}}},
                     arguments);
}

}  // namespace llmc::train
