#include "corpus/corpus.h"

#include <map>
#include <set>

#include "catalogue.h"
#include "corpus/compiler.h"
#include "corpus/dataset.h"
#include "ir/normal_form.h"
#include "ir/split.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;
using namespace std::string_literals;

CorpusUnit unit_of(const std::filesystem::path& source) {
  return {{source.string(), CompileCommand{{}, source, {}, source.extension() == ".cpp"}},
          "examples",
          source.filename().string()};
}

Corpus corpus_of(const CorpusSources& sources, const CorpusOptions& options = {}) {
  return take(collect_programs(sources, options, [](std::size_t, std::size_t) {}));
}

const Corpus& example_corpus() {
  static const Corpus corpus = [] {
    CorpusSources sources;
    for (const auto& source : test::example_sources())
      if (source.extension() == ".c") sources.units.push_back(unit_of(source));
    CorpusOptions options;
    options.jobs = 2;
    return corpus_of(sources, options);
  }();
  return corpus;
}

TEST(Corpus, HoldsEachFunctionOnceInNormalForm) {
  const Corpus& corpus = example_corpus();
  EXPECT_GT(corpus.programs.size(), 100U);
  std::set<std::string> texts;
  for (const FunctionProgram& program : corpus.programs) {
    EXPECT_TRUE(texts.insert(program.text).second) << program.function;
    EXPECT_EQ(program.id, Digest::of(program.text));
    EXPECT_LE(program.text.size(), CorpusOptions().cut.most_bytes);
    const IrModule module = take(read_normal(program.text, program.function));
    EXPECT_EQ(defined_functions(module), std::vector{program.function});
    EXPECT_EQ(take(normal_text(module)), program.text);
  }
  EXPECT_EQ(
      corpus.counts.functions, corpus.programs.size() + [&] {
        std::uint64_t skipped = 0;
        for (const auto& [reason, count] : corpus.counts.skipped) skipped += count;
        return skipped;
      }());
}

// The model sees the text and the compiler the module: both must be the same code.
TEST(Corpus, TextAndModuleCompileAlike) {
  const CorpusCompiler compiler = take(CorpusCompiler::create());
  std::size_t equal = 0;
  for (const FunctionProgram& program : example_corpus().programs) {
    const IrModule optimised = take(compiler.optimise(program, "default<Oz>"));
    const IrModule seen = take(normalised(optimised));
    const IrModule again = take(read_normal(take(normal_text(seen)), "again"));
    EXPECT_EQ(seen.digest(), again.digest()) << program.function;
    // Where metadata that passes added is lost, code generation may differ, though it rarely does.
    equal += take(compiler.size(seen)) == take(compiler.size(optimised));
  }
  EXPECT_GE(equal, example_corpus().programs.size() * 95 / 100);
}

TEST(Corpus, DoesNotDependOnJobs) {
  CorpusSources sources;
  for (const char* name : {"json.c", "hashmap.c", "btree.c", "json.c"})
    sources.units.push_back(unit_of(test::source_path("examples") / name));
  CorpusOptions options;
  std::vector<std::vector<Digest>> ids;
  for (const unsigned jobs : {1U, 3U}) {
    options.jobs = jobs;
    std::vector<Digest>& list = ids.emplace_back();
    for (const FunctionProgram& program : corpus_of(sources, options).programs)
      list.push_back(program.id);
  }
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(Corpus, AUnitThatFailsIsNamedAndTheOthersGoOn) {
  CorpusSources sources;
  sources.units.push_back(unit_of(test::source_path("test/Inputs/broken.c")));
  sources.units.push_back(unit_of(test::source_path("examples/lru.cpp")));
  const Corpus corpus = corpus_of(sources);
  ASSERT_EQ(corpus.failures.size(), 1U);
  EXPECT_THAT(corpus.failures[0], HasSubstr("broken.c"));
  EXPECT_EQ(corpus.counts.failed_units, 1U);
  EXPECT_FALSE(corpus.programs.empty());
}

TEST(Corpus, ASampleDoesNotDependOnTheOrder) {
  CorpusSources sources;
  sources.units.push_back(unit_of(test::source_path("examples/json.c")));
  sources.units.push_back(unit_of(test::source_path("examples/hashmap.c")));
  CorpusOptions options;
  options.most_programs = 7;
  std::set<Digest> ids[2];
  for (auto& set : ids) {
    for (const FunctionProgram& program : corpus_of(sources, options).programs)
      set.insert(program.id);
    std::ranges::reverse(sources.units);
  }
  EXPECT_EQ(ids[0].size(), 7U);
  EXPECT_EQ(ids[0], ids[1]);
}

TEST(RunOnPrograms, OneThatKillsItsChildCostsItsOwnResultAlone) {
  CorpusOptions options;
  options.jobs = 3;
  std::vector<std::string> results;
  ASSERT_TRUE(run_on_programs(
      50, options,
      [](std::size_t i, Care care) -> Result<std::string> {
        if (i == 20) std::abort();
        if (i == 33) return fail("no");
        return std::to_string(i) + (care == Care::several ? "" : " alone") + "\n\0"s;
      },
      [&](const ChildResult& result) -> Result<void> {
        EXPECT_EQ(result.tag, results.size());
        results.push_back(result.bytes ? *result.bytes : "failed: " + result.bytes.error().message);
        return {};
      }));
  ASSERT_EQ(results.size(), 50U);
  EXPECT_EQ(results[0], "0\n\0"s);
  EXPECT_EQ(results[16], "16 alone\n\0"s);
  EXPECT_THAT(results[20], HasSubstr("failed: LLVM crashed: signal 6"));
  EXPECT_EQ(results[31], "31 alone\n\0"s);
  EXPECT_EQ(results[33], "failed: no");
  EXPECT_EQ(results[49], "49\n\0"s);
}

TEST(Labels, AreRowsOfTuneThatTheGatePassed) {
  const auto folder = test::temporary_folder();
  const auto file = folder.path() / "labels.jsonl";
  const auto row = [](const std::string& id, const char* list, int best, bool improved,
                      const char* gate) {
    return "{\"type\":\"program\",\"name\":\"x/" + id + ".bc\",\"list\":\"" + list +
           "\",\"best\":{\"binary_size\":" + std::to_string(best) +
           "},\"baseline\":{\"binary_size\":100},\"improved\":" + (improved ? "true" : "false") +
           ",\"gate\":\"" + gate + "\"}\n";
  };
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  const std::string c(32, 'c');
  ASSERT_TRUE(write_file(
      file, row(a, "dce", 81, true, "sound") + row(b, "clang -Oz", 100, false, "baseline") +
                row(c, "gvn", 50, true, "untested") + row("main", "dce", 50, true, "sound") +
                "{\"type\":\"program\",\"name\":\"" + c +
                ".bc\",\"error\":\"no\"}\n{\"type\":\"summary\"}\n"));
  const Labels labels = take(read_labels(file, llmc::test::catalogue()));
  ASSERT_EQ(labels.by_program.size(), 2U);
  const Label& first = labels.by_program.begin()->second;
  EXPECT_EQ(first.list, "dce");
  EXPECT_EQ(first.binary_size, 81U);
  EXPECT_EQ(labels.improved(), 1U);
  EXPECT_NEAR(labels.gain(), 0.1, 1e-12);  // 1 - sqrt(0.81)
  EXPECT_EQ(labels.skipped.at("list is not gated"), 1U);
  EXPECT_EQ(labels.skipped.at("search failed"), 1U);
  EXPECT_EQ(labels.skipped.at("of another file"), 1U);
  ASSERT_TRUE(write_file(file, "[1]\n"));
  EXPECT_THAT(message_of(read_labels(file, llmc::test::catalogue())),
              HasSubstr("labels.jsonl:1: not a row of llmc tune"));
}

TEST(Labels, AreTheSmallestAndAmongEqualsTheMostUseful) {
  CorpusOptions options;
  options.jobs = 2;
  const auto& programs = example_corpus().programs;
  const std::vector<FunctionProgram> some(programs.begin(), programs.begin() + 20);
  const std::vector<std::string> lists = {"default<O1>", "function(dce)", "default<Oz>",
                                          "no-such-pass"};
  const Labels labels = take(choose_labels(some, lists, options, [](std::size_t, std::size_t) {}));
  EXPECT_EQ(labels.by_program.size(), some.size());
  const CorpusCompiler compiler = take(CorpusCompiler::create());
  for (const FunctionProgram& program : some) {
    const Label& label = labels.by_program.at(program.id);
    std::uint64_t best = take(compiler.size(take(compiler.optimise_as_clang(program))));
    EXPECT_EQ(label.baseline, best);
    for (std::size_t i = 0; i < 3; ++i)
      best = std::min(best, take(compiler.size(take(compiler.optimise(program, lists[i])))));
    EXPECT_EQ(label.binary_size, best);
    EXPECT_EQ(label.list.empty(), best == label.baseline);
  }
}

}  // namespace
}  // namespace llmc
