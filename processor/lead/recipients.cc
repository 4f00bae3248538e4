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

// As WhoIsMeant(), but that `passed_over` counts as nobody.
std::vector<Recipient> WhoIsMeantBut(const PolicyBook& policies,
                                     const Policy& policy,
                                     const std::vector<std::string>& roles,
                                     const Progress& progress,
                                     const PersonId& passed_over) {
  const auto holder_of = [&](const std::string& role) {
    PersonId holder = HolderOf(policies, policy, role, progress);
    return holder == passed_over ? PersonId() : holder;
  };
  std::vector<Recipient> recipients;
  for (const std::string& role : roles) {
    Recipient& recipient = recipients.emplace_back();
    recipient.role = role;
    recipient.id = holder_of(role);
    for (const std::string& next : policy.fallback) {
      if (!recipient.id.empty()) break;
      recipient.id = holder_of(next);
      if (!recipient.id.empty()) recipient.fell_to = next;
    }
  }
  return recipients;
}

}  // namespace

std::vector<Recipient> WhoIsMeant(const PolicyBook& policies,
                                  const Policy& policy,
                                  const std::vector<std::string>& roles,
                                  const Progress& progress) {
  return WhoIsMeantBut(policies, policy, roles, progress, PersonId());
}

std::vector<Recipient> WhoTakesOver(const PolicyBook& policies,
                                    const Policy& policy,
                                    const std::vector<std::string>& roles,
                                    const Progress& progress) {
  return WhoIsMeantBut(policies, policy, roles, progress,
                       progress.people[Role::kOwner]);
}

}  // namespace leadclock
