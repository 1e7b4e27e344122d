// The program that runs a pair for the machine that it is compiled for, see runner_program.h.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "execution/pair_judge.h"

namespace llmc {
namespace {

/// After its time is up it may take so long to end.
constexpr unsigned k_grace_seconds = 20;

std::string read_request() {
  std::string bytes;
  std::array<char, 1 << 16> buffer;
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void write_answer(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

Result<std::string> answer() {
  LLMC_TRY(const PairRequest request, unpack_request(read_request()));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(request.options.limit);
  // Nobody may kill it, as its starter is confined too.
  ::alarm(static_cast<unsigned>(seconds.count()) + k_grace_seconds);
  // Emulators translate code when it first runs; children start with what their parent has.
  (void)make_input(request.pair.plan.inputs, 0);
  LLMC_TRY(const ExecutionVerdict verdict, judge_pair(request.pair, request.options));
  return pack_verdict(verdict);
}

}  // namespace
}  // namespace llmc

int main() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto text = llmc::answer();
  llmc::write_answer(text ? *text : text.error().message);
  return text ? 0 : 1;
}
