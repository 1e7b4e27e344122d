// Inlining decided call by call: `calls<NAME;-2;+5>`.
//
// An element of module level that LLVM does not have. In the function NAME it forbids to inline the
// second of the calls that could be inlined, and asks for the fifth to be:
//
//     calls<parse_header;-2;+5>,default<Oz>
//
// It changes nothing by itself: it writes `noinline` and `alwaysinline` on calls, which the
// inliners behind it heed. Such calls are those, of the function as it is when the element runs, of
// functions that the module has, that are not NAME itself, and of which the source does not say
// whether to inline them. They are counted from 1. A number that is too large, or a function that
// is not there, is nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passes/pass_list.h"

namespace llvm {
class Module;
class PassBuilder;
}  // namespace llvm

namespace llmc {

inline constexpr std::string_view k_call_decisions = "calls";

/// Teaches `builder` to read such elements.
void register_call_decisions(llvm::PassBuilder& builder);

/// Whether "NAME;-2;+5" is of that form.
bool are_call_decisions(std::string_view parameters);

/// A call that can be decided on.
struct CallSite {
  std::string caller;
  unsigned number = 0;
  std::string callee;

  friend bool operator==(const CallSite&, const CallSite&) = default;
};

/// All of them, in the module's order. Functions whose names cannot stand in a list are left out.
std::vector<CallSite> call_sites(llvm::Module& module);

/// One decision on a call.
struct CallDecision {
  CallSite site;
  bool inlines = false;  ///< false: it is not to be inlined
};

/// The decisions that `list` begins with, of those on `sites`, in the list's order.
std::vector<CallDecision> leading_call_decisions(const PassList& list,
                                                 const std::vector<CallSite>& sites);

/// `list` without any decisions that it begins with: what it is for other programs.
PassList without_leading_call_decisions(const PassList& list);

/// `list`, which begins with none, behind these decisions.
PassList with_call_decisions(const std::vector<CallDecision>& decisions, const PassList& list);

/// The elements of these decisions, a function each, in the order in which they first come.
std::vector<PassElement> call_decision_elements(const std::vector<CallDecision>& decisions);

}  // namespace llmc
