#include "lift/lift_facts.h"

#include <algorithm>

namespace llmc {
namespace {

RegisterOrigin merged_origin(const RegisterOrigin& a, const RegisterOrigin& b) {
  using Kind = RegisterOrigin::Kind;
  RegisterOrigin both = a;
  both.is_partly_fresh = a.is_partly_fresh || b.is_partly_fresh || a.is_fresh() != b.is_fresh();
  if (a.kind != b.kind) {
    const auto either = [&](Kind kind) { return a.kind == kind || b.kind == kind; };
    both.kind = either(Kind::clobbered) ? Kind::clobbered
                : either(Kind::entry)   ? Kind::entry
                                        : Kind::defined;
  }
  // Constants take the width of what they meet.
  const bool is_from_entry = a.kind == Kind::entry || b.kind == Kind::entry;
  both.width = a.is_number == b.is_number || is_from_entry ? std::max(a.width, b.width)
               : a.is_number                               ? b.width
                                                           : a.width;
  both.is_number = is_from_entry ? a.is_number || b.is_number : a.is_number && b.is_number;
  both.is_read = a.is_read || b.is_read;
  both.is_garbage = a.is_garbage || b.is_garbage;
  if (a.constant != b.constant) both.constant.reset();
  if (a.page != b.page) both.page.clear();
  both.sites.insert(b.sites.begin(), b.sites.end());
  both.parameters.insert(b.parameters.begin(), b.parameters.end());
  if (both.type == AbiType::none || both.type == AbiType::v128) both.type = b.type;
  return both;
}

}  // namespace

LiftRegisters merged(const LiftRegisters& a, const LiftRegisters& b) {
  LiftRegisters both;
  for (std::size_t i = 0; i < both.general.size(); ++i)
    both.general[i] = merged_origin(a.general[i], b.general[i]);
  for (std::size_t i = 0; i < both.vector.size(); ++i)
    both.vector[i] = merged_origin(a.vector[i], b.vector[i]);
  return both;
}

}  // namespace llmc
