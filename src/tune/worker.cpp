#include "tune/worker.h"

#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>
#include <new>
#include <optional>

#include "ir/module.h"
#include "support/stopwatch.h"
#include "toolchain/optimizer.h"
#include "tune/size_memo.h"
#include "tune/wire.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

/// A prefix that took less than this is run again rather than forked from: a fork, its page faults
/// and its exit cost about as much.
constexpr double k_fork_seconds = 0.0015;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch())
      .count();
}

Board* message_board = nullptr;

void keep_last_words(const char* message) {
  std::strncpy(message_board->message, message, Board::k_message);
}

using Item = const BatchItem*;
using Group = std::vector<std::size_t>;  ///< positions in the batch

/// The module in the middle of a list.
struct ModuleState {
  IrModule module;
  std::unique_ptr<Optimizer> optimizer;
  double seconds = 0;  ///< spent on the steps so far, whoever ran them
};

/// Walks one batch; see the top of worker.h.
class BatchRun {
 public:
  BatchRun(int fd, Board& board, SizeMemo& memo, const Batch& batch, const std::string& bitcode,
           const CodeGenerator& generator)
      : fd_(fd),
        board_(board),
        memo_(memo),
        batch_(batch),
        bitcode_(bitcode),
        generator_(generator),
        codegen_key_(Digest::of(batch.codegen.key())) {}

  void run() {
    Group all;
    for (std::size_t i = 0; i < batch_.items.size(); ++i)
      if (board_.done[i] != batch_.number) all.push_back(i);
    if (batch_.reuse == Reuse::all) return walk(std::move(all), fresh_state(), 0);
    for (const std::size_t position : all) walk({position}, fresh_state(), 0);
  }

 private:
  std::unique_ptr<ModuleState> fresh_state() {
    board_.started_ns = now_ns();
    auto module = IrModule::parse(bitcode_, batch_.program_name, ValueNames::discard);
    // The supervisor has parsed these bytes before; failing here means that memory is short.
    if (!module) ::_exit(k_exit_out_of_memory);
    auto state = std::make_unique<ModuleState>(ModuleState{std::move(*module), nullptr, 0});
    state->optimizer = std::make_unique<Optimizer>(state->module.module(), generator_);
    return state;
  }

  /// Runs the lists of `group`, which share their first `depth` steps, all of them done on `state`.
  void walk(Group group, std::unique_ptr<ModuleState> state, std::size_t depth) {
    while (!group.empty()) {
      const std::map<std::string, Group> branches = branch(group, depth);
      for (auto it = branches.begin(); std::next(it) != branches.end(); ++it) {
        if (state->seconds >= k_fork_seconds)
          walk_in_fork(it->second, *state, depth);
        else
          walk(it->second, fresh_state(), 0);
        board_.started_ns = now_ns() - static_cast<std::int64_t>(state->seconds * 1e9);
      }
      group = branches.rbegin()->second;
      board_.current = static_cast<std::int32_t>(group.front());
      board_.depth = static_cast<std::int32_t>(depth);
      if (branches.rbegin()->first.empty()) return finish(group.front(), std::move(state));
      if (!run_step(branches.rbegin()->first, group, *state)) return;
      ++depth;
    }
  }

  /// The lists by their step at `depth`; the empty key holds the list that ends there.
  [[nodiscard]] std::map<std::string, Group> branch(const Group& group, std::size_t depth) const {
    std::map<std::string, Group> branches;
    for (const std::size_t position : group) {
      const BatchItem& item = batch_.items[position];
      branches[depth < item.steps.size() ? item.steps[depth] : ""].push_back(position);
    }
    return branches;
  }

  /// One step in place; false if LLVM rejects it, after a row for each list of the group.
  bool run_step(const std::string& step, const Group& group, ModuleState& state) {
    const auto start = Clock::now();
    Result<void> result;
    if (step == k_baseline_list)
      state.optimizer->run_clang_oz(batch_.codegen);
    else
      result = state.optimizer->run(step);
    state.seconds += seconds_since(start);
    board_.steps_run += 1;
    if (result) return true;
    for (const std::size_t position : group) {
      Row row = row_for(position, Outcome::rejected, state.seconds);
      row.evaluation.message = result.error().message;
      send(position, row);
    }
    return false;
  }

  void walk_in_fork(Group group, ModuleState& state, std::size_t depth) {
    while (!group.empty()) {
      board_.forks += 1;
      const pid_t child = ::fork();
      if (child == 0) {
        board_.pid = ::getpid();
        board_.started_ns = now_ns() - static_cast<std::int64_t>(state.seconds * 1e9);
        // The child owns its copy of the state; the parent's stays what it was.
        std::unique_ptr<ModuleState> own(&state);
        walk(std::move(group), std::move(own), depth);
        ::_exit(0);
      }
      int status = 0;
      if (child < 0) ::_exit(k_exit_out_of_memory);
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      board_.pid = ::getpid();
      if (status == 0) return;
      report_death(status, child);
      std::erase_if(group,
                    [&](std::size_t position) { return board_.done[position] == batch_.number; });
    }
  }

  void report_death(int status, pid_t child) {
    const bool killed = board_.killed_pid == child;
    const std::int64_t spent =
        killed ? board_.killed_after_ns.load() : now_ns() - board_.started_ns;
    for (const std::size_t position : victims(batch_, board_)) {
      Row row = row_for(position, outcome_of_wait_status(status, killed),
                        static_cast<double>(spent) * 1e-9);
      row.evaluation.message =
          board_.message[0] != '\0' ? board_.message : describe_wait_status(status);
      send(position, row);
    }
    board_.message[0] = '\0';
  }

  /// The end of a list: check, hash, lower unless that was done before, send.
  void finish(std::size_t position, std::unique_ptr<ModuleState> state) {
    const auto start = Clock::now();
    Row row = row_for(position, Outcome::ok, 0);
    Evaluation& evaluation = row.evaluation;
    state->optimizer.reset();
    if (auto verified = state->module.verify_optimised(); !verified) {
      evaluation.outcome = Outcome::invalid_ir;
      evaluation.message = verified.error().message;
    } else {
      std::string bitcode = state->module.bitcode();
      evaluation.ir = Digest::of(bitcode);
      evaluation.sizes.instructions = state->module.instruction_count();
      lower(state->module, row);
      if (batch_.artefacts == Artefacts::yes) row.bitcode = std::move(bitcode);
    }
    evaluation.seconds = state->seconds + seconds_since(start);
    send(position, row);
  }

  void lower(IrModule& module, Row& row) {
    Evaluation& evaluation = row.evaluation;
    const Digest key{evaluation.ir.high ^ codegen_key_.high, evaluation.ir.low ^ codegen_key_.low};
    const bool may_skip = batch_.reuse == Reuse::all && batch_.artefacts == Artefacts::no;
    if (may_skip && memo_.find(key, evaluation.sizes)) {
      row.codegen_skipped = true;
      return;
    }
    auto object = generator_.emit_object(module.module());
    auto sizes =
        object ? measure_object(*object, batch_.program_name) : std::unexpected(object.error());
    if (!sizes) {
      evaluation.outcome = Outcome::fatal;
      evaluation.message = sizes.error().message;
      return;
    }
    sizes->instructions = evaluation.sizes.instructions;
    evaluation.sizes = *sizes;
    memo_.insert(key, *sizes);
    if (batch_.artefacts == Artefacts::yes) row.object = std::move(*object);
  }

  [[nodiscard]] Row row_for(std::size_t position, Outcome outcome, double seconds) const {
    Row row;
    row.index = batch_.items[position].index;
    row.evaluation.outcome = outcome;
    row.evaluation.seconds = seconds;
    return row;
  }

  void send(std::size_t position, const Row& row) {
    if (!send_row(fd_, row)) ::_exit(0);  // the supervisor is gone
    board_.done[position] = batch_.number;
    board_.current = -1;
  }

  int fd_;
  Board& board_;
  SizeMemo& memo_;
  const Batch& batch_;
  const std::string& bitcode_;
  const CodeGenerator& generator_;
  Digest codegen_key_;
};

}  // namespace

SizeMemo* make_size_memo() {
  void* memory = ::mmap(nullptr, sizeof(SizeMemo), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  // Fresh anonymous memory is zero, which is the empty table; constructing it would touch it all.
  return memory == MAP_FAILED ? nullptr : static_cast<SizeMemo*>(memory);
}

void destroy_size_memo(SizeMemo* memo) { ::munmap(memo, sizeof(SizeMemo)); }

std::vector<std::size_t> victims(const Batch& batch, const Board& board) {
  const std::vector<BatchItem>& items = batch.items;
  std::vector<std::size_t> found;
  const auto current = static_cast<std::size_t>(board.current.load());
  const auto depth = static_cast<std::size_t>(board.depth.load());
  const auto& culprit = current < items.size() ? items[current].steps : std::vector<std::string>();
  const bool in_a_step = depth < culprit.size();
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (board.done[i] == batch.number) continue;
    if (current >= items.size()) {
      // It died between two lists: blame the first, so that there is always progress.
      found.push_back(i);
      break;
    }
    const auto& steps = items[i].steps;
    const bool same_fate =
        in_a_step && steps.size() > depth &&
        std::equal(culprit.begin(), culprit.begin() + static_cast<long>(depth) + 1, steps.begin());
    if (i == current || same_fate) found.push_back(i);
  }
  return found;
}

void serve_batches(int fd, Board& board, SizeMemo& memo, const Limits& limits) {
  message_board = &board;
  enter_child(limits, keep_last_words);
  std::string bitcode;
  std::optional<CodeGenerator> generator;
  std::string generator_key;
  while (auto batch = receive_batch(fd)) {
    if (!batch->bitcode.empty()) bitcode = std::move(batch->bitcode);
    const std::string key = batch->codegen.key() + batch->triple;
    if (!generator || key != generator_key) {
      auto created = CodeGenerator::create(batch->codegen, batch->triple);
      if (!created) {
        keep_last_words(created.error().message.c_str());
        ::_exit(k_exit_fatal);
      }
      generator.emplace(std::move(*created));
      generator_key = key;
    }
    board.pid = ::getpid();
    BatchRun(fd, board, memo, *batch, bitcode, *generator).run();
  }
  ::_exit(0);
}

}  // namespace llmc
