#include "tests/verify/small_job.h"

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "processor/runtime/quarantine.h"
#include "processor/runtime/remnant.h"
#include "tests/lead/story.h"

namespace leadclock::small {
namespace {

v1::LeadEvent Happened(const std::string& lead, const std::string& kind,
                       const std::string& at) {
  v1::LeadEvent event;
  event.set_lead_id(lead);
  event.set_id(absl::StrCat(kind, " ", at));
  event.set_source("crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(story::At(at)));
  return event;
}

}  // namespace

v1::LeadEvent Created(const std::string& lead, const std::string& at) {
  v1::LeadEvent event = Happened(lead, "created", at);
  v1::LeadCreated& created = *event.mutable_lead_created();
  created.mutable_attributes()->set_market("uk");
  created.mutable_attributes()->set_intent("high");
  created.set_owner_id("ann");
  created.set_manager_id("max");
  return event;
}

v1::LeadEvent AssignedTo(const std::string& lead, const std::string& at,
                         const std::string& owner) {
  v1::LeadEvent event = Happened(lead, "assigned", at);
  event.mutable_assigned()->set_owner_id(owner);
  return event;
}

v1::LeadEvent CallBy(const std::string& lead, const std::string& at,
                     const std::string& actor) {
  v1::LeadEvent event = Happened(lead, "call", at);
  v1::Touch& touch = *event.mutable_touch();
  touch.set_channel("call");
  touch.set_direction(v1::Touch::OUTBOUND);
  touch.set_actor_kind(v1::Touch::HUMAN);
  touch.set_actor_id(actor);
  touch.set_meaningful(true);
  return event;
}

v1::LeadEvent WithdrawalOf(const v1::LeadEvent& event, const std::string& at) {
  v1::LeadEvent withdrawal = Happened(event.lead_id(), "withdrawn", at);
  withdrawal.mutable_withdrawn()->set_event_id(event.id());
  return withdrawal;
}

VerifyOptions Options() {
  VerifyOptions options;
  options.topics = {.inputs = {"leads.created", "leads.activity"},
                    .outputs = {"sla.warnings", "sla.breaches",
                                "sla.escalations", "sla.outcomes", "sla.tasks"},
                    .changelog = "sla.leads",
                    .quarantine = "sla.quarantine"};
  options.job.output.input_topics = options.topics.inputs;
  options.partitioner = Partitioner::kAny;
  options.partitions = 4;
  return options;
}

Job::Job(Policy policy)
    : policies_(std::move(policy)), job_(policies_, Options().job) {
  log_.partition = 3;
  log_.outputs.resize(Options().topics.outputs.size());
  log_.judged.next = log_.committed.next = {0, 0};
}

void Job::Send(const v1::LeadEvent& event) {
  InputRecord record;
  record.input = event.has_lead_created() ? 0 : 1;
  record.key = event.lead_id();
  record.value = event.SerializeAsString();
  Send(std::move(record));
}

void Job::SendTombstone(const std::string& lead, const std::string& at) {
  InputRecord record;
  record.input = 1;
  record.key = lead;
  record.timestamp = story::At(at);
  record.read_at = story::At(at);
  Send(std::move(record));
}

void Job::SendHeartbeat(const std::string& at) {
  v1::LeadEvent event;
  event.set_source("crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(story::At(at)));
  event.mutable_heartbeat();
  Send(event);
}

void Job::Send(InputRecord record) {
  record.partition = log_.partition;
  record.offset = std::count_if(
      log_.inputs.begin(), log_.inputs.end(),
      [&](const InputRecord& other) { return other.input == record.input; });
  log_.inputs.push_back(record);
  unread_.push_back(std::move(record));
}

void Job::Read(const std::string& now, const std::string& read_at) {
  const VerifyOptions options = Options();
  std::vector<std::unique_ptr<const DecodedRecord>> decoded;
  std::map<std::string, std::vector<const DecodedRecord*>> by_lead;
  for (const InputRecord& record : unread_) {
    log_.judged.next[static_cast<size_t>(record.input)] = record.offset + 1;
    Decoded made = job_.Decode(record);
    if (const auto* rejection = std::get_if<Rejection>(&made)) {
      const OutgoingRecord out = QuarantineRecord(
          options.topics.quarantine,
          options.topics.inputs[static_cast<size_t>(record.input)], record,
          *rejection, 1'000);
      log_.quarantine.push_back(
          {.offset = static_cast<int64_t>(log_.quarantine.size()),
           .key = out.key,
           .value = out.value,
           .headers = out.headers});
    } else if (auto* event = std::get_if<0>(&made)) {
      decoded.push_back(std::move(*event));
      by_lead[*record.key].push_back(decoded.back().get());
    }
  }
  unread_.clear();
  for (const auto& [lead, records] : by_lead) {
    Apply(lead, records, story::At(now), story::At(read_at));
  }
  Commit(story::At(now));
}

void Job::Wait(const std::string& now) {
  const auto states = states_;
  for (const auto& [lead, state] : states) {
    if (absl::StartsWith(lead, "forgotten/")) continue;
    Apply(lead, {}, story::At(now), story::At(now));
  }
  Commit(story::At(now));
}

void Job::Apply(const std::string& lead,
                const std::vector<const DecodedRecord*>& records,
                absl::Time now, absl::Time read_at) {
  const std::string remnant = RemnantKey(lead);
  std::string& state =
      states_.contains(remnant) ? states_[remnant] : states_[lead];
  const auto change = job_.Apply(lead, state, records,
                                 {.partition = log_.partition,
                                  .now = now,
                                  .read_at = read_at,
                                  .wall = now + absl::Seconds(5),
                                  .read_up_to = log_.judged.next});
  if (!change.ok()) throw std::runtime_error(change.status().ToString());
  state = change->state;
  for (const OutputRecord& output : change->outputs) {
    auto& topic = log_.outputs[static_cast<size_t>(output.output)];
    topic.push_back({.offset = static_cast<int64_t>(topic.size()),
                     .key = output.key,
                     .value = output.value,
                     .headers = output.headers});
  }
  if (change->changelog_value) {
    Publish(lead,
            change->state.empty() ? std::nullopt : change->changelog_value);
  }
  if (!change->remnant) return;
  states_.erase(lead);
  states_[remnant] = change->remnant->state;
  Publish(remnant, change->remnant->changelog_value);
}

void Job::Publish(const std::string& key,
                  const std::optional<std::string>& value) {
  log_.changelog.push_back(
      {.offset = static_cast<int64_t>(log_.changelog.size()),
       .key = key,
       .value = value,
       .headers = {}});
}

void Job::Commit(absl::Time now) {
  log_.judged.now = now;
  log_.committed = log_.judged;
}

VerifyReport Job::Verify() const {
  return VerifyPartition(policies_, Options(), log_);
}

Job::Place Job::Find(const std::string& rung, v1::SlaEvent::Form form) const {
  for (size_t output = 0; output < log_.outputs.size(); ++output) {
    for (size_t i = 0; i < log_.outputs[output].size(); ++i) {
      v1::SlaEvent event;
      event.ParseFromString(*log_.outputs[output][i].value);
      if (event.rung() == rung && event.form() == form) return {output, i};
    }
  }
  throw std::runtime_error("nobody said " + rung);
}

void Job::Remove(const Place& place) {
  auto& topic = log_.outputs[place.output];
  topic.erase(topic.begin() + static_cast<std::ptrdiff_t>(place.index));
}

void Job::Change(const Place& place,
                 const std::function<void(v1::SlaEvent&)>& change) {
  v1::SlaEvent event;
  event.ParseFromString(*At(place).value);
  change(event);
  At(place).value = event.SerializeAsString();
}

void Job::ChangeState(const std::string& lead,
                      const std::function<void(v1::LeadState&)>& change) {
  const auto last =
      std::find_if(log_.changelog.rbegin(), log_.changelog.rend(),
                   [&](const WrittenRecord& r) { return r.key == lead; });
  v1::LeadState state;
  state.ParseFromString(last->value.value());
  change(state);
  last->value = state.SerializeAsString();
}

}  // namespace leadclock::small
