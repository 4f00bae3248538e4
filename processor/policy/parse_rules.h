#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"

// What all parts of a policy are written in: names, conditions, and lists of
// rules of which the first match counts.
namespace leadclock {

// What to say of a construct that the language will have.
std::string NotSupported(absl::string_view what);

// The names of one kind of thing, with their places in the policy.
class Names {
 public:
  void Add(absl::string_view name) {
    places_.try_emplace(name, names_.size());
    names_.emplace_back(name);
  }

  // The first of that name.
  std::optional<size_t> Find(absl::string_view name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }

  // Each once, for hints.
  std::vector<absl::string_view> All() const {
    std::vector<absl::string_view> all;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (!names_[i].empty() && Find(names_[i]) == i) all.push_back(names_[i]);
    }
    return all;
  }

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, size_t> places_;
};

// The name that stands there. Nothing, and reported, if it is not written as
// names are.
std::optional<std::string> ReadName(const YamlValue& value);

// A map from attributes to a value or a list of values. All must hold.
Condition ReadCondition(const YamlValue& value);

template <typename T>
struct RuleOf {
  Condition when;
  T then;
};

// A list of rules, {when: CONDITION, THEN: value}, that ends in
// {otherwise: value}. `read` reads a value: YamlValue -> std::optional<T>.
template <typename T, typename Read>
std::vector<RuleOf<T>> ReadRules(const YamlValue& list, absl::string_view what,
                                 absl::string_view then, const Read& read) {
  std::vector<RuleOf<T>> rules;
  const std::vector<YamlValue> items = list.Items();
  for (size_t i = 0; i < items.size(); ++i) {
    const bool is_last = i + 1 == items.size();
    YamlMap fields = items[i].Map(absl::StrCat("a rule of '", what, "'"));
    if (!fields.present()) continue;

    Condition condition;
    YamlValue value = fields.Optional("otherwise");
    if (value.present()) {
      if (!is_last) {
        value.Error(
            "'otherwise' stands last; the rules after it would never "
            "be reached");
      }
      const absl::string_view apart =
          "'otherwise' stands alone in its rule, as {otherwise: ...}";
      fields.Refuse("when", apart);
      fields.Refuse(then, apart);
    } else {
      condition = ReadCondition(fields.Required("when"));
      value = fields.Required(then);
      if (is_last) {
        fields.Error(absl::StrCat("the last rule of '", what,
                                  "' must be {otherwise: ...}, which says what "
                                  "holds when no other rule does"));
      }
    }
    std::optional<T> result = read(value);
    fields.NothingElse();
    if (result.has_value()) {
      rules.push_back({std::move(condition), *std::move(result)});
    }
  }
  return rules;
}

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_RULES_H_
