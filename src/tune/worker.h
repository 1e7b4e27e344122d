// The worker side of evaluation: one process that applies batches of lists to one program at a
// time and writes a row for each as soon as it has it.
//
// A batch is a set of lists; together they form a tree in which lists with a common beginning share
// a path. The worker walks that tree depth first. Where it branches, the state reached so far - the
// module and every cached analysis - must be used more than once, and the cheapest exact copy of
// an LLVM state is a forked process: the child walks one branch while the parent waits. So a
// snapshot of a shared prefix is a process, and a list evaluated from a snapshot gives, byte for
// byte, what `opt -passes=` gives from scratch. (A copy of the module alone would not: analyses
// kept from earlier passes, such as GlobalsAA or LoopInfo, change what later passes do.) Where the
// prefix was cheaper than a fork, it is run again instead.
//
//   lists  a,b,c   a,b,d   a,e        the worker runs a, forks for {b,c  b,d}, then runs e itself;
//                                     the fork runs b, forks for c, then runs d itself.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "sandbox/child.h"
#include "toolchain/program.h"
#include "tune/evaluation.h"

namespace llmc {

/// What may be reused between evaluations; `none` is for honest benchmarks of the plain path.
enum class Reuse { none, all };

/// Whether a row also carries the object and the optimised IR.
enum class Artefacts { no, yes };

/// One list of a batch.
struct BatchItem {
  int index = 0;  ///< its place in the caller's batch
  std::vector<std::string> steps;  ///< its top-level elements; {k_baseline_list} for the baseline
};

/// A batch for one worker.
struct Batch {
  std::uint32_t number = 0;  ///< different from batch to batch, never 0
  std::string program_name;
  std::string bitcode;  ///< empty: the program of the batch before
  std::string triple;
  CodegenOptions codegen;
  Reuse reuse = Reuse::all;
  Artefacts artefacts = Artefacts::no;
  std::vector<BatchItem> items;
};

/// What comes back for an item; `evaluation.program` and `.list` are left to the caller.
struct Row {
  int index = 0;
  Evaluation evaluation;
  bool codegen_skipped = false;  ///< the IR had been lowered before
  std::string object;  ///< with Artefacts::yes
  std::string bitcode;  ///< with Artefacts::yes
};

/// What a worker and its forks tell the supervisor without a message; lives in shared memory.
struct Board {
  static constexpr int k_most_items = 4096;
  static constexpr std::size_t k_message = 500;

  std::atomic<std::int32_t> current{-1};  ///< position in the batch of the item in flight
  std::atomic<std::int32_t> depth{0};  ///< its step in flight
  std::atomic<std::int32_t> pid{0};  ///< the process at work on it
  std::atomic<std::int64_t> started_ns{0};  ///< when its clock started (steady clock)
  std::atomic<std::int32_t> killed_pid{0};  ///< the process that the supervisor killed last
  std::atomic<std::int64_t> killed_after_ns{0};  ///< how long that one had been at it
  std::atomic<std::uint64_t> steps_run{0};  ///< steps really run, for the statistics
  std::atomic<std::uint64_t> forks{0};  ///< snapshots taken
  /// By position: the number of the batch whose item here is done. (A flag would not do: a worker
  /// marks an item after sending its row, when the next batch may already be on its way.)
  std::atomic<std::uint32_t> done[k_most_items] = {};
  char message[k_message + 1] = {};  ///< LLVM's last words
};

/// Sizes of IR that was lowered before, shared by all workers; keys are exact (the bitcode with
/// use-list order), so a hit is the size that code generation would give.
class SizeMemo;
SizeMemo* make_size_memo();
void destroy_size_memo(SizeMemo* memo);

/// The positions of items that fail when the process at work dies: the one in flight, and those
/// not done that begin with the same steps and so would die of the same step.
std::vector<std::size_t> victims(const Batch& batch, const Board& board);

/// Serves batches read from `fd` until it closes, then exits. Never returns.
[[noreturn]] void serve_batches(int fd, Board& board, SizeMemo& memo, const Limits& limits);

// The messages between supervisor and worker: a 4-byte little-endian length, then CBOR.

/// Sends a batch; false if the other end is gone.
bool send_batch(int fd, const Batch& batch);
/// Takes complete rows off the front of `buffer`.
std::vector<Row> take_rows(std::string& buffer);

}  // namespace llmc
