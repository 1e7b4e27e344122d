// llmc-train tokenizer: learn a vocabulary, use it, compare it.
#include "train/tokenizer.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <map>
#include <sstream>

#include "support/files.h"
#include "support/terminal.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/gguf.h"
#include "train/json.h"
#include "train/jsonl.h"
#include "train/llama_vocabulary.h"

namespace llmc::train {
namespace {

constexpr const char* k_inputs_help =
    "JSON lines with text, or prompt and completion; plain or zstd";

/// Learning is another program's work; see learner/main.cpp.
int run_train(const std::vector<std::string>& words) {
  std::error_code code;
  const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) return report({"/proc/self/exe cannot be read; llmc-train cannot find itself"});
  const std::filesystem::path learner = own.parent_path() / "llmc-train-tokenizer";
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

int run_decode(const std::vector<std::string>& words) {
  std::filesystem::path model, input;
  Arguments arguments("llmc-train tokenizer decode", "Prints the text of ids.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.positional("FILE", "ids, white space between; - for standard input", input);
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto tokenizer = Tokenizer::load(model);
  if (!tokenizer) return report(tokenizer.error());
  const auto text = read_file(input);
  if (!text) return report(text.error());
  std::vector<std::uint16_t> tokens;
  std::istringstream ids(*text);
  for (std::string word; ids >> word;) {
    std::uint16_t id = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), id);
    if (code != std::errc() || end != word.data() + word.size() || id >= tokenizer->size())
      return report({input.string() + ": '" + word + "' is no id of this tokenizer; it has " +
                     std::to_string(tokenizer->size())});
    tokens.push_back(id);
  }
  const std::string decoded = tokenizer->decode(tokens);
  std::fwrite(decoded.data(), 1, decoded.size(), stdout);
  return k_exit_done;
}

int run_gguf(const std::vector<std::string>& words) {
  std::filesystem::path model, output;
  Arguments arguments("llmc-train tokenizer gguf", "Writes the vocabulary alone as a GGUF file.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.option("-o,--output", "GGUF", "where to write it", output).required();
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto written = export_gguf_vocabulary(model, output);
  return written ? k_exit_done : report(written.error());
}

/// What one kind of text costs in the tokens of two tokenizers.
struct Cost {
  std::int64_t rows = 0, bytes = 0, tokens = 0, llama_tokens = 0;
  std::int64_t fitting = 0, llama_fitting = 0;  ///< rows whose tokens fit the window
};

double per_token(std::int64_t bytes, std::int64_t tokens) {
  return tokens == 0 ? 0 : static_cast<double>(bytes) / static_cast<double>(tokens);
}

double percent(std::int64_t part, std::int64_t all) {
  return all == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(all);
}

void print_costs(const std::map<std::string, Cost>& costs, bool json) {
  if (!json)
    std::printf("%-16s %9s %12s %12s %12s %8s %8s %8s\n", "kind", "rows", "bytes", "bytes/token",
                "llama", "ratio", "fit", "llama");
  for (const auto& [kind, cost] : costs) {
    const double ours = per_token(cost.bytes, cost.tokens);
    const double theirs = per_token(cost.bytes, cost.llama_tokens);
    const double ratio = theirs == 0 ? 0 : ours / theirs;
    if (json) {
      Json row;
      row.set("kind", kind).set("rows", cost.rows).set("bytes", cost.bytes);
      row.set("tokens", cost.tokens).set("llama_tokens", cost.llama_tokens).set("ratio", ratio);
      row.set("fitting", cost.fitting).set("llama_fitting", cost.llama_fitting);
      std::printf("%s\n", row.dump().c_str());
    } else {
      std::printf("%-16s %9lld %12lld %12.3f %12.3f %8.3f %7.2f%% %7.2f%%\n", kind.c_str(),
                  static_cast<long long>(cost.rows), static_cast<long long>(cost.bytes), ours,
                  theirs, ratio, percent(cost.fitting, cost.rows),
                  percent(cost.llama_fitting, cost.rows));
    }
  }
}

int run_compare(const std::vector<std::string>& words) {
  std::filesystem::path model, llama;
  std::vector<std::string> inputs;
  bool json = false;
  std::int64_t window = 16'384;
  Arguments arguments("llmc-train tokenizer compare",
                      "Prints how many bytes a token holds, and how many texts fit a window, by "
                      "kind of text, here and in Llama's vocabulary.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.option("--llama", "GGUF", "the vocabulary to compare with", llama).required();
  arguments.option("--window", "TOKENS", "what a text must fit (default 16384)", window, 1,
                   1'000'000'000);
  arguments.flag("--json", "a JSON object for each kind", json);
  arguments.positionals("INPUTS", k_inputs_help, inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto tokenizer = Tokenizer::load(model);
  if (!tokenizer) return report(tokenizer.error());
  const auto vocabulary = LlamaVocabulary::load(llama);
  if (!vocabulary) return report(vocabulary.error());
  std::map<std::string, Cost> costs;
  ProgressLine progress;
  const auto read = for_each_row(inputs, [&](const TextRow& row) -> Result<void> {
    const std::string text = row.text + row.prompt + row.completion;
    const auto tokens = static_cast<std::int64_t>(tokenizer->encode(text).size());
    const auto llama_tokens = static_cast<std::int64_t>(vocabulary->encode(text).size());
    for (const std::string& kind : {row.kind.empty() ? row.task : row.kind, std::string("all")}) {
      Cost& cost = costs[kind.empty() ? "text" : kind];
      cost.rows += 1;
      cost.bytes += static_cast<std::int64_t>(text.size());
      cost.tokens += tokens;
      cost.llama_tokens += llama_tokens;
      cost.fitting += tokens <= window ? 1 : 0;
      cost.llama_fitting += llama_tokens <= window ? 1 : 0;
    }
    progress.show(std::to_string(costs["all"].rows) + " rows");
    return {};
  });
  progress.clear();
  if (!read) return report(read.error());
  print_costs(costs, json);
  return k_exit_done;
}

int run_check(const std::vector<std::string>& words) {
  std::filesystem::path model, gguf;
  std::vector<std::string> inputs;
  Arguments arguments("llmc-train tokenizer check",
                      "Compares our tokens with llama.cpp's, text by text; exits with 1 if any "
                      "differ, or if decoding does not give the text back.");
  arguments.option("-t,--tokenizer", "FILE", "the tokenizer", model).required();
  arguments.option("--gguf", "GGUF", "a model that was exported with it", gguf).required();
  arguments.positionals("INPUTS", k_inputs_help, inputs);
  if (const int code = arguments.parse(words); code >= 0) return code;
  const auto tokenizer = Tokenizer::load(model);
  if (!tokenizer) return report(tokenizer.error());
  const auto vocabulary = LlamaVocabulary::load(gguf);
  if (!vocabulary) return report(vocabulary.error());
  std::int64_t texts = 0, tokens = 0, differing = 0, lossy = 0;
  const auto check = [&](const std::string& text) {
    if (text.empty()) return;
    const std::vector<std::uint16_t> ours = tokenizer->encode(text);
    ++texts;
    tokens += static_cast<std::int64_t>(ours.size());
    differing += std::ranges::equal(ours, vocabulary->encode(text)) ? 0 : 1;
    lossy += tokenizer->decode(ours) == text ? 0 : 1;
  };
  const auto read = for_each_row(inputs, [&](const TextRow& row) -> Result<void> {
    check(row.text);
    check(row.prompt);
    check(row.completion);
    return {};
  });
  if (!read) return report(read.error());
  std::printf(
      "%lld texts, %lld tokens; %lld texts differ from llama.cpp, %lld do not decode to "
      "themselves\n",
      static_cast<long long>(texts), static_cast<long long>(tokens),
      static_cast<long long>(differing), static_cast<long long>(lossy));
  return differing + lossy == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace

int run_tokenizer(const std::vector<std::string>& arguments) {
  return run_command({"llmc-train tokenizer",
                      "Learns, uses and compares tokenizers.",
                      {{"train", "learn a vocabulary from text", run_train},
                       {"encode", "turn text into ids", run_encode},
                       {"decode", "turn ids into text", run_decode},
                       {"compare", "bytes per token, beside Llama's vocabulary", run_compare},
                       {"gguf", "write the vocabulary alone as a GGUF file", run_gguf},
                       {"check", "compare the ids with llama.cpp's", run_check}}},
                     arguments);
}

}  // namespace llmc::train
