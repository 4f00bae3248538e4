#include "app/lead/history.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "state/codec.h"

namespace leadclock {
namespace {

// Of two contents of one event, the one that stands.
bool Outranks(const Event& a, const Event& b) {
  if (a.sequence != b.sequence) return a.sequence > b.sequence;
  return EncodeEvent(a) > EncodeEvent(b);
}

std::optional<absl::Time> EarlierOf(const std::optional<absl::Time>& a,
                                    const std::optional<absl::Time>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

bool StandsFirst(const LeadFile::Read& a, const LeadFile::Read& b) {
  return StandsBefore(a.event, b.event);
}

// The different contents of one event, each as it was first heard of.
using Contents = std::vector<LeadFile::Read>;

void AddContent(const LeadFile::Read& read, Contents& contents) {
  const auto same = std::find_if(
      contents.begin(), contents.end(),
      [&](const LeadFile::Read& other) { return other.event == read.event; });
  if (same == contents.end()) {
    contents.push_back(read);
    return;
  }
  same->logged_at = EarlierOf(same->logged_at, read.logged_at);
  same->recorded_at = EarlierOf(same->recorded_at, read.recorded_at);
  if (same->noted.empty()) same->noted = read.noted;
}

std::string ReplacedBy(const Event& standing, const Event& replaced) {
  return standing.sequence > replaced.sequence
             ? absl::StrCat("replaced by a later content (sequence ",
                            standing.sequence, ")")
             : "replaced by another content of the same sequence";
}

}  // namespace

std::vector<Event> History::Events() const {
  std::vector<Event> events;
  for (const LeadFile::Read& each : standing) events.push_back(each.event);
  return events;
}

const LeadFile::Read* History::Find(const EventRef& ref) const {
  for (const LeadFile::Read& each : standing) {
    if (each.event.ref == ref) return &each;
  }
  return nullptr;
}

History HistoryOf(const std::vector<LeadFile::Read>& events) {
  std::map<EventRef, Contents> of_event;
  for (const LeadFile::Read& each : events) {
    AddContent(each, of_event[each.event.ref]);
  }
  History history;
  for (auto& [ref, contents] : of_event) {
    const auto standing =
        std::max_element(contents.begin(), contents.end(),
                         [](const LeadFile::Read& a, const LeadFile::Read& b) {
                           return Outranks(b.event, a.event);
                         });
    for (auto each = contents.begin(); each != contents.end(); ++each) {
      if (each == standing) continue;
      history.replaced.push_back(
          {*each, ReplacedBy(standing->event, each->event)});
    }
    history.standing.push_back(std::move(*standing));
  }
  std::sort(history.standing.begin(), history.standing.end(), StandsFirst);
  return history;
}

}  // namespace leadclock
