#include "app/scenario/settle_events.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "app/scenario/play.h"
#include "app/scenario/policy_names.h"
#include "processor/job/wire_input.h"
#include "state/event.h"

namespace leadclock {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kReview = "review";
constexpr absl::string_view kReviewOf = "review.";

EventRef RefOf(const v1::LeadEvent& event) {
  return {event.source(), event.id()};
}

// What a withdrawal takes back.
EventRef TakenBack(const v1::LeadEvent& event) {
  const v1::Withdrawn& withdrawn = event.withdrawn();
  return {withdrawn.event_source().empty() ? event.source()
                                           : withdrawn.event_source(),
          withdrawn.event_id()};
}

class Settler {
 public:
  Settler(const std::vector<WrittenEvent>& written, bool are_all,
          Scenario& scenario)
      : written_(written), are_all_(are_all), scenario_(scenario) {
    for (const WrittenEvent& each : written) {
      const v1::LeadEvent& event = EventOf(each);
      if (each.withdrawn) withdrawn_.insert(RefOf(event));
      if (event.has_withdrawn()) withdrawn_.insert(TakenBack(event));
    }
  }

  void Settle() {
    for (const WrittenEvent& each : written_) SettleActor(each);
    CheckIds();
    for (const WrittenEvent& each : written_) CheckWithdrawal(each);
    for (const WrittenEvent& each : written_) CheckRecord(each);
  }

 private:
  v1::LeadEvent& EventOf(const WrittenEvent& each) const {
    return scenario_.records[each.record].event;
  }

  // Who holds a role of the lead at an instant, by the events of the scenario.
  std::string HolderAt(const std::string& role, int64_t millis) const {
    std::vector<const v1::LeadEvent*> events;
    int64_t birth = INT64_MAX;
    for (const ScenarioRecord& record : scenario_.records) {
      if (withdrawn_.contains(RefOf(record.event))) continue;
      events.push_back(&record.event);
      if (record.event.has_lead_created()) {
        birth = std::min(birth, record.event.occurred_at_ms());
      }
    }
    // What stands before the birth counts at its instant.
    if (birth != INT64_MAX) millis = std::max(millis, birth);
    std::stable_sort(events.begin(), events.end(),
                     [](const auto* a, const auto* b) {
                       return std::pair(a->occurred_at_ms(), a->event_case()) <
                              std::pair(b->occurred_at_ms(), b->event_case());
                     });
    std::string holder;
    for (const v1::LeadEvent* const event : events) {
      if (event->occurred_at_ms() > millis) break;
      const Message* people = nullptr;
      if (event->has_lead_created()) people = &event->lead_created();
      if (event->has_assigned()) people = &event->assigned();
      if (people == nullptr) continue;
      const FieldDescriptor* const field =
          people->GetDescriptor()->FindFieldByName(role + "_id");
      if (people->GetReflection()->HasField(*people, field)) {
        holder = people->GetReflection()->GetString(*people, field);
      }
    }
    return holder;
  }

  void SettleActor(const WrittenEvent& each) const {
    if (each.role.empty()) return;
    v1::LeadEvent& event = EventOf(each);
    const std::string holder = HolderAt(each.role, event.occurred_at_ms());
    if (holder.empty() && are_all_) {
      each.line.ErrorBefore(
          absl::StrCat("the lead has no ", each.role,
                       " then; say who it was: by ann, or by nobody"));
    }
    event.mutable_touch()->set_actor_id(holder);
  }

  // One of two events with one id would be taken for a copy of the other one.
  void CheckIds() const {
    std::map<EventRef, int> lines;
    for (const WrittenEvent& each : written_) {
      const EventRef ref = RefOf(EventOf(each));
      const auto [first, is_new] = lines.emplace(ref, each.line.number());
      if (is_new) continue;
      const std::string error =
          absl::StrCat(Quoted(ref.id), " is the id of the event in line ",
                       first->second, ", too; give one of them another id");
      const YamlValue id = each.more.Field("id");
      if (id.present()) {
        id.Error(error);
      } else {
        each.line.ErrorBefore(error);
      }
    }
  }

  void CheckWithdrawal(const WrittenEvent& each) const {
    const v1::LeadEvent& event = EventOf(each);
    if (!event.has_withdrawn() || !each.line.ok() || !are_all_) return;
    const EventRef ref = TakenBack(event);
    // Of other systems not all need be in the scenario.
    if (ref.source != event.source()) return;
    std::vector<std::string> known;
    for (const WrittenEvent& other : written_) {
      const v1::LeadEvent& meant = EventOf(other);
      if (RefOf(meant) == ref) return;
      if (meant.id() == ref.id) {
        each.line.ErrorBefore(
            absl::StrCat(Quoted(ref.id), " is an event of the system ",
                         meant.source(), "; write: withdrawn ", ref.id,
                         ": {event_source: ", meant.source(), "}"));
        return;
      }
      if (&other != &each) known.push_back(meant.id());
    }
    each.line.ErrorBefore(
        absl::StrCat(Quoted(ref.id), " is the id of no event here",
                     DidYouMean(ref.id, std::vector<absl::string_view>(
                                            known.begin(), known.end()))));
  }

  // What the contract has against it.
  void CheckRecord(const WrittenEvent& each) const {
    const auto result =
        ReadLeadEvent(RecordOf(scenario_.records[each.record]), {});
    const auto* const rejection = std::get_if<Rejection>(&result);
    if (rejection != nullptr && each.line.ok()) {
      each.line.ErrorBefore(rejection->message);
    }
  }

  const std::vector<WrittenEvent>& written_;
  const bool are_all_;
  Scenario& scenario_;
  // What turned out not to have happened.
  std::set<EventRef> withdrawn_;
};

// ---- By the policy ----

// A task that is open: by what it is called for short, and its id.
using OpenTasks = std::multimap<std::string, std::string>;

// Those that are open when an event happens, by what happened before it, as if
// all of it had been known at once.
OpenTasks OpenBefore(const Event& event, const Scenario& scenario) {
  Scenario before = scenario;
  before.interruptions.clear();
  before.standings.clear();
  PolicyEdition last = before.editions.back();
  last.known_from = absl::InfinitePast();
  before.editions = {last};
  std::erase_if(before.records, [&](ScenarioRecord& record) {
    const auto read = ReadLeadEvent(RecordOf(record), {});
    const auto* const other = std::get_if<Event>(&read);
    if (other == nullptr || !StandsBefore(*other, event)) return true;
    record.arrives = other->occurred_at;
    return false;
  });
  const Played played = Play(before, {.until = event.occurred_at});
  std::map<std::string, const v1::SlaEvent*> last_said;  // by the task's id
  for (const v1::SlaEvent& fact : played.net) {
    if (fact.has_task()) last_said[fact.task().id()] = &fact;
  }
  OpenTasks open;
  for (const auto& [id, fact] : last_said) {
    if (fact->task().status() != v1::Task::OPEN) continue;
    open.emplace(
        fact->clock().empty()
            ? absl::StrCat(kReviewOf, absl::StrJoin(fact->reasons(), ""))
            : fact->clock(),
        id);
  }
  return open;
}

bool IsCalled(const std::string& task, absl::string_view name) {
  return task == name || (name == kReview && absl::StartsWith(task, kReviewOf));
}

class PolicySettler {
 public:
  PolicySettler(const std::vector<WrittenEvent>& written, Scenario& scenario)
      : written_(written), scenario_(scenario), names_(scenario.policies()) {}

  void Settle() {
    for (const WrittenEvent& each : written_) CheckNames(each);
    AddWithdrawals();
    SettleTasks();
    AddCopies();
  }

 private:
  v1::LeadEvent& EventOf(const WrittenEvent& each) const {
    return scenario_.records[each.record].event;
  }

  void CheckNames(const WrittenEvent& each) const {
    const v1::LeadEvent& event = EventOf(each);
    if (event.has_breach_explained()) {
      const std::string& clock = event.breach_explained().clock();
      if (!clock.empty() && !names_.HasClock(clock)) {
        each.more.Field("clock").Error(names_.NoClock(clock));
      }
    }
    if (each.by && names_.HasChannel(event.touch().actor_id())) {
      const std::string& word = event.touch().actor_id();
      each.by->ErrorBefore(absl::StrCat(
          Quoted(word), " is a channel; did you mean 'touch on ", word, "'?"));
    }
  }

  // In the order in which they were done: what one closes is not open for the
  // next.
  void SettleTasks() const {
    std::vector<std::pair<Event, const WrittenEvent*>> done;
    for (const WrittenEvent& each : written_) {
      if (!EventOf(each).has_task_done() || !each.line.ok()) continue;
      auto read = ReadLeadEvent(RecordOf(scenario_.records[each.record]), {});
      if (auto* const event = std::get_if<Event>(&read)) {
        done.emplace_back(std::move(*event), &each);
      }
    }
    std::sort(done.begin(), done.end(), [](const auto& a, const auto& b) {
      return StandsBefore(a.first, b.first);
    });
    for (const auto& [event, each] : done) SettleTask(event, *each);
  }

  void SettleTask(const Event& event, const WrittenEvent& each) const {
    v1::TaskDone& done = *EventOf(each).mutable_task_done();
    const std::string name = done.task_id();
    // Ids are the CRM's to give, but those of Leadclock's own tasks have this
    // in them.
    if (absl::StrContains(name, '/')) return;
    const bool is_own = names_.HasClock(name) || name == kReview ||
                        absl::StartsWith(name, kReviewOf);
    if (!is_own) {
      const std::vector<absl::string_view> clocks(names_.clocks().begin(),
                                                  names_.clocks().end());
      if (Nearest(name, clocks)) {
        each.line.ErrorBefore(names_.NoClock(name));
      }
      return;
    }
    const OpenTasks open = OpenBefore(event, scenario_);
    std::vector<std::string> meant;
    for (const auto& [task, id] : open) {
      if (IsCalled(task, name)) meant.push_back(id);
    }
    if (meant.size() == 1) {
      done.set_task_id(meant.front());
      return;
    }
    each.line.ErrorBefore(meant.empty()
                              ? NotOpen(name, event.occurred_at, open)
                              : absl::StrCat("several tasks of ", name,
                                             " are open then; write one's id: ",
                                             absl::StrJoin(meant, ", ")));
  }

  std::string NotOpen(const std::string& name, absl::Time at,
                      const OpenTasks& open) const {
    const std::string then = absl::StrJoin(
        open, ", ",
        [](std::string* out, const auto& task) { out->append(task.first); });
    return absl::StrCat("no task of ", name, " is open at ",
                        WriteTime(at, scenario_.frame),
                        "; open then: ", then.empty() ? "none" : then);
  }

  void AddWithdrawals() const {
    for (const WrittenEvent& each : written_) {
      if (!each.withdrawn) continue;
      const v1::LeadEvent& of = EventOf(each);
      ScenarioRecord record;
      record.event.set_lead_id(scenario_.lead_id);
      record.event.set_id(absl::StrCat(of.id(), "-withdrawn"));
      record.event.set_source(of.source());
      record.event.set_occurred_at_ms(absl::ToUnixMillis(*each.withdrawn));
      record.event.mutable_withdrawn()->set_event_id(of.id());
      record.arrives = *each.withdrawn;
      scenario_.records.push_back(std::move(record));
    }
  }

  void AddCopies() const {
    for (const WrittenEvent& each : written_) {
      if (!each.again) continue;
      ScenarioRecord copy = scenario_.records[each.record];
      copy.arrives = *each.again;
      scenario_.records.push_back(std::move(copy));
    }
  }

  const std::vector<WrittenEvent>& written_;
  Scenario& scenario_;
  const PolicyNames names_;
};

}  // namespace

void SettleEvents(const std::vector<WrittenEvent>& written, bool are_all,
                  Scenario& scenario) {
  Settler(written, are_all, scenario).Settle();
}

void SettleByPolicy(const std::vector<WrittenEvent>& written,
                    Scenario& scenario) {
  PolicySettler(written, scenario).Settle();
}

}  // namespace leadclock
