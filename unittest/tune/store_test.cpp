#include "tune/store.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tune/tune_testing.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::message_of;
using test::take;
using test::temporary_folder;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

Evaluation row(int number) {
  Evaluation evaluation;
  evaluation.program = Digest::of("program");
  evaluation.list = "list " + std::to_string(number);
  evaluation.outcome = Outcome::ok;
  evaluation.sizes = {1, 2, 3, 4, 5, static_cast<std::uint64_t>(number)};
  evaluation.ir = Digest::of(evaluation.list);
  evaluation.seconds = 0.25;
  evaluation.message = "a 'quoted' word\nand\ta tab";
  return evaluation;
}

void expect_equal(const Evaluation& a, const Evaluation& b) {
  EXPECT_EQ(a.program, b.program);
  EXPECT_EQ(a.list, b.list);
  EXPECT_EQ(a.outcome, b.outcome);
  EXPECT_EQ(a.sizes, b.sizes);
  EXPECT_EQ(a.ir, b.ir);
  EXPECT_EQ(a.seconds, b.seconds);
  EXPECT_EQ(a.message, b.message);
}

void run_sql(const fs::path& path, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(Store, FindsWhatWasAdded) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  EXPECT_EQ(take(store.size()), 0U);
  EXPECT_FALSE(store.find(Digest::of("program"), "list 1", seconds(1)));
  ASSERT_TRUE(store.add(row(1)));
  const auto found = store.find(Digest::of("program"), "list 1", seconds(1));
  ASSERT_TRUE(found);
  expect_equal(*found, row(1));
  EXPECT_FALSE(store.find(Digest::of("other"), "list 1", seconds(1)));
  EXPECT_FALSE(store.find(Digest::of("program"), "list 2", seconds(1)));
}

TEST(Store, KeepsEveryOutcome) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  for (const Outcome outcome : {Outcome::ok, Outcome::crash, Outcome::fatal, Outcome::timeout,
                                Outcome::invalid_ir, Outcome::rejected}) {
    Evaluation evaluation = row(1);
    evaluation.list = to_string(outcome);
    evaluation.outcome = outcome;
    evaluation.seconds = 10;
    ASSERT_TRUE(store.add(evaluation));
    const auto found = store.find(evaluation.program, evaluation.list, seconds(1));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->outcome, outcome);
  }
}

TEST(Store, LosesNothingWhenOpenedAgain) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "new" / "folders" / "store.db";
  {
    Store store = take(Store::open(path));
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(store.add(row(i)));
    ASSERT_TRUE(store.add_program(Digest::of("program"), "a.c"));
  }
  Store store = take(Store::open(path));
  EXPECT_EQ(take(store.size()), 100U);
  for (int i = 0; i < 100; ++i) {
    const auto found = store.find(Digest::of("program"), row(i).list, seconds(1));
    ASSERT_TRUE(found) << i;
    expect_equal(*found, row(i));
  }
}

TEST(Store, ReplacesARow) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  ASSERT_TRUE(store.add(row(1)));
  Evaluation changed = row(1);
  changed.outcome = Outcome::crash;
  ASSERT_TRUE(store.add(changed));
  EXPECT_EQ(take(store.size()), 1U);
  EXPECT_EQ(store.find(changed.program, changed.list, seconds(1))->outcome, Outcome::crash);
}

TEST(Store, VisitsEveryRowInKeyOrder) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  for (const int i : {3, 1, 2}) ASSERT_TRUE(store.add(row(i)));
  std::vector<std::string> lists;
  ASSERT_TRUE(store.for_each([&](const Evaluation& seen) { lists.push_back(seen.list); }));
  EXPECT_THAT(lists, testing::ElementsAre("list 1", "list 2", "list 3"));
}

TEST(Store, ATimeoutCountsOnlyForDeadlinesItReached) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  Evaluation timeout = row(1);
  timeout.outcome = Outcome::timeout;
  timeout.seconds = 10;
  ASSERT_TRUE(store.add(timeout));
  EXPECT_TRUE(store.find(timeout.program, timeout.list, seconds(10)));
  EXPECT_TRUE(store.find(timeout.program, timeout.list, seconds(5)));
  EXPECT_FALSE(store.find(timeout.program, timeout.list, milliseconds(10'001)));
}

TEST(Store, RunningOutOfMemoryDoesNotCountAgain) {
  const TemporaryFolder folder = temporary_folder();
  Store store = take(Store::open(folder.path() / "store.db"));
  Evaluation starved = row(1);
  starved.outcome = Outcome::out_of_memory;
  ASSERT_TRUE(store.add(starved));
  EXPECT_FALSE(store.find(starved.program, starved.list, seconds(1)));
  int visited = 0;
  ASSERT_TRUE(store.for_each([&](const Evaluation&) { ++visited; }));
  EXPECT_EQ(visited, 1) << "it is a row all the same";
}

TEST(Store, ADamagedRowCountsAsAbsent) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  {
    Store store = take(Store::open(path));
    for (const int i : {1, 2, 3}) ASSERT_TRUE(store.add(row(i)));
  }
  for (const char* damage : {"UPDATE evaluation SET text = text + 1 WHERE list = 'list 1'",
                             "UPDATE evaluation SET outcome = 'odd' WHERE list = 'list 2'"})
    run_sql(path, damage);
  Store store = take(Store::open(path));
  EXPECT_FALSE(store.find(Digest::of("program"), "list 1", seconds(1)));
  EXPECT_FALSE(store.find(Digest::of("program"), "list 2", seconds(1)));
  EXPECT_TRUE(store.find(Digest::of("program"), "list 3", seconds(1)));
  ASSERT_TRUE(store.add(row(1))) << "it can be made again";
  EXPECT_TRUE(store.find(Digest::of("program"), "list 1", seconds(1)));
}

TEST(Store, TwoProcessesMayUseIt) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  take(Store::open(path));
  std::vector<pid_t> children;
  for (int child = 0; child < 2; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto store = Store::open(path);
      for (int i = 0; store && i < 200; ++i)
        if (!store->add(row(child * 1000 + i))) ::_exit(1);
      ::_exit(store ? 0 : 2);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(take(take(Store::open(path)).size()), 400U);
}

// What `add` has reported as done survives kill -9 at any moment.
TEST(Store, AKilledProcessLosesNoRowItReported) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  for (const int wanted : {1, 17, 150}) {
    fs::remove(path);
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = Store::open(path);
      for (int i = 0; store && store->add(row(i)); ++i)
        if (::write(ends[1], "x", 1) != 1) break;
      ::_exit(1);
    }
    ::close(ends[1]);
    int reported = 0;
    char byte = 0;
    while (reported < wanted && ::read(ends[0], &byte, 1) == 1) ++reported;
    ::kill(child, SIGKILL);
    while (::read(ends[0], &byte, 1) == 1) ++reported;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    EXPECT_GE(reported, wanted);
    Store store = take(Store::open(path), "the store of a killed process");
    for (int i = 0; i < reported; ++i)
      ASSERT_TRUE(store.find(Digest::of("program"), row(i).list, seconds(1))) << i << " is lost";
    EXPECT_LE(take(store.size()), static_cast<std::uint64_t>(reported) + 1);
  }
}

// --- What is not a store ------------------------------------------------------------------------

TEST(Store, RefusesAForeignDatabaseAndLeavesItAlone) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "foreign.db";
  run_sql(path, "CREATE TABLE customers (name TEXT); INSERT INTO customers VALUES ('x');");
  const std::string before = test::contents(path);
  EXPECT_THAT(message_of(Store::open(path)),
              AllOf(StartsWith(path.string()), HasSubstr("not an llmc store")));
  EXPECT_EQ(test::contents(path), before);
}

TEST(Store, RefusesGarbageAndLeavesItAlone) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "garbage.db";
  for (const std::string& bytes : {std::string("these are not the bytes of a database"),
                                   std::string(10'000, 'x'), std::string(5000, '\xff')}) {
    ASSERT_TRUE(write_file(path, bytes));
    EXPECT_THAT(message_of(Store::open(path)), StartsWith(path.string()));
    EXPECT_EQ(test::contents(path), bytes);
  }
}

TEST(Store, RefusesATruncatedStore) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  {
    Store store = take(Store::open(path));
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(store.add(row(i)));
  }
  const std::string bytes = test::contents(path);
  ASSERT_GT(bytes.size(), 20'000U);
  ASSERT_TRUE(write_file(path, bytes.substr(0, 4096 * 3 + 100)));
  auto store = Store::open(path);
  EXPECT_FALSE(store) << "a store cut in the middle was accepted";
}

TEST(Store, RefusesAnotherFormatVersion) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  take(Store::open(path));
  run_sql(path, "PRAGMA user_version=99;");
  EXPECT_THAT(message_of(Store::open(path)), HasSubstr("format 99"));
}

TEST(Store, AFolderThatCannotBeWrittenIsAnError) {
  EXPECT_THAT(message_of(Store::open("/proc/no-such/store.db")), HasSubstr("/proc/no-such"));
  const TemporaryFolder folder = temporary_folder();
  EXPECT_THAT(message_of(Store::open(folder.path())), StartsWith(folder.path().string()));
}

TEST(Store, AnEmptyFileBecomesAStore) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "store.db";
  ASSERT_TRUE(write_file(path, ""));
  EXPECT_TRUE(take(Store::open(path)).add(row(1)));
}

TEST(Store, ItsPlaceFollowsTheEnvironment) {
  // In a child: the environment is the process's.
  const auto path_with = [](const char* store, const char* cache) {
    return take(run_in_child([&]() -> Result<std::string> {
      ::setenv("HOME", "/home/x", 1);
      if (store != nullptr)
        ::setenv("LLMC_STORE", store, 1);
      else
        ::unsetenv("LLMC_STORE");
      if (cache != nullptr)
        ::setenv("XDG_CACHE_HOME", cache, 1);
      else
        ::unsetenv("XDG_CACHE_HOME");
      return Store::default_path().string();
    }));
  };
  EXPECT_EQ(path_with("/s/db", "/c"), "/s/db");
  EXPECT_EQ(path_with(nullptr, "/c"), "/c/llmc/store.db");
  EXPECT_EQ(path_with("", ""), "/home/x/.cache/llmc/store.db");
  EXPECT_EQ(path_with(nullptr, nullptr), "/home/x/.cache/llmc/store.db");
}

}  // namespace
}  // namespace llmc
