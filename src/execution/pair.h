// Everything that a pair is run with.
#pragma once

#include <string>
#include <string_view>

#include "execution/execution.h"
#include "execution/link.h"
#include "execution/runner.h"
#include "support/error.h"

namespace llmc {

/// A pair that can be run, or the reason why it cannot.
struct PreparedPair {
  PairPlan plan;
  SideImage original;
  SideImage candidate;
  SideImage checked;  ///< the candidate with checks of what its IR promises
  std::string obstacle;  ///< empty: it can
};

/// What is needed to run a pair elsewhere.
struct PairRequest {
  PreparedPair pair;
  ExecutionOptions options;
};

// A request between processes of one build: the fields of its structs in their order; numbers as
// they are in memory, the count before what is counted. Both processors are little-endian.

std::string pack_request(const PairRequest& request);
/// Fails on bytes that are not those of a request.
Result<PairRequest> unpack_request(std::string_view bytes);

}  // namespace llmc
