#include "propose/compose.h"

#include <algorithm>

#include "passes/own_elements.h"

namespace llmc {
namespace {

/// Appends what stands in function managers, at any depth.
void collect(const std::vector<PassElement>& elements, std::vector<PassElement>& into) {
  for (const PassElement& element : elements) {
    if (!element.is_manager) continue;
    if (element.name == "function")
      into.insert(into.end(), element.inner.begin(), element.inner.end());
    else
      collect(element.inner, into);
  }
}

}  // namespace

std::optional<FunctionPart> function_part(const PassList& list, const std::string& function) {
  if (!can_stand_in_list(function)) return std::nullopt;
  PassElement element{"on", function, true, {}};
  collect(list.elements(), element.inner);
  if (element.inner.empty()) return std::nullopt;
  return FunctionPart{function, std::move(element)};
}

std::vector<FunctionPart> parts_of_advice(const ModelAdvice& advice, std::size_t per_function) {
  std::vector<FunctionPart> parts;
  for (const AnsweredQuestion& answered : advice.answers) {
    std::size_t taken = 0;
    for (const Advice& one : answered.advice) {
      if (taken == per_function) break;
      auto part = one.list ? function_part(*one.list, answered.about) : std::nullopt;
      if (!part || std::ranges::find(parts, part->element, &FunctionPart::element) != parts.end())
        continue;
      parts.push_back(std::move(*part));
      ++taken;
    }
  }
  return parts;
}

PassList compose(const std::vector<FunctionPart>& parts, const PassList& tail) {
  std::vector<PassElement> elements;
  for (const FunctionPart& part : parts) elements.push_back(part.element);
  elements.insert(elements.end(), tail.elements().begin(), tail.elements().end());
  return PassList(std::move(elements));
}

}  // namespace llmc
