#include "fuzz/targets.h"
#include "passes/pass_list.h"

namespace llmc::fuzz {

const char* check_pass_list(std::string_view text) {
  static const PassCatalogue catalogue;
  const auto list = PassList::parse(text, catalogue);
  if (!list) return list.error().message.empty() ? "an error without words" : nullptr;
  const std::string printed = list->to_string();
  const auto again = PassList::parse(printed, catalogue);
  if (!again) return "the printed list does not parse";
  if (*again != *list) return "the printed list is another list";
  if (again->to_string() != printed) return "the printed list prints differently";
  const auto paper = PassList::parse(list->to_paper_string(), catalogue);
  if (!paper) return "the paper's spelling does not parse";
  if (*paper != *list) return "the paper's spelling is another list";
  return nullptr;
}

}  // namespace llmc::fuzz
