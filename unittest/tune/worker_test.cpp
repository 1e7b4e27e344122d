// The parts of the worker that need no worker: the memo, the messages, who dies of what.
#include "tune/worker.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

#include "tune/size_memo.h"
#include "tune/tune_testing.h"
#include "tune/wire.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// --- SizeMemo
// -------------------------------------------------------------------------------------

struct Memo {
  SizeMemo* memo = make_size_memo();
  ~Memo() { destroy_size_memo(memo); }
  SizeMemo* operator->() const { return memo; }
};

Measurement sizes_of(std::uint64_t number) { return {number, number + 1, 3, 4, 5, 6}; }

TEST(SizeMemo, FindsWhatWasInserted) {
  const Memo memo;
  Measurement sizes;
  EXPECT_FALSE(memo->find(Digest::of("a"), sizes));
  for (int i = 0; i < 10'000; ++i)
    memo->insert(Digest::of(std::to_string(i)), sizes_of(static_cast<std::uint64_t>(i)));
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(memo->find(Digest::of(std::to_string(i)), sizes)) << i;
    ASSERT_EQ(sizes, sizes_of(static_cast<std::uint64_t>(i)));
  }
  EXPECT_FALSE(memo->find(Digest::of("10000"), sizes));
}

TEST(SizeMemo, KeysThatShareASlotAreToldApart) {
  const Memo memo;
  for (std::uint64_t i = 0; i < 16; ++i) memo->insert({i, 5}, sizes_of(i));
  Measurement sizes;
  for (std::uint64_t i = 0; i < 16; ++i) {
    ASSERT_TRUE(memo->find({i, 5}, sizes));
    EXPECT_EQ(sizes, sizes_of(i));
  }
}

TEST(SizeMemo, AFullNeighbourhoodDropsTheEntry) {
  const Memo memo;
  for (std::uint64_t i = 0; i < 1000; ++i) memo->insert({i, 5}, sizes_of(i));
  Measurement sizes;
  EXPECT_TRUE(memo->find({0, 5}, sizes));
  EXPECT_FALSE(memo->find({999, 5}, sizes));
}

TEST(SizeMemo, WrapsAroundAtItsEnd) {
  const Memo memo;
  const std::uint64_t last = ~std::uint64_t{0};
  for (std::uint64_t i = 0; i < 16; ++i) memo->insert({i, last}, sizes_of(i));
  Measurement sizes;
  for (std::uint64_t i = 0; i < 16; ++i) EXPECT_TRUE(memo->find({i, last}, sizes)) << i;
}

TEST(SizeMemo, IsSharedWithForkedProcesses) {
  const Memo memo;
  std::vector<pid_t> children;
  for (int child = 0; child < 4; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      // All four write the same thousand keys at once.
      for (int i = 0; i < 1000; ++i)
        memo->insert(Digest::of(std::to_string(i)), sizes_of(static_cast<std::uint64_t>(i)));
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) ::waitpid(pid, nullptr, 0);
  Measurement sizes;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(memo->find(Digest::of(std::to_string(i)), sizes));
    ASSERT_EQ(sizes, sizes_of(static_cast<std::uint64_t>(i)));
  }
}

// --- Messages
// -------------------------------------------------------------------------------------

struct Ends {
  int fds[2] = {-1, -1};
  Ends() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0); }
  ~Ends() {
    for (const int fd : fds)
      if (fd >= 0) ::close(fd);
  }
  void close_first() { ::close(std::exchange(fds[0], -1)); }
};

std::string any_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31);
  return bytes;
}

TEST(Messages, ABatchArrivesAsItWasSent) {
  Batch sent;
  sent.number = 17;
  sent.program_name = "odd \xff name.c";
  sent.bitcode = any_bytes(5000);
  sent.triple = "x86_64-pc-linux-gnu";
  sent.codegen.level = CodegenLevel::o0;
  sent.codegen.triple = "t";
  sent.codegen.cpu = "c";
  sent.codegen.features = "+f";
  sent.codegen.abi = "a";
  sent.codegen.relocation_model = "static";
  sent.codegen.code_model = "large";
  sent.codegen.fp_contract = "fast";
  for (bool CodegenOptions::* field :
       {&CodegenOptions::function_sections, &CodegenOptions::data_sections,
        &CodegenOptions::unique_section_names, &CodegenOptions::address_significance_table,
        &CodegenOptions::emulated_tls, &CodegenOptions::relax_all, &CodegenOptions::use_init_array,
        &CodegenOptions::stack_size_section, &CodegenOptions::unroll_loops,
        &CodegenOptions::vectorize_loops, &CodegenOptions::vectorize_slp,
        &CodegenOptions::merge_functions, &CodegenOptions::debug_info_for_profiling})
    sent.codegen.*field = !(sent.codegen.*field);
  sent.reuse = Reuse::none;
  sent.artefacts = Artefacts::yes;
  sent.items = {{0, {"globaldce", "function(gvn)"}}, {7, {}}, {2, {std::string(k_baseline_list)}}};
  Ends ends;
  ASSERT_TRUE(send_batch(ends.fds[0], sent));
  const auto received = receive_batch(ends.fds[1]);
  ASSERT_TRUE(received);
  EXPECT_EQ(received->number, sent.number);
  EXPECT_EQ(received->program_name, sent.program_name);
  EXPECT_EQ(received->bitcode, sent.bitcode);
  EXPECT_EQ(received->triple, sent.triple);
  EXPECT_EQ(received->codegen, sent.codegen);
  EXPECT_EQ(received->reuse, sent.reuse);
  EXPECT_EQ(received->artefacts, sent.artefacts);
  ASSERT_THAT(received->items, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(received->items[i].index, sent.items[i].index);
    EXPECT_EQ(received->items[i].steps, sent.items[i].steps);
  }
}

TEST(Messages, NothingComesFromAClosedEnd) {
  Ends ends;
  ends.close_first();
  EXPECT_FALSE(receive_batch(ends.fds[1]));
}

TEST(Messages, HalfABatchIsNone) {
  Ends ends;
  ASSERT_EQ(::write(ends.fds[0], "\x10\x00\x00\x00half", 8), 8);
  ends.close_first();
  EXPECT_FALSE(receive_batch(ends.fds[1]));
}

Row row_number(int number) {
  Row row;
  row.index = number;
  row.evaluation.outcome = Outcome::timeout;
  row.evaluation.sizes = sizes_of(1'000'000'000'000);
  row.evaluation.ir = Digest::of("ir");
  row.evaluation.seconds = 1.25;
  row.evaluation.message = "bytes \xff\x00 here";
  row.codegen_skipped = true;
  row.object = any_bytes(300);
  row.bitcode = any_bytes(400);
  return row;
}

/// The bytes of some rows, as they come through a pipe.
std::string bytes_of_rows(int count) {
  Ends ends;
  for (int i = 0; i < count; ++i) EXPECT_TRUE(send_row(ends.fds[0], row_number(i)));
  ends.close_first();
  std::string bytes;
  char buffer[4096];
  for (ssize_t got = ::read(ends.fds[1], buffer, sizeof buffer); got > 0;
       got = ::read(ends.fds[1], buffer, sizeof buffer))
    bytes.append(buffer, static_cast<std::size_t>(got));
  return bytes;
}

TEST(Messages, RowsArriveHoweverTheyAreCut) {
  const std::string bytes = bytes_of_rows(3);
  for (const std::size_t piece : {1UL, 3UL, 100UL, 777UL, bytes.size()}) {
    std::string buffer;
    std::vector<Row> rows;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      buffer += bytes.substr(at, piece);
      for (Row& row : take_rows(buffer)) rows.push_back(std::move(row));
    }
    EXPECT_THAT(buffer, IsEmpty());
    ASSERT_THAT(rows, SizeIs(3));
    for (int i = 0; i < 3; ++i) {
      const Row expected = row_number(i);
      const Row& row = rows[static_cast<std::size_t>(i)];
      EXPECT_EQ(row.index, i);
      EXPECT_EQ(row.evaluation.outcome, expected.evaluation.outcome);
      EXPECT_EQ(row.evaluation.sizes, expected.evaluation.sizes);
      EXPECT_EQ(row.evaluation.ir, expected.evaluation.ir);
      EXPECT_EQ(row.evaluation.seconds, expected.evaluation.seconds);
      EXPECT_EQ(row.evaluation.message, expected.evaluation.message);
      EXPECT_EQ(row.codegen_skipped, expected.codegen_skipped);
      EXPECT_EQ(row.object, expected.object);
      EXPECT_EQ(row.bitcode, expected.bitcode);
    }
  }
}

// --- Who dies of what
// -----------------------------------------------------------------------------

Batch batch_of(const std::vector<std::vector<std::string>>& lists) {
  Batch batch;
  batch.number = 3;
  for (std::size_t i = 0; i < lists.size(); ++i)
    batch.items.push_back({static_cast<int>(i), lists[i]});
  return batch;
}

TEST(Victims, AreTheListsThatBeginWithTheFatalSteps) {
  const Batch batch =
      batch_of({{"a", "b", "c"}, {"a", "b", "d"}, {"a", "e"}, {"a"}, {"b"}, {"a", "b", "x", "y"}});
  const auto board = std::make_unique<Board>();
  board->current = 0;
  board->depth = 1;  // in step "b" of list 0
  EXPECT_THAT(victims(batch, *board), ElementsAre(0, 1, 5));
  board->depth = 2;  // in step "c"
  EXPECT_THAT(victims(batch, *board), ElementsAre(0));
  board->depth = 3;  // past its steps: in code generation
  EXPECT_THAT(victims(batch, *board), ElementsAre(0));
  board->depth = 0;
  EXPECT_THAT(victims(batch, *board), ElementsAre(0, 1, 2, 3, 5));
}

TEST(Victims, SpareWhatIsDone) {
  const Batch batch = batch_of({{"a", "b"}, {"a", "c"}, {"a"}});
  const auto board = std::make_unique<Board>();
  board->current = 0;
  board->depth = 0;
  board->done[1] = batch.number;
  board->done[2] = batch.number - 1;  // of the batch before: not done
  EXPECT_THAT(victims(batch, *board), ElementsAre(0, 2));
}

TEST(Victims, AreTheFirstMissingListIfItDiedBetweenTwo) {
  const Batch batch = batch_of({{"a"}, {"b"}});
  const auto board = std::make_unique<Board>();
  EXPECT_THAT(victims(batch, *board), ElementsAre(0));
  board->done[0] = batch.number;
  EXPECT_THAT(victims(batch, *board), ElementsAre(1));
}

TEST(Victims, AreNoneIfItDiedRightAfterItsRow) {
  const Batch batch = batch_of({{"a"}, {"b"}});
  const auto board = std::make_unique<Board>();
  board->done[0] = batch.number;
  board->current = 0;
  board->depth = 1;
  EXPECT_THAT(victims(batch, *board), IsEmpty()) << "the second list is blameless";
}

}  // namespace
}  // namespace llmc
