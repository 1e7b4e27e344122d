// From a model's words to measured lists, with a model that says what the test wants.
#include "catalogue.h"
#include "propose/optimize.h"
#include "propose/propose_testing.h"
#include "propose/questions.h"
#include "testing.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::program_of;
using test::take;
using testing::HasSubstr;

/// Four bytes are a token; every prompt gets the same answers.
class SayingModel : public LanguageModel {
 public:
  explicit SayingModel(std::vector<std::string> answers, Dialect dialect = Dialect::paper,
                       std::uint64_t context = 100'000)
      : answers_(std::move(answers)) {
    info_.name = "saying";
    info_.dialect = dialect;
    info_.context = context;
  }
  const ModelInfo& info() const override { return info_; }
  Result<std::uint64_t> count_tokens(std::string_view text) override { return text.size() / 4; }
  Result<Generation> generate(const GenerationRequest& request) override {
    prompts_.push_back(request.prompt);
    if (prompts_.size() > calls_before_failure_) return fail("out of order");
    Generation generation;
    for (const std::string& answer : answers_)
      generation.completions.push_back({answer, -1.0 * generation.completions.size(), true, 9});
    return generation;
  }
  Result<TextScore> score(std::string_view, std::string_view) override { return TextScore{}; }
  Result<TextScore> score_text(std::string_view, std::uint32_t) override { return TextScore{}; }

  std::vector<std::string> prompts_;
  std::size_t calls_before_failure_ = 1000;

 private:
  std::vector<std::string> answers_;
  ModelInfo info_;
};

/// Two functions of different length.
const Program& two_functions() {
  static const Program program = program_of(
      "int sum(const int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += p[i] * i; return "
      "s; }"
      "int twice(int a) { return 2 * a; }");
  return program;
}

QuestionOptions options_with(std::uint64_t answer_tokens, Splitting splitting) {
  QuestionOptions options;
  options.answer_tokens = answer_tokens;
  options.splitting = splitting;
  return options;
}

TEST(Questions, AUnitThatFitsIsAskedAboutAsAWhole) {
  SayingModel model({});
  const Questions questions =
      take(flag_questions(two_functions(), model, options_with(50, Splitting::where_needed)));
  ASSERT_EQ(questions.asked.size(), 1U);
  EXPECT_FALSE(questions.is_split);
  EXPECT_THAT(questions.asked[0].prompt, HasSubstr("; ModuleID = '<stdin>'"));
  EXPECT_THAT(questions.asked[0].prompt, HasSubstr("@twice"));
}

TEST(Questions, AUnitThatDoesNotFitIsSplitAndWhatDoesNotFitThenIsTold) {
  SayingModel model({}, Dialect::llmc, 250);
  const Questions questions =
      take(flag_questions(two_functions(), model, options_with(50, Splitting::where_needed)));
  EXPECT_TRUE(questions.is_split);
  ASSERT_EQ(questions.asked.size(), 1U);
  EXPECT_EQ(questions.asked[0].about, "twice");
  ASSERT_EQ(questions.unasked.size(), 1U);
  EXPECT_EQ(questions.unasked[0].function, "sum");
  EXPECT_THAT(questions.unasked[0].reason, HasSubstr("tokens"));
}

TEST(Questions, TheLargestFunctionsAreAskedAboutFirst) {
  SayingModel model({}, Dialect::llmc);
  QuestionOptions options = options_with(50, Splitting::always);
  const Questions all = take(flag_questions(two_functions(), model, options));
  ASSERT_EQ(all.asked.size(), 2U);
  EXPECT_EQ(all.asked[0].about, "sum");
  EXPECT_NEAR(all.asked[0].weight + all.asked[1].weight, 1, 1e-9);
  options.most_functions = 1;
  EXPECT_EQ(take(flag_questions(two_functions(), model, options)).unasked.size(), 1U);
}

TEST(Questions, AContextWithoutRoomIsAnError) {
  SayingModel model({}, Dialect::llmc, 60);
  EXPECT_THAT(
      message_of(flag_questions(two_functions(), model, options_with(50, Splitting::always))),
      HasSubstr("leaves no room"));
}

TEST(AskModel, AnswersThatAreNoListsOrDeniedAreDroppedAndCounted) {
  SayingModel model({"Run the following passes opt -p 'sroa' to reduce the binary size from 9 to 8",
                     "Run the following passes opt -p 'no-such-pass' to",
                     "Run the following passes opt -p 'unify-loop-exits' to", "Hello!",
                     "No list beats -Oz; the unoptimized binary size is 9 bytes."});
  AdviceOptions options;
  options.tier = PassTier::trusted;
  const ModelAdvice advice = take(ask_model(two_functions(), model, catalogue(), options));
  ASSERT_EQ(advice.answers.size(), 1U);
  EXPECT_EQ(advice.answers[0].invalid, 3U);
  ASSERT_EQ(advice.answers[0].advice.size(), 2U);
  EXPECT_EQ(advice.answers[0].advice[0].list->to_string(), "function(sroa)");
  EXPECT_EQ(advice.answers[0].advice[0].after, 8U);
  EXPECT_FALSE(advice.answers[0].advice[1].list);
}

/// What `model` and a portfolio of default<Oz> make of the two functions.
OptimizeOutcome outcome_with(SayingModel& model, std::size_t function_parts) {
  const auto evaluator = take(Evaluator::create({1, {}, Reuse::all, nullptr}));
  const std::vector<Program> programs = {two_functions()};
  OptimizeSetting setting;
  setting.catalogue = &catalogue();
  setting.sources.model = &model;
  setting.sources.advice.questions =
      options_with(50, function_parts > 0 ? Splitting::always : Splitting::where_needed);
  setting.sources.portfolio = {take(PassList::parse("default<Oz>", catalogue()))};
  setting.sources.function_parts = function_parts;
  return take(optimise(*evaluator, programs, setting, [](const OptimizeProgress&) {}));
}

TEST(Optimise, TheSmallestOfAllProposalsWinsAndIsNeverLargerThanOz) {
  for (const std::string list : {"default<O0>", "default<Oz>", "function(sroa)"}) {
    SayingModel model({"opt -p '" + list + "'"});
    const OptimizeOutcome outcome = outcome_with(model, 0);
    const SearchResult& result = *outcome.tuned[0].result;
    EXPECT_LE(result.best.sizes.binary_size(), result.baseline.sizes.binary_size()) << list;
    EXPECT_EQ(
        outcome.proposals[0].named_by.at(take(PassList::parse(list, catalogue())).to_string()),
        "model");
  }
}

TEST(Optimise, AModelThatFailsHalfWayIsToldAndTheOthersGoOn) {
  SayingModel model({"opt -p 'sroa'"}, Dialect::llmc);
  model.calls_before_failure_ = 1;
  const OptimizeOutcome outcome = outcome_with(model, 1);
  EXPECT_EQ(outcome.proposals[0].advice->failure, "out of order");
  EXPECT_EQ(outcome.proposals[0].advice->answers.size(), 1U);  // what it said before is kept
  EXPECT_TRUE(outcome.proposals[0].named_by.contains("default<Oz>"));
  EXPECT_TRUE(outcome.tuned[0].result);
}

TEST(Optimise, AnswersAboutFunctionsAreTriedOnThemAlone) {
  SayingModel model({"opt -p 'function(sroa,instcombine,simplifycfg)'"}, Dialect::llmc);
  const OptimizeOutcome outcome = outcome_with(model, 2);
  const SearchResult& result = *outcome.tuned[0].result;
  // Two proposals, and a part for each of the two functions in front of the best of them.
  EXPECT_GE(result.evaluations, 4U);
  EXPECT_LE(result.best.sizes.binary_size(), result.baseline.sizes.binary_size());
}

}  // namespace
}  // namespace llmc
