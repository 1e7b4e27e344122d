#include "model/http_model.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "model/server_answer.h"
#include "model/server_link.h"
#include "model/server_scores.h"
#include "model/server_survey.h"
#include "model/server_text.h"

namespace llmc {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;
using Endpoint = HttpModelOptions::Endpoint;
using GrammarField = HttpModelOptions::GrammarField;

constexpr unsigned k_most_draws = 128;  ///< of one request, as OpenAI has it
/// llama-server takes a seed of 32 bits, of which the last means "any".
constexpr std::uint64_t k_seed_mask = 0x7fffffff;

std::string_view path_of(Endpoint endpoint) {
  return endpoint == Endpoint::chat ? "/v1/chat/completions" : "/v1/completions";
}

/// Texts that are asked for in the same way.
struct Draw {
  double temperature = 1;
  double top_p = 1;
  unsigned count = 1;
  std::uint64_t seed = 1;
};

/// The draws that a way of sampling takes.
std::vector<Draw> draws_of(const Sampling& sampling) {
  if (sampling.count == 0) return {};
  if (sampling.method == SamplingMethod::random) {
    const unsigned count = sampling.temperature == 0 ? 1 : sampling.count;
    return {{sampling.temperature, sampling.top_p, count, sampling.seed}};
  }
  std::vector<Draw> draws{{0, 1, 1, sampling.seed}};
  if (sampling.count > 1) draws.push_back({1, 1, sampling.count - 1, sampling.seed + 1});
  return draws;
}

GrammarField grammar_field_of(GrammarField wanted, ServerKind kind) {
  if (wanted != GrammarField::automatic) return wanted;
  switch (kind) {
    case ServerKind::llama_server:
      return GrammarField::gbnf;
    case ServerKind::vllm:
      return GrammarField::structured_outputs;
    case ServerKind::old_vllm:
      return GrammarField::guided_grammar;
    case ServerKind::other:
      break;
  }
  return GrammarField::json_schema;
}

/// A text that is a value of the constraint's JSON schema becomes the text that it stands for.
void replace_json(ServerText& text, const TextConstraint& constraint) {
  if (!text.text.starts_with('{')) return;
  auto meant = constraint.text_of_json(text.text);
  if (!meant) return;
  text.text = std::move(*meant);
  text.tokens.clear();
  text.tokens_fit = false;
}

/// Unique, the most probable first, unknown ones last.
void keep_unique_in_order(std::vector<Completion>& texts) {
  const auto less = [](const Completion& a, const Completion& b) {
    if (std::isnan(a.log_probability)) return false;
    return std::isnan(b.log_probability) || a.log_probability > b.log_probability;
  };
  std::ranges::stable_sort(texts, less);
  std::set<std::string> seen;
  std::erase_if(texts, [&](const Completion& text) { return !seen.insert(text.text).second; });
}

class HttpModel final : public LanguageModel {
 public:
  HttpModel(const HttpModelOptions& options, ServerLink link, ServerSurvey survey)
      : link_(std::move(link)),
        kind_(survey.kind),
        info_(std::move(survey.info)),
        grammar_(grammar_field_of(options.grammar, kind_)),
        endpoint_(options.endpoint),
        stream_(options.stream) {
    info_.dialect = options.dialect.value_or(dialect_of(info_.name));
    may_fall_back_ = endpoint_ == Endpoint::automatic && info_.dialect != Dialect::chat;
    if (endpoint_ == Endpoint::automatic)
      endpoint_ = may_fall_back_ ? Endpoint::completions : Endpoint::chat;
    // llama-server needs a slot for each text; with one after another it keeps the prompt.
    several_at_once_ = kind_ != ServerKind::llama_server;
  }

  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  Result<std::uint64_t> count_tokens(std::string_view text) override;
  Result<Generation> generate(const GenerationRequest& request) override;

  Result<TextScore> score(std::string_view prompt, std::string_view continuation) override {
    return score_continuation({link_, kind_, info_}, prompt, continuation);
  }
  Result<TextScore> score_text(std::string_view text, std::uint32_t window) override {
    return score_windows({link_, kind_, info_}, text, window);
  }

 private:
  /// What a server is known to refuse.
  struct Concessions {
    Endpoint endpoint;
    std::set<std::string> refused;
  };

  [[nodiscard]] bool counts_exactly() const { return counts_ && kind_ != ServerKind::other; }
  Result<void> check_context(const GenerationRequest& request);
  [[nodiscard]] json body_of(const GenerationRequest& request, const Draw& draw,
                             const Concessions& concessions) const;
  void add_grammar(json& body, const TextConstraint* constraint) const;
  [[nodiscard]] std::string refused_field(const HttpReply& reply, const json& body) const;
  [[nodiscard]] bool concede(const HttpReply& reply, const json& body,
                             Concessions& concessions) const;
  Result<ServerAnswer> read_answer(const HttpReply& reply, AnswerReader& reader,
                                   std::string_view path) const;
  Result<ServerAnswer> ask(const GenerationRequest& request, const Draw& draw);
  Result<void> draw_texts(const GenerationRequest& request, Draw draw, Generation& generation);

  ServerLink link_;
  ServerKind kind_;
  ModelInfo info_;
  GrammarField grammar_;
  Endpoint endpoint_;
  bool stream_;
  bool may_fall_back_ = false;    ///< to chat, if there are no completions
  bool several_at_once_ = false;  ///< `n` gives several texts
  bool counts_ = true;            ///< /tokenize has not failed yet
  std::set<std::string> refused_;  ///< fields
};

Result<std::uint64_t> HttpModel::count_tokens(std::string_view text) {
  const std::uint64_t estimate = text.size() / 2 + text.size() % 2;
  if (!counts_exactly()) return estimate;
  const bool llama = kind_ == ServerKind::llama_server;
  const json body =
      llama ? json{{"content", text}, {"add_special", false}}
            : json{{"model", info_.name}, {"prompt", text}, {"add_special_tokens", false}};
  LLMC_TRY(std::string words, link_.to_text(body));
  LLMC_TRY(const HttpReply reply, link_.ask("POST", "/tokenize", std::move(words)));
  if (reply.status != 404 && reply.status != 405 && reply.status != 501) {
    LLMC_TRY(const json object, link_.read_object(reply, "/tokenize"));
    const auto tokens = object.find("tokens");
    if (tokens != object.end() && tokens->is_array()) return tokens->size();
    const auto count = object.find("count");
    if (count != object.end() && count->is_number_unsigned()) return count->get<std::uint64_t>();
  }
  counts_ = false;
  return estimate;
}

Result<void> HttpModel::check_context(const GenerationRequest& request) {
  const std::uint64_t budget = request.sampling.most_tokens;
  // A token has at least one byte; <s> comes on top.
  const bool surely_fits = request.prompt.size() + 1 + budget <= info_.context;
  if (info_.context == 0 || surely_fits || !counts_exactly()) return {};
  LLMC_TRY(const std::uint64_t tokens, count_tokens(request.prompt));
  if (!counts_exactly() || tokens + budget <= info_.context) return {};
  return std::unexpected(link_.error(fmt::format(
      "a prompt of {} tokens and an answer of {} do not fit into the model's context of "
      "{}; expected fewer, shorten the input or give the server a larger context",
      tokens, budget, info_.context)));
}

void HttpModel::add_grammar(json& body, const TextConstraint* constraint) const {
  if (constraint == nullptr) return;
  if (grammar_ == GrammarField::gbnf) body["grammar"] = constraint->gbnf();
  if (grammar_ == GrammarField::structured_outputs)
    body["structured_outputs"] = {{"grammar", constraint->gbnf()}};
  if (grammar_ == GrammarField::guided_grammar) body["guided_grammar"] = constraint->gbnf();
  if (grammar_ != GrammarField::json_schema || !body.contains("messages")) return;
  const json schema = json::parse(constraint->json_schema(), nullptr, /*allow_exceptions=*/false);
  if (schema.is_object())
    body["response_format"] = {
        {"type", "json_schema"},
        {"json_schema", {{"name", "answer"}, {"strict", true}, {"schema", schema}}}};
}

json HttpModel::body_of(const GenerationRequest& request, const Draw& draw,
                        const Concessions& concessions) const {
  const bool chat = concessions.endpoint == Endpoint::chat;
  json body = {{"model", info_.name},
               {"max_tokens", request.sampling.most_tokens},
               {"temperature", draw.temperature},
               {"top_p", draw.top_p},
               {"n", draw.count},
               {"seed", draw.seed & k_seed_mask},
               {"stream", stream_}};
  if (chat) {
    body["messages"] = json::array({{{"role", "user"}, {"content", request.prompt}}});
    body["logprobs"] = true;
  } else {
    body["prompt"] = request.prompt;
    body["logprobs"] = 1;
  }
  std::vector<std::string> stop = request.stop;
  std::erase(stop, "");
  if (!stop.empty()) body["stop"] = stop;
  if (stream_) body["stream_options"] = {{"include_usage", true}};
  // Both servers cut the distribution in more ways than one unless they are told not to.
  if (kind_ == ServerKind::llama_server) body["top_k"] = 0;
  if (kind_ == ServerKind::vllm || kind_ == ServerKind::old_vllm) body["top_k"] = -1;
  if (kind_ != ServerKind::other) body["min_p"] = 0;
  add_grammar(body, request.constraint);
  for (const std::string& field : concessions.refused) body.erase(field);
  if (concessions.refused.contains("max_tokens"))
    body["max_completion_tokens"] = request.sampling.most_tokens;
  return body;
}

std::string HttpModel::refused_field(const HttpReply& reply, const json& body) const {
  const ServerComplaint complaint = complaint_of(reply);
  std::string grammar;
  for (const char* field : {"grammar", "structured_outputs", "guided_grammar", "response_format"})
    if (body.contains(field)) grammar = field;
  const bool about_grammar = !grammar.empty() && (mentions(complaint.message, "grammar") ||
                                                  mentions(complaint.message, "schema"));
  if (about_grammar && reply.status >= 400) return grammar;
  if ((reply.status != 400 && reply.status != 422) || is_about_context(complaint)) return "";
  const std::set<std::string> needed{"model", "prompt", "messages", "max_completion_tokens"};
  for (const auto& [field, value] : body.items()) {
    if (needed.contains(field)) continue;
    if (field == complaint.parameter) return field;
    for (const char quote : {'\'', '"', '`'})
      if (complaint.message.contains(quote + field + quote)) return field;
  }
  if (!grammar.empty()) return grammar;
  return body.contains("n") && body["n"] != 1 ? "n" : "";
}

bool HttpModel::concede(const HttpReply& reply, const json& body, Concessions& concessions) const {
  const bool absent = reply.status == 404 || reply.status == 405;
  if (absent && may_fall_back_ && concessions.endpoint == Endpoint::completions) {
    concessions.endpoint = Endpoint::chat;
    return true;
  }
  const std::string field = refused_field(reply, body);
  if (field.empty()) return false;
  return concessions.refused.insert(field).second;
}

Result<ServerAnswer> HttpModel::read_answer(const HttpReply& reply, AnswerReader& reader,
                                            std::string_view path) const {
  if (reply.body.starts_with("data:")) {
    reader.take(reply.body);
  } else if (!reply.type.starts_with("text/event-stream")) {
    LLMC_TRY(const json object, link_.read_object(reply, path));
    reader.take_object(object);
  }
  Result<ServerAnswer> answer = reader.finish(link_);
  const bool whole =
      reply.outcome == HttpOutcome::complete || reply.outcome == HttpOutcome::stopped;
  if (!answer && !whole) return std::unexpected(link_.failure(reply));
  return answer;
}

Result<ServerAnswer> HttpModel::ask(const GenerationRequest& request, const Draw& draw) {
  Concessions concessions{endpoint_, refused_};
  for (;;) {
    const json body = body_of(request, draw, concessions);
    const std::string_view path = path_of(concessions.endpoint);
    AnswerReader reader(request.stop, request.sampling.most_tokens, draw.count);
    LLMC_TRY(std::string text, link_.to_text(body));
    LLMC_TRY(const HttpReply reply,
             link_.ask("POST", path, std::move(text),
                       [&](std::string_view piece) { return reader.take(piece); }));
    if (reply.status < 200 || reply.status >= 300) {
      if (concede(reply, body, concessions)) continue;
      return std::unexpected(link_.refusal(reply, path));
    }
    if (concessions.endpoint != endpoint_) may_fall_back_ = false;
    endpoint_ = concessions.endpoint;
    refused_ = concessions.refused;
    return read_answer(reply, reader, path);
  }
}

Result<void> HttpModel::draw_texts(const GenerationRequest& request, Draw draw,
                                   Generation& generation) {
  for (unsigned left = draw.count; left > 0;) {
    draw.count = several_at_once_ && !refused_.contains("n") ? std::min(left, k_most_draws) : 1;
    const auto start = Clock::now();
    LLMC_TRY(ServerAnswer answer, ask(request, draw));
    const std::chrono::duration<double> taken = Clock::now() - start;
    if (answer.texts.size() < draw.count) several_at_once_ = false;
    generation.prompt_tokens = std::max(generation.prompt_tokens, answer.prompt_tokens);
    generation.answer_tokens += answer.answer_tokens;
    generation.prompt_seconds += answer.prompt_seconds;
    generation.answer_seconds += answer.answer_seconds > 0 ? answer.answer_seconds : taken.count();
    for (ServerText& text : answer.texts) {
      if (request.constraint != nullptr) replace_json(text, *request.constraint);
      if (request.constraint == nullptr || cut_to(text, *request.constraint))
        generation.completions.push_back(to_completion(text));
    }
    const auto came = static_cast<unsigned>(answer.texts.size());
    left -= std::min(left, came);
    draw.seed += came;
  }
  return {};
}

Result<Generation> HttpModel::generate(const GenerationRequest& request) {
  LLMC_CHECK(check_context(request));
  Generation generation;
  for (const Draw& draw : draws_of(request.sampling))
    LLMC_CHECK(draw_texts(request, draw, generation));
  std::vector<Completion>& texts = generation.completions;
  if (request.sampling.method == SamplingMethod::priority)
    keep_unique_in_order(texts);
  else if (request.sampling.temperature == 0 && !texts.empty())
    texts.resize(request.sampling.count, Completion(texts[0]));
  return generation;
}

}  // namespace

Result<std::unique_ptr<LanguageModel>> open_http_model(const HttpModelOptions& options) {
  LLMC_TRY(HttpUrl url, HttpUrl::parse(options.url));
  // Anything else would let a key write headers of its own.
  if (std::ranges::any_of(options.key, [](char c) { return c <= ' ' || c >= 0x7f; }))
    return fail(url.shown +
                    ": the key has a blank or a character beyond ASCII in it; expected a "
                    "bearer token, set LLMC_API_KEY to one",
                ErrorKind::usage);
  LinkSettings settings{
      std::move(url),  options.key,
      options.model,   {options.timeout, options.connect_timeout, options.most_bytes},
      options.retries, options.sleep};
  if (!settings.sleep)
    settings.sleep = [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); };
  ServerLink link(std::move(settings));
  LLMC_TRY(ServerSurvey survey, survey_server(link, options.model));
  link.set_model(survey.info.name);
  return std::make_unique<HttpModel>(options, std::move(link), std::move(survey));
}

}  // namespace llmc
