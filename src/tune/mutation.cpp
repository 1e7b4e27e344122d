#include "tune/mutation.h"

#include <algorithm>

namespace llmc {
namespace {

constexpr std::size_t k_levels = 4;
constexpr std::size_t k_most_elements = 120;  ///< longer lists are cut: they only cost time

using Elements = std::vector<PassElement>;

/// A list inside a list, with the level of what it holds.
struct Place {
  Elements* list;
  PassLevel level;
};

PassLevel level_inside(const PassElement& manager) {
  if (manager.name == "function" || manager.name == "on") return PassLevel::function;
  if (manager.name == "loop" || manager.name == "loop-mssa") return PassLevel::loop;
  return PassLevel::cgscc;  // cgscc and devirt
}

void collect_places(Elements& list, PassLevel level, std::vector<Place>& places) {
  places.push_back({&list, level});
  for (PassElement& element : list)
    if (element.is_manager) collect_places(element.inner, level_inside(element), places);
}

/// A place drawn in proportion to its length, so that each element is as likely as any other.
Place draw_place(Elements& list, Random& random) {
  std::vector<Place> places;
  collect_places(list, PassLevel::module, places);
  std::vector<double> weights;
  for (const Place& place : places) weights.push_back(static_cast<double>(place.list->size()) + 1);
  return places[random.weighted(weights)];
}

/// Whether two parameters contradict each other ("pre" and "no-pre").
bool opposed(const std::string& a, const std::string& b) {
  return a == b || a == "no-" + b || b == "no-" + a;
}

/// Whether a flag can be had both ways, so that it goes with others. Those that cannot, such as
/// levels (O1;O2;Oz) and modes (preserve-cfg;modify-cfg), exclude each other.
bool can_be_negated(const std::string& parameter, const std::vector<std::string>& offered) {
  const std::string negation =
      parameter.starts_with("no-") ? parameter.substr(3) : "no-" + parameter;
  return std::ranges::find(offered, negation) != offered.end();
}

/// One or two of the flags that the pass offers; "name=N" gets a small number.
std::string draw_some(const std::vector<std::string>& offered, Random& random) {
  if (offered.empty()) return "";
  const std::string& first = offered[random.below(offered.size())];
  std::string text = with_number(first, random.below(4));
  if (random.chance(0.5)) return text;
  const std::string& second = offered[random.below(offered.size())];
  const bool independent = can_be_negated(first, offered) && can_be_negated(second, offered);
  if (independent && !opposed(first, second)) text += ";" + second;
  return text;
}

std::size_t count_elements(const Elements& list) {
  std::size_t count = 0;
  for (const PassElement& element : list)
    count += element.is_manager ? count_elements(element.inner) : 1;
  return count;
}

bool needs_memory_ssa(const Elements& list) {
  return std::ranges::any_of(list, [](const PassElement& element) {
    return element.name == "licm" || element.name == "lnicm";
  });
}

/// Managers that lost their last element go too, and a loop manager that got licm keeps MemorySSA.
void tidy_managers(Elements& list) {
  for (PassElement& element : list) {
    if (!element.is_manager) continue;
    tidy_managers(element.inner);
    if (element.name == "loop" && needs_memory_ssa(element.inner)) element.name = "loop-mssa";
  }
  std::erase_if(
      list, [](const PassElement& element) { return element.is_manager && element.inner.empty(); });
}

/// Puts every element into the list of the level it stands at.
void collect_by_level(const Elements& list, PassLevel level,
                      std::array<Elements, k_levels>& by_level) {
  for (const PassElement& element : list) {
    by_level[static_cast<std::size_t>(level)].push_back(element);
    if (element.is_manager) collect_by_level(element.inner, level_inside(element), by_level);
  }
}

// --- Moves ---------------------------------------------------------------------------------------

void insert(const Place& place, const Alphabet& alphabet, Random& random) {
  const auto at = place.list->begin() + static_cast<long>(random.below(place.list->size() + 1));
  if (place.level == PassLevel::module && random.chance(0.4)) {
    const Elements run = alphabet.draw_run(random);
    place.list->insert(at, run.begin(), run.end());
    if (!run.empty()) return;
  }
  place.list->insert(at, alphabet.draw(random, place.level, true));
}

void erase(const Place& place, Random& random) {
  if (place.list->empty()) return;
  const std::size_t first = random.below(place.list->size());
  const std::size_t most = std::min<std::size_t>(place.list->size() - first, 4);
  const std::size_t count = random.chance(0.75) ? 1 : 1 + random.below(most);
  const auto begin = place.list->begin() + static_cast<long>(first);
  place.list->erase(begin, begin + static_cast<long>(count));
}

/// Cuts the end off.
void truncate(const Place& place, Random& random) {
  if (place.list->size() < 2) return;
  place.list->resize(1 + random.below(place.list->size() - 1));
}

void replace(const Place& place, const Alphabet& alphabet, Random& random) {
  if (place.list->empty()) return insert(place, alphabet, random);
  (*place.list)[random.below(place.list->size())] = alphabet.draw(random, place.level, true);
}

void move(const Place& place, Random& random) {
  if (place.list->size() < 2) return;
  const std::size_t from = random.below(place.list->size());
  PassElement element = std::move((*place.list)[from]);
  place.list->erase(place.list->begin() + static_cast<long>(from));
  const std::size_t to = random.below(place.list->size() + 1);
  place.list->insert(place.list->begin() + static_cast<long>(to), std::move(element));
}

void duplicate(const Place& place, Random& random) {
  if (place.list->empty()) return;
  const PassElement copy = (*place.list)[random.below(place.list->size())];
  const std::size_t to = random.below(place.list->size() + 1);
  place.list->insert(place.list->begin() + static_cast<long>(to), copy);
}

void change_parameters(const Place& place, const Alphabet& alphabet, Random& random) {
  std::vector<PassElement*> changeable;
  for (PassElement& element : *place.list) {
    if (element.is_manager) continue;
    const PassInfo* info = alphabet.catalogue().find(element.name);
    if (info != nullptr && !info->parameters.empty()) changeable.push_back(&element);
  }
  if (changeable.empty()) return replace(place, alphabet, random);
  PassElement& element = *changeable[random.below(changeable.size())];
  const PassInfo* info = alphabet.catalogue().find(element.name);
  // Innermost level: no managers around it, they are there already.
  element = make_element(*info, alphabet.draw_parameters(element.name, random), info->level);
}

}  // namespace

Alphabet::Alphabet(const PassCatalogue& catalogue, PassTier most)
    : catalogue_(catalogue), ingredients_(ingredients_of(catalogue, most)) {}

const Ingredient* Alphabet::find(const std::string& name) const {
  const auto found = std::ranges::find_if(
      ingredients_, [&](const Ingredient& ingredient) { return ingredient.pass->name == name; });
  return found == ingredients_.end() ? nullptr : &*found;
}

std::string Alphabet::draw_parameters(const std::string& name, Random& random) const {
  const Ingredient* ingredient = find(name);
  if (ingredient == nullptr) return "";
  const bool bare = !ingredient->needs_parameters && random.chance(0.3);
  return bare ? "" : draw_some(ingredient->parameters, random);
}

void Alphabet::prefer(const std::vector<PassList>& lists) {
  preferred_ = lists;
  for (const PassList& list : lists)
    collect_by_level(list.elements(), PassLevel::module, by_level_);
}

PassElement Alphabet::draw(Random& random, PassLevel context, bool with_parameters) const {
  const Elements& known = by_level_[static_cast<std::size_t>(context)];
  if (!known.empty() && random.chance(0.7)) return known[random.below(known.size())];
  while (true) {
    const Ingredient& ingredient = ingredients_[random.below(ingredients_.size())];
    if (ingredient.pass->level < context) continue;
    const bool vary = ingredient.needs_parameters || (with_parameters && random.chance(0.3));
    return make_element(*ingredient.pass, vary ? draw_some(ingredient.parameters, random) : "",
                        context);
  }
}

Elements Alphabet::draw_run(Random& random) const {
  if (preferred_.empty()) return {};
  const Elements& list = preferred_[random.below(preferred_.size())].elements();
  const std::size_t length = 1 + random.below(std::min<std::size_t>(list.size(), 4));
  const auto first = list.begin() + static_cast<long>(random.below(list.size() - length + 1));
  return {first, first + static_cast<long>(length)};
}

std::vector<PassElement> Alphabet::all() const {
  std::vector<PassElement> elements;
  for (const Ingredient& ingredient : ingredients_) {
    const std::string parameters =
        ingredient.needs_parameters ? with_number(ingredient.parameters.front(), 1) : "";
    elements.push_back(make_element(*ingredient.pass, parameters, PassLevel::module));
  }
  std::ranges::sort(elements, {}, [](const PassElement& element) { return to_string(element); });
  return elements;
}

PassList random_list(const Alphabet& alphabet, std::size_t most, Random& random) {
  const std::size_t length = 1 + random.below(most);
  Elements elements;
  for (std::size_t i = 0; i < length; ++i)
    elements.push_back(alphabet.draw(random, PassLevel::module, false));
  return PassList(std::move(elements));
}

PassList mutate(const PassList& list, const Alphabet& alphabet, Random& random) {
  Elements elements = list.elements();
  const std::vector<double> weights = {30, 24, 8, 12, 10, 12, 4};
  do {
    const Place place = draw_place(elements, random);
    switch (random.weighted(weights)) {
      case 0:
        insert(place, alphabet, random);
        break;
      case 1:
        erase(place, random);
        break;
      case 2:
        replace(place, alphabet, random);
        break;
      case 3:
        move(place, random);
        break;
      case 4:
        duplicate(place, random);
        break;
      case 5:
        change_parameters(place, alphabet, random);
        break;
      default:
        truncate(place, random);
        break;
    }
  } while (random.chance(0.5));
  tidy_managers(elements);
  while (count_elements(elements) > k_most_elements) elements.pop_back();
  return PassList(std::move(elements));
}

PassList mutate_calls(const PassList& list, const std::vector<CallSite>& calls, Random& random) {
  std::vector<CallDecision> decisions = leading_call_decisions(list, calls);
  do {
    const CallSite& drawn = calls[random.below(calls.size())];
    const bool alone = random.chance(0.5);
    enum { leave_to_llvm, keep, inline_it };
    const std::size_t what = random.weighted({1, 2, 2});
    for (const CallSite& site : calls) {
      if (alone ? site != drawn : site.callee != drawn.callee) continue;
      std::erase_if(decisions, [&](const CallDecision& one) { return one.site == site; });
      if (what != leave_to_llvm) decisions.push_back({site, what == inline_it});
    }
  } while (random.chance(0.4));
  return with_call_decisions(decisions, without_leading_call_decisions(list));
}

PassList crossover(const PassList& first, const PassList& second, Random& random) {
  const Elements& a = first.elements();
  const Elements& b = second.elements();
  // One list after the other does well surprisingly often: what the first leaves, the second finds.
  const bool whole = random.chance(0.5);
  const std::size_t head = whole ? a.size() : random.below(a.size() + 1);
  const std::size_t tail = whole ? 0 : random.below(b.size() + 1);
  Elements child(a.begin(), a.begin() + static_cast<long>(head));
  child.insert(child.end(), b.begin() + static_cast<long>(tail), b.end());
  while (count_elements(child) > k_most_elements) child.pop_back();
  return PassList(std::move(child));
}

}  // namespace llmc
