#include "serve/metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace llmc {
namespace {

void head(std::string& text, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(text), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void add_number(std::string& text, std::string_view name, std::string_view type,
                std::string_view help, std::uint64_t value) {
  head(text, name, type, help);
  fmt::format_to(std::back_inserter(text), "{} {}\n", name, value);
}

}  // namespace

void Metrics::count_response(std::string_view endpoint, int status, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  ++responses_[{std::string(endpoint), status}];
  bytes_out_ += bytes;
}

void Metrics::count_received(std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_in_ += bytes;
}

void Metrics::count_command(std::string_view endpoint, double seconds) {
  const std::lock_guard lock(mutex_);
  Durations& durations = durations_[std::string(endpoint)];
  for (std::size_t i = 0; i < k_bounds.size(); ++i)
    if (seconds <= k_bounds[i]) ++durations.at_most[i];
  ++durations.count;
  durations.sum += seconds;
}

void Metrics::count_rejected() {
  const std::lock_guard lock(mutex_);
  ++rejected_;
}

void Metrics::count_killed() {
  const std::lock_guard lock(mutex_);
  ++killed_;
}

std::string Metrics::text(Admission::Load load) const {
  const std::lock_guard lock(mutex_);
  std::string text;
  const auto out = std::back_inserter(text);
  head(text, "llmc_requests_total", "counter", "Responses by endpoint and status.");
  for (const auto& [key, count] : responses_)
    fmt::format_to(out, "llmc_requests_total{{endpoint=\"{}\",status=\"{}\"}} {}\n", key.first,
                   key.second, count);
  add_number(text, "llmc_in_flight", "gauge", "Commands at work.", load.busy);
  add_number(text, "llmc_waiting", "gauge", "Requests that wait for their turn.", load.waiting);
  add_number(text, "llmc_rejected_total", "counter", "Requests refused for load.", rejected_);
  add_number(text, "llmc_children_killed_total", "counter",
             "Commands killed: over a limit, or nobody waited for them.", killed_);
  add_number(text, "llmc_bytes_in_total", "counter", "Bytes of requests' bodies.", bytes_in_);
  add_number(text, "llmc_bytes_out_total", "counter", "Bytes of responses' bodies.", bytes_out_);
  head(text, "llmc_command_seconds", "histogram", "Seconds that commands ran, by endpoint.");
  for (const auto& [endpoint, durations] : durations_) {
    for (std::size_t i = 0; i < k_bounds.size(); ++i)
      fmt::format_to(out, "llmc_command_seconds_bucket{{endpoint=\"{}\",le=\"{:g}\"}} {}\n",
                     endpoint, k_bounds[i], durations.at_most[i]);
    fmt::format_to(out, "llmc_command_seconds_bucket{{endpoint=\"{}\",le=\"+Inf\"}} {}\n", endpoint,
                   durations.count);
    fmt::format_to(out, "llmc_command_seconds_sum{{endpoint=\"{}\"}} {:.6f}\n", endpoint,
                   durations.sum);
    fmt::format_to(out, "llmc_command_seconds_count{{endpoint=\"{}\"}} {}\n", endpoint,
                   durations.count);
  }
  return text;
}

}  // namespace llmc
