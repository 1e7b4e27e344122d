// From what a user names to a model that answers.
#pragma once

#include <string>
#include <vector>

#include "model/http_model.h"
#include "model/language_model.h"
#include "model/llama_model.h"

namespace llmc {

/// A model as the command line has it.
struct ModelChoice {
  std::string name;  ///< a GGUF file or a server's URL; empty: default_model()
  LlamaOptions llama;
  HttpModelOptions server;  ///< url and dialect are filled in
};

/// $LLMC_MODEL, else the largest GGUF file among the models that came with this llmc; empty if
/// there is none.
std::string default_model();

/// The model, in a process of its own where it is a file (see host_model, also for
/// `constraints` and `interrupted`).
Result<std::unique_ptr<LanguageModel>> open_model(
    const ModelChoice& choice, const std::vector<const TextConstraint*>& constraints,
    const volatile int* interrupted);

}  // namespace llmc
