#include "model/language_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace llmc {

std::string_view to_string(Dialect dialect) {
  switch (dialect) {
    case Dialect::llmc:
      return "llmc";
    case Dialect::paper:
      return "paper";
    case Dialect::chat:
      return "chat";
  }
  return "";
}

Result<Dialect> parse_dialect(std::string_view name) {
  for (const Dialect dialect : {Dialect::llmc, Dialect::paper, Dialect::chat})
    if (name == to_string(dialect)) return dialect;
  return fail(fmt::format("unknown dialect '{}'; expected llmc, paper or chat", name),
              ErrorKind::usage);
}

std::vector<double> shares_of_probability(const std::vector<double>& log_probabilities) {
  std::vector<double> shares;
  if (log_probabilities.empty()) return shares;
  const double most = std::ranges::max(log_probabilities);
  double total = 0;
  for (const double one : log_probabilities) {
    shares.push_back(std::exp(one - most));
    total += shares.back();
  }
  for (double& share : shares) share /= total;
  return shares;
}

Result<std::vector<double>> LanguageModel::choose(std::string_view prompt,
                                                  const std::vector<std::string>& choices) {
  std::vector<double> log_probabilities;
  for (const std::string& choice : choices) {
    LLMC_TRY(const TextScore one, score(prompt, choice));
    log_probabilities.push_back(one.log_probability);
  }
  return shares_of_probability(log_probabilities);
}

Result<void> fit_answer(LanguageModel& model, GenerationRequest& request,
                        const std::function<std::string()>& hint) {
  constexpr std::uint64_t k_least_answer = 16;
  constexpr std::uint32_t k_unknown_room = 4096;
  LLMC_TRY(const std::uint64_t tokens, model.count_tokens(request.prompt));
  const std::uint64_t context = model.info().context;
  if (context != 0 && tokens + k_least_answer > context)
    return fail(
        fmt::format("the prompt has {} tokens, which leaves no room for an answer in the "
                    "context of {}{}",
                    tokens, context, hint()));
  if (request.sampling.most_tokens == 0)
    request.sampling.most_tokens =
        context == 0 ? k_unknown_room : static_cast<std::uint32_t>(context - tokens - 1);
  return {};
}

}  // namespace llmc
