#include "processor/policy/attributes.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace leadclock {
namespace {

// How many values a lead may have at once.
enum class Values : uint8_t {
  kOne,        // or none
  kOneNumber,  // or none
  kSeveral,    // or none
  kYesOrNo,    // always one of these
  kHeldOrNot,  // "somebody" or "nobody"
};

// Who knows what values there can be.
enum class KnownTo : uint8_t {
  kWhoSaysIt,       // others, under the attribute's own name
  kWhoSaysChannel,  // others, as channels
  kPolicy,
};

struct Attribute {
  absl::string_view name;
  Aspect aspect = Aspect::kAttribute;
  Values values = Values::kOne;
  KnownTo known_to = KnownTo::kWhoSaysIt;
};

// In the order in which people are told them.
constexpr std::array kAttributes = {
    Attribute{"market"},
    Attribute{"source"},
    Attribute{"intent"},
    Attribute{"stage"},
    Attribute{"priority"},
    Attribute{"team"},
    Attribute{"customer"},
    Attribute{"consent"},
    Attribute{"status"},
    Attribute{"service_interest"},
    Attribute{"campaign"},
    Attribute{"form"},
    Attribute{"available_channel", Aspect::kAvailableChannel, Values::kSeveral,
              KnownTo::kWhoSaysChannel},
    Attribute{"flag", Aspect::kFlag, Values::kSeveral},
    Attribute{"company_size", Aspect::kAttribute, Values::kOneNumber},
    Attribute{"lead_score", Aspect::kAttribute, Values::kOneNumber},
    Attribute{"disposition"},
    Attribute{"broken_channel", Aspect::kBrokenChannel, Values::kSeveral,
              KnownTo::kWhoSaysChannel},
    Attribute{"opted_out_channel", Aspect::kOptedOutChannel, Values::kSeveral,
              KnownTo::kWhoSaysChannel},
    Attribute{"reachable", Aspect::kReachable, Values::kYesOrNo,
              KnownTo::kPolicy},
    Attribute{"date_ahead", Aspect::kDateAhead, Values::kSeveral,
              KnownTo::kPolicy},
    Attribute{"owner", Aspect::kOwner, Values::kHeldOrNot, KnownTo::kPolicy},
    Attribute{"backup", Aspect::kBackup, Values::kHeldOrNot, KnownTo::kPolicy},
    Attribute{"manager", Aspect::kManager, Values::kHeldOrNot,
              KnownTo::kPolicy},
    Attribute{"owner_acted", Aspect::kOwnerActed, Values::kYesOrNo,
              KnownTo::kPolicy},
    Attribute{"autoresponder", Aspect::kAutoresponder, Values::kYesOrNo,
              KnownTo::kPolicy},
    Attribute{"open_clock", Aspect::kOpenClock, Values::kSeveral,
              KnownTo::kPolicy},
    Attribute{"missed_clock", Aspect::kMissedClock, Values::kSeveral,
              KnownTo::kPolicy},
    Attribute{"escalated_clock", Aspect::kEscalatedClock, Values::kSeveral,
              KnownTo::kPolicy},
    Attribute{"outcome", Aspect::kOutcome, Values::kSeveral, KnownTo::kPolicy},
    Attribute{"cycle", Aspect::kCycle, Values::kOneNumber, KnownTo::kPolicy},
};

constexpr auto kNames = [] {
  std::array<absl::string_view, kAttributes.size()> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = kAttributes[i].name;
  return names;
}();

constexpr size_t kLongest = [] {
  size_t longest = 0;
  for (const absl::string_view name : kNames) {
    longest = std::max(longest, name.size());
  }
  return longest;
}();

// Conditions are judged all the time, and few names are of one length: the
// places in the table, those of shorter names first, and where each length
// begins.
constexpr auto kPlaces = [] {
  struct {
    std::array<uint8_t, kAttributes.size()> by_length = {};
    std::array<uint8_t, kLongest + 2> begin = {};
  } places;
  uint8_t next = 0;
  for (size_t length = 0; length <= kLongest; ++length) {
    places.begin[length] = next;
    for (size_t i = 0; i < kNames.size(); ++i) {
      if (kNames[i].size() == length) {
        places.by_length[next++] = static_cast<uint8_t>(i);
      }
    }
  }
  places.begin[kLongest + 1] = next;
  return places;
}();

// Null: it is none of them.
const Attribute* Find(absl::string_view name) {
  if (name.size() > kLongest) return nullptr;
  for (size_t i = kPlaces.begin[name.size()];
       i < kPlaces.begin[name.size() + 1]; ++i) {
    const Attribute& attribute = kAttributes[kPlaces.by_length[i]];
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

Values ValuesOf(absl::string_view name) {
  const Attribute* const attribute = Find(name);
  return attribute == nullptr ? Values::kOne : attribute->values;
}

}  // namespace

absl::Span<const absl::string_view> AttributeNames() { return kNames; }

Aspect AspectOf(absl::string_view attribute) {
  const Attribute* const known = Find(attribute);
  return known == nullptr ? Aspect::kAttribute : known->aspect;
}

bool HasSeveralValues(absl::string_view attribute) {
  return ValuesOf(attribute) == Values::kSeveral;
}

bool IsAlwaysNumber(absl::string_view attribute) {
  return ValuesOf(attribute) == Values::kOneNumber;
}

std::optional<std::pair<absl::string_view, absl::string_view>> TwoValues(
    absl::string_view attribute) {
  switch (ValuesOf(attribute)) {
    case Values::kYesOrNo:
      return std::pair<absl::string_view, absl::string_view>("yes", "no");
    case Values::kHeldOrNot:
      return std::pair<absl::string_view, absl::string_view>("somebody",
                                                             "nobody");
    default:
      return std::nullopt;
  }
}

absl::string_view SaidOf(absl::string_view attribute) {
  const Attribute* const known = Find(attribute);
  if (known == nullptr) return attribute;
  switch (known->known_to) {
    case KnownTo::kWhoSaysIt:
      return attribute;
    case KnownTo::kWhoSaysChannel:
      return "channel";
    case KnownTo::kPolicy:
      break;
  }
  return "";
}

}  // namespace leadclock
