// The grammar that servers get, read by llama.cpp itself.
#include <llama.h>

#include <cmath>

#include "passes/pass_list.h"
#include "tasks/flag_grammar.h"
#include "testing.h"

namespace llmc {
namespace {

using Model = std::unique_ptr<llama_model, decltype(&llama_model_free)>;
using Sampler = std::unique_ptr<llama_sampler, decltype(&llama_sampler_free)>;

class GrammarInLlama : public testing::TestWithParam<ListSpelling> {
 protected:
  GrammarInLlama() {
    llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    llama_model_params parameters = llama_model_default_params();
    parameters.vocab_only = true;
    const std::string path = test::source_path("models/llmc-small.gguf").string();
    model_.reset(llama_model_load_from_file(path.c_str(), parameters));
    FlagGrammarOptions options;
    options.spelling = GetParam();
    grammar_ = std::make_unique<FlagGrammar>(catalogue_, options);
  }

  [[nodiscard]] const llama_vocab* vocabulary() const {
    return llama_model_get_vocab(model_.get());
  }

  /// How many bytes of `text` llama.cpp's sampler lets a model write, and whether it may end there.
  std::pair<std::size_t, bool> allowed(const std::string& text) {
    const Sampler sampler(
        llama_sampler_init_grammar(vocabulary(), grammar_->gbnf().c_str(), "root"),
        llama_sampler_free);
    EXPECT_NE(sampler, nullptr);
    if (sampler == nullptr) return {0, false};
    std::size_t written = 0;
    const auto may_take = [&](llama_token token) {
      llama_token_data data{token, 0, 0};
      llama_token_data_array one{&data, 1, -1, false};
      llama_sampler_apply(sampler.get(), &one);
      return std::isfinite(data.logit);
    };
    // Byte by byte, as tokens of one byte, so that it does not depend on how a text is cut.
    for (const char c : text) {
      llama_token token = 0;
      if (llama_tokenize(vocabulary(), &c, 1, &token, 1, false, false) != 1 || !may_take(token))
        break;
      llama_sampler_accept(sampler.get(), token);
      ++written;
    }
    return {written, may_take(llama_vocab_eos(vocabulary()))};
  }

  PassCatalogue catalogue_;
  Model model_{nullptr, llama_model_free};
  std::unique_ptr<FlagGrammar> grammar_;
};

TEST_P(GrammarInLlama, AgreesWithOurAutomaton) {
  const std::string begin = "Run the following passes opt -p '";
  const std::string end = "' to reduce the binary size from 90 to 80 bytes.";
  for (const std::string list :
       {"function(sroa,dse),globaldce", "default<Oz>", "cgscc(inline,function(gvn<no-pre>))",
        "module(default<Oz>),module(licm)", "function(loop-mssa(licm))", "function(no-such-pass)",
        "function()", "function(sroa"}) {
    const std::string text = begin + list + end;
    const auto [written, may_end] = allowed(text);
    EXPECT_EQ(written == text.size() && may_end, grammar_->accepts(text)) << text;
    // Where it stops, the automaton stops.
    auto state = grammar_->start();
    std::size_t ours = 0;
    while (ours < text.size() &&
           (state = grammar_->next(state, static_cast<unsigned char>(text[ours]))) !=
               TextConstraint::k_refused)
      ++ours;
    EXPECT_EQ(written, ours) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(BothSpellings, GrammarInLlama,
                         testing::Values(ListSpelling::canonical, ListSpelling::paper));

}  // namespace
}  // namespace llmc
