// llmc-train bench: how fast a shape trains here, against what matrix products alone reach.
#include <ATen/Parallel.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "support/random.h"
#include "train/cli/arguments.h"
#include "train/cli/command.h"
#include "train/cli/commands.h"
#include "train/core/machine.h"
#include "train/core/optimizer.h"

namespace llmc::train {
namespace {

struct BenchArguments {
  std::string model = "small", device = "auto", precision = "auto", path = "fused";
  std::int64_t vocabulary = 16384, context = 512, batch_tokens = 4096, repeat = 5, threads = 0;
  bool recompute = false, json = false;
};

/// Full sequences of random tokens: no padding, every token predicted.
Batch random_batch(const BenchArguments& options) {
  Batch batch;
  batch.length = options.context;
  batch.sequences = std::max<std::int64_t>(1, options.batch_tokens / options.context);
  Random random(1);
  for (std::int64_t i = 0; i < batch.sequences * batch.length; ++i) {
    batch.rows.push_back(i);
    for (auto* list : {&batch.tokens, &batch.targets})
      list->push_back(
          static_cast<std::int64_t>(random.below(static_cast<std::size_t>(options.vocabulary))));
  }
  batch.real_tokens = batch.sequences * batch.length;
  return batch;
}

struct Measured {
  double seconds;  ///< of a step, the median
  double peak;     ///< operations a second of matrix products, the median of the same minutes
};

/// Steps and matrix products in turn, so that both see the machine in the same state.
Measured measure(Model& model, const BenchArguments& options) {
  const Batch batch = random_batch(options);
  Optimizer optimizer(model);
  std::vector<double> seconds;
  std::vector<double> peaks;
  for (std::int64_t i = 0; i <= options.repeat; ++i) {
    const double start = now();
    model.clear_gradient();
    model.train(batch, 1.0 / static_cast<double>(batch.real_tokens));
    optimizer.step({1e-4, 0.1, 1.0});
    if (i == 0) continue;  // the first makes the buffers
    seconds.push_back(now() - start);
    peaks.push_back(measure_peak(model.compute().device, model.compute().type));
  }
  std::sort(seconds.begin(), seconds.end());
  std::sort(peaks.begin(), peaks.end());
  return {seconds[seconds.size() / 2], peaks[peaks.size() / 2]};
}

Result<void> bench(const BenchArguments& options) {
  LLMC_TRY(ModelConfig config, ModelConfig::preset(options.model));
  config.vocabulary = options.vocabulary;
  config.context = options.context;
  LLMC_TRY(const at::Device device, find_device(options.device, 0));
  const Compute compute{device, type_of(options.precision, device),
                        options.path == "plain" ? Path::reference : Path::automatic,
                        options.recompute};
  Model model(config, compute, 1);
  const Measured measured = measure(model, options);
  const double tokens = static_cast<double>(
      std::max<std::int64_t>(1, options.batch_tokens / options.context) * options.context);
  const double speed = tokens / measured.seconds;
  const double flops = config.flops_per_token(static_cast<double>(options.context)) * speed;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const double memory = static_cast<double>(usage.ru_maxrss) / 1024;
  if (options.json) {
    Json json;
    json.set("model", config.to_json()).set("context", options.context).set("path", options.path);
    json.set("tokens_per_second", speed).set("share_of_peak", flops / measured.peak);
    json.set("gflops", flops / 1e9).set("peak_gflops", measured.peak / 1e9);
    json.set("seconds_per_step", measured.seconds).set("memory_mb", memory);
    json.set("threads", at::get_num_threads());
    std::printf("%s\n", json.dump().c_str());
    return {};
  }
  std::printf(
      "%s (%.1f million parameters, %s, %s loops%s), context %lld: %.0f tokens/s, %.0f of %.0f "
      "GFLOP/s (%.1f %% of peak), %.2f s a step of %.0f tokens, %.0f MB\n",
      options.model.c_str(), static_cast<double>(config.parameters()) / 1e6, name_of(compute.type),
      options.path.c_str(), options.recompute ? ", recomputing" : "",
      static_cast<long long>(options.context), speed, flops / 1e9, measured.peak / 1e9,
      100 * flops / measured.peak, measured.seconds, tokens, memory);
  return {};
}

}  // namespace

int run_bench(const std::vector<std::string>& words) {
  BenchArguments options;
  Arguments arguments(
      "llmc-train bench",
      "Trains a shape on random tokens for some steps, in turn with plain matrix products, and "
      "says\n"
      "how many tokens a second it takes in, which share of the products' speed that is, and how\n"
      "much memory it took at most.");
  arguments.choice("--model", "shape", {"nano", "small", "base"}, options.model);
  arguments.option("--vocabulary", "N", "entries of the tokenizer", options.vocabulary, 2, 65536);
  arguments.option("--context", "N", "tokens of a sequence", options.context, 2, 1 << 20);
  arguments.option("--batch-tokens", "N", "tokens of a step", options.batch_tokens, 2, 1 << 24);
  arguments.option("--repeat", "N", "steps that are timed", options.repeat, 1, 1000);
  arguments.choice("--device", "where to compute", {"auto", "cpu", "cuda"}, options.device);
  arguments.choice("--precision", "numbers", {"auto", "bf16", "f32"}, options.precision);
  arguments.choice("--path", "fused loops, or plain libtorch operations", {"fused", "plain"},
                   options.path);
  arguments.flag("--recompute", "run blocks again for the gradient (activation checkpointing)",
                 options.recompute);
  arguments.option("-t,--threads", "N", "threads; 0: as many as processors", options.threads, 0,
                   1024);
  arguments.flag("--json", "print the result as JSON", options.json);
  if (const int code = arguments.parse(words); code >= 0) return code;
  use_processors(options.threads);
  try {
    if (auto done = bench(options); !done) return report(done.error());
  } catch (const std::exception& error) {
    return report(libtorch_error(error));
  }
  return k_exit_done;
}

}  // namespace llmc::train
