#ifndef LEADCLOCK_STATE_PEOPLE_H_
#define LEADCLOCK_STATE_PEOPLE_H_

#include <cstdint>

#include "state/ids.h"

namespace leadclock {

// What somebody is to a lead.
enum class Role : uint8_t { kOwner, kBackup, kManager };

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

}  // namespace leadclock

#endif  // LEADCLOCK_STATE_PEOPLE_H_
