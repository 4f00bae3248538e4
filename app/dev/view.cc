#include "app/dev/view.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace leadclock {
namespace {

using v1::LeadStatus;
using v1::SlaEvent;

// ---- Who waits ----

enum class Standing : uint8_t { kOnTrack, kPaused, kAtRisk, kBreached };

Standing StandingOf(const WaitingLead& waiting) {
  if (waiting.clock->verdict() == LeadStatus::MISSED) {
    return Standing::kBreached;
  }
  if (waiting.clock->phase() == LeadStatus::PAUSED) return Standing::kPaused;
  return waiting.lead->standing() == LeadStatus::AT_RISK ? Standing::kAtRisk
                                                         : Standing::kOnTrack;
}

Span WordFor(Standing standing) {
  switch (standing) {
    case Standing::kOnTrack:
      break;
    case Standing::kPaused:
      return {"paused", Style::kFaint};
    case Standing::kAtRisk:
      return {"at risk", Style::kWarning};
    case Standing::kBreached:
      return {"breached", Style::kBad};
  }
  return {"on track", Style::kPlain};
}

// "04:10:00", however many hours there are.
std::string HoursMinutesSeconds(absl::Duration length) {
  const int64_t seconds = absl::ToInt64Seconds(length);
  return absl::StrFormat("%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60,
                         seconds % 60);
}

std::string Countdown(absl::Time due, absl::Time now) {
  if (due == absl::InfiniteFuture()) return "";
  return due >= now ? HoursMinutesSeconds(due - now)
                    : absl::StrCat("late ", HoursMinutesSeconds(now - due));
}

Line RowFor(const WaitingLead& waiting, absl::Time now) {
  const LeadStatus& lead = *waiting.lead;
  const Span standing = WordFor(StandingOf(waiting));
  const Span owner = lead.owner_id().empty()
                         ? Span{"nobody", Style::kFaint}
                         : Span{lead.owner_id(), Style::kPlain};
  return {
      {lead.lead_id(), Style::kStrong},
      {lead.market(), Style::kPlain},
      {lead.lead_source(), Style::kPlain},
      {lead.intent(), Style::kPlain},
      owner,
      {waiting.clock->name(), Style::kPlain},
      standing,
      {absl::StrFormat("%13s", Countdown(waiting.due, now)), standing.style}};
}

std::vector<Column> WaitingColumns() {
  constexpr auto kDispensable = Column::Importance::kDispensable;
  return {{.title = "LEAD", .least_width = 6},
          {.title = "MARKET", .least_width = 6, .importance = kDispensable},
          {.title = "SOURCE", .least_width = 11, .importance = kDispensable},
          {.title = "INTENT", .least_width = 6, .importance = kDispensable},
          {.title = "OWNER", .least_width = 8},
          {.title = "CLOCK", .least_width = 14},
          {.title = "STANDING", .least_width = 8},
          {.title = "       DUE IN", .least_width = 13}};
}

// ---- What was said ----

struct Kind {
  SlaEvent::Kind kind;
  const char* one;
  const char* many;
  Style style;
};

// In the order in which they are counted up.
constexpr Kind kKinds[] = {
    {SlaEvent::REMINDER, "reminder", "reminders", Style::kWarning},
    {SlaEvent::WARNING, "warning", "warnings", Style::kWarning},
    {SlaEvent::ACKNOWLEDGEMENT, "acknowledge", "to acknowledge", Style::kPlain},
    {SlaEvent::BREACH, "breach", "breaches", Style::kBad},
    {SlaEvent::ESCALATION, "escalation", "escalations", Style::kBad},
    {SlaEvent::REASSIGNMENT, "reassignment", "reassignments", Style::kBad},
    {SlaEvent::REVIEW, "review", "reviews", Style::kWarning},
    {SlaEvent::PRIORITY, "priority", "priorities", Style::kWarning},
    {SlaEvent::ALTERNATE_OWNER, "owner wanted", "owners wanted", Style::kBad},
    {SlaEvent::MET, "met", "met", Style::kGood},
    {SlaEvent::MISSED, "missed", "missed", Style::kBad},
    {SlaEvent::ANSWERED_LATE, "answered late", "answered late",
     Style::kWarning},
    {SlaEvent::STOPPED, "stopped", "stopped", Style::kFaint},
    {SlaEvent::CLOSED, "closed", "closed", Style::kFaint},
};

Span WordFor(const SlaEvent& event) {
  const auto* kind =
      std::find_if(std::begin(kKinds), std::end(kKinds),
                   [&](const Kind& k) { return k.kind == event.kind(); });
  const bool is_known = kind != std::end(kKinds);
  const std::string word =
      is_known ? kind->one : SlaEvent::Kind_Name(event.kind());
  switch (event.form()) {
    case SlaEvent::RETRACTED:
      return {absl::StrCat(word, " retracted"), Style::kGood};
    case SlaEvent::CORRECTED:
      return {absl::StrCat(word, " corrected"), Style::kWarning};
    default:
      return {word, is_known ? kind->style : Style::kPlain};
  }
}

std::string Recipients(const SlaEvent& event) {
  return absl::StrJoin(
      event.recipients(), ", ", [](std::string* text, const auto& recipient) {
        absl::StrAppend(text,
                        recipient.id().empty()
                            ? absl::StrCat("nobody (", recipient.role(), ")")
                            : recipient.id());
        if (recipient.fell_to().empty()) return;
        absl::StrAppend(text, " (", recipient.fell_to(), ", for the ",
                        recipient.role(), ")");
      });
}

// "1h2m5s"
std::string Length(int64_t millis) {
  return absl::FormatDuration(
      absl::Trunc(absl::Milliseconds(millis), absl::Seconds(1)));
}

std::string TimeOf(absl::Time at, absl::TimeZone zone) {
  return absl::FormatTime("%H:%M:%S", at, zone);
}

std::string OwnedBy(const SlaEvent& event) {
  return absl::StrCat(", owner ",
                      event.owner_id().empty() ? "nobody" : event.owner_id());
}

std::string DetailOf(const SlaEvent& event, absl::TimeZone zone) {
  if (event.form() == SlaEvent::RETRACTED) {
    return absl::StrCat("said of ",
                        TimeOf(absl::FromUnixMillis(event.at_ms()), zone),
                        ", not true");
  }
  switch (event.kind()) {
    case SlaEvent::MET:
      return absl::StrCat("in ", Length(event.counted_ms()), " of ",
                          Length(event.target_ms()), OwnedBy(event));
    case SlaEvent::MISSED:
      return absl::StrCat("not in ", Length(event.target_ms()), OwnedBy(event));
    case SlaEvent::ANSWERED_LATE:
      return absl::StrCat(Length(event.overdue_business_ms()), " after due",
                          OwnedBy(event));
    case SlaEvent::STOPPED:
    case SlaEvent::CLOSED:
      return event.reasons().empty()
                 ? std::string()
                 : absl::StrCat("because of ", event.reasons(0));
    default:
      return absl::StrCat(
          event.priority().empty()
              ? ""
              : absl::StrCat("should have priority ", event.priority(), " "),
          event.recipients().empty() ? ""
                                     : absl::StrCat("to ", Recipients(event)),
          event.notify() ? "" : " (recorded only)");
  }
}

std::vector<Column> SaidColumns(const std::string& widest_word) {
  return {{.title = ""},
          {.title = "", .least_width = widest_word.size()},
          {.title = "", .least_width = 6},
          {.title = "", .least_width = 14},
          {.title = "",
           .least_width = 10,
           .importance = Column::Importance::kDispensable},
          {.title = ""}};
}

Line RowFor(const SlaEvent& event, const char* time_format,
            absl::TimeZone zone) {
  const bool is_rung = event.recipients_size() > 0;
  return {{absl::FormatTime(time_format, NewsAt(event), zone), Style::kFaint},
          WordFor(event),
          {event.lead_id(), Style::kStrong},
          {event.clock()},
          {is_rung ? event.rung() : std::string()},
          {DetailOf(event, zone)}};
}

// The newest first. Without titles: each line says what it is.
std::vector<Line> SaidTable(const Situation& situation, size_t most,
                            absl::TimeZone zone, size_t width) {
  std::vector<Line> rows;
  for (const SlaEvent& event : situation.recent()) {
    if (rows.size() == most) break;
    rows.push_back(RowFor(event, "%H:%M:%S", zone));
  }
  std::vector<Line> lines =
      Table(SaidColumns("answered late"), std::move(rows), width);
  lines.erase(lines.begin());
  return lines;
}

std::string Counted(int64_t count, const Kind& kind) {
  return absl::StrCat(count, " ", count == 1 ? kind.one : kind.many);
}

// ---- The screen ----

// Fills up, or cuts off.
void Resize(std::vector<Line>& lines, size_t count) { lines.resize(count); }

void Append(std::vector<Line> more, std::vector<Line>& lines) {
  std::move(more.begin(), more.end(), std::back_inserter(lines));
}

Line Heading(const char* title, const std::string& counts) {
  return {{title, Style::kStrong}, {absl::StrCat("   ", counts)}};
}

}  // namespace

std::vector<Line> Screenful(const Situation& situation, absl::Time now,
                            const Caption& caption, absl::TimeZone zone,
                            const ViewSize& size) {
  // Beside leads and events: two lines of title, two headings, the table's
  // titles and its "more", the footer, and three empty lines.
  constexpr size_t kOthers = 10;
  const size_t room = std::max(size.height, kOthers + 2) - kOthers;
  const size_t events = std::max<size_t>(room / 3, 1);
  const size_t leads = room - events;

  std::vector<Line> lines = {
      {{"leadclock dev", Style::kStrong},
       {absl::FormatTime("   %a %d %b %Y  %H:%M:%S %Z", now, zone)},
       {absl::StrCat("   ", caption.pace), Style::kFaint}},
      {{caption.hint, Style::kFaint}},
      {},
      Heading("WHO WAITS", WaitingCounts(situation))};

  std::vector<Line> table = WaitingTable(situation, now, leads, size.width);
  Resize(table, leads + 2);
  Append(std::move(table), lines);

  lines.emplace_back();
  lines.push_back(Heading("JUST SAID", SaidCounts(situation)));
  std::vector<Line> said = SaidTable(situation, events, zone, size.width);
  Resize(said, events);
  Append(std::move(said), lines);

  Resize(lines, size.height);
  if (!lines.empty()) lines.back() = {caption.footer};
  return lines;
}

std::vector<Line> WaitingTable(const Situation& situation, absl::Time now,
                               size_t most, size_t width) {
  const std::vector<WaitingLead> waiting = situation.Waiting();
  const size_t shown = std::min(most, waiting.size());
  std::vector<Line> rows;
  for (size_t i = 0; i < shown; ++i) rows.push_back(RowFor(waiting[i], now));
  std::vector<Line> lines = Table(WaitingColumns(), std::move(rows), width);
  if (shown < waiting.size()) {
    lines.push_back({{absl::StrCat("and ", waiting.size() - shown, " more"),
                      Style::kFaint}});
  }
  return lines;
}

absl::Time NewsAt(const SlaEvent& event) {
  return absl::FromUnixMillis(
      event.form() == SlaEvent::SAID ? event.at_ms() : event.emitted_at_ms());
}

Line SaidLine(const SlaEvent& event, absl::TimeZone zone) {
  return Table(SaidColumns("reassignment retracted"),
               {RowFor(event, "%a %H:%M:%S", zone)}, std::string::npos)
      .back();
}

std::string WaitingCounts(const Situation& situation) {
  int64_t at_risk = 0;
  int64_t breached = 0;
  const std::vector<WaitingLead> waiting = situation.Waiting();
  for (const WaitingLead& one : waiting) {
    const Standing standing = StandingOf(one);
    if (standing == Standing::kAtRisk) ++at_risk;
    if (standing == Standing::kBreached) ++breached;
  }
  return absl::StrCat(waiting.size(),
                      waiting.size() == 1 ? " lead, " : " leads, ", at_risk,
                      " at risk, ", breached, " breached");
}

std::string SaidCounts(const Situation& situation) {
  std::vector<std::string> counts;
  for (const Kind& kind : kKinds) {
    const int64_t count = situation.Said(kind.kind);
    if (count > 0) counts.push_back(Counted(count, kind));
  }
  std::string text =
      counts.empty() ? "nothing yet" : absl::StrJoin(counts, ", ");
  if (situation.retracted() > 0) {
    absl::StrAppend(&text, "; ", situation.retracted(), " retracted");
  }
  return text;
}

}  // namespace leadclock
