#include "app/dev/show.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <iostream>
#include <utility>

#include "absl/time/clock.h"

namespace leadclock {
namespace {

using google::protobuf::util::JsonStringToMessage;

constexpr absl::Duration kPageEvery = absl::Milliseconds(100);
constexpr absl::Duration kTableEvery = absl::Seconds(10);
// Where nobody draws over it, a table is an interruption.
constexpr size_t kLeadsOfTable = 10;
constexpr size_t kWidthOfTable = 120;

void Print(const Line& line, Colors colors) {
  std::cout << ToText(line, std::string::npos, colors) << '\n';
}

}  // namespace

Show::Show(const Display& display, std::string leads_topic, absl::TimeZone zone)
    : display_(display),
      leads_topic_(std::move(leads_topic)),
      zone_(zone),
      drawn_(absl::Now()) {}

void Show::Take(const std::vector<PlainReader::Record>& records) {
  std::vector<v1::SlaEvent> events;
  for (const PlainReader::Record& record : records) {
    v1::LeadState state;
    v1::SlaEvent event;
    if (record.topic == leads_topic_) {
      const bool is_kept =
          state.ParseFromString(record.value) && state.has_status();
      if (is_kept) situation_.Take(state.status());
    } else if (JsonStringToMessage(record.value, &event).ok()) {
      events.push_back(std::move(event));
    }
  }
  // They come topic by topic.
  std::stable_sort(events.begin(), events.end(),
                   [](const v1::SlaEvent& a, const v1::SlaEvent& b) {
                     return NewsAt(a) < NewsAt(b);
                   });
  for (v1::SlaEvent& event : events) {
    if (!display_.is_terminal) Say(event);
    situation_.Take(std::move(event));
  }
  std::cout << std::flush;
}

void Show::Say(const v1::SlaEvent& event) const {
  Print(SaidLine(event, zone_), display_.colors);
}

void Show::Draw(absl::Time now, const Caption& caption) {
  const absl::Time real_now = absl::Now();
  if (real_now - drawn_ < (display_.is_terminal ? kPageEvery : kTableEvery)) {
    return;
  }
  drawn_ = real_now;

  if (display_.is_terminal) {
    if (!screen_) screen_.emplace(display_.colors);
    screen_->Show(Screenful(situation_, now, caption, zone_, screen_->size()));
    return;
  }
  std::cout << '\n';
  for (const Line& line :
       WaitingTable(situation_, now, kLeadsOfTable, kWidthOfTable)) {
    Print(line, display_.colors);
  }
  std::cout << std::endl;
}

void Show::End(absl::Time now, const Caption& caption) {
  if (!screen_) return;
  const ViewSize size = screen_->size();
  screen_.reset();
  std::vector<Line> page = Screenful(situation_, now, caption, zone_, size);
  page.pop_back();  // the footer tells how to end it
  for (const Line& line : page) {
    std::cout << ToText(line, size.width, display_.colors) << '\n';
  }
}

}  // namespace leadclock
