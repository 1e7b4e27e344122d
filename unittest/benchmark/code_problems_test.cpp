#include "benchmark/code_problems.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

constexpr const char* k_human =
    R"({"task_id": "HumanEval/0", "prompt": "def twice(x):\n    \"\"\"2 x\"\"\"\n", )"
    R"("entry_point": "twice", "canonical_solution": "    return 2 * x\n", )"
    R"("test": "def check(candidate):\n    assert candidate(3) == 6\n"})";
constexpr const char* k_mbpp =
    R"({"task_id": 601, "text": "Write a function to add.", "code": "def add(a, b):\n  return a + b", )"
    R"("test_setup_code": "", "test_list": ["assert add(1, 2) == 3", "assert add(0, 0) == 0"]})";

class CodeProblems : public testing::Test {
 protected:
  void SetUp() override {
    const auto found = find_python();
    if (!found) GTEST_SKIP() << "python3 is not installed";
    python_ = *found;
    problems_ = take(parse_code_problems(std::string(k_human) + "\n\n" + k_mbpp + "\n"));
  }
  CodeOutcome run(std::size_t problem, const std::string& answer,
                  std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    return take(run_answer(problems_[problem], answer, python_, deadline));
  }
  std::filesystem::path python_;
  std::vector<CodeProblem> problems_;
};

TEST_F(CodeProblems, BothSetsAreRead) {
  ASSERT_EQ(problems_.size(), 2U);
  EXPECT_EQ(problems_[0].set, "HumanEval");
  EXPECT_EQ(problems_[0].name, "HumanEval/0");
  EXPECT_EQ(problems_[1].name, "MBPP/601");
  EXPECT_THAT(problems_[1].prompt, HasSubstr("assert add(1, 2) == 3"));
}

TEST_F(CodeProblems, RightAnswersPassAndWrongOnesDoNot) {
  EXPECT_TRUE(run(0, problems_[0].solution).passed);
  EXPECT_TRUE(run(1, problems_[1].solution).passed);
  const CodeOutcome wrong = run(0, "    return x\n");
  EXPECT_FALSE(wrong.passed);
  EXPECT_EQ(wrong.reason, "AssertionError");
  EXPECT_THAT(run(0, "    return (\n").reason, HasSubstr("SyntaxError"));
  EXPECT_FALSE(run(1, "").passed);
}

TEST_F(CodeProblems, AnswersCanDoNoHarm) {
  const auto attempt = [&](const std::string& what) {
    return run(0, "    pass\n" + what + "\n" + problems_[0].prompt + problems_[0].solution);
  };
  EXPECT_FALSE(attempt("open('/tmp/llmc-code-test', 'w')").passed);
  EXPECT_FALSE(std::filesystem::exists("/tmp/llmc-code-test"));
  EXPECT_THAT(attempt("import os; os.fork()").reason, HasSubstr("not permitted"));
  EXPECT_THAT(attempt("import socket; socket.socket()").reason, HasSubstr("not permitted"));
  EXPECT_THAT(attempt("x = [0] * (1 << 40)").reason, HasSubstr("MemoryError"));
  EXPECT_THAT(run(0, "    while True: pass\n", std::chrono::milliseconds(500)).reason,
              HasSubstr("no end after"));
}

TEST(CodeProblemsFile, MistakesNameTheLine) {
  EXPECT_THAT(message_of(parse_code_problems("")), HasSubstr("no problem in it"));
  EXPECT_THAT(message_of(parse_code_problems("\n[]\n")), HasSubstr("line 2"));
  EXPECT_THAT(message_of(parse_code_problems(std::string(k_mbpp) + "\n{\"text\": \"x\"}")),
              HasSubstr("line 2: neither HumanEval nor MBPP"));
}

}  // namespace
}  // namespace llmc
