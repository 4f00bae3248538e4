#include "app/lead/lead_file.h"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "app/lead/event_words.h"
#include "processor/job/wire_output.h"

namespace leadclock {
namespace {

// What can be told of a record that is no event.
LeadFile::Unreadable UnreadableOf(Rejection why, const v1::LeadEvent& message) {
  LeadFile::Unreadable unreadable;
  unreadable.why = std::move(why);
  unreadable.ref = {message.source(), message.id()};
  // Of an instant in a wrong unit nothing can be told.
  if (message.occurred_at_ms() != 0 && unreadable.why.code != "TIME") {
    unreadable.happened_at = absl::FromUnixMillis(message.occurred_at_ms());
  }
  if (message.event_case() != v1::LeadEvent::EVENT_NOT_SET) {
    unreadable.kind = static_cast<uint32_t>(message.event_case());
    unreadable.what = KindOfEvent(unreadable.kind);
  }
  return unreadable;
}

// What the event itself does not keep.
std::string NotedOf(const v1::LeadEvent& message, const Event& event) {
  const std::string& reason = message.withdrawn().reason();
  if (reason.empty()) return WhatIsNoted(message);
  return absl::StrCat(WhatHappened(event), ": ", reason);
}

}  // namespace

absl::Time KnownAt(const LeadFile::Read& read) {
  return read.recorded_at.value_or(
      read.logged_at.value_or(read.event.occurred_at));
}

absl::Time KnownAt(const LeadFile::Unreadable& record) {
  return record.recorded_at.value_or(record.logged_at.value_or(
      record.happened_at.value_or(absl::InfinitePast())));
}

absl::Time SaidAt(const v1::SlaEvent& event) {
  return absl::FromUnixMillis(event.emitted_at_ms());
}

std::vector<const v1::SlaEvent*> InOrder(
    const std::vector<v1::SlaEvent>& said) {
  std::vector<const v1::SlaEvent*> in_order;
  for (const v1::SlaEvent& event : said) in_order.push_back(&event);
  std::stable_sort(in_order.begin(), in_order.end(),
                   [](const v1::SlaEvent* a, const v1::SlaEvent* b) {
                     return a->lead_seq() < b->lead_seq();
                   });
  return in_order;
}

LeadFile KnownBy(LeadFile file, absl::Time instant) {
  const auto is_later = [&](const auto& each) {
    return KnownAt(each) > instant;
  };
  std::erase_if(file.events, is_later);
  std::erase_if(file.unreadable, is_later);
  std::erase_if(file.said, [&](const v1::SlaEvent& event) {
    return SaidAt(event) > instant;
  });
  file.last_said = 0;
  return file;
}

MissingNumbers MissingOf(const LeadFile& file) {
  std::set<int64_t> numbers;
  for (const v1::SlaEvent& event : file.said) {
    if (event.lead_seq() > 0) numbers.insert(event.lead_seq());
  }
  if (numbers.empty() || *numbers.rbegin() <= file.last_said) {
    numbers.insert(file.last_said + 1);
  }
  MissingNumbers missing;
  std::vector<std::string> words;
  int64_t expected = 1;
  for (const int64_t number : numbers) {
    if (number > expected) {
      words.push_back(number == expected + 1
                          ? absl::StrCat(expected)
                          : absl::StrCat(expected, " to ", number - 1));
      if (missing.first == 0) missing.first = expected;
      missing.last = number - 1;
    }
    expected = number + 1;
  }
  missing.words = absl::StrJoin(words, ", ");
  return missing;
}

void AddInput(const InputRecord& record, const WireInputOptions& options,
              LeadFile& file, const std::string& place) {
  const v1::LeadEvent message =
      MessageOf(record, options).value_or(v1::LeadEvent());
  // One with another's key was refused; whoever looks for it must find it.
  if (record.key != file.lead_id && message.lead_id() != file.lead_id) return;
  auto read = ReadLeadEvent(record, options);
  const std::optional<absl::Time> logged_at = LoggedAt(record, options);
  if (auto* const event = std::get_if<Event>(&read)) {
    std::string noted = NotedOf(message, *event);
    file.events.push_back({.event = std::move(*event),
                           .logged_at = logged_at,
                           .noted = std::move(noted),
                           .recorded_at = record.timestamp,
                           .place = place});
  } else if (auto* const rejection = std::get_if<Rejection>(&read)) {
    file.unreadable.push_back(UnreadableOf(std::move(*rejection), message));
    file.unreadable.back().logged_at = logged_at;
    file.unreadable.back().recorded_at = record.timestamp;
    file.unreadable.back().place = place;
  }
}

void AddRefused(const InputRecord& record, const WireInputOptions& options,
                LeadFile& file, const std::string& place) {
  const v1::LeadEvent message =
      MessageOf(record, options).value_or(v1::LeadEvent());
  if (record.key != file.lead_id && message.lead_id() != file.lead_id) return;
  const auto stood_there = [&](const auto& read) {
    return !place.empty() && read.place == place;
  };
  std::erase_if(file.events, stood_there);
  // It is told already.
  if (std::any_of(file.unreadable.begin(), file.unreadable.end(),
                  stood_there)) {
    return;
  }
  Rejection why = {"REFUSED", "its headers do not say why"};
  // Ours stand behind those of the record itself.
  for (const auto& [name, value] : record.headers) {
    if (name == "leadclock.error.code") why.code = value;
    if (name == "__connect.errors.exception.message") why.message = value;
  }
  file.unreadable.push_back(UnreadableOf(std::move(why), message));
  file.unreadable.back().logged_at = LoggedAt(record, options);
  file.unreadable.back().recorded_at = record.timestamp;
  file.unreadable.back().place = place;
}

void AddOutput(const std::string& value, const std::vector<Header>& headers,
               WireFormat format, LeadFile& file) {
  std::optional<v1::SlaEvent> event = ReadSlaEvent(value, headers, format);
  if (event && event->lead_id() == file.lead_id) {
    file.said.push_back(*std::move(event));
  }
}

}  // namespace leadclock
