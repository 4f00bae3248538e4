#include "app/lead/story_words.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "app/lead/local_time.h"
#include "processor/policy/describe.h"
#include "state/people.h"

namespace leadclock {

absl::Time InstantOf(const std::string& text) {
  absl::Time instant;
  std::string error;
  // Our own texts are always good instants.
  static_cast<void>(
      absl::ParseTime(absl::RFC3339_full, text, &instant, &error));
  return instant;
}

absl::TimeZone ZoneOf(const std::string& name) {
  absl::TimeZone zone;
  return absl::LoadTimeZone(name, &zone) ? zone : absl::UTCTimeZone();
}

std::string Local(absl::Time instant, absl::TimeZone zone) {
  return LocalTime(zone).Text(instant);
}
std::string Local(const std::string& instant, absl::TimeZone zone) {
  return instant.empty() ? "" : Local(InstantOf(instant), zone);
}

std::string Joined(std::vector<std::string> words, absl::string_view by) {
  std::erase(words, "");
  return absl::StrJoin(words, by);
}

std::string InBrackets(const std::string& text) {
  return text.empty() ? "" : absl::StrCat("(", text, ")");
}

std::string Ref(const std::string& source, const std::string& id) {
  const std::string ref = Joined({source, id}, " ");
  return ref.empty() ? "" : absl::StrCat("[", ref, "]");
}

std::string ToWhom(
    const google::protobuf::RepeatedPtrField<v1::LeadStory::Recipient>& to) {
  std::vector<Recipient> recipients;
  for (const v1::LeadStory::Recipient& each : to) {
    recipients.push_back({.role = each.role(),
                          .fell_to = each.fell_to(),
                          .id = PersonId(each.id())});
  }
  return recipients.empty() ? "" : absl::StrCat("to ", WhoIsTold(recipients));
}

std::string NameOf(const v1::LeadStory::Ref& event) {
  return Joined({event.source(), event.id()}, " ");
}

std::string By(const v1::LeadStory::Ref& event) {
  const std::string ref = NameOf(event);
  return ref.empty() ? "" : absl::StrCat("by ", ref);
}

std::string Because(const std::string& rule) {
  if (rule.empty()) return "";
  return rule == Words(Condition()) ? "because no other rule holds"
                                    : absl::StrCat("because ", rule);
}

void AppendPart(absl::string_view heading, const TextTable& table,
                size_t indent, std::string& text) {
  if (table.empty()) return;
  absl::StrAppend(&text, "\n", std::string(indent, ' '), heading, "\n",
                  table.Text(indent + 2));
}

}  // namespace leadclock
