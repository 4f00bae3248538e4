#include "processor/policy/parse_words.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace leadclock {
namespace {

// In the order of Role.
constexpr std::array<absl::string_view, 3> kRoles = {"owner", "backup",
                                                     "manager"};

bool IsName(absl::string_view text) {
  const auto may_stand_in_a_name = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  return !text.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), may_stand_in_a_name);
}

std::optional<Role> ReadRole(const YamlValue& value, absl::string_view what) {
  if (value.IsMap()) {
    value.Error(
        "chains of recipients are not supported yet; write owner, "
        "backup or manager");
    return std::nullopt;
  }
  const std::optional<std::string> word = value.Text();
  if (!word.has_value()) return std::nullopt;
  const auto found = std::find(kRoles.begin(), kRoles.end(), *word);
  if (found != kRoles.end()) return static_cast<Role>(found - kRoles.begin());

  const bool is_slip = Nearest(*word, kRoles).has_value();
  value.Error(is_slip ? absl::StrCat("unknown ", what, " ", Quoted(*word),
                                     DidYouMean(*word, kRoles))
                      : absl::StrCat("the ", what, " ", NotSupported(*word),
                                     "; write owner, backup or manager"));
  return std::nullopt;
}

}  // namespace

void Names::Add(absl::string_view name) {
  const bool is_new = places_.try_emplace(name, size_).second;
  ++size_;
  if (is_new && !name.empty()) distinct_.emplace_back(name);
}

std::optional<size_t> Names::Find(absl::string_view name) const {
  const auto found = places_.find(name);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

std::vector<absl::string_view> Names::All() const {
  return {distinct_.begin(), distinct_.end()};
}

std::optional<std::string> ReadName(const YamlValue& value) {
  std::optional<std::string> name = value.Text();
  if (!name.has_value() || IsName(*name)) return name;
  value.Error(absl::StrCat(
      Quoted(*name),
      " is not a name; a name begins with a lower-case letter, and goes on "
      "with lower-case letters, digits and '_'"));
  return std::nullopt;
}

std::optional<uint16_t> ReadCalendarName(const YamlValue& value,
                                         const Names& calendars) {
  const std::optional<std::string> name = value.Text();
  if (!name.has_value()) return std::nullopt;
  const std::optional<size_t> place = calendars.Find(*name);
  if (!place.has_value()) {
    value.Error(absl::StrCat("unknown calendar ", Quoted(*name),
                             DidYouMean(*name, calendars.All())));
    return std::nullopt;
  }
  return static_cast<uint16_t>(*place);
}

std::vector<Role> ReadRoles(const YamlValue& value, absl::string_view what) {
  std::vector<Role> roles;
  for (const YamlValue& item : value.OneOrMore()) {
    const std::optional<Role> role = ReadRole(item, what);
    if (!role.has_value()) continue;
    if (std::find(roles.begin(), roles.end(), *role) == roles.end()) {
      roles.push_back(*role);
    } else {
      item.Error(absl::StrCat(Quoted(*item.Text()), " is written twice"));
    }
  }
  return roles;
}

std::string NotSupported(absl::string_view what) {
  return absl::StrCat(Quoted(what), " is not supported yet");
}

void RefuseNotSupported(YamlMap* fields,
                        std::initializer_list<absl::string_view> planned) {
  for (const absl::string_view field : planned) {
    fields->Refuse(field, NotSupported(field));
  }
}

}  // namespace leadclock
