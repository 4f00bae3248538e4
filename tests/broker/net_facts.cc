#include "tests/broker/net_facts.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace leadclock::broker {
namespace {

NetFact NetFactOf(const v1::SlaEvent& event) {
  std::vector<std::string> recipients;
  for (const v1::SlaEvent::Recipient& recipient : event.recipients()) {
    recipients.push_back(
        RecipientText(recipient.role(), recipient.id(), recipient.fell_to()));
  }
  return {.lead = event.lead_id(),
          .clock = event.clock(),
          .name = event.rung(),
          .at_ms = event.at_ms(),
          .started_by = absl::StrCat(event.started_by_source(), "/",
                                     event.started_by_id()),
          .owner = event.owner_id(),
          .backup = event.backup_id(),
          .manager = event.manager_id(),
          .recipients = absl::StrJoin(recipients, " "),
          .task = event.kind() == v1::SlaEvent::TASK
                      ? absl::StrCat(event.by_source(), "/", event.by_id(),
                                     " for ", event.task().owner_id())
                      : ""};
}

// Whether time alone makes it true.
bool DecidedByTime(v1::SlaEvent::Kind kind) {
  switch (kind) {
    case v1::SlaEvent::REMINDER:
    case v1::SlaEvent::BREACH:
    case v1::SlaEvent::ESCALATION:
    case v1::SlaEvent::REASSIGNMENT:
    case v1::SlaEvent::WARNING:
    case v1::SlaEvent::ACKNOWLEDGEMENT:
    case v1::SlaEvent::MISSED:
      return true;
    default:
      return false;
  }
}

// Listens to one lead.
class Listener {
 public:
  explicit Listener(Standing& standing) : standing_(standing) {}

  void Hear(const v1::SlaEvent& event) {
    if (event.lead_seq() != ++lead_seq_) {
      Complain(event, absl::StrCat("has not the number ", lead_seq_));
      lead_seq_ = event.lead_seq();
    }
    const std::string line = LineOf(NetFactOf(event));
    switch (event.form()) {
      case v1::SlaEvent::SAID:
        if (DecidedByTime(event.kind()) && event.at_ms() > event.now_ms()) {
          Complain(event, "is said before its time");
        }
        stands_[event.id()] = line;
        break;
      case v1::SlaEvent::RETRACTED:
        if (stands_.erase(event.corrects()) == 0) {
          Complain(event, "retracts what does not stand");
        }
        break;
      case v1::SlaEvent::CORRECTED:
        if (!stands_.contains(event.corrects())) {
          Complain(event, "corrects what does not stand");
        }
        stands_[event.corrects()] = line;
        break;
      default:
        Complain(event, "has no form");
    }
  }

  void Close() {
    for (const auto& [id, line] : stands_) {
      if (standing_.facts.insert(line).second) continue;
      standing_.problems.push_back("stands twice: " + line);
    }
  }

 private:
  void Complain(const v1::SlaEvent& event, const std::string& what) {
    standing_.problems.push_back(
        absl::StrCat(what, ": ", event.ShortDebugString()));
  }

  Standing& standing_;
  int64_t lead_seq_ = 0;
  std::map<std::string, std::string> stands_;  // by the id that said it
};

}  // namespace

std::string RecipientText(const std::string& role, const std::string& id,
                          const std::string& fell_to) {
  return absl::StrCat(role, "=", id, fell_to.empty() ? "" : " as ", fell_to);
}

std::string LineOf(const NetFact& fact) {
  return absl::StrCat(
      fact.lead, ": ", fact.clock, " ", fact.name, " at ",
      absl::FormatTime("%Y-%m-%d %H:%M:%E*S", absl::FromUnixMillis(fact.at_ms),
                       absl::UTCTimeZone()),
      ", begun by ", fact.started_by, ", of ",
      absl::StrJoin({fact.owner, fact.backup, fact.manager}, "/"),
      fact.recipients.empty() ? "" : " to ", fact.recipients,
      fact.task.empty() ? "" : ", by ", fact.task);
}

Standing StandingOf(const std::vector<v1::SlaEvent>& said) {
  Standing standing;
  std::set<std::string> ids;
  std::map<std::string, std::vector<const v1::SlaEvent*>> by_lead;
  for (const v1::SlaEvent& event : said) {
    if (!ids.insert(event.id()).second) {
      standing.problems.push_back("said twice: " + event.ShortDebugString());
    }
    by_lead[event.lead_id()].push_back(&event);
  }
  for (auto& [lead, events] : by_lead) {
    std::stable_sort(events.begin(), events.end(),
                     [](const v1::SlaEvent* a, const v1::SlaEvent* b) {
                       return a->lead_seq() < b->lead_seq();
                     });
    Listener listener(standing);
    for (const v1::SlaEvent* event : events) listener.Hear(*event);
    listener.Close();
  }
  return standing;
}

std::string Difference(const NetFacts& said, const NetFacts& expected) {
  std::string text;
  std::vector<std::string> lines;
  std::set_difference(expected.begin(), expected.end(), said.begin(),
                      said.end(), std::back_inserter(lines));
  for (const std::string& line : lines) {
    absl::StrAppend(&text, "not said: ", line, "\n");
  }
  lines.clear();
  std::set_difference(said.begin(), said.end(), expected.begin(),
                      expected.end(), std::back_inserter(lines));
  for (const std::string& line : lines) {
    absl::StrAppend(&text, "not true: ", line, "\n");
  }
  return text;
}

}  // namespace leadclock::broker
