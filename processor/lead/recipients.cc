#include "processor/lead/recipients.h"

#include <algorithm>
#include <optional>

namespace leadclock {
namespace {

// Empty: nobody.
PersonId HolderOf(const PolicyBook& policies, const Policy& policy,
                  const std::string& role, const Progress& progress) {
  if (const std::optional<Role> known = RoleNamed(role)) {
    return progress.people[*known];
  }
  for (const auto& [name, holder] : progress.holders) {
    if (name == role) return holder;
  }
  const auto named =
      std::find_if(policy.roles.begin(), policy.roles.end(),
                   [&](const NamedRole& each) { return each.name == role; });
  if (named == policy.roles.end()) return PersonId();
  for (const NamedRole::Rule& rule : named->rules) {
    if (Holds(policies, rule.when, progress)) return rule.holder;
  }
  return PersonId();
}

}  // namespace

std::vector<Recipient> WhoIsMeant(const PolicyBook& policies,
                                  const Policy& policy,
                                  const std::vector<std::string>& roles,
                                  const Progress& progress) {
  std::vector<Recipient> recipients;
  for (const std::string& role : roles) {
    Recipient& recipient = recipients.emplace_back();
    recipient.role = role;
    recipient.id = HolderOf(policies, policy, role, progress);
    for (const std::string& next : policy.fallback) {
      if (!recipient.id.empty()) break;
      recipient.id = HolderOf(policies, policy, next, progress);
      if (!recipient.id.empty()) recipient.fell_to = next;
    }
  }
  return recipients;
}

}  // namespace leadclock
