// llmc dataset build and check: the data sets of a corpus, and whether they still hold.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/shared_options.h"
#include "cli/tune_common.h"
#include "corpus/dataset_check.h"
#include "corpus/token_statistics.h"
#include "model/open_model.h"
#include "passes/verdict_table.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// Rows of each file whose tokens are counted.
constexpr std::size_t k_sampled_rows = 1000;
constexpr std::array k_kinds = {"pretrain", "emulate", "flags", "lift", "respond"};

struct DatasetBuildArguments {
  CorpusChoice corpus;
  SharedOptions limits;
  std::string labels;
  std::string responses;
  std::string model;
  std::string output;
  std::vector<std::string> splits = {"train", "validation", "test"};
  std::vector<std::string> kinds{k_kinds.begin(), k_kinds.end()};
  DatasetOptions dataset;
  std::size_t most_programs = 0;
  std::size_t emulated = 20'000;
};

struct CheckOptions {
  std::string labels, responses;
  SharedOptions limits;
  DatasetOptions dataset;
  std::size_t sample = 200;
  bool json = false;
};

/// The jobs of all children, and what every command here takes.
void add_running(CLI::App& app, SharedOptions& limits, CorpusOptions& corpus) {
  limits.deadline_seconds = 120;
  corpus.jobs = std::max(1U, std::thread::hardware_concurrency());
  app.add_option("--seed", corpus.seed, "Seed of all random choices")->capture_default_str();
  app.add_option("-j,--jobs", corpus.jobs, "Processes at work")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  limits.add_limits(app);
}

void add_options(CLI::App& app, DatasetBuildArguments& options) {
  DatasetOptions& dataset = options.dataset;
  dataset.pretrain_lists = 1;
  dataset.longest_list = 50;
  dataset.with_code = true;
  dataset.sampled = k_sampled_rows;
  dataset.corpus.cut.most_bytes = 16'384;
  options.corpus.add_folder(app);
  app.add_option("--labels", options.labels,
                 "What llmc corpus label -o wrote (default: the labels that came with llmc)")
      ->type_name("FILE");
  app.add_option("--responses", options.responses,
                 "What llmc corpus label --responses-output wrote (default: the classes that came\n"
                 "with llmc)")
      ->type_name("FILE");
  app.add_option("-o,--output", options.output, "The folder")->required();
  app.add_option("--model", options.model,
                 "A model whose tokens are counted for the card, or none (default: the one that\n"
                 "came with llmc)");
  app.add_option("--splits", options.splits, "Which splits")
      ->check(CLI::IsMember({"train", "validation", "test"}))
      ->delimiter(',');
  app.add_option("--kinds", options.kinds, "Which data sets")
      ->check(CLI::IsMember(std::vector<std::string>(k_kinds.begin(), k_kinds.end())))
      ->delimiter(',');
  app.add_option("--programs", options.most_programs,
                 "Functions of each split, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--emulated", options.emulated,
                 "Functions of each split that lists are drawn for, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--lists", dataset.lists, "Lists drawn for each of these")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--length", dataset.longest_list, "Passes in a drawn list, at most")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--max-bytes", dataset.corpus.cut.most_bytes,
                 "Leave out functions, and answers, of longer text")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  add_running(app, options.limits, dataset.corpus);
}

/// One file of the data sets, as the card has it.
struct FileCard {
  std::string name;
  std::uint64_t programs = 0;
  DatasetCounts counts;
};

/// What is known of the programs' sizes.
struct BuildLabels {
  Labels best;
  ResponseClasses classes;
  std::map<Digest, std::vector<double>> log_ratios;  ///< with the lists of the classes
};

/// Makes one file after the other.
class Builder {
 public:
  Builder(DatasetBuildArguments& options, CorpusStore& corpus, const PassCatalogue& catalogue,
          const BuildLabels& labels)
      : options_(options), corpus_(corpus), labels_(labels.best) {
    options.dataset.catalogue = &catalogue;
    options.dataset.labels = &labels.best;
    options.dataset.classes = &labels.classes;
    options.dataset.log_ratios = &labels.log_ratios;
  }

  Result<void> build(const std::string& split, const std::string& kind) {
    const fs::path path = fs::path(options_.output) / split / (kind + ".jsonl.zst");
    const fs::path card = path.parent_path() / ("." + kind + ".card");
    std::error_code ignored;
    if (fs::exists(path, ignored) && fs::exists(card, ignored)) {
      fmt::print(stderr, "{}: already there\n", path.string());
      return {};
    }
    LLMC_CHECK(make_folder(path.parent_path()));
    LLMC_TRY(const auto programs, programs_for(split, kind));
    LLMC_TRY(RowFile file, RowFile::create(path));
    options_.dataset.kind = dataset_kind(kind);
    LLMC_TRY(const DatasetCounts counts,
             write_dataset(programs, options_.dataset, file,
                           show_progress(line_, split + "/" + kind + " ", "functions")));
    LLMC_CHECK(file.finish());
    line_.clear();
    fmt::print(stderr, "{}: {} functions, {:.1f} MB: {}; left out: {}\n", path.string(),
               programs.size(), static_cast<double>(counts.bytes) / 1e6,
               describe_counts(counts.rows), describe_counts(counts.skipped));
    LLMC_TRY(const OrderedJson tokens, describe_tokens(counts));
    const OrderedJson row = {{"programs", programs.size()},
                             {"bytes", counts.bytes},
                             {"rows", counts.rows},
                             {"tokens", tokens},
                             {"left_out", counts.skipped}};
    return write_file(card, row.dump() + "\n");
  }

  /// Opens the model whose tokens are counted. Where nobody asked for one there may be none.
  Result<void> open_counter() {
    if (options_.model == "none") return {};
    auto opened = open_model({options_.model, {}, {}}, {}, &interrupted);
    if (opened)
      model_ = std::move(*opened);
    else if (!options_.model.empty())
      return std::unexpected(opened.error());
    return {};
  }

  /// README.md of the folder: what is in it and where it is from.
  Result<void> write_card(const std::string& command);

 private:
  Result<std::vector<FunctionProgram>> programs_for(const std::string& split,
                                                    const std::string& kind) {
    ProgramFilter filter;
    filter.split = *parse_split(split);
    filter.kind = ProgramKind::function;
    filter.most_bytes = options_.dataset.corpus.cut.most_bytes;
    // Lists were measured, and the trusted passes judged, on x86-64.
    const bool is_labelled = kind == "flags" || kind == "respond";
    if (kind == "emulate" || is_labelled) filter.target = NormalTarget::x86_64;
    std::vector<FunctionProgram> programs;
    LLMC_CHECK(corpus_.for_each_payload(
        filter, [&](const ProgramRecord& record, std::string_view text) -> Result<void> {
          const bool has_label = kind == "respond"
                                     ? options_.dataset.log_ratios->contains(record.id)
                                     : labels_.by_program.contains(record.id);
          if (has_label || !is_labelled)
            programs.push_back(
                {record.id, record.name, record.package, record.source, std::string(text)});
          return {};
        }));
    sample_programs(programs, options_.most_programs, options_.dataset.corpus.seed);
    if (kind == "emulate")
      sample_programs(programs, options_.emulated, options_.dataset.corpus.seed);
    return programs;
  }

  /// Of all rows, as far as the sample tells; null if nobody counts tokens.
  Result<OrderedJson> describe_tokens(const DatasetCounts& counts) {
    if (!model_) return OrderedJson();
    LLMC_TRY(const TokenStatistics statistics,
             count_tokens(counts.sampled_texts(),
                          [&](std::string_view text) { return model_->count_tokens(text); }));
    return OrderedJson{{"model", model_->info().name},
                       {"all", std::llround(statistics.tokens_in(counts.text_bytes))},
                       {"median", statistics.median},
                       {"percentile_95", statistics.percentile_95},
                       {"longest", statistics.longest},
                       {"fitting", statistics.fitting},
                       {"sampled", statistics.texts}};
  }

  DatasetBuildArguments& options_;
  CorpusStore& corpus_;
  const Labels& labels_;
  std::unique_ptr<LanguageModel> model_;
  ProgressLine line_;
};

/// The cells about tokens, without the outer bars.
std::string describe_tokens(const OrderedJson& tokens) {
  if (!tokens.is_object()) return "not counted | | ";
  std::string fitting;
  for (const OrderedJson& share : tokens["fitting"])
    fitting += fmt::format("{}{:.1f} %", fitting.empty() ? "" : ", ", 100 * share.get<double>());
  return fmt::format("{:.2f} M | {}, {}, {} | {}", tokens["all"].get<double>() / 1e6,
                     tokens["median"].get<std::uint64_t>(),
                     tokens["percentile_95"].get<std::uint64_t>(),
                     tokens["longest"].get<std::uint64_t>(), fitting);
}

/// What a finished file's card says, null if there is none.
OrderedJson read_card(const fs::path& folder, const std::string& split, const std::string& kind) {
  const auto text = read_file(folder / split / ("." + kind + ".card"));
  return text ? OrderedJson::parse(*text, nullptr, false) : OrderedJson();
}

/// A row of the card's table.
std::string describe_file(const std::string& split, const std::string& kind,
                          const OrderedJson& card) {
  return fmt::format("| `{}/{}.jsonl.zst` | {} | {} | {:.1f} MB | {} | {} |\n", split, kind,
                     card["programs"].get<std::uint64_t>(),
                     describe_counts(card["rows"].get<std::map<std::string, std::uint64_t>>()),
                     card["bytes"].get<double>() / 1e6,
                     describe_tokens(card.value("tokens", OrderedJson())),
                     describe_counts(card["left_out"].get<std::map<std::string, std::uint64_t>>()));
}

Result<void> Builder::write_card(const std::string& command) {
  std::string files;
  std::string model = "no model";
  for (const char* split : {"train", "validation", "test"}) {
    for (const char* kind : k_kinds) {
      const OrderedJson card = read_card(options_.output, split, kind);
      if (!card.is_object()) continue;
      files += describe_file(split, kind, card);
      const OrderedJson tokens = card.value("tokens", OrderedJson());
      if (tokens.is_object()) model = tokens.value("model", model);
    }
  }
  std::string text = fmt::format(
      "# Data sets of LLVM-IR, pass lists and assembly\n\nMade with LLVM {} by\n\n    {}\n\n"
      "Rows are JSON lines, compressed with zstd; docs/dataset.md of llmc has their keys. Every "
      "row carries its program's id, package and source file. Splits are by package; functions "
      "that resemble one of a test package are in no other split.\n\n"
      "Tokens are those of {}; their number is reckoned from {} rows of each file, and so are the "
      "lengths.\n\n"
      "| file | functions | rows | text | tokens | of a row: median, 95th percentile, longest "
      "| fit {} tokens | left out |\n|---|---|---|---|---|---|---|---|\n{}"
      "\nThe text of rows is derived from the sources of these Debian packages, under their "
      "licences:\n\n| package | version | split | licence |\n|---|---|---|---|\n",
      toolchain_version(), command, model, k_sampled_rows, fmt::join(k_windows, ", "), files);
  LLMC_TRY(const auto packages, corpus_.packages());
  for (const PackageRecord& package : packages)
    if (package.failure.empty())
      text += fmt::format("| {} | {} | {} | {} |\n", package.name, package.version,
                          to_string(package.split), package.licence);
  return write_file(fs::path(options_.output) / "README.md", text);
}

/// `file`, or, where none is named, the one that came with llmc.
fs::path label_file(const std::string& file, const char* shipped) {
  return file.empty() ? fs::path(LLMC_SOURCE_FOLDER) / "data" / "labels" / shipped : fs::path(file);
}

fs::path size_table_file(const std::string& file) { return label_file(file, "functions.txt.zst"); }

/// The classes, and every program's sizes with their lists.
Result<void> read_responses(const std::string& file, const fs::path& table_file,
                            BuildLabels& labels) {
  const fs::path path = label_file(file, "responses.txt");
  LLMC_TRY(const std::string text, read_file(path));
  LLMC_TRY(labels.classes, parse_response_classes(text, path.string()));
  LLMC_TRY(SizeTable table, read_size_table(table_file));
  LLMC_TRY(labels.log_ratios,
           log_ratios_with(std::move(table), labels.classes.lists, table_file.string()));
  return {};
}

Result<void> build(DatasetBuildArguments& options, const std::string& command) {
  LLMC_TRY(CorpusStore corpus, options.corpus.open(CorpusStore::Mode::read));
  LLMC_CHECK(corpus.check_not_apart());
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  const Alphabet alphabet(catalogue, PassTier::trusted);
  options.dataset.alphabet = &alphabet;
  BuildLabels labels;
  const fs::path table = size_table_file(options.labels);
  if (std::ranges::find(options.kinds, "flags") != options.kinds.end()) {
    LLMC_TRY(labels.best, read_labels(table, catalogue));
  }
  if (std::ranges::find(options.kinds, "respond") != options.kinds.end()) {
    LLMC_CHECK(read_responses(options.responses, table, labels));
  }
  Builder builder(options, corpus, catalogue, labels);
  LLMC_CHECK(builder.open_counter());
  for (const std::string& split : options.splits) {
    for (const std::string& kind : options.kinds) {
      LLMC_CHECK(builder.build(split, kind));
    }
  }
  return builder.write_card(command);
}

Result<bool> check(CheckOptions& options) {
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  options.dataset.catalogue = &catalogue;
  BuildLabels labels;
  const bool has_responses = std::ranges::any_of(options.limits.files, [](const fs::path& file) {
    return file.filename().string().starts_with("respond");
  });
  if (has_responses) {
    LLMC_CHECK(read_responses(options.responses, size_table_file(options.labels), labels));
    options.dataset.classes = &labels.classes;
    options.dataset.log_ratios = &labels.log_ratios;
  }
  ProgressLine line;
  bool all_hold = true;
  for (const std::string& file : options.limits.files) {
    LLMC_TRY(const DatasetCheck result, check_dataset(file, options.sample, options.dataset,
                                                      show_progress(line, file + " ", "rows")));
    line.clear();
    for (const std::string& wrong : result.wrong) report({wrong});
    all_hold = all_hold && result.wrong.empty();
    const std::size_t held = result.checked - result.wrong.size();
    const double share =
        result.checked == 0 ? 100
                            : 100 * static_cast<double>(held) / static_cast<double>(result.checked);
    if (options.json)
      fmt::print("{}\n",
                 OrderedJson({{"file", file}, {"checked", result.checked}, {"held", held}}).dump());
    else
      fmt::print("{}: {} of {} rows hold ({:.2f}%)\n", file, held, result.checked, share);
  }
  return all_hold;
}

}  // namespace

int run_dataset_build(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Writes, from a corpus and its labels, the data sets of the training stages: FOLDER/SPLIT/\n"
      "pretrain, emulate, flags, lift and respond.jsonl.zst, and FOLDER/README.md, which says "
      "what\n"
      "is in them and where it is from. Files that are there are not made again. The bytes depend "
      "on\n"
      "the corpus, the labels, the options and the seed alone.",
      "llmc dataset build");
  DatasetBuildArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  // Classes belong to sizes: other labels without them leave only the other kinds.
  if (!options.labels.empty() && options.responses.empty() && app.count("--kinds") == 0)
    std::erase(options.kinds, "respond");
  catch_interrupts();
  initialize_targets();
  options.dataset.corpus.limits = options.limits.limits();
  options.dataset.corpus.interrupt = &interrupted;
  const auto done = build(options, fmt::format("llmc dataset build {}", fmt::join(arguments, " ")));
  return done ? k_exit_done : report(done.error());
}

int run_dataset_check(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Makes a sample of the rows of data sets once more and compares: sizes, optimised IR and\n"
      "assembly with what the compiler says now, pass lists with -Oz, lifted IR by compiling it.",
      "llmc dataset check");
  CheckOptions options;
  app.add_option("files", options.limits.files, "Files of rows")->required();
  app.add_option("--sample", options.sample, "Rows of each file, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--labels", options.labels,
                 "Of rows about responses: the sizes (default: those that came with llmc)")
      ->type_name("FILE");
  app.add_option("--responses", options.responses,
                 "Of the same: the classes (default: those that came with llmc)")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "JSON lines");
  add_running(app, options.limits, options.dataset.corpus);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  options.dataset.corpus.limits = options.limits.limits();
  options.dataset.corpus.interrupt = &interrupted;
  const auto all_hold = check(options);
  if (!all_hold) return report(all_hold.error());
  return *all_hold ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
