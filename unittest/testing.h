// What most tests need: results unwrapped, the repository's files, LLVM's own tools as authorities.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/error.h"
#include "support/files.h"
#include "support/subprocess.h"

namespace llmc::test {

/// The value of `result`; a failed one ends the test (GoogleTest reports the exception).
template <typename T>
T take(Result<T> result, const char* what = "a result") {
  if (!result) throw std::runtime_error(std::string(what) + " failed: " + result.error().message);
  return std::move(*result);
}

/// The message of a failed `result`; "" and a failed test if it did not fail.
template <typename T>
std::string message_of(const Result<T>& result) {
  if (!result) return result.error().message;
  ADD_FAILURE() << "should have failed";
  return "";
}

/// A path in the repository.
inline std::filesystem::path source_path(const std::string& relative) {
  return std::filesystem::path(LLMC_SOURCE_FOLDER) / relative;
}

/// The full path of one of LLVM's tools ("opt", "llvm-size", "clang").
inline std::string llvm_tool(const std::string& name) {
  const auto beside_library = std::filesystem::path(LLMC_TOOLS_FOLDER) / name;
  if (std::filesystem::exists(beside_library)) return beside_library.string();
  return name + "-19";
}

/// Standard output of a program that must succeed.
inline std::string output_of(const std::vector<std::string>& arguments) {
  SubprocessOptions options;
  options.limit = std::chrono::seconds(60);
  const SubprocessResult result = take(run_subprocess(arguments, options), arguments[0].c_str());
  EXPECT_EQ(result.exit_status, 0) << arguments[0] << ": " << result.errors;
  return result.output;
}

/// A temporary folder that must be there.
inline TemporaryFolder temporary_folder() {
  return take(TemporaryFolder::create(), "a temporary folder");
}

/// The bytes of a file that must be there.
inline std::string contents(const std::filesystem::path& path) {
  return take(read_file(path), path.c_str());
}

/// The sources in examples/, sorted.
inline std::vector<std::filesystem::path> example_sources() {
  std::vector<std::filesystem::path> sources;
  for (const auto& entry : std::filesystem::directory_iterator(source_path("examples"))) {
    const auto extension = entry.path().extension();
    if (extension == ".c" || extension == ".cpp") sources.push_back(entry.path());
  }
  std::ranges::sort(sources);
  return sources;
}

}  // namespace llmc::test
