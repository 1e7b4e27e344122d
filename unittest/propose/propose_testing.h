// What tests of proposers share.
#pragma once

#include <string>
#include <vector>

#include "propose/model_proposer.h"
#include "testing.h"
#include "toolchain/front_end.h"

namespace llmc::test {

/// A unit of C.
inline Program program_of(const std::string& source) {
  const TemporaryFolder folder = temporary_folder();
  const std::string path = (folder.path() / "unit.c").string();
  EXPECT_TRUE(write_file(path, source));
  return take(take(FrontEnd::find()).compile({{}, path, {}, false}));
}

inline std::vector<std::string> texts_of(const std::vector<RankedList>& ranked) {
  std::vector<std::string> texts;
  for (const RankedList& one : ranked) texts.push_back(one.list.to_string());
  return texts;
}

}  // namespace llmc::test
