#include "app/scenario/play.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "processor/job/lead_status.h"
#include "processor/job/wire_output.h"

namespace leadclock {
namespace {

// "Ever" is not longer: clocks that begin again and again would not end.
constexpr absl::Duration kEver = absl::Hours(24 * 400);

class Player {
 public:
  Player(const Scenario& scenario, const PlayOptions& options)
      : scenario_(scenario), options_(options) {
    played_.file.lead_id = scenario.lead_id;
  }

  Played Play() {
    for (const auto& [at, steps] : Steps()) {
      FireUpTo(at - absl::Milliseconds(1));
      // What an interruption held back is read before time goes on.
      now_ = std::max(now_, NowAt(IsEnd(at) ? at - absl::Milliseconds(1) : at));
      Know(at);
      Read(steps.records);
      now_ = std::max(now_, NowAt(at));
      FireUpTo(at);
      for (const size_t standing : steps.standings) {
        played_.standings[standing] = {Status(at), Warned()};
      }
    }
    const absl::Time end =
        std::min(scenario_.last_named + kEver, options_.until);
    FireUpTo(end);
    played_.end = Status(end);
    for (const auto& [id, event] : net_) played_.net.push_back(event);
    std::stable_sort(played_.net.begin(), played_.net.end(),
                     [](const v1::SlaEvent& a, const v1::SlaEvent& b) {
                       return std::pair(a.at_ms(), a.lead_seq()) <
                              std::pair(b.at_ms(), b.lead_seq());
                     });
    played_.file.said = played_.said;
    return std::move(played_);
  }

 private:
  // What is to be done at one instant.
  struct Step {
    std::vector<const ScenarioRecord*> records;  // in the order of arrival
    std::vector<size_t> standings;
  };

  static bool StopsTime(const Interruption& gap) {
    return gap.kind != Interruption::Kind::kFeedSilent;
  }

  // The first instant, from that one on, that lies in no such interruption.
  absl::Time After(absl::Time at, bool (*counts)(const Interruption&)) const {
    for (bool moved = true; moved;) {
      moved = false;
      for (const Interruption& gap : scenario_.interruptions) {
        if (!counts(gap) || at < gap.from || at >= gap.until) continue;
        at = gap.until;
        moved = true;
      }
    }
    return at;
  }

  // When what comes at that instant gets through.
  absl::Time Through(absl::Time at) const {
    return After(at, [](const Interruption&) { return true; });
  }

  // When a worker's now comes to that instant.
  absl::Time NowThrough(absl::Time at) const { return After(at, StopsTime); }

  // The now of a worker at that instant.
  absl::Time NowAt(absl::Time at) const {
    for (const Interruption& gap : scenario_.interruptions) {
      if (StopsTime(gap) && gap.from <= at && at < gap.until) {
        return NowAt(gap.from - absl::Milliseconds(1));
      }
    }
    return at;
  }

  // Whether time goes on then.
  bool IsEnd(absl::Time at) const {
    return std::any_of(scenario_.interruptions.begin(),
                       scenario_.interruptions.end(),
                       [&](const Interruption& gap) {
                         return gap.until == at && StopsTime(gap);
                       });
  }

  std::map<absl::Time, Step> Steps() {
    std::map<absl::Time, Step> steps;
    std::vector<const ScenarioRecord*> records;
    for (const ScenarioRecord& record : scenario_.records) {
      records.push_back(&record);
    }
    // Behind a gap they come in their own order.
    std::stable_sort(
        records.begin(), records.end(),
        [](const auto* a, const auto* b) { return a->arrives < b->arrives; });
    for (const ScenarioRecord* const record : records) {
      steps[Through(record->arrives)].records.push_back(record);
    }
    for (const Interruption& gap : scenario_.interruptions) {
      steps[Through(gap.until)];
    }
    for (const PolicyEdition& edition : scenario_.editions) {
      if (edition.known_from != absl::InfinitePast()) {
        steps[NowThrough(edition.known_from)];
      }
    }
    played_.standings.resize(scenario_.standings.size());
    for (size_t i = 0; i < scenario_.standings.size(); ++i) {
      steps[scenario_.standings[i].at].standings.push_back(i);
    }
    return steps;
  }

  const PolicyEdition& Edition() const { return scenario_.editions[edition_]; }

  // Learns what is published by then.
  void Know(absl::Time at) {
    const size_t before = edition_;
    while (edition_ + 1 < scenario_.editions.size() &&
           NowThrough(scenario_.editions[edition_ + 1].known_from) <= at) {
      ++edition_;
    }
    // The sweep.
    if (edition_ != before) Apply({}, at);
  }

  void Read(const std::vector<const ScenarioRecord*>& records) {
    if (records.empty()) return;
    std::vector<std::unique_ptr<const DecodedRecord>> decoded;
    for (const ScenarioRecord* const record : records) {
      const InputRecord input = RecordOf(*record);
      AddInput(input, {}, played_.file);
      Decoded result = Edition().job->Decode(input);
      if (const auto* rejection = std::get_if<Rejection>(&result)) {
        Fault(absl::StrCat("event ", record->event.id(),
                           " was refused: ", rejection->message));
      } else if (auto* good = std::get_if<std::unique_ptr<const DecodedRecord>>(
                     &result)) {
        decoded.push_back(std::move(*good));
      }
    }
    std::vector<const DecodedRecord*> batch;
    for (const auto& record : decoded) batch.push_back(record.get());
    Apply(batch, Through(records.front()->arrives));
  }

  // Says all that time decides up to then, each at its own instant, or when
  // time goes on.
  void FireUpTo(absl::Time at) {
    while (next_ != absl::InfiniteFuture()) {
      const absl::Time when = std::max(NowThrough(next_), now_);
      if (when > at) return;
      const absl::Time before = next_;
      now_ = when;
      Apply({}, when);
      if (next_ == before) {
        Fault(absl::StrCat("what was due at ",
                           WriteTime(before, scenario_.frame),
                           " is not decided then"));
        return;
      }
    }
  }

  void Apply(const std::vector<const DecodedRecord*>& batch, absl::Time at) {
    if (batch.empty() && state_.empty()) {
      next_ = absl::InfiniteFuture();
      return;
    }
    const Moment moment = {.partition = 0,
                           .now = now_,
                           .read_at = at,
                           .wall = at,
                           .read_up_to = {}};
    absl::StatusOr<StateChange> change =
        Edition().job->Apply(scenario_.lead_id, state_, batch, moment);
    if (!change.ok()) {
      Fault(std::string(change.status().message()));
      next_ = absl::InfiniteFuture();
      return;
    }
    for (const auto& [place, rejection] : change->rejected) {
      Fault(absl::StrCat("a record was refused: ", rejection.message));
    }
    for (const OutputRecord& output : change->outputs) Note(output);
    is_gone_ = is_gone_ || change->remnant.has_value();
    state_ = change->remnant ? change->remnant->state : change->state;
    next_ = is_gone_ ? absl::InfiniteFuture() : change->next_instant;
    if (options_.restart && !is_gone_ && change->changelog_value) {
      Restart(*change->changelog_value);
    }
    if (options_.watch) options_.watch(now_, Net(), Status(at));
  }

  void Restart(const std::string& changelog_value) {
    auto restored = Edition().job->Restore(scenario_.lead_id, changelog_value);
    if (!restored.ok()) {
      Fault(std::string(restored.status().message()));
      return;
    }
    state_ = std::move(restored->state);
    next_ = restored->next_instant;
  }

  void Note(const OutputRecord& output) {
    auto event =
        ReadSlaEvent(output.value, output.headers, WireFormat::kProtobuf);
    if (!event) {
      Fault("what was said cannot be read");
      return;
    }
    if (!ids_.insert(event->id()).second) {
      Fault(absl::StrCat("the id ", event->id(), " was said twice"));
    }
    if (event->form() != v1::SlaEvent::SAID) {
      const auto corrected = net_.find(event->corrects());
      if (corrected == net_.end()) {
        Fault(absl::StrCat(event->id(), " takes back or mends what does not ",
                           "stand: ", event->corrects()));
      } else if (event->form() == v1::SlaEvent::RETRACTED) {
        net_.erase(corrected);
      } else {
        // `notify` is never corrected.
        const bool notify = corrected->second.notify();
        corrected->second = *event;
        corrected->second.set_notify(notify);
      }
    } else {
      net_.emplace(event->id(), *event);
    }
    played_.said.push_back(*std::move(event));
  }

  std::vector<v1::SlaEvent> Net() const {
    std::vector<v1::SlaEvent> net;
    for (const auto& [id, event] : net_) net.push_back(event);
    return net;
  }

  std::set<std::pair<std::string, int32_t>> Warned() const {
    std::set<std::pair<std::string, int32_t>> warned;
    for (const auto& [id, event] : net_) {
      if (event.kind() != v1::SlaEvent::WARNING) continue;
      warned.emplace(event.clock(), event.cycle());
    }
    return warned;
  }

  v1::LeadStatus Status(absl::Time at) {
    v1::LeadStatus status;
    if (is_gone_) return status;
    if (state_.empty()) {
      status.set_standing(v1::LeadStatus::WAITING);
      return status;
    }
    absl::StatusOr<Lead> lead = ReadStoredLead(state_);
    if (!lead.ok()) {
      Fault(std::string(lead.status().message()));
      return status;
    }
    WriteStatus(*Edition().policies, LeadId(scenario_.lead_id), *lead,
                std::max(now_, NowAt(at)), status);
    return status;
  }

  void Fault(std::string what) { played_.faults.push_back(std::move(what)); }

  const Scenario& scenario_;
  const PlayOptions& options_;
  Played played_;
  size_t edition_ = 0;
  std::string state_;
  bool is_gone_ = false;
  absl::Time now_ = absl::InfinitePast();
  absl::Time next_ = absl::InfiniteFuture();
  std::set<std::string> ids_;
  std::map<std::string, v1::SlaEvent> net_;  // by the id first said
};

}  // namespace

InputRecord RecordOf(const ScenarioRecord& record) {
  InputRecord input;
  const v1::LeadEvent& event = record.event;
  input.input = static_cast<int>(
      event.has_lead_created() ? LeadInput::kCreated : LeadInput::kActivity);
  // Nobody wrote it down before it happened.
  input.timestamp =
      std::max(record.arrives, absl::FromUnixMillis(event.occurred_at_ms()));
  input.read_at = *input.timestamp;
  input.key = event.lead_id();
  input.value = event.SerializeAsString();
  return input;
}

Played Play(const Scenario& scenario, const PlayOptions& options) {
  return Player(scenario, options).Play();
}

}  // namespace leadclock
