// llmc serve: the other commands over HTTP.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <signal.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "cli/command.h"
#include "serve/confinement.h"
#include "serve/gatekeeper.h"
#include "serve/server.h"
#include "support/database.h"
#include "support/files.h"
#include "support/own_program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

struct ServeArguments {
  ServerSettings settings;
  std::string key_file;
  std::string cache;
  std::string model;
  double seconds = 60;
  std::uint64_t memory_mib = 4096;
  bool unconfined = false;

  void add_to(CLI::App& app);
};

void ServeArguments::add_to(CLI::App& app) {
  settings.jobs = std::max(1U, std::thread::hardware_concurrency());
  app.add_option("--host", settings.host, "Address to listen on")->capture_default_str();
  app.add_option("--port", settings.port, "Port to listen on; 0: any free one")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  app.add_option("--key-file", key_file, "File with the key that clients must send")
      ->type_name("FILE");
  app.add_option("-j,--jobs", settings.jobs, "Commands at the same time")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--queue", settings.queue, "Requests that may wait for their turn")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--seconds", seconds, "Seconds that the command of a request may take")
      ->check(CLI::Range(0.01, 86400.0))
      ->capture_default_str();
  app.add_option("--memory", memory_mib, "MiB of address space of each process")
      ->check(CLI::Range(256, 1 << 24))
      ->capture_default_str();
  app.add_option("--most-bytes", settings.most_bytes, "Bytes of a request's body")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  app.add_option("-m,--model", model, "Model for the commands that ask one: a file or a URL")
      ->type_name("MODEL");
  app.add_option("--cache", cache, "Folder for what requests share")->type_name("FOLDER");
  app.add_flag("--unconfined", unconfined, "Serve even though requests can read every file");
}

Result<std::string> read_key(const std::string& file) {
  std::string key;
  if (!file.empty()) {
    LLMC_TRY(key, read_file(file));
    key.erase(key.find_last_not_of(" \t\r\n") + 1);
    if (key.empty()) return fail(file + ": there is no key in it");
  } else if (const char* value = std::getenv("LLMC_SERVE_KEY"); value != nullptr) {
    key = value;
  }
  return key;
}

Result<ServerSettings> settings_of(const ServeArguments& options) {
  ServerSettings settings = options.settings;
  LLMC_TRY(settings.key, read_key(options.key_file));
  LLMC_TRY(settings.work.program, own_program());
  settings.work.cache =
      fs::absolute(options.cache.empty() ? cache_folder() / "serve" : fs::path(options.cache));
  const char* model = std::getenv("LLMC_MODEL");
  settings.work.model = options.model.empty() && model != nullptr ? model : options.model;
  if (std::error_code ignored; fs::exists(settings.work.model, ignored))
    settings.work.model = fs::absolute(settings.work.model).string();
  settings.work.confined = !options.unconfined;
  settings.work.limit = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
  settings.work.memory_bytes = options.memory_mib << 20;
  for (const Command& command : commands()) settings.commands.emplace_back(command.name);
  return settings;
}

void warn_of_dangers(const ServerSettings& settings) {
  if (!is_loopback(settings.host) && settings.key.empty())
    warn(
        fmt::format("{} can be reached from other machines and there is no authentication; "
                    "--key-file sets a key",
                    settings.host));
  if (!settings.work.confined)
    warn("requests are not confined: they can read every file that this user can read");
  else if (landlock_version() < k_landlock_network_version)
    warn("this kernel cannot keep requests from the network; it needs Linux 6.7");
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

/// Serves until a signal, and then until the requests in flight are answered; a second signal ends
/// them. Returns the exit code.
int serve_until_signal(Server& server) {
  const sigset_t signals = stop_signals();
  int received = 0;
  sigwait(&signals, &received);
  fmt::print(stderr, "llmc: stopping\n");
  int code = k_exit_done;
  std::atomic<bool> stopped = false;
  std::thread stopper([&] {
    server.stop();
    stopped = true;
  });
  while (!stopped) {
    const timespec step{0, 50'000'000};
    if (sigtimedwait(&signals, nullptr, &step) < 0) continue;
    server.hurry();
    code = k_exit_interrupted;
  }
  stopper.join();
  return code;
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Answers requests over HTTP with JSON. Each request is the work of a process of its own,\n"
      "which can read and write hardly more than the request itself. Endpoints and fields:\n"
      "docs/serve.md. SIGTERM and SIGINT stop it after the requests in flight.",
      "llmc serve");
  ServeArguments options;
  options.add_to(app);
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  auto settings = settings_of(options);
  if (!settings) return report(settings.error());
  if (settings->work.confined && landlock_version() == 0)
    return report(
        {"this kernel cannot confine requests (it has no Landlock), so that they could "
         "read every file; `--unconfined` serves all the same"});
  warn_of_dangers(*settings);
  // Before any thread is made: all inherit it, and only serve_until_signal takes them.
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto server = Server::start(*settings);
  if (!server) return report(server.error());
  fmt::print(stderr, "llmc: listening on {}\n", server->url());
  return serve_until_signal(*server);
}

}  // namespace llmc
