// How many pass lists a second: the in-process evaluator against running opt, llc and llvm-size,
// on the same modules and the same lists, one after the other in one run on one core.
//
//   bench_throughput plain  FILE...   random lists (the LLM Compiler paper's), nothing reused
//   bench_throughput evolve FILE...   the lists of an evolve search, everything reused
//   bench_throughput small  FILE...   plain, in-process only: compilations per CPU-second
//   bench_throughput memory FILE...   the peak memory of a worker
//
// FILEs are unoptimised bitcode. Each line of the output is one module; the last one sums up:
// ratios are of total times, so large modules count for more, and of the median module.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "passes/catalogue.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "toolchain/program.h"
#include "tune/evaluator.h"
#include "tune/portfolio.h"
#include "tune/search.h"
#include "tune/tuner.h"

namespace {

using namespace llmc;
using Clock = std::chrono::steady_clock;

constexpr std::size_t k_lists = 12;           // lists a module in `plain`
constexpr std::size_t k_evolve_budget = 100;  // evaluations in `evolve`
constexpr std::size_t k_exec_sample = 12;     // of which so many are also run by exec

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Ends the benchmark with the error's message.
template <typename T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench_throughput: {}\n", result.error().message);
    std::exit(1);
  }
  return std::move(*result);
}

void must(Result<void> result) {
  if (result) return;
  fmt::print(stderr, "bench_throughput: {}\n", result.error().message);
  std::exit(1);
}

std::vector<Program> load(int count, char** names) {
  std::vector<Program> programs;
  for (int i = 0; i < count; ++i)
    programs.push_back(must(make_program(must(read_file(names[i])), names[i], CodegenOptions())));
  return programs;
}

std::vector<std::string> random_lists(const Alphabet& alphabet, std::size_t count) {
  Random random(1);
  std::vector<std::string> lists;
  while (lists.size() < count) {
    std::string list = random_list(alphabet, 50, random).to_string();
    if (std::ranges::find(lists, list) == lists.end()) lists.push_back(std::move(list));
  }
  return lists;
}

/// What the obvious script does for one list: three programs, files in between. Returns seconds,
/// and the Berkeley text + data in `size` (0 if a step failed).
double run_tools(const std::string& input, const std::string& list,
                 const std::filesystem::path& folder, std::uint64_t& size) {
  const std::string optimised = folder / "o.bc";
  const std::string object = folder / "o.o";
  const auto start = Clock::now();
  const auto opt = must(run_subprocess(
      {"opt-19", "-relocation-model=pic", "-passes=" + list, input, "-o", optimised}));
  const auto llc = must(run_subprocess(
      {"llc-19", "-relocation-model=pic", "-filetype=obj", optimised, "-o", object}));
  const auto sizes = must(run_subprocess({"llvm-size-19", object}));
  const double seconds = seconds_since(start);
  size = 0;
  if (opt.exit_status != 0 || llc.exit_status != 0 || sizes.exit_status != 0) return seconds;
  const std::string row = sizes.output.substr(sizes.output.find('\n') + 1);
  char* end = nullptr;
  size = std::strtoull(row.c_str(), &end, 10);
  size += std::strtoull(end, nullptr, 10);
  return seconds;
}

struct Line {
  double ours = 0;   // seconds an evaluation
  double tools = 0;  // seconds an evaluation
};

void print_summary(std::vector<Line> lines, std::size_t equal, std::size_t compared) {
  double ours = 0;
  double tools = 0;
  for (const Line& line : lines) ours += line.ours, tools += line.tools;
  std::ranges::sort(lines, {}, [](const Line& line) { return line.tools / line.ours; });
  const auto at = [&](double part) {
    const Line& line =
        lines[static_cast<std::size_t>(part * static_cast<double>(lines.size() - 1))];
    return line.tools / line.ours;
  };
  fmt::print(
      "{} modules: {:.1f} evaluations/s/core against {:.1f}; ratio {:.1f} of total times, "
      "{:.1f} median module (quartiles {:.1f} to {:.1f}); sizes equal in {} of {}\n",
      lines.size(), static_cast<double>(lines.size()) / ours,
      static_cast<double>(lines.size()) / tools, tools / ours, at(0.5), at(0.25), at(0.75), equal,
      compared);
}

int bench_plain(const std::vector<Program>& programs, const Alphabet& alphabet) {
  const std::vector<std::string> lists = random_lists(alphabet, k_lists);
  const TemporaryFolder folder = must(TemporaryFolder::create());
  std::vector<Line> lines;
  std::size_t equal = 0;
  std::size_t compared = 0;
  for (const Program& program : programs) {
    const std::string input = folder.path() / "in.bc";
    must(write_file(input, program.bitcode));
    auto evaluator = must(Evaluator::create({1, Limits(), Reuse::none, nullptr}));
    must(evaluator->evaluate(program, {lists[0]}));  // the worker is up, the program is loaded
    const auto start = Clock::now();
    const auto rows = must(evaluator->evaluate(program, lists));
    Line line{seconds_since(start) / static_cast<double>(lists.size()), 0};
    for (std::size_t i = 0; i < lists.size(); ++i) {
      std::uint64_t size = 0;
      line.tools += run_tools(input, lists[i], folder.path(), size);
      if (size == 0 || !rows[i].ok()) continue;
      ++compared;
      equal += size == rows[i].sizes.binary_size();
    }
    line.tools /= static_cast<double>(lists.size());
    fmt::print("{:>7} bytes {:>8.2f} ms {:>8.2f} ms {:>6.1f}x  {}\n", program.bitcode.size(),
               1000 * line.ours, 1000 * line.tools, line.tools / line.ours, program.name);
    lines.push_back(line);
  }
  print_summary(std::move(lines), equal, compared);
  return 0;
}

int bench_evolve(const std::vector<Program>& programs, Alphabet alphabet,
                 const PassCatalogue& catalogue) {
  SearchSetting setting{&alphabet, {}, {}};
  if (const auto path = default_portfolio(); !path.empty()) {
    setting.seeds = must(read_portfolio(path, catalogue));
    alphabet.prefer(setting.seeds);
  }
  for (PassList& list : stock_lists(catalogue)) setting.seeds.push_back(std::move(list));
  setting.options.evaluations = k_evolve_budget;
  setting.options.minimise = Minimise::none;
  const TemporaryFolder folder = must(TemporaryFolder::create());
  std::vector<Line> lines;
  std::size_t equal = 0;
  std::size_t compared = 0;
  for (const Program& program : programs) {
    const std::string input = folder.path() / "in.bc";
    must(write_file(input, program.bitcode));
    Store store = must(Store::open(folder.path() / (program.id.hex() + ".db")));
    auto evaluator = must(Evaluator::create({1, Limits(), Reuse::all, &store}));
    const auto start = Clock::now();
    const std::vector<Program> one = {program};
    must(tune(*evaluator, one, setting, 0, [](const auto&) {}));
    Line line{seconds_since(start) / (k_evolve_budget + 1), 0};
    std::vector<Evaluation> rows;
    must(store.for_each([&](const Evaluation& row) {
      if (row.list != k_baseline_list) rows.push_back(row);
    }));
    const std::size_t stride = std::max<std::size_t>(1, rows.size() / k_exec_sample);
    std::size_t sampled = 0;
    for (std::size_t i = 0; i < rows.size(); i += stride, ++sampled) {
      std::uint64_t size = 0;
      line.tools += run_tools(input, rows[i].list, folder.path(), size);
      if (size == 0 || !rows[i].ok()) continue;
      ++compared;
      equal += size == rows[i].sizes.binary_size();
    }
    line.tools /= static_cast<double>(sampled);
    fmt::print("{:>7} bytes {:>8.2f} ms {:>8.2f} ms {:>6.1f}x  {}\n", program.bitcode.size(),
               1000 * line.ours, 1000 * line.tools, line.tools / line.ours, program.name);
    lines.push_back(line);
  }
  print_summary(std::move(lines), equal, compared);
  return 0;
}

double child_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

int bench_small(const std::vector<Program>& programs, const Alphabet& alphabet) {
  const std::vector<std::string> lists = random_lists(alphabet, 50);
  const double before = child_cpu_seconds();
  std::size_t count = 0;
  {
    auto evaluator = must(Evaluator::create({1, Limits(), Reuse::none, nullptr}));
    for (const Program& program : programs)
      count += must(evaluator->evaluate(program, lists)).size();
  }  // the worker is waited for here, which makes its CPU time count
  const double cpu = child_cpu_seconds() - before;
  fmt::print(
      "{} modules, {} compilations, {:.2f} CPU-seconds: {:.0f} compilations per CPU-second "
      "(LLM Compiler's farm: 15.4)\n",
      programs.size(), count, cpu, static_cast<double>(count) / cpu);
  return 0;
}

int bench_memory(const std::vector<Program>& programs, const Alphabet& alphabet) {
  const std::vector<std::string> lists = random_lists(alphabet, 20);
  for (const Program& program : programs) {
    auto evaluator = must(Evaluator::create({1, Limits(), Reuse::all, nullptr}));
    must(evaluator->evaluate(program, lists));
    fmt::print("{:>7} bytes of bitcode  {}\n", program.bitcode.size(), program.name);
  }
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  fmt::print("peak memory of the largest worker: {:.0f} MB\n",
             static_cast<double>(usage.ru_maxrss) / 1000);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 2 ? argv[1] : "";
  initialize_targets();
  const PassCatalogue catalogue;
  const Alphabet alphabet(catalogue, PassTier::trusted);
  if (mode == "plain") return bench_plain(load(argc - 2, argv + 2), alphabet);
  if (mode == "evolve") return bench_evolve(load(argc - 2, argv + 2), alphabet, catalogue);
  if (mode == "small") return bench_small(load(argc - 2, argv + 2), alphabet);
  if (mode == "memory") return bench_memory(load(argc - 2, argv + 2), alphabet);
  fmt::print(stderr, "usage: bench_throughput plain|evolve|small|memory FILE.bc...\n");
  return 2;
}
