#include "train/cli/commands.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "train/cli/command.h"

namespace llmc::train {
namespace {

/// All subcommands, in the order in which help shows them.
CommandTable all_commands() {
  return {"llmc-train",
          "llmc-train makes the language models that llmc asks: tokenizer, data, training, export.",
          {
              {"run", "train a model by a recipe, or go on", run_run},
              {"evaluate", "losses of a model on the validation sets of a recipe", run_evaluate},
              {"export", "write a trained model for llama.cpp, transformers or vLLM", run_export},
              {"answer", "ask an exported model the prompts of a data set", run_answer},
              {"bench", "measure the speed and memory of training here", run_bench},
              {"pack", "turn text into shards of tokens", run_pack},
              {"tokenizer", "learn, use and compare tokenizers", run_tokenizer},
          }};
}

}  // namespace

int run_command_line(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (!arguments.empty() && arguments[0] == "--version") {
    std::printf("llmc-train %s\n", LLMC_VERSION);
    return k_exit_done;
  }
  int code = k_exit_failed;
  try {
    code = run_command(all_commands(), arguments);
  } catch (const std::exception& error) {  // out of memory, above all
    return report({error.what()});
  }
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  return report({std::string("standard output: cannot write: ") + std::strerror(errno) +
                 "; what was printed is incomplete"});
}

}  // namespace llmc::train
