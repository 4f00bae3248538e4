#include "processor/policy/parse_recipients.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/policy/parse_rules.h"
#include "state/people.h"

namespace leadclock {
namespace {

// A single holder is who it is otherwise, and always.
std::vector<NamedRole::Rule> ReadHolders(const YamlField& field,
                                         const Glossary* glossary) {
  std::vector<NamedRole::Rule> holders;
  if (IsMapForRules(field.value, field.name, "is")) return holders;
  if (!field.value.IsList()) {
    std::optional<std::string> holder = field.value.Text();
    if (holder.has_value() && holder->empty()) {
      field.value.Error(absl::StrCat("nobody would ever be ",
                                     Quoted(field.name),
                                     "; write an id, or leave the role out"));
    }
    if (holder.has_value()) {
      holders.push_back({.when = {}, .holder = PersonId(*std::move(holder))});
    }
    return holders;
  }
  for (const Rule& rule : ReadRules(field.value, field.name, "is",
                                    LastRule::kOtherwise, glossary)) {
    std::optional<std::string> holder = rule.then.Text();
    if (!holder.has_value()) continue;
    holders.push_back(
        {.when = rule.when, .holder = PersonId(*std::move(holder))});
  }
  return holders;
}

}  // namespace

std::vector<NamedRole> ReadNamedRoles(const YamlValue& value, Names* roles,
                                      const Glossary* glossary) {
  for (const char* const name : kRoleNames) roles->Add(name);
  roles->Add(kTeamLead);
  std::vector<NamedRole> named;
  for (const YamlField& field : value.Map("'recipients'").TakeAll()) {
    ReadName(field.key);
    if (RoleNamed(field.name).has_value()) {
      field.key.Error(absl::StrCat("the lead's own events say who is its ",
                                   field.name,
                                   "; choose another name for the role"));
    }
    if (field.name != kTeamLead) roles->Add(field.name);
    named.push_back(
        {.name = field.name, .rules = ReadHolders(field, glossary)});
  }
  return named;
}

}  // namespace leadclock
