// A model in a process of its own: what it brings along (threads, libraries, memory, a file from
// somewhere) stays there, and if it dies, the caller has an error.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "model/language_model.h"

namespace llmc {

/// How the process gets its model; called there.
using ModelOpener = std::function<Result<std::unique_ptr<LanguageModel>>()>;

/// Forks a child that opens the model and answers for it. Requests may name only constraints of
/// `constraints`, which must outlive the model. A child that dies is an error of the call; the next
/// call starts another one, so the calling process must stay single-threaded. Once
/// `*interrupted` is not 0 (it may be null), calls return an error of kind interrupted.
///
/// Between the two goes a socket with messages: 4 bytes of length (host order), then CBOR.
Result<std::unique_ptr<LanguageModel>> host_model(ModelOpener open,
                                                  std::vector<const TextConstraint*> constraints,
                                                  const volatile int* interrupted = nullptr);

}  // namespace llmc
