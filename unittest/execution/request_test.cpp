#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "execution/pair.h"
#include "execution/plan.h"
#include "testing.h"

namespace llmc {
namespace {

/// A request in which no list is empty that could matter.
PairRequest example_request() {
  const std::string assembly =
      ".text\n.globl f\n.type f,@function\nf:\nmovl count(%rip), %edi\njmp g\n.local count\n"
      ".comm count,4,4\n";
  const std::string ir =
      "@count = internal global i32 0\ndeclare i32 @g(i32)\n"
      "define i32 @f(ptr nonnull %0, i8 range(i8 1, 5) %1) {\n%3 = load i32, ptr %0\n"
      "%4 = icmp eq i32 %3, 17\nbr i1 %4, label %5, label %7\n5:\n%6 = call i32 @g(i32 %3)\n"
      "ret i32 %6\n7:\nret i32 0\n}";
  PairRequest request;
  request.options.seed = 5;
  request.pair =
      test::take(prepare_pair(assembly, ir, "f", NormalTarget::x86_64, request.options), "a pair");
  return request;
}

TEST(PairRequest, comes_back_from_its_bytes) {
  const std::string bytes = pack_request(example_request());
  const PairRequest request = test::take(unpack_request(bytes), "a request");
  EXPECT_EQ(pack_request(request), bytes);
  EXPECT_EQ(request.options.seed, 5U);
  EXPECT_EQ(request.pair.plan.callees[0].name, "g");
  EXPECT_EQ(request.pair.plan.inputs.signature.parameters[1].range,
            (std::pair<std::int64_t, std::int64_t>{1, 5}));
  EXPECT_EQ(make_input(request.pair.plan.inputs, 3).memory,
            make_input(example_request().pair.plan.inputs, 3).memory);
}

TEST(PairRequest, bytes_that_are_cut_off_or_too_many_are_refused) {
  const std::string bytes = pack_request(example_request());
  for (std::size_t length = 0; length < bytes.size(); length += 7)
    EXPECT_THAT(test::message_of(unpack_request(std::string_view(bytes).substr(0, length))),
                testing::HasSubstr("not the bytes of a pair"));
  EXPECT_THAT(test::message_of(unpack_request(bytes + "x")),
              testing::HasSubstr("not the bytes of a pair"));
}

}  // namespace
}  // namespace llmc
