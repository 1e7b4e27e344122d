#include "lift/lift_inference.h"

#include <algorithm>

namespace llmc {
namespace {

using Kind = RegisterOrigin::Kind;

/// Of a parameter that is not looked at, too, nothing may be cut off.
AbiType integer_of_width(unsigned width) {
  return width != 0 && width <= 32 ? AbiType::i32 : AbiType::i64;
}

/// A result of which only a part is set is extended by whoever wants more of it.
AbiValue result_of_width(unsigned width) {
  if (width <= 8) return {AbiType::i8, AbiExtension::zero};
  if (width <= 16) return {AbiType::i16, AbiExtension::zero};
  return {integer_of_width(width)};
}

/// Of what calls have given.
unsigned width_of_results(const RegisterOrigin& origin, const LiftFacts& facts,
                          const SignatureTable& callees) {
  unsigned width = 0;
  for (const std::size_t site : origin.sites) {
    const auto known = callees.find(facts.calls[site].callee);
    if (known == callees.end()) continue;
    const AbiType type = known->second.result.type;
    width = std::max(width, type == AbiType::i64 || type == AbiType::ptr ? 64U
                            : type == AbiType::i32                       ? 32U
                                                                         : 0U);
  }
  return width;
}

/// True if the register of results is that of the first argument, too: an argument that is there at
/// a return may be the result.
bool is_argument_result(const LiftConvention& convention) {
  return convention.result == convention.arguments.front();
}

/// True if what is in the register at a return may have been put there to be given back. `origin`
/// is that of the first register of results.
bool may_be_result(const RegisterOrigin& origin, const LiftConvention& convention) {
  if (origin.kind == Kind::entry) return is_argument_result(convention);
  return origin.kind != Kind::clobbered && !origin.is_garbage;
}

/// How much of the result is set at all returns, if it is meant to be given back. Zero bits:
/// nothing.
unsigned returned_width(const LiftFacts& facts, const SignatureTable& callees,
                        const LiftConvention& convention) {
  if (facts.pops_into_result && !facts.pops_beside_result) return 0;
  unsigned width = 0, narrowest = 0;
  bool is_meant = false;
  for (const ReturnFacts& exit : facts.returns) {
    const RegisterOrigin& origin = exit.first;
    if (!may_be_result(origin, convention)) return 0;
    is_meant = is_meant || origin.is_fresh() || origin.is_partly_fresh || facts.pops_beside_result;
    if (origin.kind == Kind::result)
      width = std::max(width, width_of_results(origin, facts, callees));
    else if (!origin.is_number)
      width = std::max(width, origin.width);
    if (origin.is_number || origin.kind == Kind::result) narrowest = 32;
  }
  if (is_meant && width == 0) width = narrowest;
  return is_meant ? width : 0;
}

AbiType returned_real(const LiftFacts& facts) {
  AbiType type = AbiType::none;
  bool is_meant = false;
  for (const ReturnFacts& exit : facts.returns) {
    const RegisterOrigin& origin = exit.real;
    if (origin.kind == Kind::entry || origin.kind == Kind::clobbered) return AbiType::none;
    is_meant = is_meant || origin.is_fresh();
    if (type == AbiType::none || type == AbiType::v128) type = origin.type;
  }
  return is_meant ? type : AbiType::none;
}

/// The type that all calls in tail position give, where each return is one.
AbiValue result_of_tail_calls(const LiftFacts& facts, const SignatureTable& callees) {
  AbiValue result;
  for (const ReturnFacts& exit : facts.returns) {
    if (exit.first.kind != Kind::result || exit.first.sites.size() != 1) return {};
    const auto known = callees.find(facts.calls[*exit.first.sites.begin()].callee);
    if (known == callees.end()) return {};
    if (result.type != AbiType::none && result != known->second.result) return {};
    result = known->second.result;
  }
  return result;
}

}  // namespace

LiftSignature inferred_signature(const LiftFacts& facts, const SignatureTable& callees,
                                 const LiftConvention& convention) {
  const std::int64_t first_on_stack = convention.stack_arguments;
  LiftSignature signature;
  std::size_t integers = 0, reals = 0;
  for (std::size_t i = 0; i < facts.integer_parameters.size(); ++i)
    if (facts.integer_parameters[i] != 0) integers = i + 1;
  for (std::size_t i = 0; i < facts.real_parameters.size(); ++i)
    if (facts.real_parameters[i] != AbiType::none) reals = i + 1;
  std::size_t stack = 0;
  for (const auto& [offset, bytes] : facts.slots)
    if (offset >= first_on_stack)
      stack = std::max(stack, static_cast<std::size_t>(offset - first_on_stack) / 8 + 1);
  if (stack > 0) integers = convention.arguments.size();
  for (std::size_t i = 0; i < integers; ++i)
    signature.parameters.push_back({integer_of_width(facts.integer_parameters[i])});
  for (std::size_t i = 0; i < stack; ++i) {
    const auto slot = facts.slots.find(first_on_stack + 8 * static_cast<std::int64_t>(i));
    const bool is_word = slot != facts.slots.end() && slot->second <= 4;
    signature.parameters.push_back({is_word ? AbiType::i32 : AbiType::i64});
  }
  for (std::size_t i = 0; i < reals; ++i) {
    const AbiType type = facts.real_parameters[i];
    signature.parameters.push_back({type == AbiType::none ? AbiType::f64 : type});
  }
  if (const unsigned width = returned_width(facts, callees, convention)) {
    signature.result = result_of_width(width);
  } else if (const AbiType real = returned_real(facts); real != AbiType::none) {
    signature.result.type = real;
  } else {
    signature.result = result_of_tail_calls(facts, callees);
  }
  signature.returns = !facts.returns.empty();
  return signature;
}

LiftSignature widest_signature(LiftSignature signature, const LiftFacts& facts,
                               const SignatureTable& callees, const LiftConvention& convention) {
  if (signature.source != SignatureSource::inferred || is_vector_class(signature.result.type) ||
      facts.returns.empty())
    return signature;
  const auto always = [&](const auto& holds) { return std::ranges::all_of(facts.returns, holds); };
  const bool is_left = always([&](const ReturnFacts& exit) {
    // What a call does not give cannot be given on.
    const bool is_given = std::ranges::all_of(exit.first.sites, [&](std::size_t site) {
      const auto callee = callees.find(facts.calls[site].callee);
      return callee != callees.end() && callee->second.result.type != AbiType::none &&
             !is_vector_class(callee->second.result.type);
    });
    return is_given && may_be_result(exit.first, convention);
  });
  if (!is_left || (facts.pops_into_result && !facts.pops_beside_result)) return signature;
  // Of what a call gives in 32 bits, the others are anything.
  const bool is_word = std::ranges::any_of(facts.returns, [&](const ReturnFacts& exit) {
    return std::ranges::any_of(exit.first.sites, [&](std::size_t site) {
      const auto callee = callees.find(facts.calls[site].callee);
      return callee != callees.end() && callee->second.result.type != AbiType::i64 &&
             callee->second.result.type != AbiType::ptr;
    });
  });
  if (signature.result.type == AbiType::none)
    signature.result = {is_word ? AbiType::i32 : AbiType::i64};
  const bool is_pair = always([](const ReturnFacts& exit) { return exit.second.is_fresh(); });
  if (is_pair && signature.second == AbiType::none) {
    signature.result = {AbiType::i64};
    signature.second = AbiType::i64;
  }
  return signature;
}

LiftSignature inferred_signature(const std::vector<CallFacts>& calls,
                                 const LiftConvention& convention) {
  const std::size_t most = convention.arguments.size();
  LiftSignature signature;
  std::vector<AbiType> integers, reals;
  unsigned result = 0, second = 0;
  AbiType real = AbiType::none;
  bool returns = false;
  std::size_t available = most, pushed = 0;
  for (const CallFacts& call : calls) {
    signature.variadic = signature.variadic || call.sets_al;
    available = std::min(available, call.available);
    pushed = std::max(pushed, call.pushed);
    for (std::size_t i = 0; i < call.integers.size(); ++i) {
      if (i == integers.size()) integers.push_back(call.integers[i]);
      if (call.integers[i] == AbiType::i64) integers[i] = AbiType::i64;
    }
    for (std::size_t i = 0; i < call.reals.size(); ++i)
      if (i == reals.size()) reals.push_back(call.reals[i]);
    result = std::max(result, call.result_width);
    second = std::max(second, call.second_width);
    if (real == AbiType::none) real = call.real_result;
    returns = returns || call.returns;
  }
  // What one call leaves undefined, no call passes, but if their number varies.
  const bool varies =
      !convention.tells_variadic &&
      (integers.size() > available || std::ranges::any_of(calls, [&](const auto& call) {
         return call.reals.size() != reals.size();
       }));
  signature.variadic = signature.variadic || varies;
  if (integers.size() > available) integers.resize(available);
  if (pushed > 0 && available == most) integers.resize(most, AbiType::i64);
  if (!signature.variadic) {
    for (const AbiType type : integers) signature.parameters.push_back({type});
    if (integers.size() == most)
      for (std::size_t i = 0; i < pushed; ++i) signature.parameters.push_back({AbiType::i64});
    for (const AbiType type : reals) signature.parameters.push_back({type});
  }
  if (result != 0)
    signature.result.type = result <= 8 ? AbiType::i8 : result <= 32 ? AbiType::i32 : AbiType::i64;
  else if (real != AbiType::none)
    signature.result.type = real;
  if (result != 0 && second != 0) signature.result.type = signature.second = AbiType::i64;
  signature.returns = returns;
  return signature;
}

std::vector<FramePart> frame_parts(const LiftFacts& facts, FrameCut cut,
                                   const LiftConvention& convention) {
  std::vector<FramePart> parts;
  if (facts.slots.empty()) return parts;
  std::int64_t highest = convention.stack_arguments;
  for (const auto& [offset, bytes] : facts.slots)
    highest = std::max(highest, offset + static_cast<std::int64_t>(bytes));
  const auto lowest = facts.escapes.begin();
  std::vector<FramePart> own;
  for (const auto& [offset, bytes] : facts.slots) {
    if (offset >= 0) break;
    const std::int64_t end = offset + static_cast<std::int64_t>(bytes);
    const bool is_object = facts.escapes.contains(offset);
    const bool is_save = facts.saves.contains(offset) && !is_object;
    // Whoever has an address may reach all that lies above it.
    const bool is_reached = lowest != facts.escapes.end() && offset > *lowest && !is_save;
    const bool begins = cut == FrameCut::objects ? is_object : is_object && !is_reached;
    if (own.empty() || begins || is_save) {
      own.push_back({offset, end});
      continue;
    }
    FramePart& below = own.back();
    const bool is_in_object = facts.escapes.contains(below.begin);
    if (is_in_object || offset < below.end)
      below.end = std::max(below.end, end);
    else
      own.push_back({offset, end});
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::int64_t next = i + 1 < own.size() ? own[i + 1].begin : 0;
    own[i].end = facts.escapes.contains(own[i].begin) ? next : std::min(own[i].end, next);
  }
  // High addresses first, as code generation hands them out.
  for (auto part = own.rbegin(); part != own.rend(); ++part)
    if (part->end > part->begin) parts.push_back(*part);
  for (std::int64_t at = convention.stack_arguments; at < highest; at += 8)
    parts.push_back({at, at + 8});
  return parts;
}

}  // namespace llmc
