// What a server is and which model it has, found out by asking.
#pragma once

#include <string>

#include "model/language_model.h"
#include "model/server_link.h"
#include "support/error.h"

namespace llmc {

enum class ServerKind {
  llama_server,  ///< answers GET /props
  old_vllm,      ///< answers GET /version with one before 0.11
  vllm,          ///< answers GET /version with a later one
  other
};

struct ServerSurvey {
  ServerKind kind = ServerKind::other;
  ModelInfo info;  ///< all but the dialect
};

/// Asks for /v1/models, /props and /version. `model` is the name to look for; empty: the first that
/// the server names. A server without a list of models will do if `model` is given.
Result<ServerSurvey> survey_server(ServerLink& link, const std::string& model);

/// The dialect that models of that name speak: paper if it contains "llm-compiler" or
/// "llm_compiler", llmc if it contains "llmc", otherwise chat; in whatever case.
Dialect dialect_of(std::string_view name);

}  // namespace llmc
