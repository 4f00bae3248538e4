// The state of a lead in the store, which is also the `internal` part of its
// value on sla.leads:
//
//   state   := next_instant:i64 lead
//   remnant := next_instant:i64 0 reason:u8
//
// next_instant is big-endian, in milliseconds since 1970 (the greatest number:
// never), so that a restore need not look into the lead; `lead` is as
// state/codec.cc writes it, and never begins with 0. A remnant is what is left
// of a lead that was put away (reason 0) or erased (1), until its next instant.

#include "processor/job/lead_job.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "leadclock/v1/lead_state.pb.h"
#include "processor/job/empty_message.h"
#include "processor/job/lead_status.h"
#include "processor/job/published_policy.h"
#include "processor/lead/lead_fold.h"
#include "state/codec.h"

namespace leadclock {
namespace {

class DecodedLeadEvent final : public DecodedRecord {
 public:
  DecodedLeadEvent(Event event, std::string traceparent)
      : event(std::move(event)), traceparent(std::move(traceparent)) {}

  const Event event;
  const std::string traceparent;
};

std::string TraceparentOf(const InputRecord& record) {
  for (const auto& [name, value] : record.headers) {
    if (absl::EqualsIgnoreCase(name, "traceparent")) return value;
  }
  return "";
}

constexpr size_t kInstantBytes = 8;
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

std::string WriteInstant(absl::Time next_instant) {
  const uint64_t millis =
      static_cast<uint64_t>(next_instant == absl::InfiniteFuture()
                                ? kNever
                                : absl::ToUnixMillis(next_instant));
  std::string state;
  for (int shift = 56; shift >= 0; shift -= 8) {
    state.push_back(static_cast<char>(millis >> shift));
  }
  return state;
}

std::string WriteState(const Lead& lead, absl::Time next_instant) {
  return WriteInstant(next_instant) + EncodeLead(lead);
}

absl::StatusOr<absl::Time> ReadNextInstant(std::string_view state) {
  if (state.size() < kInstantBytes) {
    return absl::DataLossError("a lead's stored state is damaged");
  }
  uint64_t bits = 0;
  for (size_t i = 0; i < kInstantBytes; ++i) {
    bits = bits << 8 | static_cast<uint8_t>(state[i]);
  }
  const auto millis = static_cast<int64_t>(bits);
  return millis == kNever ? absl::InfiniteFuture()
                          : absl::FromUnixMillis(millis);
}

std::string WriteRemnant(Departure::Reason reason, absl::Time until) {
  std::string state = WriteInstant(until);
  state.push_back('\0');
  state.push_back(static_cast<char>(reason));
  return state;
}

bool IsRemnant(std::string_view state) {
  return state.size() == kInstantBytes + 2 && state[kInstantBytes] == '\0';
}

const char* NameOf(Departure::Reason reason) {
  return reason == Departure::Reason::kErased ? "ERASED" : "RETIRED";
}

// Nothing brings a lead back; what is left of it goes when its time has come.
absl::StatusOr<StateChange> ApplyToRemnant(std::string_view state,
                                           size_t records,
                                           const Moment& moment) {
  const absl::StatusOr<absl::Time> until = ReadNextInstant(state);
  if (!until.ok()) return until.status();
  StateChange change;
  const auto reason = static_cast<Departure::Reason>(state.back());
  change.ignored.assign(records, NameOf(reason));
  if (records == 0 && *until <= moment.now) {
    change.changelog_value = "";
    return change;
  }
  change.state = std::string(state);
  change.next_instant = *until;
  return change;
}

absl::Status OfLead(const absl::Status& status, std::string_view key) {
  return absl::Status(status.code(), absl::StrCat("lead '", std::string(key),
                                                  "': ", status.message()));
}

// Whether it is of the lead, and of no clock of it.
bool IsOfLead(const Fact& fact) {
  const bool may_be = fact.kind == FactKind::kLeadReview ||
                      fact.kind == FactKind::kOutcome || IsOfTask(fact.kind);
  return may_be && fact.clock == kNoClock;
}

// Whether what was read of the lead speaks only of what the policy has, so that
// nothing need be checked where it is used.
bool Fits(const PolicyBook& policies, const Lead& lead) {
  const auto knows_run = [&](const ClockRun& run) {
    const Policy* const policy = policies.Find(run.policy_version);
    return policy != nullptr && run.clock < policy->clocks.size() &&
           run.calendar < policy->calendars.size();
  };
  const auto knows_fact = [&](const Said& said) {
    const Fact& fact = said.fact;
    const Policy* const policy = policies.Find(fact.policy_version);
    if (policy == nullptr) return false;
    if (IsOfLead(fact)) return true;
    return fact.clock < policy->clocks.size() &&
           (!IsRung(fact.kind) ||
            fact.rung < policy->clocks[fact.clock].ladder.size());
  };
  const auto knows_review = [&](const OpenReview& review) {
    return policies.Find(review.policy_version) != nullptr;
  };
  if (!std::all_of(lead.ledger.begin(), lead.ledger.end(), knows_fact)) {
    return false;
  }
  if (!lead.progress) return true;
  const auto& runs = lead.progress->runs;
  const auto& reviews = lead.progress->open_reviews;
  return std::all_of(runs.begin(), runs.end(), knows_run) &&
         std::all_of(reviews.begin(), reviews.end(), knows_review);
}

absl::Status Misfit(std::string_view key) {
  return OfLead(absl::DataLossError("its stored state is damaged: it names "
                                    "clocks that its policy does not have"),
                key);
}

absl::StatusOr<Lead> ReadLead(const PolicyBook& policies, std::string_view key,
                              std::string_view state) {
  if (state.empty()) return Lead{};
  if (state.size() < kInstantBytes) {
    return OfLead(absl::DataLossError("its stored state is damaged"), key);
  }
  absl::StatusOr<Lead> lead = DecodeRecent(state.substr(kInstantBytes));
  if (!lead.ok()) return OfLead(lead.status(), key);
  const absl::Status known = KnowsPolicies(policies, *lead);
  if (!known.ok()) return OfLead(known, key);
  if (!Fits(policies, *lead)) return Misfit(key);
  return lead;
}

std::map<int64_t, std::string> CalendarsOf(const PolicyBook& policies) {
  std::map<int64_t, std::string> calendars;
  for (const Policy& policy : policies.versions()) {
    calendars[policy.version] = CalendarsHash(policy);
  }
  return calendars;
}

const DecodedLeadEvent& AsLeadEvent(const DecodedRecord& record) {
  return static_cast<const DecodedLeadEvent&>(record);
}

std::vector<std::string> ReasonsOf(const std::vector<Intake>& intakes) {
  std::vector<std::string> reasons;
  for (const Intake intake : intakes) {
    if (intake == Intake::kDuplicate) reasons.emplace_back("DUPLICATE");
    if (intake == Intake::kSuperseded) reasons.emplace_back("SUPERSEDED");
    if (intake == Intake::kCollapsed) reasons.emplace_back("COLLAPSED");
  }
  return reasons;
}

}  // namespace

LeadJob::LeadJob(PolicyBook policies, LeadJobOptions options)
    : policies_(std::move(policies)),
      options_(std::move(options)),
      fingerprint_(FingerprintOf(policies_, options_.output.time_zone_data)),
      calendars_(CalendarsOf(policies_)) {
  for (const Policy& policy : policies_.versions()) {
    for (const NamedCalendar& calendar : policy.calendars) {
      options_.compiled_calendars->Add(calendar.calendar);
    }
  }
}

std::string LeadJob::Fingerprint() const { return Format(fingerprint_); }

absl::StatusOr<Fold::Succession> LeadJob::Succeed(
    std::string_view fingerprint) const {
  const absl::StatusOr<PolicyFingerprint> left =
      ParseFingerprint(std::string(fingerprint));
  if (!left.ok()) return left.status();
  const absl::Status status =
      MayFollow(fingerprint_, *left, options_.accept_time_zone_data);
  if (!status.ok()) return status;
  return Succession{.check_states = MissesVersions(policies_, *left)};
}

absl::Status LeadJob::CheckState(std::string_view key,
                                 std::string_view state) const {
  if (IsRemnant(state)) return absl::OkStatus();
  return ReadLead(policies_, key, state).status();
}

absl::StatusOr<Fold::Learnt> LeadJob::Learn(const InputRecord& record) const {
  absl::StatusOr<std::optional<PolicyBook>> policies = WithPublished(
      &policies_, record.value.value_or(""), *options_.compiled_calendars);
  if (absl::IsInvalidArgument(policies.status())) {
    return Rejection{"POLICY", std::string(policies.status().message())};
  }
  if (!policies.ok()) return policies.status();
  if (!*policies) return nullptr;
  return std::make_shared<const LeadJob>(**std::move(policies), options_);
}

Decoded LeadJob::Decode(const InputRecord& record) const {
  auto result = ReadLeadEvent(record, options_.input);
  if (auto* rejection = std::get_if<Rejection>(&result)) return *rejection;
  if (auto* ignored = std::get_if<Ignored>(&result)) return *ignored;
  if (auto* heartbeat = std::get_if<Heartbeat>(&result)) return *heartbeat;
  return std::make_unique<const DecodedLeadEvent>(
      std::get<Event>(std::move(result)), TraceparentOf(record));
}

absl::StatusOr<StateChange> LeadJob::Apply(
    std::string_view key, std::string_view state,
    std::span<const DecodedRecord* const> records, const Moment& moment) const {
  if (IsRemnant(state)) return ApplyToRemnant(state, records.size(), moment);
  absl::StatusOr<StateChange> change = ApplyToLead(key, state, records, moment);
  const bool too_large = change.ok() && !records.empty() &&
                         change->state.size() > 2 * options_.lead_bytes;
  return too_large ? ApplyOneByOne(key, state, records, moment) : change;
}

// Of several records only those are left out for which there is no room.
absl::StatusOr<StateChange> LeadJob::ApplyOneByOne(
    std::string_view key, std::string_view state,
    std::span<const DecodedRecord* const> records, const Moment& moment) const {
  StateChange all;
  all.state = std::string(state);
  for (size_t i = 0; i < records.size(); ++i) {
    absl::StatusOr<StateChange> change =
        ApplyToLead(key, all.state, records.subspan(i, 1), moment);
    if (!change.ok()) return change;
    if (change->state.size() > 2 * options_.lead_bytes) {
      all.rejected.emplace_back(
          i,
          Rejection{"SIZE",
                    absl::StrCat("with this event the lead's state would "
                                 "have ",
                                 change->state.size(), " bytes; no more than ",
                                 2 * options_.lead_bytes, " are kept")});
      continue;
    }
    all.state = std::move(change->state);
    if (change->changelog_value) {
      all.changelog_value = std::move(change->changelog_value);
    }
    all.next_instant = change->next_instant;
    std::move(change->outputs.begin(), change->outputs.end(),
              std::back_inserter(all.outputs));
    std::move(change->ignored.begin(), change->ignored.end(),
              std::back_inserter(all.ignored));
    all.remnant = std::move(change->remnant);
    if (all.remnant) {
      const char* const reason =
          NameOf(static_cast<Departure::Reason>(all.remnant->state.back()));
      all.ignored.insert(all.ignored.end(), records.size() - i - 1, reason);
      return all;
    }
  }
  if (all.rejected.size() < records.size() || state.empty()) return all;
  absl::StatusOr<StateChange> unchanged = ApplyToLead(key, state, {}, moment);
  if (unchanged.ok()) unchanged->rejected = std::move(all.rejected);
  return unchanged;
}

std::string LeadJob::StateWithinBounds(const Moment& moment,
                                       const Answer& answer, Lead& lead) const {
  std::string state = WriteState(lead, answer.next_instant);
  while (state.size() > options_.lead_bytes && ReadPast(lead).ok() &&
         Collapse(policies_, moment.now, lead)) {
    state = WriteState(lead, answer.next_instant);
  }
  return state;
}

void LeadJob::Remember(const Departure& departure, absl::Time now,
                       StateChange& change) const {
  change.state.clear();
  change.changelog_value = "";
  StateChange::Remnant remnant;
  remnant.next_instant = departure.at + options_.remember_for;
  if (remnant.next_instant <= now) return;
  remnant.state = WriteRemnant(departure.reason, remnant.next_instant);
  v1::LeadState value;
  value.set_internal(remnant.state);
  remnant.changelog_value = value.SerializeAsString();
  change.remnant = std::move(remnant);
}

bool LeadJob::WasJudgedBy(const Policy& policy, const Lead& lead) const {
  return lead.policy_version == policy.version &&
         lead.policy_hash == PolicyMark(policy) &&
         lead.calendars_hash == calendars_.at(policy.version);
}

bool LeadJob::MeansOtherInstants(const Lead& lead) const {
  const auto now = calendars_.find(lead.policy_version);
  return now != calendars_.end() && now->second != lead.calendars_hash;
}

absl::StatusOr<StateChange> LeadJob::ApplyToLead(
    std::string_view key, std::string_view state,
    std::span<const DecodedRecord* const> records, const Moment& moment) const {
  absl::StatusOr<Lead> lead = ReadLead(policies_, key, state);
  if (!lead.ok()) return lead.status();
  const bool is_judged_so = WasJudgedBy(policies_.newest(), *lead);
  if (!is_judged_so && MeansOtherInstants(*lead)) lead->replay = true;

  std::vector<Event> events;
  events.reserve(records.size());
  std::string traceparent;
  for (const DecodedRecord* record : records) {
    const DecodedLeadEvent& decoded = AsLeadEvent(*record);
    events.push_back(decoded.event);
    if (!decoded.traceparent.empty()) traceparent = decoded.traceparent;
  }
  if (NeedsPast(policies_, *lead, events)) {
    const absl::Status status = ReadPast(*lead);
    if (!status.ok()) return OfLead(status, key);
    if (!Fits(policies_, *lead)) return Misfit(key);
  }
  const Answer answer = FoldLead(policies_, std::move(events),
                                 {.now = moment.now,
                                  .read_at = moment.read_at,
                                  .notify_from = options_.notify_from,
                                  .retire_after = options_.retire_after},
                                 *lead);
  if (!is_judged_so) {
    lead->calendars_hash = calendars_.at(policies_.newest().version);
  }

  const LeadId id{std::string(key)};
  StateChange change;
  change.next_instant = answer.next_instant;
  change.ignored = ReasonsOf(answer.intakes);
  const bool taken = change.ignored.size() < answer.intakes.size();
  change.state = taken ? StateWithinBounds(moment, answer, *lead)
                       : WriteState(*lead, answer.next_instant);
  // Another version may want the lead to be asked at another instant: whoever
  // restores the state must know, because nobody asks it again. And a date
  // starts clocks, lets them go on, or brings a lead back, without a word.
  const PolicyUses& uses = policies_.uses();
  const bool may_have_moved = records.empty() && (uses.dates || uses.turns);
  if (taken || !is_judged_so || !answer.utterances.empty() || may_have_moved) {
    v1::LeadState& value = EmptyMessage<v1::LeadState>();
    WriteStatus(policies_, id, *lead, moment.now, *value.mutable_status());
    value.set_internal(change.state);
    change.changelog_value = value.SerializeAsString();
  }
  const Utterer utterer{
      .policies = policies_,
      .lead = id,
      .attributes = lead->progress ? lead->progress->attributes.get() : nullptr,
      .moment = moment,
      .traceparent = traceparent};
  for (const Utterance& utterance : answer.utterances) {
    change.outputs.push_back(
        WriteSlaEvent(utterance, utterer, options_.output));
  }
  if (answer.departure) {
    change.outputs.push_back(
        WriteDeparture(*answer.departure, utterer, options_.output));
    Remember(*answer.departure, moment.now, change);
  }
  return change;
}

absl::StatusOr<Fold::Restored> LeadJob::Restore(
    std::string_view key, std::string_view changelog_value) const {
  v1::LeadState value;
  if (!value.ParseFromArray(changelog_value.data(),
                            static_cast<int>(changelog_value.size()))) {
    return OfLead(
        absl::DataLossError("its value on the topic of leads is not a message "
                            "leadclock.v1.LeadState"),
        key);
  }
  const absl::StatusOr<absl::Time> next = ReadNextInstant(value.internal());
  if (!next.ok()) return OfLead(next.status(), key);
  return Restored{std::move(*value.mutable_internal()), *next};
}

absl::StatusOr<Lead> ReadStoredLead(std::string_view internal) {
  if (internal.size() < kInstantBytes) {
    return absl::DataLossError("a lead's stored state is damaged");
  }
  return DecodeLead(internal.substr(kInstantBytes));
}

}  // namespace leadclock
