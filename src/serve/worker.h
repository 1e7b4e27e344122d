// The work behind a request: a fresh folder, a confined process in it, and its rows as JSON.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "serve/confinement.h"
#include "serve/endpoint.h"
#include "support/error.h"

namespace llmc {

/// What the processes of requests run with.
struct WorkSettings {
  std::filesystem::path program;  ///< llmc
  std::filesystem::path cache;    ///< stores that requests share
  std::string model;              ///< a file or a URL; empty: none
  bool confined = true;
  std::chrono::milliseconds limit{60'000};
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;
};

/// The answer to a request.
struct Reply {
  int status = 200;  ///< of HTTP; 499: nobody waits for it
  std::string body;  ///< JSON
  double seconds = 0;  ///< that the command ran
  bool killed = false;
};

/// The body {"error": message}, bytes that are not UTF-8 replaced.
std::string error_body(const std::string& message);

/// The port of "http://…" or "https://…"; nothing for anything else, which is a file.
std::optional<std::uint16_t> port_of_url(const std::string& model);

/// What a request's process may use besides its own folder.
Confinement shared_confinement(const WorkSettings& settings);

/// Runs command lines of requests. `run` may be called from several threads.
class Worker {
 public:
  /// Fails if the kernel cannot confine, or the cache's folder cannot be made.
  static Result<Worker> create(const WorkSettings& settings);

  /// Does the work in a temporary folder that is gone afterwards. `wanted`: see Launch.
  [[nodiscard]] Reply run(const CommandLine& line, const std::function<bool()>& wanted) const;

 private:
  Worker(WorkSettings settings, Confinement confinement)
      : settings_(std::move(settings)), confinement_(std::move(confinement)) {}
  [[nodiscard]] Result<Reply> try_run(const CommandLine& line,
                                      const std::function<bool()>& wanted) const;
  [[nodiscard]] std::vector<std::string> environment(const std::filesystem::path& folder) const;

  WorkSettings settings_;
  Confinement confinement_;
};

}  // namespace llmc
