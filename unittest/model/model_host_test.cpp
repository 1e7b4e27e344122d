#include "model/model_host.h"

#include <cmath>
#include <csignal>
#include <limits>

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

/// Answers with what it was asked; a prompt "die" kills its process.
class EchoModel : public LanguageModel {
 public:
  const ModelInfo& info() const override { return info_; }
  Result<std::uint64_t> count_tokens(std::string_view text) override { return text.size(); }
  Result<Generation> generate(const GenerationRequest& request) override {
    if (request.prompt == "die") std::raise(SIGKILL);
    if (request.prompt == "hang")
      while (true) {
      }
    if (request.prompt == "fail") return fail("the prompt is not liked");
    Generation generation;
    const char* which = request.constraint == nullptr ? "free" : "held";
    generation.completions.push_back({request.prompt + which, -1.5, true, 3});
    generation.completions.push_back(
        {"\xff\xfe", std::numeric_limits<double>::quiet_NaN(), false, 1});
    generation.prompt_tokens = static_cast<std::uint32_t>(request.prompt.size());
    return generation;
  }
  Result<TextScore> score(std::string_view prompt, std::string_view continuation) override {
    return TextScore{-static_cast<double>(prompt.size()), continuation.size()};
  }
  Result<std::vector<double>> choose(std::string_view prompt,
                                     const std::vector<std::string>& choices) override {
    if (prompt == "fail") return fail("the prompt is not liked");
    return std::vector<double>(choices.size(), 0.5);
  }
  Result<TextScore> score_text(std::string_view text, std::uint32_t window) override {
    return TextScore{-1.0 * window, text.size()};
  }
  std::uint64_t peak_memory() const override { return 4711; }

 private:
  ModelInfo info_{"echo", "/a/b.gguf", "test", Dialect::paper, 7, 8, 9, 10, 11, {{"a", "b"}}};
};

Result<std::unique_ptr<LanguageModel>> open_echo() { return std::make_unique<EchoModel>(); }

class Nothing : public TextConstraint {
 public:
  State start() const override { return 0; }
  State next(State, unsigned char) const override { return k_refused; }
  bool may_end(State) const override { return true; }
  std::string ending(State) const override { return ""; }
  std::string gbnf() const override { return ""; }
};

GenerationRequest request_for(const std::string& prompt) {
  GenerationRequest request;
  request.prompt = prompt;
  return request;
}

TEST(ModelHost, AnswersAreThoseOfTheModel) {
  const Nothing constraint;
  const auto model = take(host_model(open_echo, {&constraint}));
  EXPECT_EQ(model->info().name, "echo");
  EXPECT_EQ(model->info().dialect, Dialect::paper);
  EXPECT_EQ(model->info().vocabulary, 11U);
  EXPECT_EQ(model->info().card.at("a"), "b");
  GenerationRequest request = request_for("x");
  request.constraint = &constraint;
  const Generation held = take(model->generate(request));
  EXPECT_EQ(held.completions[0].text, "xheld");
  EXPECT_EQ(held.completions[0].log_probability, -1.5);
  EXPECT_TRUE(held.completions[0].ended);
  EXPECT_EQ(held.completions[1].text, "\xff\xfe");  // not UTF-8, as tokens may be
  EXPECT_TRUE(std::isnan(held.completions[1].log_probability));
  EXPECT_EQ(take(model->generate(request_for("y"))).completions[0].text, "yfree");
  EXPECT_EQ(take(model->count_tokens("four")), 4U);
  EXPECT_EQ(take(model->score("abc", "de")).log_probability, -3);
  EXPECT_EQ(take(model->score_text("abc", 5)).log_probability, -5);
  EXPECT_THAT(take(model->choose("a", {"b", "c"})), ElementsAre(0.5, 0.5));
  EXPECT_EQ(model->peak_memory(), 4711U);
}

TEST(ModelHost, AModelThatCannotBeOpenedIsItsError) {
  const auto open = []() -> Result<std::unique_ptr<LanguageModel>> {
    return fail("no such model");
  };
  EXPECT_EQ(message_of(host_model(open, {})), "no such model");
  const auto die = []() -> Result<std::unique_ptr<LanguageModel>> {
    std::raise(SIGKILL);
    return fail("");
  };
  EXPECT_THAT(message_of(host_model(die, {})), HasSubstr("died while loading the model: signal 9"));
}

TEST(ModelHost, AnErrorOfTheModelIsOneOfTheCall) {
  const auto model = take(host_model(open_echo, {}));
  EXPECT_EQ(message_of(model->generate(request_for("fail"))), "the prompt is not liked");
  EXPECT_EQ(message_of(model->choose("fail", {"a"})), "the prompt is not liked");
  EXPECT_TRUE(model->generate(request_for("x")));
}

TEST(ModelHost, AModelThatDiesIsAnErrorAndTheNextCallStartsAnother) {
  const auto model = take(host_model(open_echo, {}));
  EXPECT_THAT(message_of(model->generate(request_for("die"))),
              HasSubstr("/a/b.gguf: the model's process died while answering: signal 9"));
  EXPECT_EQ(take(model->generate(request_for("x"))).completions[0].text, "xfree");
}

TEST(ModelHost, AnInterruptEndsAnAnswer) {
  const volatile int interrupted = 1;
  const volatile int* flag = nullptr;
  const auto model = take(host_model(open_echo, {}, flag));
  EXPECT_TRUE(model->generate(request_for("x")));
  const auto stopped = host_model(open_echo, {}, &interrupted);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().kind, ErrorKind::interrupted);
}

TEST(ModelHost, AConstraintThatItWasNotToldOfIsAnError) {
  const Nothing constraint;
  const auto model = take(host_model(open_echo, {}));
  GenerationRequest request = request_for("x");
  request.constraint = &constraint;
  EXPECT_THAT(message_of(model->generate(request)), HasSubstr("does not know this constraint"));
}

}  // namespace
}  // namespace llmc
