#include "serve/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <link.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "serve/base64.h"
#include "serve/launcher.h"
#include "support/files.h"
#include "support/text.h"

namespace llmc {
namespace fs = std::filesystem;
using nlohmann::ordered_json;

namespace {

// Bounds of what one response takes in this process's memory.
constexpr std::size_t k_most_rows = 10'000;
constexpr std::size_t k_most_messages = 1'000;
constexpr off_t k_longest_output = off_t{64} << 20;

/// The server's own settings that commands keep; the values name files, as in "FILE" or "dir=FILE".
constexpr const char* k_kept_settings[] = {"LLMC_CLANG", "LLMC_PASS_VERDICTS", "LLMC_PORTFOLIO",
                                           "LLMC_SUITE"};

std::string dump(const ordered_json& value) {
  return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

int add_library(dl_phdr_info* info, std::size_t, void* paths) {
  if (info->dlpi_name != nullptr && info->dlpi_name[0] == '/')
    static_cast<std::vector<fs::path>*>(paths)->emplace_back(info->dlpi_name);
  return 0;
}

/// The other programs of ours beside `program`, and the processor variants of llama.cpp.
std::vector<fs::path> siblings(const fs::path& program) {
  std::vector<fs::path> found = {program.parent_path() / "llama"};
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(program.parent_path(), code))
    if (entry.path().filename().string().starts_with("llmc-") && entry.is_regular_file(code))
      found.push_back(entry.path());
  return found;
}

/// The text without the server's folders.
std::string without_paths(std::string text, const WorkSettings& settings, const fs::path& folder) {
  const std::pair<std::string, std::string_view> words[] = {
      {folder.string() + "/", ""},
      {folder.string(), "."},
      {settings.cache.string(), "cache"},
      {settings.program.string(), "llmc"},
      {std::string(LLMC_SOURCE_FOLDER) + "/", ""}};
  for (const auto& [path, word] : words) text = replace_all(text, path, word);
  return text;
}

/// Calls `use` with each line but the empty ones, as long as it returns true.
template <typename Use>
void for_each_line(std::string_view text, const Use& use) {
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty() && !use(line)) return;
  }
}

/// Takes a line of talk; false if there were too many.
bool add_message(std::string_view line, ordered_json& messages) {
  const bool room = messages.size() < k_most_messages;
  messages.push_back(room ? line : "…");
  return room;
}

/// What is nested deeper is left out: printing calls itself for each level.
bool is_shallow(int depth, ordered_json::parse_event_t, const ordered_json&) { return depth <= 64; }

/// The lines that are JSON go to `results`, the others, which are talk, to `messages`.
void add_rows(std::string_view output, ordered_json& results, ordered_json& messages) {
  for_each_line(output, [&](std::string_view line) {
    ordered_json row = ordered_json::parse(line, is_shallow, false);
    if (row.is_discarded()) return add_message(line, messages);
    results.push_back(std::move(row));
    return results.size() < k_most_rows;
  });
}

/// The command's own last word about what is wrong.
std::string last_error(const ordered_json& messages) {
  constexpr std::string_view k_mark = "llmc: error: ";
  for (auto line = messages.rbegin(); line != messages.rend(); ++line)
    if (const auto text = line->get<std::string>(); text.starts_with(k_mark))
      return text.substr(k_mark.size());
  return "the command does not understand this request";
}

/// The file that the command was to write; it is no link and no pipe. Nothing if there is none.
Result<std::string> read_output(const fs::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info{};
  if (!file.valid() || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return fail("the command wrote no output");
  if (info.st_size > k_longest_output) return fail("the command's output is too large");
  std::string bytes(static_cast<std::size_t>(info.st_size), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::read(file.get(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

/// The HTTP status, and the sentence for all but 200.
std::pair<int, std::string> judge(const Launched& launched, const WorkSettings& settings,
                                  const ordered_json& messages) {
  switch (launched.ending) {
    case Launched::Ending::timeout:
      return {504, fmt::format("not done after {:g} s",
                               static_cast<double>(settings.limit.count()) / 1000)};
    case Launched::Ending::flood:
      return {500, "the command wrote too much and was ended"};
    case Launched::Ending::unwanted:
      return {499, "nobody waited for the answer"};
    case Launched::Ending::exited:
      break;
  }
  if (launched.status <= 1) return {200, ""};
  if (launched.status == 2) return {400, last_error(messages)};
  if (launched.status > 128)
    return {500, fmt::format("the command was ended by signal {} ({})", launched.status - 128,
                             strsignal(launched.status - 128))};
  return {500, fmt::format("the command ended with exit status {}", launched.status)};
}

}  // namespace

std::string error_body(const std::string& message) { return dump({{"error", message}}); }

std::optional<std::uint16_t> port_of_url(const std::string& model) {
  const bool secure = model.starts_with("https://");
  if (!secure && !model.starts_with("http://")) return std::nullopt;
  std::string_view host = std::string_view(model).substr(secure ? 8 : 7);
  host = host.substr(0, host.find('/'));
  host = host.substr(host.rfind('@') + 1);  // all of it if there is none
  if (host.starts_with('[')) host = host.substr(std::min(host.find(']'), host.size()));
  const std::size_t colon = host.find(':');
  std::uint16_t port = secure ? 443 : 80;
  if (colon != std::string_view::npos)
    std::from_chars(host.data() + colon + 1, host.data() + host.size(), port);
  return port;
}

Confinement shared_confinement(const WorkSettings& settings) {
  Confinement shared;
  shared.readable = {
      "/usr",          "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives",
      settings.program};
  for (fs::path& path : siblings(settings.program)) shared.readable.push_back(std::move(path));
  ::dl_iterate_phdr(add_library, &shared.readable);
  for (const char* folder : {"data", "models", "third_party"})
    shared.readable.push_back(fs::path(LLMC_SOURCE_FOLDER) / folder);
  for (const char* name : k_kept_settings)
    if (const char* value = std::getenv(name); value != nullptr) {
      const std::string_view text = value;
      shared.readable.emplace_back(text.substr(text.find("=/") + 1));  // all of it without "=/"
    }
  shared.port = port_of_url(settings.model);
  if (shared.port) {
    for (const char* file : {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl"})
      shared.readable.emplace_back(file);
  } else if (!settings.model.empty()) {
    shared.readable.emplace_back(settings.model);
  }
  shared.devices = {"/dev/null", "/dev/urandom"};
  shared.writable = {settings.cache};
  return shared;
}

Result<Worker> Worker::create(const WorkSettings& settings) {
  LLMC_CHECK(make_folder(settings.cache));
  Worker worker(settings, shared_confinement(settings));
  if (settings.confined) LLMC_CHECK(make_ruleset(worker.confinement_));
  return worker;
}

std::vector<std::string> Worker::environment(const fs::path& folder) const {
  std::vector<std::string> variables = {
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "LANG=C.UTF-8",
      "NO_COLOR=1",
      "HOME=" + folder.string(),
      "TMPDIR=" + folder.string(),
      "LLMC_STORE=" + (settings_.cache / "store.db").string(),
      "LLMC_VERDICTS=" + (settings_.cache / "verdicts.db").string(),
  };
  if (!settings_.model.empty()) variables.push_back("LLMC_MODEL=" + settings_.model);
  const char* key = std::getenv("LLMC_API_KEY");
  if (key != nullptr && port_of_url(settings_.model))
    variables.push_back(fmt::format("LLMC_API_KEY={}", key));
  for (const char* name : k_kept_settings)
    if (const char* value = std::getenv(name); value != nullptr)
      variables.push_back(fmt::format("{}={}", name, value));
  return variables;
}

Reply Worker::run(const CommandLine& line, const std::function<bool()>& wanted) const {
  auto reply = try_run(line, wanted);
  if (reply) return *reply;
  return {500, error_body("the server cannot run the command: " + reply.error().message)};
}

Result<Reply> Worker::try_run(const CommandLine& line, const std::function<bool()>& wanted) const {
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  LLMC_CHECK(write_file(folder.path() / line.code_file, line.code));
  FileDescriptor ruleset;
  if (settings_.confined) {
    Confinement own = confinement_;
    own.writable.push_back(folder.path());
    own.readable.push_back(folder.path());  // and execute: the gate runs what it links
    LLMC_TRY(ruleset, make_ruleset(own));
  }
  Launch how;
  how.program = settings_.program;
  how.arguments = line.arguments;
  how.environment = environment(folder.path());
  how.folder = folder.path();
  how.ruleset = ruleset.get();
  how.limit = settings_.limit;
  how.memory_bytes = settings_.memory_bytes;
  how.wanted = wanted;
  LLMC_TRY(const Launched launched, launch(how));

  ordered_json results = ordered_json::array();
  ordered_json messages = ordered_json::array();
  add_rows(without_paths(launched.output, settings_, folder.path()), results, messages);
  for_each_line(without_paths(launched.errors, settings_, folder.path()),
                [&](std::string_view line) { return add_message(line, messages); });
  const auto [status, sentence] = judge(launched, settings_, messages);
  ordered_json body;
  if (status != 200) body["error"] = sentence;
  body["results"] = std::move(results);
  body["messages"] = std::move(messages);
  if (launched.ending == Launched::Ending::exited) body["exit"] = launched.status;
  body["seconds"] = launched.seconds;
  if (status == 200 && !line.output_file.empty())
    if (auto output = read_output(folder.path() / line.output_file))
      body["output"] = line.output_file == k_object_file ? to_base64(*output) : *output;
  return Reply{status, dump(body), launched.seconds, launched.ending != Launched::Ending::exited};
}

}  // namespace llmc
