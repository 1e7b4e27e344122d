#include "tasks/flag_grammar.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace llmc {
namespace {

constexpr std::size_t k_most_digits = 8;
constexpr std::size_t k_most_tail = 120;

enum Context : std::uint8_t { k_top, k_module, k_cgscc, k_devirt, k_function, k_loop };

PassLevel level_of(std::size_t context) {
  switch (context) {
    case k_top:
    case k_module:
      return PassLevel::module;
    case k_cgscc:
    case k_devirt:
      return PassLevel::cgscc;
    case k_function:
      return PassLevel::function;
    default:
      return PassLevel::loop;
  }
}

using Managers = std::vector<std::pair<std::string, int>>;

/// The managers that may stand in a list. (A loop manager needs a function around it, which
/// PassList puts there; the canonical form has it.) Only in a call graph's walk can functions be
/// kept from being run again, as only the walk comes back to them.
Managers managers_in(std::size_t context, ListSpelling spelling) {
  const Managers function = {{"function(", k_function}, {"function<eager-inv>(", k_function}};
  const Managers function_once = {{"function<no-rerun>(", k_function},
                                  {"function<eager-inv;no-rerun>(", k_function}};
  const Managers loop = {{"loop(", k_loop}, {"loop-mssa(", k_loop}};
  Managers managers;
  const auto add = [&](const Managers& more) {
    managers.insert(managers.end(), more.begin(), more.end());
  };
  switch (context) {
    case k_top:
    case k_module:
      if (context == k_top && spelling == ListSpelling::paper) add({{"module(", k_module}});
      add({{"cgscc(", k_cgscc}});
      add(function);
      break;
    case k_cgscc:
      add({{"devirt<4>(", k_devirt}});
      add(function);
      add(function_once);
      break;
    case k_devirt:
      add(function);
      add(function_once);
      break;
    case k_function:
      add(loop);
      break;
    default:
      break;
  }
  return managers;
}

/// The parameters of a pass that occur in lists, beside those that it offers.
void collect_parameters(const std::vector<PassElement>& elements, const std::string& name,
                        std::set<std::string>& into) {
  for (const PassElement& element : elements) {
    if (element.is_manager)
      collect_parameters(element.inner, name, into);
    else if (element.name == name && !element.parameters.empty())
      into.insert(element.parameters);
  }
}

/// Every way to write a pass that the grammar knows.
std::vector<std::string> spellings(const Ingredient& ingredient,
                                   const FlagGrammarOptions& options) {
  const PassInfo& pass = *ingredient.pass;
  std::set<std::string> parameters;
  if (!ingredient.needs_parameters) parameters.insert("");
  for (const std::string& parameter : ingredient.parameters) {
    if (!parameter.ends_with("=N")) parameters.insert(parameter);
    for (std::size_t i = 0; parameter.ends_with("=N") && i < 10; ++i)
      parameters.insert(with_number(parameter, i));
  }
  for (const PassList& list : options.examples)
    collect_parameters(list.elements(), pass.name, parameters);
  std::vector<std::string> texts;
  for (const std::string& one : parameters) {
    texts.push_back(to_string(make_element(pass, one, pass.level)));
    // PassList adds what the canonical form has and this spelling lacks.
    if (one.empty() && options.spelling == ListSpelling::paper && texts.back() != pass.name)
      texts.push_back(pass.name);
  }
  return texts;
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

}  // namespace

FlagGrammar::FlagGrammar(const PassCatalogue& catalogue, const FlagGrammarOptions& options)
    : FlagGrammar(catalogue, ingredients_of(catalogue, options.tier), options) {}

FlagGrammar::FlagGrammar(const PassCatalogue& catalogue, const std::vector<Ingredient>& ingredients,
                         const FlagGrammarOptions& options)
    : most_commas_(options.most_passes - 1) {
  using enum Part::Kind;
  const std::string run = "Run the following passes opt -p '";
  const std::string stay = "No list beats -Oz";
  may_lead_with_blank_ = options.spelling == ListSpelling::paper;
  if (!options.with_sizes) {
    forms_.push_back({{literal, run}, {list, ""}, {literal, "'"}});
    if (!may_lead_with_blank_) forms_.push_back({{literal, stay}});
  } else if (may_lead_with_blank_) {
    forms_.push_back({{literal, run}, {list, ""}, {literal, "'"}, {tail, ""}});
  } else {
    forms_.push_back({{literal, run},
                      {list, ""},
                      {literal, "' to reduce the binary size from "},
                      {number, ""},
                      {literal, " to "},
                      {number, ""},
                      {literal, " bytes."}});
    forms_.push_back({{literal, stay + "; the unoptimized binary size is "},
                      {number, ""},
                      {literal, " bytes."}});
  }

  nodes_.resize(1);
  nodes_[k_closed].is_element = true;
  std::array<std::vector<std::string>, 4> by_level;
  for (const Ingredient& ingredient : ingredients)
    for (std::string& text : spellings(ingredient, options))
      by_level[static_cast<std::size_t>(ingredient.pass->level)].push_back(std::move(text));
  if (options.spelling == ListSpelling::paper)
    for (const std::string_view old : {"flattencfg", "loweratomic", "lowerinvoke", "lowerswitch"})
      if (const PassInfo* pass = catalogue.find(renamed_since_llvm_17(old));
          pass != nullptr && pass->excluded.empty() && pass->tier <= options.tier)
        by_level[static_cast<std::size_t>(pass->level)].emplace_back(old);
  for (std::size_t context = k_contexts; context-- > 0;) {  // inner lists first
    const auto own = static_cast<std::size_t>(level_of(context));
    std::vector<std::string> texts = by_level[own];
    if (options.spelling == ListSpelling::paper)
      for (std::size_t deeper = own + 1; deeper < by_level.size(); ++deeper)
        texts.insert(texts.end(), by_level[deeper].begin(), by_level[deeper].end());
    add_context(context, texts, managers_in(context, options.spelling));
  }
  places_.emplace_back();
  transitions_.emplace_back().fill(k_unknown);
}

void FlagGrammar::add_context(std::size_t context, const std::vector<std::string>& texts,
                              const Managers& managers) {
  const auto root = static_cast<std::uint32_t>(nodes_.size());
  roots_[context] = root;
  nodes_.emplace_back();
  const auto place = [&](const std::string& text) {
    std::uint32_t at = root;
    for (const char c : text) {
      const auto [edge, is_new] =
          nodes_[at].children.emplace(c, static_cast<std::uint32_t>(nodes_.size()));
      at = edge->second;
      if (is_new) nodes_.emplace_back();
    }
    return at;
  };
  for (const std::string& text : texts) nodes_[place(text)].is_element = true;
  for (const auto& [text, opened] : managers) nodes_[place(text)].opens = opened;
  finish_shortest(root);
  texts_[context] = texts;
  managers_[context] = managers;
}

/// Fills in `shortest` below a node. What a manager holds must be known already.
const std::string& FlagGrammar::finish_shortest(std::uint32_t node) {
  std::optional<std::string> best;
  if (nodes_[node].is_element) best = "";
  if (const int opened = nodes_[node].opens; opened >= 0)
    best = nodes_[roots_[static_cast<std::size_t>(opened)]].shortest + ")";
  const std::map<char, std::uint32_t> children = nodes_[node].children;
  for (const auto& [c, child] : children) {
    const std::string& rest = finish_shortest(child);
    if (!best || rest.size() + 1 < best->size()) best = c + rest;
  }
  return nodes_[node].shortest = *best;
}

void FlagGrammar::enter_part(Place& place) const {
  ++place.part;
  place.at = 0;
  if (place.part < forms_[static_cast<std::size_t>(place.form)].size() &&
      forms_[static_cast<std::size_t>(place.form)][place.part].kind == Part::Kind::list)
    place.node = roots_[k_top];
}

/// A list ends with the quote that begins the literal after it.
bool FlagGrammar::step_in_list(Place& place, char byte) const {
  const Node& node = nodes_[place.node];
  if (const auto child = node.children.find(byte); child != node.children.end()) {
    place.node = child->second;
    if (const int opened = nodes_[place.node].opens; opened >= 0) {
      place.open.push_back(static_cast<std::uint8_t>(opened));
      place.node = roots_[static_cast<std::size_t>(opened)];
    }
    return true;
  }
  if (!node.is_element) return false;
  if (byte == ',' && place.commas < most_commas_) {
    ++place.commas;
    place.node = roots_[place.open.empty() ? std::size_t{k_top} : place.open.back()];
    return true;
  }
  if (byte == ')' && !place.open.empty()) {
    place.open.pop_back();
    place.node = k_closed;
    return true;
  }
  if (byte != '\'' || !place.open.empty()) return false;
  place.node = k_closed;
  place.commas = 0;
  enter_part(place);
  return step(place, static_cast<unsigned char>(byte));
}

bool FlagGrammar::step(Place& place, unsigned char byte) const {
  if (place.form < 0) {
    if (may_lead_with_blank_ && place.at == 0 && (byte == ' ' || byte == '\n'))
      return ++place.at, true;
    for (std::size_t form = 0; form < forms_.size(); ++form) {
      if (static_cast<unsigned char>(forms_[form][0].text[0]) != byte) continue;
      place.form = static_cast<int>(form);
      place.at = 1;
      return true;
    }
    return false;
  }
  const Form& form = forms_[static_cast<std::size_t>(place.form)];
  if (place.part >= form.size()) return false;
  const Part& part = form[place.part];
  switch (part.kind) {
    case Part::Kind::literal:
      if (static_cast<unsigned char>(part.text[place.at]) != byte) return false;
      if (++place.at == part.text.size()) enter_part(place);
      return true;
    case Part::Kind::number:
      if (byte >= '0' && byte <= '9') return ++place.at <= k_most_digits;
      if (place.at == 0) return false;
      enter_part(place);
      return step(place, byte);
    case Part::Kind::tail:
      return byte != '<' && ++place.at <= k_most_tail;
    case Part::Kind::list:
      return step_in_list(place, static_cast<char>(byte));
  }
  return false;
}

TextConstraint::State FlagGrammar::intern(const Place& place) const {
  std::string key =
      fmt::format("{} {} {} {} {} ", place.form, place.part, place.at, place.node, place.commas);
  key.append(place.open.begin(), place.open.end());
  const auto [found, is_new] = interned_.emplace(key, static_cast<State>(places_.size()));
  if (is_new) {
    places_.push_back(place);
    transitions_.emplace_back().fill(k_unknown);
  }
  return found->second;
}

TextConstraint::State FlagGrammar::next(State state, unsigned char byte) const {
  const auto row = static_cast<std::size_t>(state);
  if (transitions_[row][byte] == k_unknown) {
    Place place = places_[row];
    const State to = step(place, byte) ? intern(place) : k_refused;
    transitions_[row][byte] = to;
  }
  return transitions_[row][byte];
}

bool FlagGrammar::may_end(State state) const {
  const Place& place = places_[static_cast<std::size_t>(state)];
  if (place.form < 0) return false;
  const Form& form = forms_[static_cast<std::size_t>(place.form)];
  return place.part >= form.size() || form[place.part].kind == Part::Kind::tail;
}

std::string FlagGrammar::ending(State state) const {
  Place place = places_[static_cast<std::size_t>(state)];
  std::string text;
  const auto write = [&](const std::string& more) {
    for (const char c : more) step(place, static_cast<unsigned char>(c));
    text += more;
  };
  if (place.form < 0) write(forms_[0][0].text.substr(0, 1));
  const Form& form = forms_[static_cast<std::size_t>(place.form)];
  while (place.part < form.size() && form[place.part].kind != Part::Kind::tail) {
    const Part& part = form[place.part];
    if (part.kind == Part::Kind::literal) {
      write(part.text.substr(place.at));
    } else if (part.kind == Part::Kind::number) {
      // The literal after a number ends it.
      if (place.at == 0) write("0");
      write(form[place.part + 1].text.substr(0, 1));
    } else {
      write(nodes_[place.node].shortest + std::string(place.open.size(), ')') + "'");
    }
  }
  return text;
}

std::string FlagGrammar::gbnf() const {
  static constexpr std::array<const char*, k_contexts> k_names = {"top",    "module",   "cgscc",
                                                                  "devirt", "function", "loop"};
  std::string grammar = may_lead_with_blank_ ? "root ::= [ \\n]? (" : "root ::= (";
  for (std::size_t i = 0; i < forms_.size(); ++i) {
    grammar += i == 0 ? "" : " | ";
    for (const Part& part : forms_[i]) {
      if (part.kind == Part::Kind::literal) grammar += quoted(part.text) + ' ';
      if (part.kind == Part::Kind::number) grammar += "[0-9]{1,8} ";
      if (part.kind == Part::Kind::list) grammar += "top ";
      if (part.kind == Part::Kind::tail) grammar += "[^<]{0,120} ";
    }
  }
  grammar += ")\n";
  for (std::size_t context = 0; context < k_contexts; ++context) {
    const std::string name = k_names[context];
    grammar +=
        fmt::format("{0} ::= {0}-element (\",\" {0}-element){{0,{1}}}\n", name, most_commas_);
    grammar += name + "-element ::= ";
    bool first = true;
    for (const std::string& text : texts_[context])
      grammar += (std::exchange(first, false) ? "" : " | ") + quoted(text);
    for (const auto& [text, opened] : managers_[context])
      grammar += fmt::format("{}{} {} \")\"", std::exchange(first, false) ? "" : " | ",
                             quoted(text), k_names[static_cast<std::size_t>(opened)]);
    grammar += '\n';
  }
  return grammar;
}

std::string FlagGrammar::json_schema() const {
  if (!may_lead_with_blank_) return "";  // the canonical spelling
  nlohmann::json names = nlohmann::json::array();
  for (const std::string& text : texts_[k_top])
    if (!text.contains('<') || text.starts_with("default<")) names.push_back(text);
  const nlohmann::json passes = {{"type", "array"},
                                 {"items", {{"type", "string"}, {"enum", std::move(names)}}}};
  const nlohmann::json schema = {{"type", "object"},
                                 {"properties", {{"passes", passes}}},
                                 {"required", {"passes"}},
                                 {"additionalProperties", false}};
  return schema.dump();
}

std::optional<std::string> FlagGrammar::text_of_json(std::string_view value) const {
  const auto json = nlohmann::json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("passes") || !json["passes"].is_array())
    return std::nullopt;
  std::string list;
  std::size_t count = 0;
  for (const auto& name : json["passes"]) {
    if (!name.is_string() || count++ > most_commas_) break;
    list += (list.empty() ? "" : ",") + name.get<std::string>();
  }
  std::string text = forms_[0][0].text + list + "'";
  return accepts(text) ? std::optional(std::move(text)) : std::nullopt;
}

}  // namespace llmc
