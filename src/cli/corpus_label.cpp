// llmc corpus label: the pass list that makes each program smallest.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/shared_options.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "corpus/label_run.h"
#include "passes/verdict_table.h"
#include "soundness/checker.h"
#include "support/files.h"
#include "support/numbers.h"
#include "tune/portfolio.h"
#include "tune/size_response.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

/// Candidates that are measured, for each list that is wanted, and on how many programs.
constexpr std::size_t k_candidates_for_each = 4;
constexpr std::size_t k_tried_on = 500;

struct CorpusLabelArguments {
  CorpusChoice corpus;
  SharedOptions limits;
  SoundnessOptions gate;
  std::string store;
  std::vector<std::string> merge;
  std::string steps = "all";
  std::string shard = "0/1";
  std::string portfolio;
  std::size_t most_programs = 0;
  std::size_t searched = 2000;
  std::uint64_t evaluations = 60;
  std::size_t lists = 100;
  std::uint64_t seed = 1;
  std::size_t portfolio_size = 30;
  std::string among;
  std::string output;
  std::string portfolio_output;
  std::string responses_output;
  std::size_t responses = 256;
  std::string extended;
  bool json = false;
};

void add_options(CLI::App& app, CorpusLabelArguments& options) {
  options.corpus.split = "train";
  options.corpus.kind = "function";
  options.corpus.target = "x86_64";
  options.corpus.add_folder(app);
  options.corpus.add_filter(app);
  app.add_option("--labels", options.store, "Where results are kept (default: labels.db there)")
      ->type_name("FILE");
  app.add_option("--merge", options.merge, "Take in the results of other shards first")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--steps", options.steps, "Do only this step of the four")
      ->check(CLI::IsMember({"all", "search", "lists", "measure", "choose"}))
      ->capture_default_str();
  app.add_option("--shard", options.shard, "Search and measure share I of N only: I/N, I from 0")
      ->capture_default_str();
  app.add_option("--programs", options.most_programs,
                 "Label so many programs, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--search", options.searched, "Search on so many of them, chosen by hash")
      ->capture_default_str();
  app.add_option("--evals", options.evaluations, "Evaluations of each search")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--lists", options.lists, "Winners that are tried on every program")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--portfolio", options.portfolio,
                 "Lists that searches start from, and candidates beside the winners (default: the\n"
                 "portfolio that came with llmc)")
      ->type_name("FILE");
  app.add_option("--seed", options.seed, "Seed of all random choices")->capture_default_str();
  app.add_option("--among", options.among,
                 "Only programs of this file of labels, as -o writes it, with its lists beside\n"
                 "those of this run")
      ->type_name("FILE");
  app.add_option("-o,--output", options.output, "Write the labels here (.zst: compressed)")
      ->type_name("FILE");
  app.add_option("--portfolio-output", options.portfolio_output,
                 "Write the lists that do most together on the train split here")
      ->type_name("FILE");
  app.add_option("-k,--portfolio-size", options.portfolio_size, "How many")->capture_default_str();
  app.add_option("--responses-output", options.responses_output,
                 "Write the classes of how programs of the train split respond to the lists here")
      ->type_name("FILE");
  app.add_option("--responses", options.responses, "How many classes")
      ->check(CLI::Range(2, 10'000))
      ->capture_default_str();
  app.add_option("--extend", options.extended,
                 "Write there the classes of this file instead, with the lists of this run behind\n"
                 "theirs; what class a program has, the sizes of --among say")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "The summary as JSON");
  app.add_option("-j,--jobs", options.gate.jobs, "Processes at work")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  options.gate.add_suites(app);
  options.limits.add_limits(app);
}

/// One run: what its steps share.
class Labeller {
 public:
  static Result<int> run(const CorpusLabelArguments& options);

 private:
  Labeller(const CorpusLabelArguments& options, CorpusStore corpus, LabelStore store,
           const PassCatalogue& catalogue, const Alphabet& alphabet)
      : options_(options),
        corpus_(std::move(corpus)),
        store_(std::move(store)),
        catalogue_(catalogue) {
    setting_.alphabet = &alphabet;
    setting_.options.evaluations = options.evaluations;
    setting_.options.seed = options.seed;
  }

  [[nodiscard]] bool does(const char* step) const {
    return options_.steps == "all" || options_.steps == step;
  }

  [[nodiscard]] CorpusProgress progress(const char* step) {
    return show_progress(line_, fmt::format("{} ", step), "programs");
  }

  Result<void> prepare();
  Result<void> search();
  Result<std::vector<std::string>> order_candidates(std::vector<std::string> candidates);
  Result<void> choose_lists();
  Result<void> measure();
  Result<void> finish();
  Result<std::vector<LabelProgram>> programs(std::size_t most);
  Result<std::vector<MeasuredSizes>> sizes_of(Split split, std::size_t lists,
                                              const MeasuredPrograms& measured,
                                              std::set<Digest>& taken);
  Result<ResponseClasses> extended_responses(const SizeTable& leading);
  Result<void> write_responses(const SizeTable& leading);
  [[nodiscard]] ProgramFilter filter() const;
  void print_summary(Split split, const SizeTable& table, const std::vector<double>& gains);

  const CorpusLabelArguments& options_;
  CorpusStore corpus_;
  LabelStore store_;
  const PassCatalogue& catalogue_;
  SearchSetting setting_;
  std::vector<std::string> known_lists_;
  Shard shard_;
  SizeTable known_sizes_;  ///< of --among
  std::optional<std::unordered_set<Digest>> among_;
  std::unique_ptr<Evaluator> evaluator_;
  ProgressLine line_;
};

ProgramFilter Labeller::filter() const {
  ProgramFilter filter = options_.corpus.filter();
  if (among_) filter.among = &*among_;
  return filter;
}

Result<void> Labeller::prepare() {
  LLMC_TRY(shard_, parse_shard(options_.shard));
  if (!options_.extended.empty() && (options_.among.empty() || options_.responses_output.empty()))
    return fail(
        "--extend needs --among, the labels that its classes are from, and "
        "--responses-output",
        ErrorKind::usage);
  if (!options_.among.empty()) {
    LLMC_TRY(known_sizes_, read_size_table(options_.among));
    among_.emplace();
    for (const MeasuredSizes& one : known_sizes_.programs) among_->insert(one.program);
  }
  for (const std::string& file : options_.merge) {
    LLMC_CHECK(store_.merge(file));
  }
  const fs::path path =
      options_.portfolio.empty() ? default_portfolio() : fs::path(options_.portfolio);
  LLMC_TRY(const auto known, read_lists(path, catalogue_));
  for (const PassList& list : known) {
    if (list.tier(catalogue_) > PassTier::trusted) continue;
    setting_.seeds.push_back(list);
    known_lists_.push_back(list.to_string());
  }
  LLMC_TRY(evaluator_,
           Evaluator::create({options_.gate.jobs, options_.limits.limits(), Reuse::all, nullptr}));
  evaluator_->set_interrupt_flag(&interrupted);
  return {};
}

Result<std::vector<LabelProgram>> Labeller::programs(std::size_t most) {
  return load_label_programs(corpus_, filter(), shard_, most, options_.seed);
}

Result<void> Labeller::search() {
  const std::size_t limit = options_.most_programs == 0
                                ? options_.searched
                                : std::min(options_.searched, options_.most_programs);
  LLMC_TRY(const auto sample, programs(limit));
  auto done =
      search_programs(*evaluator_, sample, setting_, store_, &interrupted, progress("search"));
  line_.clear();
  return done;
}

/// A test of a list costs seconds, a measurement milliseconds: so the first candidates are tried on
/// programs of the sample, and come in the order in which they do most together. Those that add
/// nothing come last, in their old order.
Result<std::vector<std::string>> Labeller::order_candidates(std::vector<std::string> candidates) {
  candidates.resize(std::min(candidates.size(), k_candidates_for_each * options_.lists));
  LLMC_TRY(const auto some,
           load_label_programs(corpus_, filter(), Shard(), std::min(options_.searched, k_tried_on),
                               options_.seed));
  LLMC_CHECK(measure_programs(*evaluator_, some, candidates, store_, &interrupted,
                              progress("candidates")));
  line_.clear();
  LLMC_TRY(auto known, store_.sizes(lists_digest(candidates)));
  std::vector<MeasuredSizes> sizes;
  for (const LabelProgram& program : some)
    if (const auto found = known.find(program.id); found != known.end())
      sizes.push_back(std::move(found->second));
  std::vector<std::string> ordered;
  for (const std::size_t i : greedy_order(sizes, candidates.size()))
    ordered.push_back(candidates[i]);
  for (const std::string& list : candidates)
    if (std::ranges::find(ordered, list) == ordered.end()) ordered.push_back(list);
  return ordered;
}

Result<void> Labeller::choose_lists() {
  const Digest setting = setting_digest(setting_);
  LLMC_TRY(const auto known, store_.lists(setting));
  if (!known.empty()) return {};
  LLMC_TRY(const auto winners, store_.winners(setting));
  if (winners.empty()) return fail("no search has been done; do --steps search first");
  LLMC_TRY(const auto candidates, order_candidates(rank_winners(winners, known_lists_)));
  LLMC_TRY(const auto verdicts, options_.gate.open_store());
  LLMC_TRY(auto checkers, options_.gate.make_checkers(verdicts.get(), line_));
  std::vector<std::string> sound;
  std::size_t rejected = 0;
  for (const std::string& list : candidates) {
    if (sound.size() == options_.lists) break;
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    line_.show(fmt::format("lists [{}/{}] {} rejected", sound.size(), options_.lists, rejected));
    LLMC_TRY(const Verdict verdict, check_all(checkers, list));
    if (verdict.sound())
      sound.push_back(list);
    else
      ++rejected;
  }
  line_.clear();
  if (sound.empty()) return fail("no list is sound on the suite");
  fmt::print(stderr, "{} lists are sound on the suite, {} were rejected\n", sound.size(), rejected);
  return store_.set_lists(setting, sound);
}

Result<void> Labeller::measure() {
  LLMC_TRY(const auto lists, store_.lists(setting_digest(setting_)));
  if (lists.empty()) return fail("no lists were chosen; do --steps lists first");
  LLMC_TRY(const auto all, programs(options_.most_programs));
  auto done = measure_programs(*evaluator_, all, lists, store_, &interrupted, progress("measure"));
  line_.clear();
  return done;
}

/// Of the programs of a split those that were measured with all of `lists` and are not taken yet.
Result<std::vector<MeasuredSizes>> Labeller::sizes_of(Split split, std::size_t lists,
                                                      const MeasuredPrograms& measured,
                                                      std::set<Digest>& taken) {
  ProgramFilter of_split = filter();
  of_split.split = split;
  std::vector<MeasuredSizes> sizes;
  LLMC_CHECK(corpus_.for_each(of_split, [&](const ProgramRecord& record) {
    const auto found = measured.find(record.id);
    if (found != measured.end() && found->second.with.size() == lists &&
        taken.insert(record.id).second)
      sizes.push_back(found->second);
    return Result<void>();
  }));
  return sizes;
}

void Labeller::print_summary(Split split, const SizeTable& table,
                             const std::vector<double>& gains) {
  const Labels labels = table.labels();
  std::set<std::string> used;
  for (const auto& [id, label] : labels.by_program)
    if (!label.list.empty()) used.insert(label.list);
  if (options_.json) {
    OrderedJson row = {{"split", to_string(split)},
                       {"kind", options_.corpus.kind},
                       {"programs", labels.by_program.size()},
                       {"improved", labels.improved()},
                       {"lists", table.lists.size()},
                       {"lists_used", used.size()},
                       {"gain", labels.gain()},
                       {"gains_of_first_lists", gains}};
    fmt::print("{}\n", row.dump());
    return;
  }
  fmt::print("{} {}s of {}: {} smaller than -Oz with one of {} lists; gain {:.2f}%\n",
             labels.by_program.size(), options_.corpus.kind, to_string(split), labels.improved(),
             used.size(), 100 * labels.gain());
  for (const std::size_t k : {1, 2, 5, 10, 30, 100})
    if (k <= gains.size())
      fmt::print("  the first {:>3} lists of the portfolio: {:.2f}%\n", k, 100 * gains[k - 1]);
}

/// The classes of --extend with those lists of `leading` that they lack.
Result<ResponseClasses> Labeller::extended_responses(const SizeTable& leading) {
  LLMC_TRY(const std::string text, read_file(options_.extended));
  LLMC_TRY(ResponseClasses classes, parse_response_classes(text, options_.extended));
  LLMC_TRY(const auto known, log_ratios_with(known_sizes_, classes.lists, options_.among));
  std::vector<std::string> fresh;
  for (const std::string& list : leading.lists)
    if (std::ranges::find(classes.lists, list) == classes.lists.end()) fresh.push_back(list);
  LLMC_TRY(const auto measured, log_ratios_with(leading, fresh, "this run"));
  RatioTable ratios;
  std::vector<std::size_t> owners;
  for (const auto& [program, row] : measured)
    if (const auto found = known.find(program); found != known.end()) {
      owners.push_back(classes.nearest(found->second));
      ratios.push_back(row);
    }
  return extend_response_classes(std::move(classes), fresh, ratios, owners);
}

Result<void> Labeller::write_responses(const SizeTable& leading) {
  ResponseClasses classes;
  if (options_.extended.empty()) {
    classes = learn_response_classes(leading.log_ratios(), leading.lists, options_.responses,
                                     options_.seed);
  } else {
    LLMC_TRY(classes, extended_responses(leading));
  }
  fmt::print(stderr, "{} classes of response to {} lists; {:.1f}% of the programs are not moved\n",
             classes.classes.size(), classes.lists.size(), 100 * classes.shares().front());
  return write_file(options_.responses_output, print_response_classes(classes));
}

/// All splits that were measured; the order of the lists is that of train, if it was.
Result<void> Labeller::finish() {
  LLMC_TRY(const auto lists, store_.lists(setting_digest(setting_)));
  if (lists.empty()) return fail("no lists were chosen; do --steps lists first");
  LLMC_TRY(const auto measured, store_.sizes(lists_digest(lists)));
  SizeTable known = known_sizes_;
  keep_trusted(known, catalogue_);
  std::map<Split, SizeTable> tables;
  std::set<Digest> taken;
  for (const Split split : {Split::train, Split::validation, Split::test}) {
    LLMC_TRY(auto sizes, sizes_of(split, lists.size(), measured, taken));
    SizeTable table{lists, std::move(sizes)};
    if (!options_.among.empty()) {
      LLMC_TRY(table, join_tables(known, table));
    }
    if (!table.programs.empty()) tables[split] = std::move(table);
  }
  if (tables.empty()) return fail("no program was measured; do --steps measure first");
  const auto& [leading_split, leading] = *tables.begin();
  const std::size_t count = leading.lists.size();
  const std::vector<std::size_t> order = greedy_order(leading.programs, count);
  const std::size_t leading_programs = leading.programs.size();
  SizeTable all;
  for (auto& [split, table] : tables) {
    const std::vector<double> gains = gains_of_prefixes(table.programs, order);
    table.put_first(order);
    print_summary(split, table, gains);
    if (split == leading_split && !options_.responses_output.empty()) {
      LLMC_CHECK(write_responses(table));
    }
    all.lists = table.lists;
    std::ranges::move(table.programs, std::back_inserter(all.programs));
  }
  if (!options_.portfolio_output.empty()) {
    const std::size_t size = std::min(order.size(), options_.portfolio_size);
    const std::vector<std::string> chosen(all.lists.begin(),
                                          all.lists.begin() + static_cast<std::ptrdiff_t>(size));
    const std::string comment = fmt::format(
        "the {} of {} lists that together make {} {}s of the {} split smallest; all are sound\n"
        "# on the suite. Made by llmc corpus label --seed {} --evals {} --search {}",
        chosen.size(), count, leading_programs, options_.corpus.kind, to_string(leading_split),
        options_.seed, options_.evaluations, options_.searched);
    LLMC_CHECK(write_file(options_.portfolio_output, print_portfolio(chosen, comment)));
  }
  if (options_.output.empty()) return {};
  return write_size_table(std::move(all), options_.output);
}

Result<int> Labeller::run(const CorpusLabelArguments& options) {
  LLMC_TRY(CorpusStore corpus, options.corpus.open(CorpusStore::Mode::read));
  LLMC_CHECK(corpus.check_not_apart());
  const fs::path path =
      options.store.empty() ? corpus.folder() / "labels.db" : fs::path(options.store);
  LLMC_TRY(LabelStore store, LabelStore::open(path));
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  const Alphabet alphabet(catalogue, PassTier::trusted);
  Labeller labeller(options, std::move(corpus), std::move(store), catalogue, alphabet);
  LLMC_CHECK(labeller.prepare());
  if (labeller.does("search")) {
    LLMC_CHECK(labeller.search());
  }
  if (labeller.does("lists")) {
    LLMC_CHECK(labeller.choose_lists());
  }
  if (labeller.does("measure")) {
    LLMC_CHECK(labeller.measure());
  }
  if (labeller.does("choose")) {
    LLMC_CHECK(labeller.finish());
  }
  return k_exit_done;
}

}  // namespace

int run_corpus_label(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Labels the programs of a corpus with the pass list that makes each smallest, in four\n"
      "steps: search on some of them; of the lists that won most often take those that the\n"
      "suite finds sound; measure every program with each of them; choose. Each step keeps\n"
      "what it finds and goes on from there when it is run again.",
      "llmc corpus label");
  CorpusLabelArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  options.gate.compile_seconds = std::min(options.limits.deadline_seconds, 60.0);
  const auto code = Labeller::run(options);
  return code ? *code : report(code.error());
}

}  // namespace llmc
