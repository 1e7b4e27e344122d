#include "model/transcript.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

class TranscribedModel final : public LanguageModel {
 public:
  TranscribedModel(std::unique_ptr<LanguageModel> model, std::ofstream file, std::string name)
      : model_(std::move(model)), file_(std::move(file)), name_(std::move(name)) {}

  [[nodiscard]] const ModelInfo& info() const override { return model_->info(); }
  [[nodiscard]] std::uint64_t peak_memory() const override { return model_->peak_memory(); }
  Result<std::uint64_t> count_tokens(std::string_view text) override {
    return model_->count_tokens(text);
  }
  Result<std::vector<std::int32_t>> tokenise(std::string_view text) override {
    return model_->tokenise(text);
  }
  Result<TextScore> score(std::string_view prompt, std::string_view continuation) override {
    return model_->score(prompt, continuation);
  }
  Result<TextScore> score_text(std::string_view text, std::uint32_t window) override {
    return model_->score_text(text, window);
  }

  Result<std::vector<double>> choose(std::string_view prompt,
                                     const std::vector<std::string>& choices) override {
    auto shares = model_->choose(prompt, choices);
    OrderedJson line = {{"model", info().name}, {"prompt", prompt}};
    if (shares) {
      line["choices"] = OrderedJson::object();
      for (std::size_t i = 0; i < shares->size(); ++i)
        if ((*shares)[i] >= k_told_share) line["choices"][choices[i]] = (*shares)[i];
    } else {
      line["error"] = shares.error().message;
    }
    LLMC_CHECK(write(line));
    return shares;
  }

  Result<Generation> generate(const GenerationRequest& request) override {
    auto generation = model_->generate(request);
    OrderedJson line = {{"model", info().name}, {"prompt", request.prompt}};
    if (generation) line["prompt_tokens"] = generation->prompt_tokens;
    line["count"] = request.sampling.count;
    line["sampling"] = request.sampling.method == SamplingMethod::random ? "random" : "priority";
    line["constrained"] = request.constraint != nullptr;
    line["stop"] = request.stop;
    if (generation)
      add_answers(*generation, line);
    else
      line["error"] = generation.error().message;
    LLMC_CHECK(write(line));
    return generation;
  }

 private:
  /// Choices of less probability are not written.
  static constexpr double k_told_share = 1e-3;

  Result<void> write(const OrderedJson& line) {
    file_ << line.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) << std::endl;
    if (!file_) return fail(name_ + ": cannot write; is the disk full?");
    return {};
  }

  static void add_answers(const Generation& generation, OrderedJson& line) {
    line["answers"] = OrderedJson::array();
    for (const Completion& one : generation.completions) {
      OrderedJson answer = {{"text", one.text}};
      if (std::isfinite(one.log_probability)) answer["log_probability"] = one.log_probability;
      answer["ended"] = one.ended;
      answer["tokens"] = one.tokens;
      line["answers"].push_back(std::move(answer));
    }
  }

  std::unique_ptr<LanguageModel> model_;
  std::ofstream file_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<LanguageModel>> with_transcript(std::unique_ptr<LanguageModel> model,
                                                       const std::filesystem::path& path) {
  std::ofstream file(path);
  if (!file) return fail(path.string() + ": cannot write: " + std::strerror(errno));
  return std::make_unique<TranscribedModel>(std::move(model), std::move(file), path.string());
}

}  // namespace llmc
