#include "model/language_model.h"

#include <fmt/format.h>

namespace llmc {

std::string_view to_string(Dialect dialect) {
  switch (dialect) {
    case Dialect::llmc:
      return "llmc";
    case Dialect::paper:
      return "paper";
    case Dialect::chat:
      return "chat";
  }
  return "";
}

Result<Dialect> parse_dialect(std::string_view name) {
  for (const Dialect dialect : {Dialect::llmc, Dialect::paper, Dialect::chat})
    if (name == to_string(dialect)) return dialect;
  return fail(fmt::format("unknown dialect '{}'; expected llmc, paper or chat", name),
              ErrorKind::usage);
}

}  // namespace llmc
