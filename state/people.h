#ifndef LEADCLOCK_STATE_PEOPLE_H_
#define LEADCLOCK_STATE_PEOPLE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "state/ids.h"

namespace leadclock {

// What somebody is to a lead.
enum class Role : uint8_t { kOwner, kBackup, kManager };

// Their names, in the order of Role.
inline constexpr std::array<const char*, 3> kRoleNames = {"owner", "backup",
                                                          "manager"};

inline const char* NameOf(Role role) {
  return kRoleNames[static_cast<size_t>(role)];
}

// Nullopt: a role that leads do not know; a policy may.
inline std::optional<Role> RoleNamed(std::string_view name) {
  for (size_t i = 0; i < kRoleNames.size(); ++i) {
    if (name == kRoleNames[i]) return static_cast<Role>(i);
  }
  return std::nullopt;
}

// Who is responsible for a lead. An empty id: nobody.
struct People {
  PersonId owner;
  PersonId backup;
  PersonId manager;

  const PersonId& operator[](Role role) const {
    switch (role) {
      case Role::kOwner:
        return owner;
      case Role::kBackup:
        return backup;
      case Role::kManager:
        break;
    }
    return manager;
  }

  friend bool operator==(const People&, const People&) = default;
};

// A role that leads' events may name like these, and policies need not define.
inline constexpr char kTeamLead[] = "team_lead";

// Who holds roles beside these, by their names: sorted, each role once.
using RoleHolders = std::vector<std::pair<std::string, PersonId>>;

// Who is meant by a role.
struct Recipient {
  // The role that was asked for: one of People, or one that the policy names.
  std::string role;
  // Nobody holds it, and it fell to the holder of this role. Empty: it did not.
  std::string fell_to;
  // Empty: nobody was found at all.
  PersonId id;

  friend bool operator==(const Recipient&, const Recipient&) = default;
};

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_PEOPLE_H_
