#include "assembly/assembly.h"

#include <gtest/gtest.h>

namespace llmc {
namespace {

TEST(AsmUnit, finds_data_by_each_of_their_names) {
  AsmUnit unit;
  unit.data.push_back({.name = "table", .other_names = {"alias"}});
  EXPECT_EQ(unit.datum("alias"), unit.datum("table"));
  EXPECT_EQ(unit.datum("other"), nullptr);
}

}  // namespace
}  // namespace llmc
