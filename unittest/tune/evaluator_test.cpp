#include "tune/evaluator.h"

#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include "tune/tune_testing.h"

namespace llmc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::evaluate_one;
using test::evaluator;
using test::example;
using test::message_of;
using test::plain_sizes;
using test::sizes_in_words;
using test::take;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

EvaluatorOptions with_jobs(unsigned jobs) {
  EvaluatorOptions options;
  options.jobs = jobs;
  return options;
}

EvaluatorOptions with_deadline(milliseconds deadline) {
  EvaluatorOptions options;
  options.limits.deadline = deadline;
  return options;
}

/// Slow enough for a snapshot to be taken after it.
constexpr const char* k_slow = "default<O2>";

// --- Right rows ---------------------------------------------------------------------------------

void expect_plain_rows(const Program& program, const std::vector<std::string>& lists,
                       const EvaluatorOptions& options) {
  const auto pool = evaluator(options);
  const std::vector<Evaluation> rows = take(pool->evaluate(program, lists));
  ASSERT_EQ(rows.size(), lists.size());
  int ok = 0;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    EXPECT_EQ(rows[i].list, lists[i]);
    EXPECT_EQ(rows[i].program, program.id);
    const auto plain = plain_sizes(program, lists[i]);
    ASSERT_EQ(rows[i].ok(), plain.has_value()) << lists[i] << ": " << rows[i].message;
    if (!plain) continue;
    ++ok;
    EXPECT_EQ(sizes_in_words(rows[i].sizes), *plain) << lists[i];
    EXPECT_GT(rows[i].seconds, 0) << lists[i];
  }
  EXPECT_GT(ok, static_cast<int>(lists.size()) / 2);
}

/// Lists that share beginnings of all lengths, as those of a search do.
std::vector<std::string> related_lists() {
  std::vector<std::string> lists = test::random_lists(12, 12, 31);
  lists.emplace_back(k_baseline_list);
  lists.emplace_back("");
  for (const char* ending :
       {"", ",globaldce", ",function(gvn)", ",function(gvn),globaldce", ",cgscc(inline)",
        ",function(gvn),cgscc(inline)", ",function(simplifycfg),cgscc(inline)"}) {
    lists.push_back(std::string(k_slow) + ending);
    lists.push_back("function(sroa<modify-cfg>),default<Oz>" + std::string(ending));
  }
  lists.emplace_back("default<Oz>,default<Oz>");
  lists.emplace_back("function(mem2reg)");
  return lists;
}

TEST(Evaluator, GivesWhatThePlainPathGives) {
  expect_plain_rows(example("json.c"), related_lists(), {});
}

TEST(Evaluator, GivesWhatThePlainPathGivesWithoutReuse) {
  EvaluatorOptions options;
  options.reuse = Reuse::none;
  expect_plain_rows(example("protocol.c"), related_lists(), options);
}

TEST(Evaluator, TheBaselineIsTheBaselineObject) {
  const auto pool = evaluator();
  for (const char* name : {"json.c", "protocol.c"}) {
    const Evaluation row = evaluate_one(*pool, example(name), std::string(k_baseline_list));
    Measurement expected = take(measure_object(take(baseline_object(example(name))), name));
    expected.instructions = row.sizes.instructions;
    EXPECT_EQ(row.sizes, expected) << name;
  }
}

TEST(Evaluator, ReallyReusesPrefixesAndEqualCode) {
  const auto pool = evaluator();
  const std::string slow = k_slow;
  take(pool->evaluate(example("json.c"), {slow, slow + ",globaldce", slow + ",globaldce,constmerge",
                                          slow + ",globaldce,globaldce"}));
  const EvaluatorStatistics statistics = pool->statistics();
  EXPECT_EQ(statistics.asked, 4U);
  EXPECT_EQ(statistics.evaluated, 4U);
  EXPECT_EQ(statistics.steps_asked, 1U + 2 + 3 + 3);
  EXPECT_EQ(statistics.steps_run, 4U) << "the shared steps run once";
  EXPECT_GT(statistics.forks, 0U);
  EXPECT_GT(statistics.codegen_skipped, 0U);
  EXPECT_EQ(statistics.failed, 0U);
  EXPECT_EQ(statistics.workers_lost, 0U);
}

TEST(Evaluator, RunsEachStepForEachListWithoutReuse) {
  EvaluatorOptions options;
  options.reuse = Reuse::none;
  const auto pool = evaluator(options);
  const std::string slow = k_slow;
  take(pool->evaluate(example("json.c"), {slow, slow + ",globaldce"}));
  const EvaluatorStatistics statistics = pool->statistics();
  EXPECT_EQ(statistics.steps_run, 3U);
  EXPECT_EQ(statistics.codegen_skipped, 0U);
  EXPECT_EQ(statistics.forks, 0U);
}

TEST(Evaluator, RowsDoNotDependOnTheNumberOfWorkers) {
  const std::vector<std::string> lists = related_lists();
  const auto rows_with = [&](unsigned jobs) {
    const auto pool = evaluator(with_jobs(jobs));
    std::vector<std::string> rows;
    for (const char* name : {"json.c", "protocol.c"})
      for (const Evaluation& row : take(pool->evaluate(example(name), lists)))
        rows.push_back(row.list + " " + std::string(to_string(row.outcome)) + " " +
                       sizes_in_words(row.sizes) + " " + row.ir.hex());
    return rows;
  };
  EXPECT_EQ(rows_with(1), rows_with(3));
}

TEST(Evaluator, AnswersManyTasksInAnyOrder) {
  const auto pool = evaluator(with_jobs(2));
  const std::vector<const Program*> programs = {&example("json.c"), &example("protocol.c")};
  for (std::size_t tag = 0; tag < 12; ++tag) {
    const std::string list = tag % 3 == 0 ? "function(gvn)" : "default<Oz>";
    ASSERT_TRUE(pool->submit({programs[tag % 2], {list, "globaldce"}, tag}));
  }
  std::set<std::size_t> tags;
  for (int i = 0; i < 12; ++i) {
    const auto answer = take(pool->wait());
    ASSERT_TRUE(answer);
    EXPECT_TRUE(tags.insert(answer->tag).second);
    ASSERT_THAT(answer->rows, SizeIs(2));
    for (const Evaluation& row : answer->rows) {
      EXPECT_TRUE(row.ok());
      EXPECT_EQ(row.program, programs[answer->tag % 2]->id);
    }
  }
  EXPECT_FALSE(take(pool->wait())) << "nothing is left to wait for";
}

TEST(Evaluator, BuildsTheObjectAndTheIr) {
  const auto pool = evaluator();
  for (const char* list : {"default<Oz>", "function(sroa<modify-cfg>),globaldce"}) {
    const BuiltList built = take(pool->build(example("json.c"), list));
    ASSERT_TRUE(built.evaluation.ok());
    EXPECT_EQ(built.object, take(object_after(example("json.c"), list)));
    const IrModule module = take(IrModule::parse(built.bitcode, "built"));
    EXPECT_EQ(module.instruction_count(), built.evaluation.sizes.instructions);
    EXPECT_EQ(Digest::of(built.bitcode), built.evaluation.ir);
  }
  EXPECT_EQ(take(pool->build(example("json.c"), std::string(k_baseline_list))).object,
            take(baseline_object(example("json.c"))));
}

TEST(Evaluator, AnEmptyModuleHasRows) {
  const Program empty = take(make_program(
      take(IrModule::parse("target triple = \"x86_64-pc-linux-gnu\"\n", "a")).bitcode(), "empty.ll",
      {}));
  const auto pool = evaluator();
  for (const Evaluation& row :
       take(pool->evaluate(empty, {std::string(k_baseline_list), "default<Oz>", ""}))) {
    EXPECT_TRUE(row.ok()) << row.message;
    EXPECT_EQ(row.sizes.binary_size(), 0U);
  }
}

TEST(Evaluator, NoJobsMakeNoSense) {
  const auto none = Evaluator::create(with_jobs(0));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::usage);
}

// A refused task must not be waited for; in a child, as the failure would be a wait without end.
TEST(Evaluator, ARefusedTaskLeavesNothingToWaitFor) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(5);
    const auto pool = evaluator();
    const auto submitted = pool->submit({&example("protocol.c"), {"globaldce", "globaldce"}, 0});
    const auto answer = pool->wait();
    // Either the list is evaluated once for both places, or the task is refused and forgotten.
    if (submitted) ::_exit(answer && *answer && (*answer)->rows.size() == 2 ? 0 : 1);
    ::_exit(answer && !*answer ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0) << describe_wait_status(status);
}

TEST(Evaluator, AnInterruptEndsTheWait) {
  const auto pool = evaluator();
  volatile int flag = 1;
  pool->set_interrupt_flag(&flag);
  ASSERT_TRUE(pool->submit({&example("json.c"), {"default<O2>"}, 0}));
  EXPECT_FALSE(take(pool->wait()));
}

// --- Failures are rows
// ----------------------------------------------------------------------------

void expect_still_right(Evaluator& pool) {
  const Evaluation row = evaluate_one(pool, example("protocol.c"), "function(sroa<modify-cfg>)");
  EXPECT_TRUE(row.ok()) << row.message;
  EXPECT_EQ(sizes_in_words(row.sizes),
            take(plain_sizes(example("protocol.c"), "function(sroa<modify-cfg>)")));
}

TEST(EvaluatorFailure, ACrashIsARow) {
  const auto pool = evaluator();
  const Evaluation row = evaluate_one(*pool, example("json.c"), "globaldce,trigger-crash-module");
  EXPECT_EQ(row.outcome, Outcome::crash);
  EXPECT_THAT(row.message, Not(IsEmpty()));
  EXPECT_EQ(row.sizes, Measurement());
  EXPECT_EQ(pool->statistics().failed, 1U);
  EXPECT_EQ(pool->statistics().workers_lost, 1U);
  expect_still_right(*pool);
}

TEST(EvaluatorFailure, LlvmGivingUpIsARow) {
  const auto pool = evaluator();
  // licm outside of loop-mssa is a fatal error of LLVM's own.
  const Evaluation row = evaluate_one(*pool, example("json.c"), "function(loop(licm))");
  EXPECT_EQ(row.outcome, Outcome::fatal) << row.message;
  EXPECT_THAT(row.message, HasSubstr("MemorySSA"));
  expect_still_right(*pool);
}

TEST(EvaluatorFailure, AListThatLlvmRejectsIsARow) {
  const auto pool = evaluator();
  const std::vector<Evaluation> rows = take(pool->evaluate(
      example("json.c"),
      {"globaldce,no-such-pass", "globaldce,no-such-pass,constmerge", "globaldce", "function((("}));
  EXPECT_EQ(rows[0].outcome, Outcome::rejected);
  EXPECT_THAT(rows[0].message, HasSubstr("no-such-pass"));
  EXPECT_EQ(rows[1].outcome, Outcome::rejected);
  EXPECT_EQ(rows[2].outcome, Outcome::ok);
  EXPECT_EQ(rows[3].outcome, Outcome::rejected);
  EXPECT_EQ(pool->statistics().workers_lost, 0U);
  expect_still_right(*pool);
}

std::string repeated(const std::string& step, int times) {
  std::string list = step;
  for (int i = 1; i < times; ++i) list += "," + step;
  return list;
}

TEST(EvaluatorFailure, ATimeoutIsARow) {
  const auto pool = evaluator(with_deadline(milliseconds(700)));
  const Evaluation row = evaluate_one(*pool, example("json.c"), repeated("default<O3>", 2000));
  EXPECT_EQ(row.outcome, Outcome::timeout) << row.message;
  EXPECT_GE(row.seconds, 0.69);
  EXPECT_LT(row.seconds, 10);
  expect_still_right(*pool);
}

TEST(EvaluatorFailure, ATimeoutInOneStepIsARow) {
  // One step that lasts for ever is one pass manager that holds many passes.
  const auto pool = evaluator(with_deadline(milliseconds(700)));
  std::string passes = "sroa<modify-cfg>";
  for (int i = 0; i < 20'000; ++i) passes += ",gvn,instcombine<no-verify-fixpoint>";
  const Evaluation row = evaluate_one(*pool, example("json.c"), "function(" + passes + ")");
  EXPECT_EQ(row.outcome, Outcome::timeout) << row.message;
  expect_still_right(*pool);
}

/// The address space that this process has now.
std::uint64_t address_space() {
  std::ifstream pages("/proc/self/statm");
  std::uint64_t total = 0;
  pages >> total;
  return total * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

/// The bitcode of a module that takes far more memory than its bytes; made in a child, so that this
/// process's heap, which workers inherit, has no room left over from it.
Program large_program() {
  Program program;
  program.name = "large.ll";
  program.triple = "x86_64-pc-linux-gnu";
  program.bitcode = take(run_in_child([]() -> Result<std::string> {
    std::string text = "define void @f(ptr %p) minsize optsize {\n";
    for (int i = 0; i < 1'000'000; ++i) text += "  store volatile i32 7, ptr %p, align 4\n";
    LLMC_TRY(const IrModule module, IrModule::parse(text + "  ret void\n}\n", "large.ll"));
    return module.bitcode();
  }));
  program.id = Digest::of(program.bitcode);
  return program;
}

TEST(EvaluatorFailure, ExhaustedMemoryIsARow) {
  const Program large = large_program();
  example("protocol.c");
  EvaluatorOptions options;
  options.limits.memory_bytes = address_space() + (std::uint64_t{64} << 20);
  const auto pool = evaluator(options);
  const Evaluation row = evaluate_one(*pool, large, "globaldce");
  EXPECT_EQ(row.outcome, Outcome::out_of_memory) << row.message;
  expect_still_right(*pool);
}

TEST(EvaluatorFailure, OneBranchThatCrashesSparesTheOthers) {
  const auto pool = evaluator();
  const std::string slow = k_slow;
  const std::vector<std::string> lists = {slow,
                                          slow + ",trigger-crash-module",
                                          slow + ",trigger-crash-module,globaldce",
                                          slow + ",globaldce",
                                          slow + ",globaldce,trigger-crash-module",
                                          slow + ",globaldce,function(gvn)",
                                          slow + ",zzz-unknown",
                                          "trigger-crash-module",
                                          "function(gvn)"};
  const std::vector<Evaluation> rows = take(pool->evaluate(example("json.c"), lists));
  for (const std::size_t i : {1UL, 2UL, 4UL, 7UL})
    EXPECT_EQ(rows[i].outcome, Outcome::crash) << lists[i] << ": " << rows[i].message;
  EXPECT_EQ(rows[6].outcome, Outcome::rejected);
  for (const std::size_t i : {0UL, 3UL, 5UL, 8UL})
    EXPECT_EQ(sizes_in_words(rows[i].sizes), take(plain_sizes(example("json.c"), lists[i])))
        << lists[i] << ": " << rows[i].message;
  expect_still_right(*pool);
}

TEST(EvaluatorFailure, OneBranchThatHangsSparesTheOthers) {
  const auto pool = evaluator(with_deadline(milliseconds(1500)));
  const std::string slow = k_slow;
  const std::vector<std::string> lists = {slow + ",constmerge",
                                          slow + "," + repeated("default<O3>", 2000),
                                          slow + ",globaldce", slow + ",globaldce,function(gvn)"};
  const std::vector<Evaluation> rows = take(pool->evaluate(example("protocol.c"), lists));
  EXPECT_EQ(rows[1].outcome, Outcome::timeout) << rows[1].message;
  for (const std::size_t i : {0UL, 2UL, 3UL})
    EXPECT_EQ(sizes_in_words(rows[i].sizes), take(plain_sizes(example("protocol.c"), lists[i])))
        << lists[i] << ": " << rows[i].message;
}

TEST(EvaluatorFailure, FailingRowsAreTheSameWithManyWorkers) {
  const std::string slow = k_slow;
  const std::vector<std::string> lists = {slow + ",trigger-crash-module", slow + ",globaldce",
                                          "function(loop(licm))",         "function(gvn)",
                                          "globaldce,no-such-pass",       slow};
  const auto rows_with = [&](unsigned jobs) {
    std::vector<std::string> rows;
    for (const Evaluation& row :
         take(evaluator(with_jobs(jobs))->evaluate(example("json.c"), lists)))
      rows.push_back(std::string(to_string(row.outcome)) + " " + row.message);
    return rows;
  };
  EXPECT_EQ(rows_with(1), rows_with(3));
}

TEST(EvaluatorFailure, LeavesNoProcessesAndFilesBehind) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const Program& program = example("protocol.c");
  const auto before = open_files();
  {
    const auto pool = evaluator(with_jobs(2));
    take(pool->evaluate(program, {"trigger-crash-module", "globaldce", "function(gvn)"}));
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

// --- The store
// ------------------------------------------------------------------------------------

TEST(EvaluatorWithStore, AddsEveryRowAndReadsItBack) {
  const TemporaryFolder folder = test::temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  EvaluatorOptions options;
  options.store = &store;
  const std::vector<std::string> lists = {"default<Oz>", "function(gvn)", "trigger-crash-module",
                                          "no-such-pass", std::string(k_baseline_list)};
  const auto first = take(evaluator(options)->evaluate(example("protocol.c"), lists));
  EXPECT_EQ(take(store.size()), lists.size());
  const auto pool = evaluator(options);
  const auto second = take(pool->evaluate(example("protocol.c"), lists));
  EXPECT_EQ(pool->statistics().from_store, lists.size());
  EXPECT_EQ(pool->statistics().evaluated, 0U);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    EXPECT_EQ(second[i].outcome, first[i].outcome);
    EXPECT_EQ(second[i].sizes, first[i].sizes);
    EXPECT_EQ(second[i].ir, first[i].ir);
    EXPECT_EQ(second[i].message, first[i].message);
    EXPECT_EQ(second[i].list, lists[i]);
  }
}

TEST(EvaluatorWithStore, RunsATimeoutAgainUnderALongerDeadline) {
  const TemporaryFolder folder = test::temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  EvaluatorOptions options = with_deadline(milliseconds(30));
  options.store = &store;
  const std::string list = repeated("default<O3>", 40);
  const Program& program = example("json.c");
  ASSERT_EQ(evaluate_one(*evaluator(options), program, list).outcome, Outcome::timeout);
  const auto again = evaluator(options);
  EXPECT_EQ(evaluate_one(*again, program, list).outcome, Outcome::timeout);
  EXPECT_EQ(again->statistics().from_store, 1U);
  options.limits.deadline = seconds(60);
  const auto longer = evaluator(options);
  EXPECT_EQ(evaluate_one(*longer, program, list).outcome, Outcome::ok);
  EXPECT_EQ(longer->statistics().from_store, 0U);
}

TEST(EvaluatorWithStore, BuildsAnewAndNotFromTheStore) {
  const TemporaryFolder folder = test::temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  EvaluatorOptions options;
  options.store = &store;
  const auto pool = evaluator(options);
  evaluate_one(*pool, example("protocol.c"), "default<Oz>");
  EXPECT_EQ(take(pool->build(example("protocol.c"), "default<Oz>")).object,
            take(object_after(example("protocol.c"), "default<Oz>")));
}

TEST(SplitSteps, SplitsAtTheOutermostCommas) {
  using testing::ElementsAre;
  EXPECT_THAT(split_steps(""), IsEmpty());
  EXPECT_THAT(split_steps("globaldce"), ElementsAre("globaldce"));
  EXPECT_THAT(
      split_steps("cgscc(inline,function(gvn,dce)),globaldce,function(gvn<no-pre;pre>)"),
      ElementsAre("cgscc(inline,function(gvn,dce))", "globaldce", "function(gvn<no-pre;pre>)"));
  EXPECT_THAT(split_steps(std::string(k_baseline_list)), ElementsAre(k_baseline_list));
}

}  // namespace
}  // namespace llmc
