#include "model/language_model.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

TEST(Dialect, NamesAreReadBack) {
  for (const Dialect dialect : {Dialect::llmc, Dialect::paper, Dialect::chat})
    EXPECT_EQ(take(parse_dialect(to_string(dialect))), dialect);
}

TEST(Dialect, AnUnknownNameIsToldWhichThereAre) {
  EXPECT_THAT(message_of(parse_dialect("latin")), HasSubstr("llmc, paper or chat"));
}

}  // namespace
}  // namespace llmc
