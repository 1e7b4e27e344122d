#include "lift/a64_names.h"

#include <gtest/gtest.h>

namespace llmc {
namespace {

using Class = A64Register::Class;

TEST(A64Names, RegistersHaveANumberAndAWidth) {
  EXPECT_EQ(a64_register("W7"), (A64Register{Class::general, 7, 32}));
  EXPECT_EQ(a64_register("FP"), (A64Register{Class::general, 29, 64}));
  EXPECT_EQ(a64_register("LR"), (A64Register{Class::general, 30, 64}));
  EXPECT_EQ(a64_register("WZR"), (A64Register{Class::general, k_zero_register, 32}));
  EXPECT_EQ(a64_register("SP"), (A64Register{Class::general, k_stack_register, 64}));
  EXPECT_EQ(a64_register("Q31"), (A64Register{Class::vector, 31, 128}));
  EXPECT_EQ(a64_register("S0"), (A64Register{Class::vector, 0, 32}));
  for (const char* other : {"", "X", "X31", "Q32", "Z0", "NZCV", "X1A", "W0_W1"})
    EXPECT_FALSE(a64_register(other)) << other;
}

TEST(A64Names, LogicalImmediatesAreThoseOfTheManual) {
  EXPECT_EQ(a64_logical_immediate(0x1000, 64), 1U);           // #0x1
  EXPECT_EQ(a64_logical_immediate(0x1007, 64), 0xffU);        // #0xff
  EXPECT_EQ(a64_logical_immediate(0x0007, 32), 0xffU);
  EXPECT_EQ(a64_logical_immediate(0x003c, 64), 0x5555555555555555U);
  EXPECT_EQ(a64_logical_immediate(0x07c0, 32), 0x80000000U >> 30);
  EXPECT_FALSE(a64_logical_immediate(0x1000, 32)) << "a pattern of 64 bits";
  EXPECT_FALSE(a64_logical_immediate(0x103f, 64)) << "all ones";
}

TEST(A64Names, FloatImmediatesAreThoseOfTheManual) {
  EXPECT_EQ(a64_float_immediate(112), 1.0);
  EXPECT_EQ(a64_float_immediate(128), -2.0);
  EXPECT_EQ(a64_float_immediate(0), 2.0);
  EXPECT_EQ(a64_float_immediate(63), 31.0);
  EXPECT_EQ(a64_float_immediate(64), 0.125);
}

TEST(A64Names, ConditionsComeInPairsOfOpposites) {
  for (unsigned code = 0; code < 14; ++code)
    for (unsigned flags = 0; flags < 16; ++flags)
      EXPECT_NE(holds(static_cast<A64Condition>(code), flags),
                holds(negated(static_cast<A64Condition>(code)), flags));
  EXPECT_TRUE(holds(A64Condition::hi, k_a64_carry));
  EXPECT_FALSE(holds(A64Condition::hi, k_a64_carry | k_a64_zero));
  EXPECT_TRUE(holds(A64Condition::lt, k_a64_sign));
  EXPECT_FALSE(holds(A64Condition::lt, k_a64_sign | k_a64_overflow));
}

}  // namespace
}  // namespace llmc
