#include "model/server_survey.h"

#include <nlohmann/json.hpp>

#include <charconv>

#include "model/server_text.h"

namespace llmc {
namespace {

using nlohmann::json;

/// Servers that have the page answer it at once.
constexpr std::chrono::milliseconds k_patience{5'000};

/// The object at `path`; an empty one if the server has none there.
json object_at(ServerLink& link, std::string_view path) {
  const HttpReply reply = link.ask_once("GET", path, k_patience);
  if (reply.outcome != HttpOutcome::complete || reply.status != 200) return json::object();
  json object = json::parse(reply.body, nullptr, false);
  return object.is_object() ? object : json::object();
}

std::uint64_t count_at(const json& object, const char* key) {
  if (!object.is_object()) return 0;
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return 0;
  const double count = found->get<double>();
  return count > 0 && count < 1e18 ? static_cast<std::uint64_t>(count) : 0;
}

/// The entry of that name in a list of models, the first without a name; an empty object if there
/// is none.
json entry_of(const json& list, const std::string& model) {
  const auto data = list.find("data");
  if (data == list.end() || !data->is_array()) return json::object();
  for (const json& entry : *data) {
    if (!entry.is_object() || !entry.contains("id") || !entry["id"].is_string()) continue;
    if (model.empty() || entry["id"] == model) return entry;
  }
  return json::object();
}

Result<json> model_entry(ServerLink& link, const std::string& model) {
  LLMC_TRY(const HttpReply reply, link.ask("GET", "/v1/models"));
  const bool missing = reply.status == 404 || reply.status == 405 || reply.status == 501;
  if (missing && !model.empty()) return json::object();
  LLMC_TRY(const json list, link.read_object(reply, "/v1/models"));
  json entry = entry_of(list, model);
  if (entry.empty() && model.empty())
    return std::unexpected(
        link.error("/v1/models names no model; expected at least one, set --server-model"));
  return entry;
}

/// What a vLLM of `version` ("0.11.2") is. Builds without a release number count as new.
ServerKind vllm_of(const std::string& version) {
  const std::size_t dot = version.find('.');
  if (dot == version.npos || version.substr(0, dot) != "0") return ServerKind::vllm;
  unsigned minor = 0;
  std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return minor > 1 && minor < 11 ? ServerKind::old_vllm : ServerKind::vllm;
}

}  // namespace

Dialect dialect_of(std::string_view name) {
  if (mentions(name, "llm-compiler") || mentions(name, "llm_compiler")) return Dialect::paper;
  return mentions(name, "llmc") ? Dialect::llmc : Dialect::chat;
}

Result<ServerSurvey> survey_server(ServerLink& link, const std::string& model) {
  LLMC_TRY(const json entry, model_entry(link, model));
  ServerSurvey survey;
  ModelInfo& info = survey.info;
  info.name = model.empty() ? entry["id"].get<std::string>() : model;
  info.location = link.shown();
  info.kind = "server";
  info.context = count_at(entry, "max_model_len");
  const json meta = entry.value("meta", json());
  info.parameters = count_at(meta, "n_params");
  info.file_bytes = count_at(meta, "size");
  info.trained_context = count_at(meta, "n_ctx_train");
  info.vocabulary = count_at(meta, "n_vocab");

  const json props = object_at(link, "/props");
  if (props.contains("default_generation_settings") || props.contains("total_slots") ||
      props.contains("build_info")) {
    survey.kind = ServerKind::llama_server;
    info.context = count_at(props.value("default_generation_settings", json()), "n_ctx");
    return survey;
  }
  const json version = object_at(link, "/version");
  if (version.contains("version") && version["version"].is_string())
    survey.kind = vllm_of(version["version"].get<std::string>());
  return survey;
}

}  // namespace llmc
