// llmc corpus fingerprint: what functions look like, so that they are refused wherever they are.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "support/files.h"

namespace llmc {

int run_corpus_fingerprint(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Writes the shapes of the functions of a corpus as a file like\n"
      "data/evaluation-functions.bin: what looks like one of them is refused.",
      "llmc corpus fingerprint");
  CorpusChoice corpus;
  std::string output;
  corpus.add_folder(app);
  corpus.add_filter(app);
  app.add_option("-o,--output", output, "The file")->required();
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  auto store = corpus.open(CorpusStore::Mode::read);
  if (!store) return report(store.error());
  ProgramFilter filter = corpus.filter();
  filter.kind = ProgramKind::function;
  filter.least_bytes = std::max<std::uint64_t>(filter.least_bytes, EvaluationSet::k_least_bytes);
  std::vector<Digest> shapes;
  auto done = store->for_each_payload(
      filter, [&](const ProgramRecord&, std::string_view text) -> Result<void> {
        shapes.push_back(shape_of(text));
        return {};
      });
  if (done) done = write_file(output, print_evaluation_functions(shapes));
  if (!done) return report(done.error());
  fmt::print(stderr, "{}: {} functions\n", output, shapes.size());
  return k_exit_done;
}

}  // namespace llmc
