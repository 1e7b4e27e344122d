// llmc corpus: programs to learn from and to choose on, and their labels.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/shared_options.h"
#include "cli/tune_common.h"
#include "corpus/row_file.h"
#include "ir/module.h"
#include "sandbox/child.h"
#include "support/files.h"
#include "support/text.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

const std::vector<Command>& corpus_commands() {
  static const std::vector<Command> table = {
      {"add", "fetch, build and cut packages; or take folders, sources and IR", run_corpus_add},
      {"stat", "count packages, units and programs", run_corpus_stat},
      {"show", "print a package's units, or a program", run_corpus_show},
      {"export", "write programs as files or as rows", run_corpus_export},
      {"check", "test whether everything written is still there and whole", run_corpus_check},
      {"label", "find the pass list that makes each program smallest", run_corpus_label},
      {"fingerprint", "write what functions look like, so that they can be refused",
       run_corpus_fingerprint},
  };
  return table;
}

void print_corpus_help() {
  fmt::print(
      "Programs to learn from and to choose on, with their provenance, and their labels.\n\n"
      "Usage: llmc corpus COMMAND [OPTIONS] ...\n\nCommands:\n");
  for (const Command& command : corpus_commands())
    fmt::print("  {:<12} {}\n", command.name, command.help);
  fmt::print("\n`llmc corpus COMMAND --help` explains a command.\n");
}

std::string_view to_string(NormalTarget target) {
  return target == NormalTarget::x86_64 ? "x86_64" : "aarch64";
}

/// Counts of programs of one split.
struct SplitCounts {
  std::uint64_t packages = 0, failed_packages = 0, units = 0, failed_units = 0, functions = 0;
  std::map<std::string, std::uint64_t> kept;  ///< by target and kind: "x86_64 function"
  std::map<std::string, std::uint64_t> left_out;  ///< functions, by standing
  std::uint64_t bytes = 0;  ///< of the functions kept
};

Result<std::map<Split, SplitCounts>> count(CorpusStore& store) {
  std::map<Split, SplitCounts> counts;
  LLMC_TRY(const auto packages, store.packages());
  for (const PackageRecord& package : packages) {
    SplitCounts& split = counts[package.split];
    ++(package.failure.empty() ? split.packages : split.failed_packages);
    split.units += package.units;
    split.failed_units += package.failed_units;
    split.functions += package.functions;
  }
  ProgramFilter all;
  all.standing.reset();
  LLMC_CHECK(store.for_each(all, [&](const ProgramRecord& program) -> Result<void> {
    SplitCounts& split = counts[program.split];
    if (program.standing != Standing::kept) {
      if (program.kind == ProgramKind::function)
        ++split.left_out[std::string(to_string(program.standing))];
      return {};
    }
    ++split.kept[fmt::format("{} {}", to_string(program.target), to_string(program.kind))];
    if (program.kind == ProgramKind::function) split.bytes += program.bytes;
    return {};
  }));
  return counts;
}

void print_counts(const std::map<Split, SplitCounts>& counts) {
  fmt::print("{:<11} {:>8} {:>6} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}\n", "split", "packages",
             "failed", "units", "failed", "functions", "x86-64", "AArch64", "left out", "MB");
  SplitCounts sum;
  const auto print = [](std::string_view name, const SplitCounts& row) {
    std::uint64_t left_out = 0;
    for (const auto& [reason, number] : row.left_out) left_out += number;
    const auto kept = [&](const char* key) {
      return row.kept.contains(key) ? row.kept.at(key) : 0;
    };
    fmt::print("{:<11} {:>8} {:>6} {:>6} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9.1f}\n", name,
               row.packages, row.failed_packages, row.units, row.failed_units, row.functions,
               kept("x86_64 function"), kept("aarch64 function"), left_out,
               static_cast<double>(row.bytes) / 1e6);
  };
  for (const auto& [split, row] : counts) {
    print(to_string(split), row);
    sum.packages += row.packages;
    sum.failed_packages += row.failed_packages;
    sum.units += row.units;
    sum.failed_units += row.failed_units;
    sum.functions += row.functions;
    sum.bytes += row.bytes;
    for (const auto& [key, number] : row.kept) sum.kept[key] += number;
    for (const auto& [key, number] : row.left_out) sum.left_out[key] += number;
  }
  print("all", sum);
  fmt::print("left out: {}\n", describe_counts(sum.left_out));
}

void print_json(const std::map<Split, SplitCounts>& counts) {
  for (const auto& [split, row] : counts) {
    const OrderedJson line = {{"split", to_string(split)},
                              {"packages", row.packages},
                              {"failed_packages", row.failed_packages},
                              {"units", row.units},
                              {"failed_units", row.failed_units},
                              {"functions", row.functions},
                              {"kept", row.kept},
                              {"left_out", row.left_out},
                              {"bytes", row.bytes}};
    fmt::print("{}\n", line.dump());
  }
}

/// Units of a package, one a line.
Result<void> show_package(CorpusStore& store, const PackageRecord& package) {
  fmt::print("{} {} ({}, {}): {} functions in {} units, {} of which failed\n", package.name,
             package.version.empty() ? "-" : package.version, to_string(package.split),
             package.licence, package.functions, package.units, package.failed_units);
  if (!package.failure.empty()) fmt::print("failed: {}\n", package.failure);
  LLMC_TRY(const auto units, store.units(package.name));
  for (const UnitRecord& unit : units) {
    std::string what = unit.failure;
    std::ranges::replace(what, '\n', ' ');
    if (unit.failure.empty())
      what =
          fmt::format("{} functions; not taken: {}", unit.functions, describe_counts(unit.skipped));
    fmt::print("  {} [{}]: {}\n", unit.source, to_string(unit.target), what.substr(0, 300));
  }
  return {};
}

OrderedJson describe_program(const ProgramRecord& program, const PackageRecord& package) {
  return {{"program", program.id.hex()},
          {"kind", to_string(program.kind)},
          {"name", program.name},
          {"package", program.package},
          {"version", package.version},
          {"licence", package.licence},
          {"source", program.source},
          {"split", to_string(program.split)},
          {"target", to_string(program.target)},
          {"instructions", program.instructions},
          {"bytes", program.bytes},
          {"standing", to_string(program.standing)}};
}

enum class Form { normal, plain };

/// The text of a program; what has to be read for it is read by a child, which may die of it.
Result<std::string> text_of(const ProgramRecord& program, std::string_view payload, Form form) {
  const bool is_function = program.kind == ProgramKind::function;
  if (is_function && form == Form::normal) return std::string(payload);
  return run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const IrModule module, is_function ? read_normal(payload, program.name)
                                                : IrModule::parse(payload, program.source));
    return form == Form::plain ? module.text() : normal_text(module);
  });
}

Result<void> show(CorpusStore& store, const std::string& what) {
  LLMC_TRY(const auto package, store.package(what));
  if (package) return show_package(store, *package);
  LLMC_TRY(const auto programs, store.find(what));
  if (programs.empty()) {
    LLMC_TRY(const auto packages, store.packages());
    std::vector<std::string> names;
    for (const PackageRecord& each : packages) names.push_back(each.name);
    const std::string nearest = nearest_name(what, names);
    return fail(
        fmt::format("{}: neither a package in the corpus nor the beginning of a program's "
                    "id{}",
                    what, nearest.empty() ? "" : "; did you mean " + nearest + "?"));
  }
  for (const ProgramRecord& program : programs) {
    LLMC_TRY(const auto owner, store.package(program.package));
    LLMC_TRY(const std::string payload, store.payload(program));
    const Form form = program.kind == ProgramKind::unit ? Form::plain : Form::normal;
    LLMC_TRY(const std::string text, text_of(program, payload, form));
    fmt::print("; {}\n{}", describe_program(program, *owner).dump(), text);
  }
  return {};
}

struct ExportOptions {
  CorpusChoice corpus;
  std::string output;
  std::string form = "normal";
  std::size_t sample = 0;
  std::uint64_t seed = 1;

  [[nodiscard]] Form text_form() const { return form == "plain" ? Form::plain : Form::normal; }
};

/// Programs as ID.bc (units) and ID.ll (functions).
Result<std::size_t> export_files(CorpusStore& store, const ExportOptions& options) {
  LLMC_CHECK(make_folder(options.output));
  LLMC_TRY(const auto drawn, store.draw(options.corpus.filter(), options.sample, options.seed));
  std::size_t written = 0;
  LLMC_CHECK(store.for_each_payload(
      options.corpus.filter(),
      [&](const ProgramRecord& program, std::string_view payload) -> Result<void> {
        if (!drawn.contains(program.id)) return {};
        if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
        ++written;
        const fs::path path = fs::path(options.output) / program.id.hex();
        if (program.kind == ProgramKind::unit) return write_file(path.string() + ".bc", payload);
        LLMC_TRY(const std::string text, text_of(program, payload, options.text_form()));
        return write_file(path.string() + ".ll", text);
      }));
  return written;
}

/// Programs as rows with their text and provenance; functions unless units are asked for.
Result<std::size_t> export_rows(CorpusStore& store, const ExportOptions& options) {
  LLMC_TRY(const auto packages, store.packages());
  LLMC_TRY(RowFile file, RowFile::create(options.output));
  ProgramFilter filter = options.corpus.filter();
  if (!filter.kind) filter.kind = ProgramKind::function;
  LLMC_TRY(const auto drawn, store.draw(filter, options.sample, options.seed));
  std::size_t written = 0;
  LLMC_CHECK(store.for_each_payload(
      filter, [&](const ProgramRecord& program, std::string_view payload) -> Result<void> {
        if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
        if (!drawn.contains(program.id)) return {};
        const auto owner = std::ranges::find(packages, program.package, &PackageRecord::name);
        OrderedJson row = describe_program(program, *owner);
        LLMC_TRY(row["text"], text_of(program, payload, options.text_form()));
        ++written;
        return file.add(row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + '\n');
      }));
  LLMC_CHECK(file.finish());
  return written;
}

/// What is wrong with the corpus, a sentence each.
Result<std::vector<std::string>> find_damage(CorpusStore& store) {
  std::vector<std::string> damage;
  LLMC_TRY(const auto packages, store.packages());
  for (const PackageRecord& package : packages)
    if (const auto whole = store.check_shard(package.name); !whole)
      damage.push_back(whole.error().message);
  return damage;
}

int finish(const Result<void>& done) { return done ? k_exit_done : report(done.error()); }

}  // namespace

int run_corpus_stat(const std::vector<std::string>& arguments) {
  CLI::App app("Counts packages, translation units and programs by split.", "llmc corpus stat");
  CorpusChoice corpus;
  bool json = false;
  corpus.add_folder(app);
  app.add_flag("--json", json, "JSON lines");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  auto store = corpus.open(CorpusStore::Mode::read);
  if (!store) return report(store.error());
  const auto counts = count(*store);
  if (!counts) return report(counts.error());
  json ? print_json(*counts) : print_counts(*counts);
  return k_exit_done;
}

int run_corpus_show(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Prints a package's units with what was not taken and why, or the programs whose\n"
      "id begins with the given digits.",
      "llmc corpus show");
  CorpusChoice corpus;
  std::string what;
  corpus.add_folder(app);
  app.add_option("what", what, "A package, or the beginning of an id")->required();
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  initialize_targets();
  auto store = corpus.open(CorpusStore::Mode::read);
  if (!store) return report(store.error());
  return finish(show(*store, what));
}

int run_corpus_export(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Writes programs: into a folder as ID.bc (units) and ID.ll (functions), or, where\n"
      "the output's name ends in .jsonl or .jsonl.zst, functions as rows.",
      "llmc corpus export");
  ExportOptions options;
  options.corpus.add_folder(app);
  options.corpus.add_filter(app);
  app.add_option("-o,--output", options.output, "A folder, or a file of rows")->required();
  app.add_option("--form", options.form,
                 "Texts: normal, or plain as LLVM prints them, for other tools")
      ->check(CLI::IsMember({"normal", "plain"}))
      ->capture_default_str();
  app.add_option("--sample", options.sample, "So many programs, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of the choice")->capture_default_str();
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  auto store = options.corpus.open(CorpusStore::Mode::read);
  if (!store) return report(store.error());
  const bool rows = options.output == "-" || options.output.ends_with(".jsonl") ||
                    options.output.ends_with(".jsonl.zst");
  const auto written = rows ? export_rows(*store, options) : export_files(*store, options);
  if (!written) return report(written.error());
  fmt::print(stderr, "{}: {} programs\n", options.output, *written);
  return k_exit_done;
}

int run_corpus_check(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Compares every shard with the checksum it was written with. What is damaged is\n"
      "made again by llmc corpus add.",
      "llmc corpus check");
  CorpusChoice corpus;
  corpus.add_folder(app);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  auto store = corpus.open(CorpusStore::Mode::read);
  if (!store) return report(store.error());
  const auto damage = find_damage(*store);
  if (!damage) return report(damage.error());
  for (const std::string& each : *damage) report({each});
  if (damage->empty()) fmt::print("whole\n");
  return damage->empty() ? k_exit_done : k_exit_failed;
}

int run_corpus(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_corpus_help();
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  for (const Command& command : corpus_commands())
    if (arguments[0] == command.name) return command.run({arguments.begin() + 1, arguments.end()});
  std::vector<std::string> names;
  for (const Command& command : corpus_commands()) names.emplace_back(command.name);
  const std::string nearest = nearest_name(arguments[0], names);
  return report({fmt::format("corpus {}: no such command{}", arguments[0],
                             nearest.empty() ? "; `llmc corpus --help` lists them"
                                             : fmt::format("; did you mean '{}'?", nearest)),
                 ErrorKind::usage});
}

}  // namespace llmc
