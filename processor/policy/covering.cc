#include "processor/policy/covering.h"

#include <algorithm>
#include <utility>

#include "processor/policy/changed_decisions.h"

namespace leadclock {
namespace {

// Of more rules it is not worth the time to see which could be left out.
constexpr size_t kMostToLeaveOut = 32;

// What could not be read asks for nothing.
bool IsRead(const Condition& condition) {
  return std::all_of(
      condition.begin(), condition.end(), [](const AttributeTest& test) {
        const bool any = std::all_of(test.any.begin(), test.any.end(), IsRead);
        return any && (!test.any.empty() || !test.any_of.empty() ||
                       !test.spans.empty());
      });
}

std::vector<const Condition*> At(const std::vector<size_t>& places,
                                 const std::vector<const Condition*>& rules) {
  std::vector<const Condition*> conditions;
  for (const size_t place : places) conditions.push_back(rules[place]);
  return conditions;
}

}  // namespace

std::vector<size_t> Covering(const Condition& when,
                             const std::vector<const Condition*>& rules) {
  if (!IsRead(when)) return {};
  std::vector<size_t> places;
  for (size_t i = 0; i < rules.size(); ++i) {
    if (!IsRead(*rules[i])) continue;
    if (Implies(when, *rules[i])) return {i};
    if (!ExcludeEachOther(when, *rules[i])) places.push_back(i);
  }
  if (places.empty() || !HoldWherever(when, At(places, rules))) return {};
  if (places.size() > kMostToLeaveOut) return places;
  for (size_t i = places.size(); i-- > 0;) {
    std::vector<size_t> others = places;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
    if (HoldWherever(when, At(others, rules))) places = std::move(others);
  }
  return places;
}

std::vector<size_t> Covering(const Condition& when,
                             const std::vector<Condition>& rules) {
  std::vector<const Condition*> all;
  for (const Condition& rule : rules) all.push_back(&rule);
  return Covering(when, all);
}

}  // namespace leadclock
