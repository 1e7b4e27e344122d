#include "train/core/trainer.h"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <numbers>
#include <optional>

#include "support/files.h"
#include "support/terminal.h"
#include "train/checkpoint.h"
#include "train/core/machine.h"
#include "train/core/optimizer.h"
#include "train/core/ranks.h"
#include "train/event_log.h"

namespace llmc::train {
namespace fs = std::filesystem;

namespace {

double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string text_of(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string gigabytes(double bytes) { return text_of("%.1f GB", bytes / 1e9); }

std::span<const std::byte> bytes_of(const at::Tensor& host) {
  return std::as_bytes(std::span(host.data_ptr<float>(), static_cast<std::size_t>(host.numel())));
}

/// Copies a checkpoint's buffer into a tensor of the same size.
Result<void> fill(const Checkpoint& checkpoint, const char* name, at::Tensor& target) {
  LLMC_TRY(const std::span<const std::byte> bytes, checkpoint.buffer(name));
  if (bytes.size() != static_cast<std::size_t>(target.numel()) * sizeof(float))
    return fail(std::string("buffer '") + name + "' has another size than the recipe's model");
  const at::Tensor host = at::empty({target.numel()}, at::kFloat);
  std::memcpy(host.data_ptr<float>(), bytes.data(), bytes.size());
  target.copy_(host);
  return {};
}

/// What a piece of a run measures.
struct Meter {
  double started = now();
  double training_seconds = 0;
  std::int64_t real = 0, padded = 0;
  double operations = 0;

  void add(const Step& step, double seconds, const ModelConfig& config) {
    training_seconds += seconds;
    real += step.real_tokens;
    padded += step.padded_tokens;
    for (const Batch& batch : step.batches)
      operations += config.flops_per_token(static_cast<double>(batch.length)) *
                    static_cast<double>(batch.real_tokens);
  }
  [[nodiscard]] double tokens_per_second() const {
    return training_seconds > 0 ? static_cast<double>(real) / training_seconds : 0;
  }
};

/// On at most `tokens` tokens of a set.
ValidationLoss loss_on(Model& model, const std::string& name, const BatchStream& stream,
                       std::int64_t tokens) {
  double loss = 0;
  double count = 0;
  for (const Batch& batch : stream.sweep(tokens)) {
    loss += model.evaluate(batch);
    count += static_cast<double>(batch.rows.size());
  }
  loss /= count;
  const double bytes = stream.bytes_per_token();
  return {name, loss, bytes > 0 ? loss / std::numbers::ln2 / bytes : 0};
}

/// The batches of a stage, or of a validation set.
Result<BatchStream> open_stream(const Recipe& recipe, const TrainSetting& setting,
                                const std::vector<Source>& sources, std::size_t stage) {
  BatchSetting batches;
  batches.context = recipe.model.context;
  batches.step_tokens = recipe.step_tokens;
  batches.batch_tokens = recipe.batch_tokens;
  batches.vocabulary = static_cast<std::uint32_t>(recipe.model.vocabulary);
  batches.tokenizer = setting.tokenizer;
  batches.seed = static_cast<std::uint64_t>(recipe.seed) * 1000 + stage;
  return BatchStream::open(setting.data, sources, batches);
}

/// One run: everything that lives from the first step to the last.
class Run {
 public:
  Run(const Recipe& recipe, const TrainSetting& setting,
      const std::function<void(const std::string&)>& say, Ranks ranks, at::Device device)
      : recipe_(recipe),
        setting_(setting),
        say_(say),
        ranks_(std::move(ranks)),
        model_(recipe.model,
               {device, type_of(recipe.precision, device), Path::automatic, recipe.recompute},
               static_cast<std::uint64_t>(recipe.seed)),
        optimizer_(model_) {
    for (const Stage& stage : recipe.stages) total_steps_ += stage.steps(recipe.step_tokens);
  }

  Result<RunReport> go() {
    LLMC_CHECK(open_data());
    LLMC_CHECK(resume());
    if (ranks_.is_first()) {
      LLMC_TRY(log_, EventLog::open(setting_.run, optimizer_.steps(), wall_clock()));
    }
    peak_ = measure_peak(model_.compute().device, model_.compute().type) * ranks_.count();
    introduce();
    RunEnd end = RunEnd::finished;
    while (stage_ < recipe_.stages.size() && end == RunEnd::finished) {
      LLMC_TRY(end, run_stage());
      if (end != RunEnd::finished) break;
      ++stage_;
      stage_step_ = 0;
      data_state_ = Json();
    }
    line_.clear();
    LLMC_CHECK(save(SaveFailure::is_error));
    return finish(end);
  }

 private:
  enum class SaveFailure { is_warning, is_error };

  /// All stages at once: a shard that is missing must not be found out hours later.
  Result<void> open_data() {
    for (const Stage& stage : recipe_.stages) {
      LLMC_TRY(BatchStream stream, open_stream(recipe_, setting_, stage.data, streams_.size()));
      streams_.push_back(std::move(stream));
    }
    for (const ValidationSet& set : recipe_.valid) {
      LLMC_TRY(BatchStream stream, open_stream(recipe_, setting_, {{set.shards, 1}}, 0));
      validation_.push_back(std::move(stream));
    }
    return {};
  }

  // Where the run is --------------------------------------------------------------------------

  Result<void> resume() {
    std::string why;
    for (const fs::path& folder : list_checkpoints(setting_.run)) {
      auto checkpoint = load_checkpoint(folder);
      if (!checkpoint) {
        // A newer checkpoint that was damaged later must not cost the older one.
        say_("warning: " + checkpoint.error().message + "; trying the one before");
        why = checkpoint.error().message;
        continue;
      }
      if (auto taken = take(*checkpoint); !taken)
        return std::unexpected(taken.error().with_context(folder.string()));
      say_("resumed from " + folder.string());
      return {};
    }
    if (!why.empty()) return fail("no checkpoint of the run can be read: " + why);
    if (setting_.initial.empty()) return {};
    return model_.import_weights(setting_.initial);
  }

  Result<void> take(const Checkpoint& checkpoint) {
    const Json& state = checkpoint.state;
    const Json* recipe = state.find("recipe");
    if (recipe == nullptr || recipe->dump() != recipe_.fixed().dump())
      return fail(
          "was made by another recipe (model, stages, seed or sizes differ); take a new run "
          "folder, "
          "or the old recipe");
    std::int64_t step = 0;
    std::int64_t stage = 0;
    JsonReader reader(state, "state");
    (void)reader.member("recipe");
    (void)reader.member("loss");
    (void)reader.member("metadata");
    reader.read("step", step);
    reader.read("stage", stage);
    reader.read("stage_step", stage_step_);
    reader.read("tokens", tokens_);
    reader.read("seconds", seconds_before_);
    if (const Json* data = reader.member("data"); data != nullptr) data_state_ = *data;
    LLMC_CHECK(reader.finish());
    if (stage < 0 || stage > static_cast<std::int64_t>(recipe_.stages.size()) || step < 0)
      return fail("its stage or step is out of range");
    stage_ = static_cast<std::size_t>(stage);
    optimizer_.set_steps(step);
    saved_step_ = step;
    const at::NoGradGuard no_gradient;
    LLMC_CHECK(fill(checkpoint, "weights", model_.masters()));
    LLMC_CHECK(fill(checkpoint, "first_moment", optimizer_.first_moment()));
    LLMC_CHECK(fill(checkpoint, "second_moment", optimizer_.second_moment()));
    model_.round_masters();
    return {};
  }

  Result<void> save(SaveFailure failure) {
    if (!ranks_.is_first() || optimizer_.steps() == saved_step_) return {};
    Json metadata;
    metadata.set("name", recipe_.name);
    for (const auto& [name, value] : recipe_.metadata) metadata.set(name, value);
    Json state;
    state.set("recipe", recipe_.fixed()).set("metadata", metadata).set("step", optimizer_.steps());
    state.set("stage", static_cast<std::int64_t>(stage_)).set("stage_step", stage_step_);
    state.set("tokens", tokens_).set("seconds", seconds_before_ + meter_.training_seconds);
    state.set("data", data_state_).set("loss", loss_);
    const at::Tensor host[] = {model_.masters().to(at::kCPU),
                               optimizer_.first_moment().to(at::kCPU),
                               optimizer_.second_moment().to(at::kCPU)};
    const CheckpointBuffer buffers[] = {{"weights", bytes_of(host[0])},
                                        {"first_moment", bytes_of(host[1])},
                                        {"second_moment", bytes_of(host[2])}};
    auto saved = save_checkpoint(setting_.run, optimizer_.steps(), state, buffers, setting_.keep);
    last_save_ = now();
    if (saved) {
      saved_step_ = optimizer_.steps();
    } else if (failure == SaveFailure::is_error) {
      return saved;
    } else {
      line_.clear();
      say_("warning: " + saved.error().message + "; training goes on and tries again");
    }
    return {};
  }

  // Training ----------------------------------------------------------------------------------

  Result<RunEnd> run_stage() {
    const Stage& stage = recipe_.stages[stage_];
    const std::int64_t steps = stage.steps(recipe_.step_tokens);
    BatchStream& stream = streams_[stage_];
    if (!data_state_.is_null()) LLMC_CHECK(stream.restore(data_state_));
    line_.clear();
    say_("stage " + stage.name + ": " + std::to_string(steps) + " steps from " +
         std::to_string(stage_step_) + ", " + std::to_string(stream.documents()) + " documents" +
         (stream.left_out() == 0 ? ""
                                 : ", " + std::to_string(stream.left_out()) +
                                       " left out because they are longer than the context"));
    while (stage_step_ < steps) {
      LLMC_CHECK(one_step(stage, steps, stream));
      data_state_ = stream.state();
      const bool is_end = stage_step_ == steps;
      if (is_end || (recipe_.validate_every > 0 && stage_step_ % recipe_.validate_every == 0))
        LLMC_CHECK(validate());
      if (now() - last_save_ >= setting_.save_every_seconds)
        LLMC_CHECK(save(SaveFailure::is_warning));
      if (setting_.interrupted != nullptr && *setting_.interrupted) return RunEnd::interrupted;
      const bool is_over = (setting_.stop_after_seconds > 0 &&
                            now() - meter_.started >= setting_.stop_after_seconds) ||
                           optimizer_.steps() == setting_.stop_at_step;
      if (is_over && optimizer_.steps() < total_steps_) return RunEnd::stopped;
    }
    return RunEnd::finished;
  }

  Result<void> one_step(const Stage& stage, std::int64_t steps, BatchStream& stream) {
    const double start = now();
    const Step step = stream.next();
    model_.clear_gradient();
    double loss = 0;
    for (std::size_t i = 0; i < step.batches.size(); ++i)
      if (static_cast<int>(i) % ranks_.count() == ranks_.rank())
        loss += model_.train(step.batches[i], step.batches[i].loss_weight / step.loss_weight);
    if (ranks_.count() > 1) {
      ranks_.sum(model_.gradient());
      at::Tensor all = at::full({1}, loss, at::TensorOptions(model_.compute().device));
      ranks_.sum(all);
      loss = all.item<double>();
    }
    const double rate = stage.rate_at(stage_step_ + 1, steps);
    const double norm = std::isfinite(loss) ? optimizer_.step({rate, stage.decay, stage.clip})
                                            : std::numeric_limits<double>::quiet_NaN();
    if (!std::isfinite(loss) || !std::isfinite(norm))
      return fail("stage " + stage.name + ", step " + std::to_string(stage_step_ + 1) + ": the " +
                  (std::isfinite(loss) ? "gradient" : "loss") +
                  " is not a finite number; the last checkpoint is kept. Lower the 'rate' or "
                  "lengthen the 'warmup', and start again");
    ++stage_step_;
    tokens_ += step.real_tokens;
    loss_ = loss;
    meter_.add(step, now() - start, recipe_.model);
    return tell(stage, steps, step, {loss, norm, rate, now() - start});
  }

  struct Measured {
    double loss, norm, rate, seconds;
  };

  Result<void> tell(const Stage& stage, std::int64_t steps, const Step& step,
                    const Measured& measured) {
    if (!ranks_.is_first()) return {};
    const double speed = static_cast<double>(step.real_tokens) / measured.seconds;
    const double left = meter_.training_seconds / static_cast<double>(meter_.real) *
                        static_cast<double>(recipe_.step_tokens) *
                        static_cast<double>(total_steps_ - optimizer_.steps());
    line_.show(stage.name + " " + std::to_string(stage_step_) + "/" + std::to_string(steps) +
               "  loss " + text_of("%.4f", measured.loss) + "  " + text_of("%.0f", speed) +
               " tokens/s  " + text_of("%.0f %%", 100 * share()) + " of peak  " +
               format_duration(left) + " left");
    Json json;
    json.set("step", optimizer_.steps()).set("stage", stage.name).set("loss", measured.loss);
    json.set("tokens", tokens_).set("rate", measured.rate).set("gradient_norm", measured.norm);
    json.set("tokens_per_second", speed).set("seconds", measured.seconds);
    return log_->add(optimizer_.steps(), wall_clock(), json,
                     {{"loss/" + stage.name, measured.loss},
                      {"rate", measured.rate},
                      {"gradient_norm", measured.norm},
                      {"tokens_per_second", speed}});
  }

  Result<void> validate() {
    if (!ranks_.is_first()) return {};
    for (std::size_t i = 0; i < validation_.size(); ++i) {
      const auto [name, loss, bits] =
          loss_on(model_, recipe_.valid[i].name, validation_[i], recipe_.validate_tokens);
      line_.clear();
      say_("step " + std::to_string(optimizer_.steps()) + ": " + name + " " +
           text_of("%.4f", loss) +
           (bits > 0 ? ", " + text_of("%.4f", bits) + " bits per byte" : ""));
      Json json;
      json.set("step", optimizer_.steps()).set("validation", name).set("loss", loss);
      json.set("bits_per_byte", bits);
      LLMC_CHECK(log_->add(optimizer_.steps(), wall_clock(), json,
                           {{"validation/" + name, loss}, {"bits_per_byte/" + name, bits}}));
    }
    return {};
  }

  // Reports -----------------------------------------------------------------------------------

  [[nodiscard]] double share() const {
    return meter_.training_seconds > 0 ? meter_.operations / meter_.training_seconds / peak_ : 0;
  }

  void introduce() {
    if (!ranks_.is_first()) return;
    const ModelConfig& model = recipe_.model;
    say_(recipe_.name + ": " +
         text_of("%.2f million", static_cast<double>(model.parameters()) / 1e6) + " parameters, " +
         std::to_string(total_steps_) + " steps of " + std::to_string(recipe_.step_tokens) +
         " tokens, " + name_of(model_.compute().type) + " on " + model_.compute().device.str() +
         " (" + text_of("%.0f", peak_ / 1e9) + " GFLOP/s in matrix products), " +
         std::to_string(ranks_.count()) + " process(es), " + std::to_string(at::get_num_threads()) +
         " threads");
  }

  RunReport finish(RunEnd end) {
    RunReport report;
    report.end = end;
    report.step = optimizer_.steps();
    report.steps = total_steps_;
    report.loss = loss_;
    report.tokens_per_second = meter_.tokens_per_second();
    report.share_of_peak = share();
    if (meter_.padded > 0)
      report.padding = 1 - static_cast<double>(meter_.real) / static_cast<double>(meter_.padded);
    return report;
  }

  const Recipe& recipe_;
  const TrainSetting& setting_;
  const std::function<void(const std::string&)>& say_;
  Ranks ranks_;
  Model model_;
  Optimizer optimizer_;
  std::optional<EventLog> log_;
  std::vector<BatchStream> streams_;  ///< of the stages
  std::vector<BatchStream> validation_;
  ProgressLine line_;
  Meter meter_;
  double peak_ = 1, last_save_ = now(), seconds_before_ = 0, loss_ = 0;
  std::int64_t total_steps_ = 0, stage_step_ = 0, tokens_ = 0, saved_step_ = 0;
  std::size_t stage_ = 0;
  Json data_state_;  ///< of the stage's stream; null at its start
};

Result<void> check_memory(const Recipe& recipe, const at::Device& device) {
  const at::ScalarType type = type_of(recipe.precision, device);
  const double wanted = training_bytes(
      recipe.model, type, std::max(recipe.batch_tokens, recipe.model.context), recipe.recompute);
  const double there = available_memory(device);
  if (there == 0 || wanted <= there) return {};
  return fail("training this model takes about " + gigabytes(wanted) + " of memory (" +
              gigabytes(Model::state_bytes(recipe.model, type)) +
              " of it for weights and optimiser) and " + gigabytes(there) +
              " are free; lower 'batch_tokens', set 'recompute', or take a smaller model");
}

}  // namespace

double training_bytes(const ModelConfig& config, at::ScalarType type, std::int64_t batch_tokens,
                      bool recompute) {
  const double size = type == at::kFloat ? 4 : 2;
  const auto width = static_cast<double>(config.width);
  const double heads = width + 2 * static_cast<double>(config.key_value_heads * config.head_size());
  const double inside = 6 * width + 2 * heads + 3 * static_cast<double>(config.hidden);
  const auto layers = static_cast<double>(config.layers);
  const double per_token = size * (recompute ? layers * 2 * width + inside : layers * inside);
  const double logits = 3 * size * static_cast<double>(std::int64_t{1} << 24);
  return Model::state_bytes(config, type) + per_token * static_cast<double>(batch_tokens) + logits;
}

Result<RunReport> train(const Recipe& recipe, const TrainSetting& setting,
                        const std::function<void(const std::string&)>& say) {
  try {
    LLMC_CHECK(make_folder(setting.run));
    LLMC_TRY(const at::Device anywhere, find_device(setting.device, 0));
    LLMC_TRY(Ranks ranks, Ranks::join(anywhere.is_cuda()));
    LLMC_TRY(const at::Device device, find_device(setting.device, ranks.local_rank()));
    LLMC_CHECK(check_memory(recipe, device));
    return Run(recipe, setting, say, std::move(ranks), device).go();
  } catch (const std::bad_alloc&) {
    return fail("out of memory; lower 'batch_tokens', set 'recompute', or take a smaller model");
  } catch (const std::exception& error) {
    return std::unexpected(libtorch_error(error));
  }
}

Result<std::vector<ValidationLoss>> evaluate(const Recipe& recipe, const TrainSetting& setting) {
  try {
    LLMC_TRY(const at::Device device, find_device(setting.device, 0));
    Model model(recipe.model,
                {device, type_of(recipe.precision, device), Path::automatic, recipe.recompute}, 0);
    LLMC_CHECK(model.import_weights(setting.initial));
    std::vector<ValidationLoss> losses;
    for (const ValidationSet& set : recipe.valid) {
      LLMC_TRY(const BatchStream stream, open_stream(recipe, setting, {{set.shards, 1}}, 0));
      losses.push_back(loss_on(model, set.name, stream, recipe.validate_tokens));
    }
    return losses;
  } catch (const std::exception& error) {
    return std::unexpected(libtorch_error(error));
  }
}

Result<TrainedModel> load_model(const fs::path& folder) {
  LLMC_TRY(const Checkpoint checkpoint, load_checkpoint(folder));
  const Json* recipe = checkpoint.state.find("recipe");
  const Json* shape = recipe == nullptr ? nullptr : recipe->find("model");
  if (shape == nullptr) return fail(folder.string() + ": the checkpoint does not say its model");
  LLMC_TRY(const ModelConfig config, ModelConfig::from_json(*shape));
  LLMC_CHECK(config.validate());
  try {
    TrainedModel trained{Model(config, {at::Device(at::kCPU), at::kFloat}, 0), checkpoint.state};
    const at::NoGradGuard no_gradient;
    LLMC_CHECK(fill(checkpoint, "weights", trained.model.masters()));
    return trained;
  } catch (const std::exception& error) {
    return std::unexpected(libtorch_error(error).with_context(folder.string()));
  }
}

}  // namespace llmc::train
