#include "passes/pass_list.h"

#include <fmt/format.h>
#include <llvm/Passes/PassBuilder.h>

#include <algorithm>
#include <optional>

#include "passes/call_decisions.h"
#include "passes/own_elements.h"

namespace llmc {
namespace {

constexpr std::size_t k_most_depth = 32;

// --- Reading text ------------------------------------------------------------------------------

/// A recursive-descent reader of the grammar above the class; it knows no pass names.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<PassElement>> read() {
    if (trimmed_empty()) return std::vector<PassElement>{};
    LLMC_TRY(auto elements, read_list(0));
    if (at_ != text_.size()) return unexpected("',' or the end");
    return elements;
  }

 private:
  bool trimmed_empty() {
    skip_space();
    return at_ == text_.size();
  }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t'))
      ++at_;
  }
  bool take(char wanted) {
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  [[nodiscard]] std::unexpected<Error> unexpected(const std::string& wanted) const {
    if (at_ >= text_.size())
      return fail(fmt::format("the pass list ends too early; expected {}", wanted));
    const auto c = static_cast<unsigned char>(text_[at_]);
    const std::string shown =
        c >= 32 && c < 127 ? fmt::format("'{}'", text_[at_]) : fmt::format("byte 0x{:02x}", c);
    return fail(fmt::format("unexpected {} at position {} of the pass list; expected {}", shown,
                            at_ + 1, wanted));
  }

  Result<std::vector<PassElement>> read_list(std::size_t depth) {
    if (depth > k_most_depth)
      return fail(fmt::format("the pass list is nested more than {} deep", k_most_depth));
    std::vector<PassElement> elements;
    do {
      LLMC_TRY(auto element, read_element(depth));
      elements.push_back(std::move(element));
    } while (take(','));
    return elements;
  }

  Result<PassElement> read_element(std::size_t depth) {
    skip_space();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  text_[at_] == '-' || text_[at_] == '_' || text_[at_] == '.'))
      ++at_;
    if (at_ == start) return unexpected("the name of a pass");
    PassElement element;
    element.name = std::string(text_.substr(start, at_ - start));
    if (take('<')) {
      LLMC_TRY(element.parameters, read_parameters());
    }
    if (take('(')) {
      element.is_manager = true;
      if (take(')')) return element;
      LLMC_TRY(element.inner, read_list(depth + 1));
      if (!take(')')) return unexpected("',' or ')'");
    }
    return element;
  }

  /// Up to the '>' that closes the '<' just taken; "print<a><b>" keeps "a><b".
  Result<std::string> read_parameters() {
    const std::size_t start = at_;
    int depth = 1;
    while (at_ < text_.size() && depth > 0) {
      const char c = text_[at_];
      if (c == '<') ++depth;
      if (c == '>') --depth;
      if (c == '(' || c == ')' || c == ',' || static_cast<unsigned char>(c) < 32)
        return unexpected("'>'");
      ++at_;
      if (depth == 0 && at_ < text_.size() && text_[at_] == '<') ++depth, ++at_;
    }
    if (depth > 0) return unexpected("'>'");
    std::string parameters(text_.substr(start, at_ - 1 - start));
    while (parameters.ends_with(';')) parameters.pop_back();
    return parameters;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

// --- Levels ------------------------------------------------------------------------------------

std::optional<PassLevel> manager_level(std::string_view name) {
  if (name == "module") return PassLevel::module;
  if (name == "cgscc" || name == "devirt") return PassLevel::cgscc;
  if (name == "function" || name == "on") return PassLevel::function;
  if (name == "loop" || name == "loop-mssa") return PassLevel::loop;
  return std::nullopt;
}

bool needs_memory_ssa(const PassElement& element) {
  return element.name == "licm" || element.name == "lnicm";
}

bool contains_memory_ssa_pass(const std::vector<PassElement>& elements) {
  return std::ranges::any_of(elements, [](const PassElement& element) {
    return needs_memory_ssa(element) || contains_memory_ssa_pass(element.inner);
  });
}

PassElement wrap(std::string manager, PassElement element) {
  PassElement wrapper{std::move(manager), "", true, {}};
  wrapper.inner.push_back(std::move(element));
  return wrapper;
}

/// Puts an element of level `level` into the managers it needs in a list of level `context`.
PassElement adapt(PassElement element, PassLevel level, PassLevel context) {
  if (level == PassLevel::loop && context != PassLevel::loop) {
    const bool memory_ssa = needs_memory_ssa(element);
    element = wrap(memory_ssa ? "loop-mssa" : "loop", std::move(element));
    level = PassLevel::function;
  }
  if (level == PassLevel::function && context < PassLevel::function)
    element = wrap("function", std::move(element));
  else if (level == PassLevel::cgscc && context < PassLevel::cgscc)
    element = wrap("cgscc", std::move(element));
  return element;
}

/// A parameter list with `wanted` in it exactly once; `opposite` removed.
std::string with_parameter(const std::string& parameters, std::string_view wanted,
                           std::string_view opposite) {
  std::string result;
  std::string_view rest = parameters;
  bool present = false;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view item = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (item == opposite || item.empty()) continue;
    present |= item == wanted;
    result += (result.empty() ? "" : ";") + std::string(item);
  }
  if (!present) result += (result.empty() ? "" : ";") + std::string(wanted);
  return result;
}

// --- Canonical form ----------------------------------------------------------------------------

class Canonicaliser {
 public:
  explicit Canonicaliser(const PassCatalogue& catalogue) : catalogue_(catalogue) {}

  /// The top level: opt wraps a whole list whose first element does not stand at module level in
  /// that element's manager, if all of it fits there; what does not fit is adapted one by one.
  Result<std::vector<PassElement>> top(std::vector<PassElement> elements) const {
    if (elements.empty()) return elements;
    LLMC_TRY(const PassLevel first, standing_level(elements.front(), PassLevel::module));
    bool all_fit = true;
    for (const PassElement& element : elements) {
      LLMC_TRY(const PassLevel level, standing_level(element, first));
      all_fit &= level >= first;
    }
    if (elements.size() == 1 || first == PassLevel::module || !all_fit)
      return list(std::move(elements), PassLevel::module);
    PassElement whole{std::string(llmc::to_string(first)), "", true, std::move(elements)};
    std::vector<PassElement> wrapped;
    wrapped.push_back(std::move(whole));
    return list(std::move(wrapped), PassLevel::module);
  }

 private:
  Result<std::vector<PassElement>> list(std::vector<PassElement> elements,
                                        PassLevel context) const {
    std::vector<PassElement> canonical;
    for (PassElement& element : elements) {
      LLMC_CHECK(append(std::move(element), context, canonical));
    }
    return canonical;
  }

  Result<void> append(PassElement element, PassLevel context,
                      std::vector<PassElement>& into) const {
    if (const std::string_view now = renamed_since_llvm_17(element.name); !now.empty())
      element.name = now;
    LLMC_TRY(const PassLevel level, level_of(element, context));
    if (element.name == "on" && element.is_manager &&
        (context != PassLevel::module || element.parameters.empty()))
      return fail("on<FUNCTION>(...) names a function and stands at the top of a list");
    if (level < context)
      return fail(fmt::format("'{}' is a {} pass and cannot run inside {}(...)", element.name,
                              llmc::to_string(level), llmc::to_string(context)));
    if (element.name == "instcombine")
      element.parameters =
          with_parameter(element.parameters, "no-verify-fixpoint", "verify-fixpoint");
    if (element.is_manager) return append_manager(std::move(element), level, context, into);
    into.push_back(adapt(std::move(element), level, context));
    return {};
  }

  Result<void> append_manager(PassElement element, PassLevel level, PassLevel context,
                              std::vector<PassElement>& into) const {
    const bool memory_ssa = level == PassLevel::loop && contains_memory_ssa_pass(element.inner);
    LLMC_TRY(element.inner, list(std::move(element.inner), level));
    const bool transparent = element.name == llmc::to_string(context) && element.parameters.empty();
    if (transparent && level != PassLevel::loop) {
      for (PassElement& inner : element.inner) into.push_back(std::move(inner));
      return {};
    }
    if (element.inner.empty()) return {};
    if (element.name == "loop" && memory_ssa) element.name = "loop-mssa";
    // A cgscc or function manager stands in any outer list by itself; devirt is an element of a
    // cgscc list and a loop manager one of a function list.
    if (element.name == "devirt") element = adapt(std::move(element), PassLevel::cgscc, context);
    if (level == PassLevel::loop && context < PassLevel::function)
      element = wrap("function", std::move(element));
    into.push_back(std::move(element));
    return {};
  }

  /// The level of the list that an element can stand in by itself: function(...) and cgscc(...) are
  /// module elements, loop(...) is a function element and devirt(...) a cgscc element.
  Result<PassLevel> standing_level(const PassElement& element, PassLevel context) const {
    LLMC_TRY(const PassLevel level, level_of(element, context));
    if (!element.is_manager || element.name == "devirt") return level;
    return level == PassLevel::loop ? PassLevel::function : PassLevel::module;
  }

  /// The level an element works on; utilities such as `require<…>` take the level around them.
  Result<PassLevel> level_of(const PassElement& element, PassLevel context) const {
    std::string name(element.name);
    if (const std::string_view now = renamed_since_llvm_17(name); !now.empty()) name = now;
    if (element.is_manager) {
      if (const auto level = manager_level(name)) return *level;
      return fail(fmt::format("'{}' takes no list in brackets", name));
    }
    if (manager_level(name))
      return fail(fmt::format("'{}' needs a list in brackets, as in {}(...)", name, name));
    if (name == "require" || name == "invalidate") return context;
    if (name == k_call_decisions) {
      if (context == PassLevel::module && are_call_decisions(element.parameters))
        return PassLevel::module;
      return fail("calls<FUNCTION;-2;+5> names a function and calls in it, and stands at the top");
    }
    const std::string whole = name + "<" + element.parameters + ">";
    const PassInfo* info = catalogue_.find(whole);
    if (info == nullptr) info = catalogue_.find(name);
    if (info != nullptr) {
      // The same name may exist at the level of the list around it.
      for (const PassInfo& other : catalogue_.all())
        if (other.name == info->name && other.level == context && !is_analysis(other))
          return context;
      return info->level;
    }
    return unknown(name);
  }

  static bool is_analysis(const PassInfo& pass) { return pass.excluded.starts_with("an analysis"); }

  [[nodiscard]] std::unexpected<Error> unknown(const std::string& name) const {
    const std::string nearest = catalogue_.nearest(name);
    const std::string hint = nearest.empty() ? "`llmc passes` lists them all"
                                             : fmt::format("did you mean '{}'?", nearest);
    return fail(fmt::format("unknown pass '{}'; {}", name, hint));
  }

  const PassCatalogue& catalogue_;
};

void print(const PassElement& element, std::string& text);

void print_list(const std::vector<PassElement>& elements, std::string& text) {
  bool first = true;
  for (const PassElement& element : elements) {
    if (!std::exchange(first, false)) text += ',';
    print(element, text);
  }
}

void print(const PassElement& element, std::string& text) {
  text += element.name;
  if (!element.parameters.empty()) text += '<' + element.parameters + '>';
  if (!element.is_manager) return;
  text += '(';
  print_list(element.inner, text);
  text += ')';
}

std::size_t count_passes(const std::vector<PassElement>& elements) {
  std::size_t count = 0;
  for (const PassElement& element : elements)
    count += element.is_manager ? count_passes(element.inner) : 1;
  return count;
}

PassTier least_trusted(const std::vector<PassElement>& elements, const PassCatalogue& catalogue) {
  PassTier worst = PassTier::trusted;
  for (const PassElement& element : elements) {
    if (element.is_manager) {
      worst = std::max(worst, least_trusted(element.inner, catalogue));
      continue;
    }
    if (element.name == "require" || element.name == "invalidate" ||
        element.name == k_call_decisions)
      continue;
    const PassInfo* info = catalogue.find(element.name + "<" + element.parameters + ">");
    if (info == nullptr) info = catalogue.find(element.name);
    worst = std::max(worst, info == nullptr ? PassTier::denied : info->tier);
  }
  return worst;
}

}  // namespace

Result<PassList> PassList::parse(std::string_view text, const PassCatalogue& catalogue) {
  LLMC_TRY(auto elements, Reader(text).read());
  LLMC_TRY(auto canonical, Canonicaliser(catalogue).top(std::move(elements)));
  PassList list(std::move(canonical));
  if (!list.empty()) {
    LLMC_CHECK(check_with_llvm(list.to_string()));
  }
  return list;
}

Result<void> check_with_llvm(std::string_view passes) {
  llvm::ModulePassManager pipeline;
  llvm::PassBuilder builder;
  register_own_elements(builder);
  const llvm::StringRef text(passes.data(), passes.size());
  if (llvm::Error error = builder.parsePassPipeline(pipeline, text))
    return fail(llvm::toString(std::move(error)));
  return {};
}

Result<std::vector<PassElement>> read_elements(std::string_view text) {
  return Reader(text).read();
}

std::string PassList::to_string() const {
  std::string text;
  print_list(elements_, text);
  return text;
}

std::string PassList::to_paper_string() const {
  std::string text;
  for (const PassElement& element : elements_)
    text += (text.empty() ? "module(" : ",module(") + llmc::to_string(element) + ")";
  return text;
}

std::size_t PassList::pass_count() const { return count_passes(elements_); }

PassTier PassList::tier(const PassCatalogue& catalogue) const {
  return least_trusted(elements_, catalogue);
}

std::string to_string(const PassElement& element) {
  std::string text;
  print(element, text);
  return text;
}

PassElement make_element(const PassInfo& pass, const std::string& parameters, PassLevel context) {
  PassElement element;
  const std::size_t bracket = pass.name.find('<');
  element.name = pass.name.substr(0, bracket);
  element.parameters = bracket == std::string::npos
                           ? parameters
                           : pass.name.substr(bracket + 1, pass.name.size() - bracket - 2);
  if (element.name == "instcombine")
    element.parameters = with_parameter(element.parameters, "no-verify-fixpoint", "");
  return adapt(std::move(element), pass.level, context);
}

}  // namespace llmc
