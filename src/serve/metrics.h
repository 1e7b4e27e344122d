// What the server counts, as Prometheus reads it
// (https://prometheus.io/docs/instrumenting/exposition_formats).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "serve/admission.h"

namespace llmc {

/// Counters since the start. All functions may be called from several threads.
class Metrics {
 public:
  /// A response was written. `endpoint` is one of a fixed set of names.
  void count_response(std::string_view endpoint, int status, std::uint64_t bytes);
  /// The body of a request was read.
  void count_received(std::uint64_t bytes);
  /// A command ran for a request.
  void count_command(std::string_view endpoint, double seconds);
  /// A request found slots and queue full.
  void count_rejected();
  /// A command was killed: it ran or wrote for too long, or nobody waited for it.
  void count_killed();

  /// All of it as text, together with what is at work at the moment.
  [[nodiscard]] std::string text(Admission::Load load) const;

 private:
  static constexpr std::array<double, 10> k_bounds = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60};
  struct Durations {
    std::array<std::uint64_t, k_bounds.size()> at_most{};  ///< cumulative
    std::uint64_t count = 0;
    double sum = 0;
  };
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> responses_;  // by endpoint and status
  std::map<std::string, Durations> durations_;                      // by endpoint
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  std::uint64_t rejected_ = 0;
  std::uint64_t killed_ = 0;
};

}  // namespace llmc
