#include "app/dev/view.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace leadclock {
namespace {

using v1::LeadStatus;
using v1::SlaEvent;

constexpr size_t kSaidLines = 12;

// A lead in the table: its most urgent open clock.
struct Waiting {
  const LeadStatus* lead;
  const LeadStatus::Clock* clock;
  // What the order goes by: due, or the end of time while paused.
  absl::Time due;
};

bool IsOpen(const LeadStatus::Clock& clock) {
  return clock.phase() != LeadStatus::ENDED;
}

absl::Time DueOf(const LeadStatus::Clock& clock) {
  return clock.due_ms() == 0 ? absl::InfiniteFuture()
                             : absl::FromUnixMillis(clock.due_ms());
}

std::optional<Waiting> MostUrgent(const LeadStatus& lead) {
  std::optional<Waiting> waiting;
  for (const LeadStatus::Clock& clock : lead.clocks()) {
    if (!IsOpen(clock)) continue;
    const absl::Time due = DueOf(clock);
    if (!waiting || due < waiting->due) waiting = Waiting{&lead, &clock, due};
  }
  return waiting;
}

std::string DueText(const Waiting& waiting, absl::Time now) {
  if (waiting.clock->phase() == LeadStatus::PAUSED) return "paused";
  if (waiting.due == absl::InfiniteFuture()) return "";
  const absl::Duration left = waiting.due - now;
  if (left >= absl::ZeroDuration()) return Countdown(left);
  return absl::StrCat("late ", Countdown(-left));
}

const char* StandingText(const Waiting& waiting, absl::Time now) {
  if (waiting.clock->verdict() == LeadStatus::MISSED) return "BREACHED";
  if (waiting.clock->phase() == LeadStatus::PAUSED) return "paused";
  if (waiting.lead->standing() == LeadStatus::AT_RISK) return "at risk";
  return waiting.due < now ? "due" : "on track";
}

std::string Or(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

// Cuts what does not fit. The view writes plain ASCII.
std::string Fit(std::string line, size_t columns) {
  if (line.size() > columns) line.resize(columns);
  return line;
}

std::string Recipients(const SlaEvent& event) {
  std::vector<std::string> names;
  for (const SlaEvent::Recipient& recipient : event.recipients()) {
    names.push_back(recipient.id().empty()
                        ? absl::StrCat("(no ", recipient.role(), ")")
                        : recipient.id());
  }
  return absl::StrJoin(names, ", ");
}

}  // namespace

void LiveModel::Take(const LeadStatus& status) {
  leads_[status.lead_id()] = status;
}

void LiveModel::Take(const SlaEvent& event) {
  last_said_.push_front(event);
  if (last_said_.size() > kSaidLines) last_said_.pop_back();
  if (event.form() == SlaEvent::SAID) ++said_[event.kind()];
  if (event.form() == SlaEvent::RETRACTED) ++retracted_;
}

int64_t LiveModel::Count(SlaEvent::Kind kind) const {
  const auto count = said_.find(kind);
  return count == said_.end() ? 0 : count->second;
}

std::string LiveModel::LineOf(const SlaEvent& event) const {
  std::string what = absl::AsciiStrToLower(SlaEvent::Kind_Name(event.kind()));
  std::replace(what.begin(), what.end(), '_', ' ');
  if (event.form() == SlaEvent::RETRACTED) what += " RETRACTED";
  if (event.form() == SlaEvent::CORRECTED) what += " corrected";
  std::string tail;
  if (event.recipients_size() > 0) {
    absl::StrAppend(&tail, "-> ", Recipients(event));
  } else if (event.reasons_size() > 0) {
    absl::StrAppend(&tail, "because of ", event.reasons(0));
  } else {
    const bool answered = event.answered_at_ms() != 0;
    absl::StrAppend(&tail, answered ? "by " : "owner ",
                    Or(event.owner_id(), "nobody"));
  }
  if (!event.notify()) tail += " (recorded only)";
  return absl::StrFormat(
      "%s  %-22s %-6s %-15s %s",
      absl::FormatTime("%a %H:%M:%S", absl::FromUnixMillis(event.at_ms()),
                       zone_),
      what, event.lead_id(), event.clock(), tail);
}

std::vector<std::string> LiveModel::WaitingTable(absl::Time now,
                                                 size_t most) const {
  std::vector<Waiting> all;
  for (const auto& [id, lead] : leads_) {
    if (const auto waiting = MostUrgent(lead)) all.push_back(*waiting);
  }
  std::sort(all.begin(), all.end(), [](const Waiting& a, const Waiting& b) {
    return std::pair(a.due, a.lead->lead_id()) <
           std::pair(b.due, b.lead->lead_id());
  });
  // Those that are still to be won come before those long lost.
  std::stable_partition(all.begin(), all.end(), [&](const Waiting& waiting) {
    return waiting.due > now - absl::Minutes(30);
  });

  constexpr char kFormat[] = "%-7s %-6s %-12s %-7s %-8s %-15s %-9s %14s";
  std::vector<std::string> lines;
  lines.push_back(absl::StrFormat(kFormat, "LEAD", "MARKET", "SOURCE", "INTENT",
                                  "OWNER", "CLOCK", "STANDING", "DUE IN"));
  for (const Waiting& waiting : all) {
    if (lines.size() > most) break;
    const LeadStatus& lead = *waiting.lead;
    lines.push_back(absl::StrFormat(
        kFormat, lead.lead_id(), lead.market(), lead.lead_source(),
        lead.intent(), Or(lead.owner_id(), "-"), waiting.clock->name(),
        StandingText(waiting, now), DueText(waiting, now)));
  }
  if (all.size() > most) {
    lines.push_back(absl::StrCat("... and ", all.size() - most, " more"));
  }
  return lines;
}

std::string LiveModel::Render(absl::Time now, const std::string& hint,
                              const Size& size) const {
  std::vector<std::string> lines = {
      absl::StrCat("leadclock dev   ",
                   absl::FormatTime("%a %Y-%m-%d %H:%M:%S %Z", now, zone_)),
      hint, ""};
  const size_t said = std::min(kSaidLines, size.rows / 3);
  // Title and hint, two headings, empty lines, and "more".
  constexpr size_t kAround = 8;
  const size_t table =
      size.rows > said + kAround ? size.rows - said - kAround : 1;
  for (std::string& line : WaitingTable(now, table)) {
    lines.push_back(std::move(line));
  }
  lines.push_back("");
  lines.push_back("JUST SAID");
  for (const SlaEvent& event : last_said_) {
    if (lines.size() + 1 >= size.rows) break;
    lines.push_back(LineOf(event));
  }
  std::string text;
  for (std::string& line : lines) {
    absl::StrAppend(&text, Fit(std::move(line), size.columns), "\n");
  }
  return text;
}

std::string Countdown(absl::Duration left) {
  const int64_t seconds = absl::ToInt64Seconds(left);
  const std::string time = absl::StrFormat("%d:%02d:%02d", seconds / 3600 % 24,
                                           seconds / 60 % 60, seconds % 60);
  const int64_t days = seconds / 86'400;
  return days == 0 ? time : absl::StrCat(days, "d ", time);
}

}  // namespace leadclock
