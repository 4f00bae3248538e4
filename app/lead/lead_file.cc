#include "app/lead/lead_file.h"

#include <utility>
#include <variant>

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
    unreadable.what = KindOfEvent(static_cast<uint32_t>(message.event_case()));
  }
  return unreadable;
}

}  // namespace

void AddInput(const InputRecord& record, const WireInputOptions& options,
              LeadFile& file) {
  if (record.key != file.lead_id) return;
  auto read = ReadLeadEvent(record, options);
  const v1::LeadEvent message =
      MessageOf(record, options).value_or(v1::LeadEvent());
  const std::optional<absl::Time> logged_at = LoggedAt(record, options);
  if (auto* const event = std::get_if<Event>(&read)) {
    file.events.push_back({std::move(*event), logged_at, WhatIsNoted(message)});
  } else if (auto* const rejection = std::get_if<Rejection>(&read)) {
    file.unreadable.push_back(UnreadableOf(std::move(*rejection), message));
    file.unreadable.back().logged_at = logged_at;
  }
}

void AddOutput(const std::string& value, const std::vector<Header>& headers,
               WireFormat format, LeadFile& file) {
  std::optional<v1::SlaEvent> event = ReadSlaEvent(value, headers, format);
  if (event && event->lead_id() == file.lead_id) {
    file.said.push_back(*std::move(event));
  }
}

}  // namespace leadclock
