// llmc-train run: trains a model by a recipe, and goes on where a killed run was.

#include <atomic>
#include <csignal>
#include <cstdio>

#include "support/files.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/cli/weights_of.h"
#include "train/core/machine.h"
#include "train/core/trainer.h"
#include "train/tokenizer.h"

namespace llmc::train {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted = false;

/// The first signal ends the run at the end of its step; the second at once.
void on_signal(int number) {
  if (interrupted.exchange(true)) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
}

struct RunArguments {
  fs::path recipe;
  TrainSetting train;
  fs::path from;
  std::int64_t threads = 0, keep = 2;
  bool json = false;
};

/// The fingerprint of the recipe's tokenizer, and that its size is the recipe's; 0 where the recipe
/// names none or the file is not here (shards then only have to agree in size).
Result<std::uint64_t> fingerprint_of(const Recipe& recipe, const fs::path& recipe_path) {
  const fs::path path = recipe_path.parent_path() / recipe.tokenizer;
  if (recipe.tokenizer.empty() || !fs::exists(path)) return 0;
  LLMC_TRY(const Tokenizer tokenizer, Tokenizer::load(path));
  if (static_cast<std::int64_t>(tokenizer.size()) != recipe.model.vocabulary)
    return fail(path.string() + ": has " + std::to_string(tokenizer.size()) +
                " entries, the recipe's vocabulary " + std::to_string(recipe.model.vocabulary));
  return tokenizer.fingerprint();
}

/// The recipe; what it says of the shards, and the weights to begin with, go into options.train.
Result<Recipe> open_recipe(RunArguments& options) {
  LLMC_TRY(Recipe recipe, Recipe::load(options.recipe));
  LLMC_TRY(options.train.tokenizer, fingerprint_of(recipe, options.recipe));
  if (!options.from.empty()) {
    LLMC_TRY(options.train.initial, read_weights(options.from));
  }
  return recipe;
}

int print(const RunReport& done, const RunArguments& options) {
  const char* how = done.end == RunEnd::finished  ? "finished"
                    : done.end == RunEnd::stopped ? "stopped; the same command goes on"
                                                  : "interrupted; the same command goes on";
  if (options.json) {
    Json json;
    json.set("end", done.end == RunEnd::finished ? "finished" : "stopped");
    json.set("step", done.step).set("steps", done.steps).set("loss", done.loss);
    json.set("tokens_per_second", done.tokens_per_second).set("share_of_peak", done.share_of_peak);
    json.set("padding", done.padding);
    std::printf("%s\n", json.dump().c_str());
  } else {
    std::printf(
        "%s at step %lld of %lld: loss %.4f, %.0f tokens/s, %.1f %% of peak, %.1f %% padding\n",
        how, static_cast<long long>(done.step), static_cast<long long>(done.steps), done.loss,
        done.tokens_per_second, 100 * done.share_of_peak, 100 * done.padding);
  }
  return done.end == RunEnd::interrupted ? k_exit_interrupted : k_exit_done;
}

}  // namespace

int run_run(const std::vector<std::string>& words) {
  RunArguments options;
  Arguments arguments(
      "llmc-train run",
      "Trains a model through the stages of a recipe. Where the run's folder has a checkpoint, it\n"
      "goes on from there and gives the same losses as a run that was never cut off.");
  arguments.positional("RECIPE", "the recipe, a JSON file (see docs/llmc-train.md)",
                       options.recipe);
  arguments.option("-d,--data", "FOLDER", "where the recipe's shards are", options.train.data)
      .required();
  arguments.option("-o,--output", "FOLDER", "checkpoints and logs of the run", options.train.run)
      .required();
  arguments.option("--from", "PATH",
                   "begin with the weights of this run, checkpoint, exported folder\n"
                   "or GGUF file",
                   options.from);
  arguments.choice("--device", "where to compute", {"auto", "cpu", "cuda"}, options.train.device);
  arguments.option("-t,--threads", "N", "threads; 0: as many as processors", options.threads, 0,
                   1024);
  arguments.option("--stop-after", "SECONDS", "end with a checkpoint then; 0: never",
                   options.train.stop_after_seconds, 0, 1e9);
  arguments.option("--stop-at", "STEP", "end with a checkpoint after this step; 0: never",
                   options.train.stop_at_step, 0, std::int64_t{1} << 40);
  arguments.option("--save-every", "SECONDS", "between checkpoints",
                   options.train.save_every_seconds, 0, 1e9);
  arguments.option("--keep", "N", "checkpoints that stay", options.keep, 1, 1000000);
  arguments.flag("--json", "print the result as JSON", options.json);
  if (const int code = arguments.parse(words); code >= 0) return code;

  auto recipe = open_recipe(options);
  if (!recipe) return report(recipe.error());
  options.train.keep = static_cast<std::size_t>(options.keep);
  options.train.interrupted = &interrupted;
  use_processors(options.threads);
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  auto done = train(*recipe, options.train, say);
  if (!done) return report(done.error());
  return print(*done, options);
}

int run_evaluate(const std::vector<std::string>& words) {
  RunArguments options;
  Arguments arguments("llmc-train evaluate",
                      "Prints the losses of a model on the validation sets of a recipe: in nats "
                      "for each predicted\n"
                      "token, and in bits for each byte of text.");
  arguments.positional("RECIPE",
                       "the recipe, a JSON file; of it the model's shape, the\n"
                       "precision and the validation sets count",
                       options.recipe);
  arguments.positional(
      "MODEL", "a run, a checkpoint, an exported folder, a safetensors or GGUF file", options.from);
  arguments.option("-d,--data", "FOLDER", "where the recipe's shards are", options.train.data)
      .required();
  arguments.choice("--device", "where to compute", {"auto", "cpu", "cuda"}, options.train.device);
  arguments.option("-t,--threads", "N", "threads; 0: as many as processors", options.threads, 0,
                   1024);
  arguments.flag("--json", "print JSON lines", options.json);
  if (const int code = arguments.parse(words); code >= 0) return code;

  const auto recipe = open_recipe(options);
  if (!recipe) return report(recipe.error());
  use_processors(options.threads);
  const auto losses = evaluate(*recipe, options.train);
  if (!losses) return report(losses.error());
  for (const ValidationLoss& one : *losses) {
    Json json;
    json.set("validation", one.name).set("loss", one.loss).set("bits_per_byte", one.bits_per_byte);
    if (options.json)
      std::printf("%s\n", json.dump().c_str());
    else
      std::printf("%-12s %8.4f nats a token %8.4f bits a byte\n", one.name.c_str(), one.loss,
                  one.bits_per_byte);
  }
  return k_exit_done;
}

}  // namespace llmc::train
