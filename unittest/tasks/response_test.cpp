#include "tasks/response.h"

#include <cmath>
#include <limits>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;

TEST(Response, AsksAboutASketch) {
  EXPECT_EQ(response_prompt("\nfn i32\nret v"),
            "[INST] How does its size respond?\nfn i32\nret v\n[/INST]");
}

TEST(Response, TellsSizesInSteps) {
  const double failed = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(
      sizes_answer({0, std::log(0.97), std::log(0.999), std::log(1.001), std::log(9), failed}),
      "\nx100\nx97\nx99\nx101\nx200\nx200");
  EXPECT_EQ(sizes_prompt("\nret v"), "[INST] What size does it get?\nret v\n[/INST]");
}

TEST(Response, NumbersTheClasses) { EXPECT_THAT(response_choices(3), ElementsAre("0", "1", "2")); }

}  // namespace
}  // namespace llmc
