#include "model/decoding.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "support/random.h"

namespace llmc {
namespace {

constexpr Token k_end = -1;                 ///< the choice that the text is over
constexpr std::size_t k_most_choices = 64;  ///< of one place, for the queue
constexpr std::size_t k_most_queued = 1 << 16;

struct Choice {
  Token token = k_end;
  double log_probability = 0;
};

/// A text while it is written.
struct Path {
  std::vector<Token> tokens;
  std::string text;
  TextConstraint::State state = 0;
  double log_probability = 0;
  bool ended = false;
};

double log_sum(const std::vector<Choice>& choices) {
  double most = -INFINITY;
  for (const Choice& choice : choices) most = std::max(most, choice.log_probability);
  double sum = 0;
  for (const Choice& choice : choices) sum += std::exp(choice.log_probability - most);
  return most + std::log(sum);
}

/// The `most` most probable choices, most probable first; of equal ones the smaller token.
std::vector<Choice> best_of(std::vector<Choice> choices, std::size_t most) {
  const auto first = [](const Choice& a, const Choice& b) {
    return a.log_probability != b.log_probability ? a.log_probability > b.log_probability
                                                  : a.token < b.token;
  };
  if (choices.size() > most)
    std::ranges::nth_element(choices, choices.begin() + static_cast<long>(most), first);
  choices.resize(std::min(most, choices.size()));
  std::ranges::sort(choices, first);
  return choices;
}

/// What both ways of decoding share: which choices there are after a path, and what they make of
/// it.
class Writer {
 public:
  Writer(TokenPredictor& predictor, const GenerationRequest& request, std::uint32_t room)
      : predictor_(predictor),
        request_(request),
        budget_(std::min(room, request.sampling.most_tokens)) {
    if (request.constraint != nullptr) masks_.emplace(predictor.tree(), *request.constraint);
    for (std::size_t token = 0; token < predictor.texts().size(); ++token)
      if (predictor.is_end(static_cast<Token>(token))) ends_.push_back(static_cast<Token>(token));
  }

  [[nodiscard]] Path begin() const {
    Path path;
    if (request_.constraint != nullptr) path.state = request_.constraint->start();
    return path;
  }

  /// What may come after `path`; probabilities sum to 1.
  std::vector<Choice> choices(const Path& path, std::span<const float> logits) {
    std::vector<Choice> all;
    if (masks_) {
      for (const Token token : masks_->allowed(path.state))
        all.push_back({token, logits[static_cast<std::size_t>(token)]});
    } else {
      all.reserve(logits.size());
      for (std::size_t token = 0; token < predictor_.texts().size(); ++token)
        if (!predictor_.texts()[token].empty())
          all.push_back({static_cast<Token>(token), logits[token]});
    }
    if (!masks_ || request_.constraint->may_end(path.state)) all.push_back(end_of(logits));
    const double total = log_sum(all);
    for (Choice& choice : all) choice.log_probability -= total;
    return all;
  }

  /// Appends a choice. False if the path is over: by the choice, a stop, or the budget.
  bool append(Path& path, const Choice& choice) {
    path.log_probability += choice.log_probability;
    if (choice.token == k_end) {
      path.ended = true;
      return false;
    }
    path.tokens.push_back(choice.token);
    const std::string& bytes = predictor_.texts()[static_cast<std::size_t>(choice.token)];
    path.text += bytes;
    if (request_.constraint != nullptr)
      for (const char c : bytes)
        path.state = request_.constraint->next(path.state, static_cast<unsigned char>(c));
    return !at_stop(path) && path.tokens.size() < budget_;
  }

  [[nodiscard]] bool has_budget() const { return budget_ > 0; }

  [[nodiscard]] Completion finish(Path path) const {
    if (!path.ended && request_.constraint != nullptr)
      path.text += request_.constraint->ending(path.state);
    return {std::move(path.text), path.log_probability, path.ended,
            static_cast<std::uint32_t>(path.tokens.size())};
  }

 private:
  /// All tokens that end a text are one choice.
  [[nodiscard]] Choice end_of(std::span<const float> logits) const {
    std::vector<Choice> ends;
    for (const Token token : ends_)
      ends.push_back({token, logits[static_cast<std::size_t>(token)]});
    return {k_end, ends.empty() ? -INFINITY : log_sum(ends)};
  }

  bool at_stop(Path& path) const {
    for (const std::string& stop : request_.stop) {
      const std::size_t found = path.text.find(stop);
      if (found == std::string::npos) continue;
      path.text.resize(found);
      path.ended = true;
    }
    return path.ended;
  }

  TokenPredictor& predictor_;
  const GenerationRequest& request_;
  std::uint32_t budget_;
  std::optional<TokenMasks> masks_;
  std::vector<Token> ends_;
};

/// A place where another token was possible, to be continued from there.
struct Branch {
  std::shared_ptr<const Path> path;  ///< before `choice`; shared by all choices of the place
  Choice choice;
};

class PrioritySampler {
 public:
  PrioritySampler(TokenPredictor& predictor, const GenerationRequest& request, std::uint32_t room)
      : predictor_(predictor), request_(request), writer_(predictor, request, room) {}

  Result<std::vector<Completion>> run() {
    const unsigned wanted = request_.sampling.count;
    LLMC_CHECK(grow(writer_.begin(), predictor_.after_prompt()));
    // Texts that other tokens spell alike are dropped, so a few more branches may be needed.
    for (unsigned tries = 0; found_.size() < wanted && tries < 4 * wanted + 16; ++tries) {
      if (queue_.empty()) break;
      auto node = queue_.extract(queue_.begin());
      LLMC_CHECK(follow(node.mapped()));
    }
    return std::move(found_);
  }

 private:
  Result<void> follow(const Branch& branch) {
    Path path = *branch.path;
    if (!writer_.append(path, branch.choice)) {
      keep(std::move(path));
      return {};
    }
    LLMC_TRY(const std::span<const float> logits, predictor_.restart(1, path.tokens));
    return grow(std::move(path), logits);
  }

  /// Continues greedily to the end, and queues what else was possible. (The prompt is sequence 0;
  /// the first text has to take its own copy before it goes on.)
  Result<void> grow(Path path, std::span<const float> logits) {
    bool is_copied = !path.tokens.empty();
    while (writer_.has_budget()) {
      const std::vector<Choice> choices = best_of(writer_.choices(path, logits), k_most_choices);
      if (choices.empty()) break;
      if (request_.sampling.count > 1) queue(path, choices);
      if (!writer_.append(path, choices.front())) break;
      if (!std::exchange(is_copied, true)) {
        LLMC_TRY(logits, predictor_.restart(1, path.tokens));
        continue;
      }
      const TokenPredictor::Step step{1, path.tokens.back()};
      LLMC_TRY(const auto rows, predictor_.advance({&step, 1}));
      logits = rows.front();
    }
    keep(std::move(path));
    return {};
  }

  void queue(const Path& path, const std::vector<Choice>& choices) {
    const auto shared = std::make_shared<const Path>(path);
    for (std::size_t i = 1; i < choices.size(); ++i) {
      if (!std::isfinite(choices[i].log_probability)) break;
      const double priority = path.log_probability + choices[i].log_probability;
      if (queue_.size() >= k_most_queued && -priority > queue_.rbegin()->first) break;
      queue_.emplace(-priority, Branch{shared, choices[i]});
      if (queue_.size() > k_most_queued) queue_.erase(std::prev(queue_.end()));
    }
  }

  void keep(Path path) {
    Completion completion = writer_.finish(std::move(path));
    if (texts_.insert(completion.text).second) found_.push_back(std::move(completion));
  }

  TokenPredictor& predictor_;
  const GenerationRequest& request_;
  Writer writer_;
  std::multimap<double, Branch> queue_;  ///< by minus the log probability
  std::set<std::string> texts_;
  std::vector<Completion> found_;
};

/// One draw, by temperature and nucleus.
Choice draw(std::vector<Choice> choices, const Sampling& sampling, Random& random) {
  if (sampling.temperature <= 0) return best_of(std::move(choices), 1).front();
  const std::size_t all = choices.size();
  if (sampling.top_p < 1) choices = best_of(std::move(choices), all);
  const double most =
      std::ranges::max_element(choices, {}, &Choice::log_probability)->log_probability;
  std::vector<double> weights;
  double total = 0;
  for (const Choice& choice : choices) {
    weights.push_back(std::exp((choice.log_probability - most) / sampling.temperature));
    total += weights.back();
  }
  if (sampling.top_p < 1) {
    double inside = 0;
    std::size_t nucleus = 0;
    while (nucleus < all && inside < sampling.top_p * total) inside += weights[nucleus++];
    weights.resize(std::max<std::size_t>(nucleus, 1));
  }
  return choices[random.weighted(weights)];
}

/// All texts side by side: one step of the predictor lengthens each by a token.
Result<std::vector<Completion>> draw_texts(TokenPredictor& predictor,
                                           const GenerationRequest& request, std::uint32_t room) {
  Writer writer(predictor, request, room);
  const Sampling& sampling = request.sampling;
  std::vector<Path> paths(sampling.count, writer.begin());
  std::vector<Random> random;
  for (unsigned i = 0; i < sampling.count; ++i) random.emplace_back(sampling.seed + i);
  const auto lengthen = [&](std::size_t i, std::span<const float> logits) {
    std::vector<Choice> choices = writer.choices(paths[i], logits);
    return !choices.empty() &&
           writer.append(paths[i], draw(std::move(choices), sampling, random[i]));
  };

  std::vector<std::size_t> live;
  if (writer.has_budget())
    for (std::size_t i = 0; i < paths.size(); ++i)
      if (lengthen(i, predictor.after_prompt())) live.push_back(i);
  for (const std::size_t i : live) {
    LLMC_CHECK(predictor.restart(static_cast<int>(i) + 1, {}));
  }
  while (!live.empty()) {
    std::vector<TokenPredictor::Step> steps;
    for (const std::size_t i : live)
      steps.push_back({static_cast<int>(i) + 1, paths[i].tokens.back()});
    LLMC_TRY(const auto rows, predictor.advance(steps));
    std::vector<std::size_t> still;
    for (std::size_t row = 0; row < live.size(); ++row)
      if (lengthen(live[row], rows[row])) still.push_back(live[row]);
    live = std::move(still);
  }
  std::vector<Completion> completions;
  for (Path& path : paths) completions.push_back(writer.finish(std::move(path)));
  return completions;
}

}  // namespace

Result<std::vector<Completion>> decode(TokenPredictor& predictor, const GenerationRequest& request,
                                       std::uint32_t room) {
  if (request.sampling.method == SamplingMethod::priority)
    return PrioritySampler(predictor, request, room).run();
  return draw_texts(predictor, request, room);
}

}  // namespace llmc
