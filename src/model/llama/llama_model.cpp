#include "model/llama_model.h"

#include <fmt/format.h>
#include <ggml-backend.h>
#include <llama.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <thread>

#include "model/decoding.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;
using Model = std::unique_ptr<llama_model, decltype(&llama_model_free)>;
using Context = std::unique_ptr<llama_context, decltype(&llama_free)>;
using Tokens = std::vector<Token>;

constexpr std::uint32_t k_context_step = 1024;  ///< contexts are made in multiples of this
constexpr std::uint32_t k_batch = 512;          ///< tokens computed at a time
constexpr std::uint32_t k_side_by_side = 32;  ///< beginnings of choices in a batch, at most
constexpr std::uint64_t k_small_model = 100'000'000;  ///< parameters; see LlamaOptions::threads

/// The first complaint of llama.cpp since it was last taken; it says nothing otherwise.
std::string& complaint() {
  static std::string text;
  return text;
}

std::string take_complaint() {
  std::string text = std::exchange(complaint(), "");
  while (text.ends_with('\n')) text.pop_back();
  return text.empty() ? "" : ": " + text;
}

void listen_to_llama() {
  llama_log_set(
      [](ggml_log_level level, const char* text, void*) {
        if (level == GGML_LOG_LEVEL_ERROR && complaint().empty()) complaint() = text;
      },
      nullptr);
}

Result<void> check_magic(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(path.string() + ": there is no such file; expected a model in GGUF");
  std::string magic(4, '\0');
  file.read(magic.data(), 4);
  if (file && magic == "GGUF") return {};
  return fail(path.string() +
              ": not a GGUF file; expected a model as `llmc-train export` or llama.cpp's "
              "converters write it");
}

std::string text_of(const llama_vocab* vocabulary, llama_token token) {
  std::string piece(64, '\0');
  const auto write = [&] {
    return llama_token_to_piece(vocabulary, token, piece.data(),
                                static_cast<std::int32_t>(piece.size()), 0, /*special=*/true);
  };
  std::int32_t length = write();
  if (length < 0) {
    piece.resize(static_cast<std::size_t>(-length));
    length = write();
  }
  piece.resize(static_cast<std::size_t>(std::max(length, 0)));
  return piece;
}

/// What each token writes; those that are no text write nothing.
TokenTexts texts_of(const llama_vocab* vocabulary) {
  TokenTexts texts(static_cast<std::size_t>(llama_vocab_n_tokens(vocabulary)));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto token = static_cast<llama_token>(i);
    const auto attributes = static_cast<int>(llama_vocab_get_attr(vocabulary, token));
    constexpr int k_silent =
        LLAMA_TOKEN_ATTR_UNKNOWN | LLAMA_TOKEN_ATTR_UNUSED | LLAMA_TOKEN_ATTR_CONTROL;
    if ((attributes & k_silent) == 0 && !llama_vocab_is_eog(vocabulary, token))
      texts[i] = text_of(vocabulary, token);
  }
  return texts;
}

std::map<std::string, std::string> card_of(const llama_model* model) {
  std::map<std::string, std::string> card;
  std::string buffer(1 << 20, '\0');
  const auto text = [&](std::int32_t length) {
    return buffer.substr(
        0, std::min<std::size_t>(static_cast<std::size_t>(std::max(length, 0)), buffer.size() - 1));
  };
  for (std::int32_t i = 0; i < llama_model_meta_count(model); ++i) {
    const std::string key =
        text(llama_model_meta_key_by_index(model, i, buffer.data(), buffer.size()));
    card[key] = text(llama_model_meta_val_str_by_index(model, i, buffer.data(), buffer.size()));
  }
  return card;
}

/// Makes log probabilities of the logits that a model gave for one place.
class LogSoftmax {
 public:
  explicit LogSoftmax(std::span<const float> logits) : most_(std::ranges::max(logits)) {
    double sum = 0;
    for (const float logit : logits) sum += std::exp(logit - most_);
    log_sum_ = std::log(sum);
  }

  [[nodiscard]] double of(float logit) const { return logit - most_ - log_sum_; }

 private:
  double most_;
  double log_sum_ = 0;
};

/// The log probability of each token, from its logit.
std::vector<double> log_probabilities_of(std::span<const float> logits) {
  const LogSoftmax softmax(logits);
  std::vector<double> log_probabilities;
  log_probabilities.reserve(logits.size());
  for (const float logit : logits) log_probabilities.push_back(softmax.of(logit));
  return log_probabilities;
}

/// What llama.cpp computes in one go.
struct TokenBatch {
  Tokens tokens;
  std::vector<llama_seq_id> sequences;
  std::vector<llama_pos> positions;
  std::vector<std::int8_t> wanted;  ///< whether logits of what comes next are

  void add(Token token, llama_seq_id sequence, std::size_t position, bool is_wanted) {
    tokens.push_back(token);
    sequences.push_back(sequence);
    positions.push_back(static_cast<llama_pos>(position));
    wanted.push_back(is_wanted);
  }
};

/// As the file suggests: our own trainer leaves its stages in the metadata, Meta's models and what
/// was made of them must carry their name, and models for conversation bring a template for it.
Dialect dialect_of(const std::map<std::string, std::string>& card,
                   const std::filesystem::path& path, bool has_template) {
  if (card.contains("llmc.stages")) return Dialect::llmc;
  std::string names = path.filename().string();
  if (const auto name = card.find("general.name"); name != card.end()) names += ' ' + name->second;
  std::ranges::transform(names, names.begin(), [](unsigned char c) {
    return c == '_' || c == ' ' ? '-' : static_cast<char>(std::tolower(c));
  });
  if (names.contains("llm-compiler")) return Dialect::paper;
  return has_template ? Dialect::chat : Dialect::paper;
}

class LlamaModel final : public LanguageModel, private TokenPredictor {
 public:
  LlamaModel(Model model, const std::filesystem::path& path, const LlamaOptions& options)
      : model_(std::move(model)), options_(options), texts_(texts_of(vocabulary())), tree_(texts_) {
    info_.location = path.string();
    info_.kind = "llama.cpp";
    info_.card = card_of(model_.get());
    const auto name = info_.card.find("general.name");
    info_.name = name == info_.card.end() ? path.stem().string() : name->second;
    const char* chat = llama_model_chat_template(model_.get(), nullptr);
    info_.dialect = options.dialect.value_or(dialect_of(info_.card, path, chat != nullptr));
    if (info_.dialect == Dialect::chat && chat != nullptr) template_ = chat;
    info_.parameters = llama_model_n_params(model_.get());
    info_.file_bytes = llama_model_size(model_.get());
    info_.trained_context = static_cast<std::uint64_t>(llama_model_n_ctx_train(model_.get()));
    info_.context = options.context != 0 ? options.context : info_.trained_context;
    info_.vocabulary = texts_.size();
    if (options_.threads == 0)
      options_.threads =
          info_.parameters < k_small_model ? 1 : std::max(1U, std::thread::hardware_concurrency());
  }

  [[nodiscard]] const ModelInfo& info() const override { return info_; }

  Result<std::uint64_t> count_tokens(std::string_view text) override {
    return tokenise(text, Beginning::inside, Specials::as_text).size();
  }

  Result<std::vector<std::int32_t>> tokenise(std::string_view text) override {
    return tokenise(text, Beginning::inside, Specials::as_text);
  }

  [[nodiscard]] std::uint64_t peak_memory() const override {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  }

  Result<Generation> generate(const GenerationRequest& request) override {
    const auto start = Clock::now();
    Tokens prompt = tokens_of_prompt(request.prompt);
    const auto size = static_cast<std::uint32_t>(prompt.size());
    if (prompt.empty()) return fail(info_.name + ": the prompt is empty");
    if (prompt.size() + 1 > info_.context) return too_long(prompt.size());
    const auto room =
        std::min<std::uint64_t>(info_.context - prompt.size(), request.sampling.most_tokens);
    const bool side_by_side = request.sampling.method == SamplingMethod::random;
    const std::uint64_t copies = side_by_side ? request.sampling.count : 1;
    LLMC_CHECK(make_context(prompt.size() + copies * room + 1, static_cast<std::uint32_t>(copies)));
    LLMC_CHECK(read_prompt(std::move(prompt)));
    Generation generation;
    generation.prompt_tokens = size;
    generation.prompt_seconds = seconds_since(start);
    computed_ = 0;
    const auto begun = Clock::now();
    LLMC_TRY(generation.completions, decode(*this, request, static_cast<std::uint32_t>(room)));
    generation.answer_seconds = seconds_since(begun);
    generation.answer_tokens = computed_;
    return generation;
  }

  Result<TextScore> score(std::string_view prompt, std::string_view continuation) override {
    Tokens tokens = tokens_of_prompt(prompt);
    const std::size_t first = tokens.size();
    const auto rest = tokenise(continuation, Beginning::inside, Specials::as_text);
    tokens.insert(tokens.end(), rest.begin(), rest.end());
    if (tokens.size() > info_.context) return too_long(tokens.size());
    return score_tokens(tokens, std::max<std::size_t>(first, 1));
  }

  /// One pass over the prompt, and one over all that choices of several tokens begin with.
  Result<std::vector<double>> choose(std::string_view prompt,
                                     const std::vector<std::string>& choices) override {
    Tokens tokens = tokens_of_prompt(prompt);
    std::vector<Tokens> continuations;
    std::map<Tokens, std::vector<double>> after;  // log probabilities, by what a choice begins with
    std::size_t longest = 0;
    for (const std::string& choice : choices) {
      continuations.push_back(tokenise(choice, Beginning::inside, Specials::as_text));
      const Tokens& continuation = continuations.back();
      longest = std::max(longest, continuation.size());
      for (auto end = continuation.begin(); end != continuation.end(); ++end)
        after.try_emplace(Tokens(continuation.begin(), end));
    }
    if (tokens.size() + longest > info_.context) return too_long(tokens.size() + longest);
    if (longest > k_batch)
      return fail(fmt::format("a choice of {} tokens; at most {} are compared", longest,
                              std::uint32_t{k_batch}));
    const std::size_t beside = std::min<std::size_t>(k_batch, k_side_by_side * longest);
    LLMC_CHECK(make_context(tokens.size() + beside + 1, k_side_by_side));
    LLMC_CHECK(read_prompt(std::move(tokens)));
    after[{}] = log_probabilities_of(prompt_logits_);
    LLMC_CHECK(read_beginnings(after));
    std::vector<double> log_probabilities;
    for (const Tokens& continuation : continuations) {
      double sum = 0;
      for (auto end = continuation.begin(); end != continuation.end(); ++end)
        sum += after.at(Tokens(continuation.begin(), end))[static_cast<std::size_t>(*end)];
      log_probabilities.push_back(sum);
    }
    return shares_of_probability(log_probabilities);
  }

  Result<TextScore> score_text(std::string_view text, std::uint32_t window) override {
    Tokens tokens = tokenise(text, Beginning::start, Specials::as_text);
    const std::size_t size =
        window == 0 ? info_.context : std::min<std::uint64_t>(window, info_.context);
    if (size < 4) return fail("a window must have at least 4 tokens");
    if (tokens.size() < 2 * size)
      return fail(fmt::format("the text has {} tokens; {} are needed for windows of {}",
                              tokens.size(), 2 * size, size));
    TextScore total;
    for (std::size_t at = 0; at + size <= tokens.size(); at += size) {
      Tokens part(tokens.begin() + static_cast<long>(at),
                  tokens.begin() + static_cast<long>(at + size));
      if (llama_vocab_get_add_bos(vocabulary())) part[0] = llama_vocab_bos(vocabulary());
      LLMC_TRY(const TextScore score, score_tokens(part, size / 2 + 1));
      total.log_probability += score.log_probability;
      total.tokens += score.tokens;
    }
    return total;
  }

 private:
  enum class Beginning { start, inside };
  enum class Specials { as_text, as_tokens };

  [[nodiscard]] const llama_vocab* vocabulary() const {
    return llama_model_get_vocab(model_.get());
  }
  [[nodiscard]] llama_memory_t memory() const { return llama_get_memory(context_.get()); }

  [[nodiscard]] Tokens tokenise(std::string_view text, Beginning beginning,
                                Specials specials) const {
    Tokens tokens(text.size() + 2);
    const std::int32_t count =
        llama_tokenize(vocabulary(), text.data(), static_cast<std::int32_t>(text.size()),
                       tokens.data(), static_cast<std::int32_t>(tokens.size()),
                       beginning == Beginning::start, specials == Specials::as_tokens);
    tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
    return tokens;
  }

  /// A model for conversation gets the prompt as its user's message.
  [[nodiscard]] Tokens tokens_of_prompt(std::string_view prompt) const {
    if (template_.empty()) return tokenise(prompt, Beginning::start, Specials::as_text);
    const std::string content(prompt);
    const llama_chat_message message{"user", content.c_str()};
    std::string text(content.size() + 4096, '\0');
    const std::int32_t length =
        llama_chat_apply_template(template_.c_str(), &message, 1, /*add_ass=*/true, text.data(),
                                  static_cast<std::int32_t>(text.size()));
    if (length <= 0 || static_cast<std::size_t>(length) > text.size())
      return tokenise(prompt, Beginning::start, Specials::as_text);  // an unknown template
    text.resize(static_cast<std::size_t>(length));
    return tokenise(text, Beginning::start, Specials::as_tokens);
  }

  [[nodiscard]] std::unexpected<Error> too_long(std::size_t tokens) const {
    return fail(fmt::format("{}: the text has {} tokens, which is more than the context of {}",
                            info_.name, tokens, info_.context));
  }

  /// A context with room for `tokens` in all sequences, of which there may be `copies` beside the
  /// prompt's; the present one where that is large enough.
  Result<void> make_context(std::uint64_t tokens, std::uint32_t copies) {
    if (context_ != nullptr && llama_n_ctx(context_.get()) >= tokens &&
        llama_n_seq_max(context_.get()) > copies)
      return {};
    held_.clear();
    context_.reset();
    llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx =
        static_cast<std::uint32_t>((tokens + k_context_step - 1) / k_context_step * k_context_step);
    parameters.n_batch = parameters.n_ubatch = k_batch;
    parameters.n_seq_max = copies + 1;
    parameters.n_threads = parameters.n_threads_batch = static_cast<std::int32_t>(options_.threads);
    parameters.kv_unified = true;
    // On a processor, flash attention handles keys one by one; products of matrices are faster.
    if (info_.parameters < k_small_model)
      parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    context_.reset(llama_init_from_model(model_.get(), parameters));
    if (context_ == nullptr)
      return fail(
          fmt::format("{}: llama.cpp cannot make a context of {} tokens{}; --context sets "
                      "a smaller one",
                      info_.name, parameters.n_ctx, take_complaint()));
    return {};
  }

  Result<void> compute(TokenBatch& given) {
    std::vector<std::int32_t> counts(given.tokens.size(), 1);
    std::vector<llama_seq_id*> owners;
    for (llama_seq_id& sequence : given.sequences) owners.push_back(&sequence);
    llama_batch batch{};
    batch.n_tokens = static_cast<std::int32_t>(given.tokens.size());
    batch.token = given.tokens.data();
    batch.pos = given.positions.data();
    batch.n_seq_id = counts.data();
    batch.seq_id = owners.data();
    batch.logits = given.wanted.data();
    const std::int32_t code = llama_decode(context_.get(), batch);
    if (code == 0) return {};
    return fail(fmt::format("{}: llama.cpp could not compute {} tokens (code {}){}", info_.name,
                            given.tokens.size(), code, take_complaint()));
  }

  /// Lengthens a sequence of `length` tokens; logits of all from `first_wanted` on, which must lie
  /// in the last batch.
  Result<void> lengthen(int sequence, std::size_t length, std::span<const Token> tokens,
                        std::size_t first_wanted) {
    for (std::size_t at = 0; at < tokens.size(); at += k_batch) {
      const std::size_t size = std::min<std::size_t>(k_batch, tokens.size() - at);
      TokenBatch batch;
      for (std::size_t i = at; i < at + size; ++i)
        batch.add(tokens[i], sequence, length + i, i >= first_wanted);
      LLMC_CHECK(compute(batch));
    }
    return {};
  }

  /// Sequence 0 becomes the prompt; what it begins with and the last one had too is kept.
  Result<void> read_prompt(Tokens prompt) {
    std::size_t common = 0;
    while (common + 1 < prompt.size() && common < held_.size() && prompt[common] == held_[common])
      ++common;
    for (std::uint32_t i = 1; i < llama_n_seq_max(context_.get()); ++i)
      llama_memory_seq_rm(memory(), static_cast<llama_seq_id>(i), -1, -1);
    if (!llama_memory_seq_rm(memory(), 0, static_cast<llama_pos>(common), -1)) {
      llama_memory_clear(memory(), false);
      common = 0;
    }
    held_.clear();
    const std::span<const Token> rest = std::span<const Token>(prompt).subspan(common);
    LLMC_CHECK(lengthen(0, common, rest, rest.size() - 1));
    const float* row = llama_get_logits_ith(context_.get(), -1);
    prompt_logits_.assign(row, row + texts_.size());
    held_ = std::move(prompt);
    return {};
  }

  /// The probability of tokens[first..], each after all before it.
  Result<TextScore> score_tokens(std::span<const Token> tokens, std::size_t first) {
    LLMC_CHECK(make_context(tokens.size(), 1));
    llama_memory_clear(memory(), false);
    held_.clear();
    TextScore score;
    for (std::size_t at = 0; at < tokens.size(); at += k_batch) {
      const std::size_t size = std::min<std::size_t>(k_batch, tokens.size() - at);
      // The logits after token i say how probable token i + 1 is.
      LLMC_CHECK(lengthen(0, at, tokens.subspan(at, size), 0));
      for (std::size_t i = 0; i < size; ++i) {
        const std::size_t next = at + i + 1;
        if (next < first || next >= tokens.size()) continue;
        const auto row = logits_after(i);
        score.log_probability += LogSoftmax(row).of(row[static_cast<std::size_t>(tokens[next])]);
        ++score.tokens;
      }
    }
    return score;
  }

  /// Fills in what comes after the prompt and each of the beginnings, all but the first, which is
  /// empty; several are read side by side.
  Result<void> read_beginnings(std::map<Tokens, std::vector<double>>& after) {
    for (auto next = std::next(after.begin()); next != after.end();) {
      TokenBatch batch;
      const auto first = next;
      for (int sequence = 1; next != after.end() && sequence <= static_cast<int>(k_side_by_side) &&
                             batch.tokens.size() + next->first.size() <= k_batch;
           ++next, ++sequence) {
        branch(sequence);
        const Tokens& beginning = next->first;
        for (std::size_t i = 0; i < beginning.size(); ++i)
          batch.add(beginning[i], sequence, held_.size() + i, i + 1 == beginning.size());
      }
      LLMC_CHECK(compute(batch));
      std::size_t length = 0;
      for (auto it = first; it != next; ++it) {
        length += it->first.size();
        it->second = log_probabilities_of(logits_after(length - 1));
      }
    }
    return {};
  }

  /// The logits after the token at that place of the last batch.
  [[nodiscard]] std::span<const float> logits_after(std::size_t place) const {
    return {llama_get_logits_ith(context_.get(), static_cast<std::int32_t>(place)), texts_.size()};
  }

  /// The sequence becomes a copy of the prompt's.
  void branch(int sequence) {
    llama_memory_seq_rm(memory(), sequence, -1, -1);
    llama_memory_seq_cp(memory(), 0, sequence, -1, -1);
  }

  // What decoding needs.

  [[nodiscard]] const TokenTexts& texts() const override { return texts_; }
  [[nodiscard]] const TokenTree& tree() const override { return tree_; }
  [[nodiscard]] bool is_end(Token token) const override {
    return llama_vocab_is_eog(vocabulary(), token);
  }
  std::span<const float> after_prompt() override { return prompt_logits_; }

  Result<std::span<const float>> restart(int sequence, std::span<const Token> tokens) override {
    branch(sequence);
    lengths_[sequence] = held_.size();
    if (tokens.empty()) return std::span<const float>(prompt_logits_);
    LLMC_CHECK(lengthen(sequence, held_.size(), tokens, tokens.size() - 1));
    lengths_[sequence] += tokens.size();
    computed_ += static_cast<std::uint32_t>(tokens.size());
    return std::span<const float>(llama_get_logits_ith(context_.get(), -1), texts_.size());
  }

  Result<std::vector<std::span<const float>>> advance(std::span<const Step> steps) override {
    TokenBatch batch;
    for (const Step& step : steps)
      batch.add(step.token, step.sequence, lengths_[step.sequence]++, true);
    LLMC_CHECK(compute(batch));
    computed_ += static_cast<std::uint32_t>(steps.size());
    std::vector<std::span<const float>> rows;
    for (std::size_t i = 0; i < steps.size(); ++i) rows.push_back(logits_after(i));
    return rows;
  }

  Model model_;
  LlamaOptions options_;
  ModelInfo info_;
  std::string template_;  ///< of conversations; empty: prompts go in as they are
  TokenTexts texts_;
  TokenTree tree_;
  Context context_{nullptr, llama_free};
  Tokens held_;  ///< the prompt that sequence 0 holds
  std::vector<float> prompt_logits_;
  std::map<int, std::size_t> lengths_;  ///< of the other sequences, prompt included
  std::uint32_t computed_ = 0;  ///< tokens of answers, for the accounts
};

}  // namespace

Result<std::unique_ptr<LanguageModel>> load_llama_model(const std::filesystem::path& path,
                                                        const LlamaOptions& options) {
  LLMC_CHECK(check_magic(path));
  listen_to_llama();
  ggml_backend_load_all_from_path(LLMC_LLAMA_BACKENDS);
  llama_model_params parameters = llama_model_default_params();
  parameters.n_gpu_layers = options.gpu_layers;
  Model model(llama_model_load_from_file(path.c_str(), parameters), llama_model_free);
  if (model == nullptr)
    return fail(path.string() + ": llama.cpp cannot load the model" + take_complaint());
  if (llama_vocab_type(llama_model_get_vocab(model.get())) == LLAMA_VOCAB_TYPE_NONE)
    return fail(path.string() + ": the file has no tokenizer; expected one in its metadata");
  if (!llama_model_has_decoder(model.get()))
    return fail(path.string() + ": the model writes no text; expected one that does");
  return std::make_unique<LlamaModel>(std::move(model), path, options);
}

}  // namespace llmc
