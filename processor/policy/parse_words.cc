#include "processor/policy/parse_words.h"

#include <algorithm>
#include <array>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/policy/attributes.h"
#include "processor/policy/instant.h"

namespace leadclock {
namespace {

bool IsName(absl::string_view text) {
  const auto may_stand_in_a_name = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  return !text.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), may_stand_in_a_name);
}

std::optional<Role> ReadRole(const YamlValue& value) {
  const std::optional<std::string> word = value.Text();
  if (!word.has_value()) return std::nullopt;
  const std::optional<Role> role = RoleNamed(*word);
  if (role.has_value()) return role;
  const std::vector<absl::string_view> known(kRoleNames.begin(),
                                             kRoleNames.end());
  value.Error(
      absl::StrCat("unknown role ", Quoted(*word), DidYouMean(*word, known)));
  return std::nullopt;
}

// What `read` gives of each item, each once.
template <typename T, typename Read>
std::vector<T> ReadEachOnce(const YamlValue& value, Read read) {
  std::vector<T> all;
  for (const YamlValue& item : value.OneOrMore()) {
    const std::optional<T> one = read(item);
    if (!one.has_value()) continue;
    if (std::find(all.begin(), all.end(), *one) == all.end()) {
      all.push_back(*one);
    } else {
      item.Error(absl::StrCat(Quoted(*item.Text()), " is written twice"));
    }
  }
  return all;
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

void Names::AddTakenOut(absl::string_view name, absl::string_view where) {
  taken_out_.try_emplace(name, where);
}

std::string Names::Hint(absl::string_view name) const {
  const auto taken_out = taken_out_.find(name);
  if (taken_out == taken_out_.end()) return DidYouMean(name, All());
  return absl::StrCat(" (", taken_out->second, " takes it out)");
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
    if (calendars.may_have_more()) return std::nullopt;
    value.Error(absl::StrCat("unknown calendar ", Quoted(*name),
                             DidYouMean(*name, calendars.All())));
    return std::nullopt;
  }
  return static_cast<uint16_t>(*place);
}

std::vector<Role> ReadRoles(const YamlValue& value) {
  return ReadEachOnce<Role>(value, ReadRole);
}

std::vector<std::string> ReadRecipients(const YamlValue& value,
                                        const Names& roles) {
  return ReadEachOnce<std::string>(value, [&roles](const YamlValue& item) {
    return ReadRecipient(item, roles);
  });
}

std::optional<std::string> ReadRecipient(const YamlValue& value,
                                         const Names& roles) {
  std::optional<std::string> word = value.Text();
  if (!word.has_value() || roles.Find(*word).has_value() ||
      roles.may_have_more()) {
    return word;
  }
  const std::vector<absl::string_view> known = roles.All();
  const bool is_slip = Nearest(*word, known).has_value();
  value.Error(absl::StrCat(
      "nobody defines the recipient ", Quoted(*word), DidYouMean(*word, known),
      is_slip ? "" : "; write who holds another role into 'recipients'"));
  return std::nullopt;
}

std::optional<std::string> ReadDateName(const YamlValue& value) {
  constexpr std::array<absl::string_view, 4> kDates = {"term_ends", "next_step",
                                                       "meeting", "return"};
  std::optional<std::string> date = value.Text();
  if (!date.has_value()) return std::nullopt;
  const bool is_custom =
      absl::StartsWith(*date, kCustom) && date->size() > kCustom.size();
  if (is_custom ||
      std::find(kDates.begin(), kDates.end(), *date) != kDates.end()) {
    return date;
  }
  value.Error(absl::StrCat(
      "unknown date ", Quoted(*date), DidYouMean(*date, kDates),
      Nearest(*date, kDates) ? "" : ", and the company's own as custom.NAME"));
  return std::nullopt;
}

std::optional<absl::Time> ReadInstant(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<absl::Time> instant = ParseInstant(*text);
  if (!instant.ok()) {
    value.Error(instant.status().message());
    return std::nullopt;
  }
  if (absl::FromUnixMillis(absl::ToUnixMillis(*instant)) == *instant) {
    return *instant;
  }
  value.Error(absl::StrCat(Quoted(*text),
                           " is finer than a millisecond, which is as fine as "
                           "instants are"));
  return std::nullopt;
}

std::optional<int64_t> ReadVersion(const YamlValue& value) {
  return value.Integer(1, INT64_MAX);
}

std::optional<Policy::OpenClocks> ReadOpenClocks(const YamlValue& value) {
  return value.OneOf<Policy::OpenClocks>(
      "what becomes of open clocks", {{"keep", Policy::OpenClocks::kKeep},
                                      {"carry", Policy::OpenClocks::kCarry}});
}

std::string ReadWords(const YamlValue& value, absl::string_view example) {
  const std::string words = value.Text().value_or("");
  if (value.IsText() && words.empty()) {
    value.Error(absl::StrCat("there are no words; write them, such as ",
                             Quoted(example), ", or leave the field out"));
  }
  return words;
}

}  // namespace leadclock
