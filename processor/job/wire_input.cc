#include "processor/job/wire_input.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/policy/number_text.h"

namespace leadclock {
namespace {

constexpr size_t kLongestId = 256;
// 2000-01-01 and 2100-01-01: a value in seconds, microseconds or nanoseconds
// falls outside.
constexpr int64_t kEarliestMillis = 946'684'800'000;
constexpr int64_t kLatestMillis = 4'102'444'800'000;

using Result = std::variant<Event, Rejection, Ignored, Heartbeat>;
using Problem = std::optional<Rejection>;

Rejection Field(std::string message) { return {"FIELD", std::move(message)}; }

// ---- Bytes to message ----

std::variant<WireFormat, Rejection> FormatOf(const InputRecord& record,
                                             WireFormat otherwise) {
  for (const auto& [name, value] : record.headers) {
    if (!absl::EqualsIgnoreCase(name, "content-type")) continue;
    if (absl::StartsWithIgnoreCase(value, "application/json")) {
      return WireFormat::kJson;
    }
    if (absl::StartsWithIgnoreCase(value, "application/protobuf") ||
        absl::StartsWithIgnoreCase(value, "application/x-protobuf")) {
      return WireFormat::kProtobuf;
    }
    return Rejection{"DECODE",
                     absl::StrCat("the header content-type is '", value,
                                  "'; write application/protobuf or "
                                  "application/json, or leave it out")};
  }
  return otherwise;
}

Problem Parse(const InputRecord& record, WireFormat format,
              v1::LeadEvent& message) {
  if (format == WireFormat::kProtobuf) {
    if (message.ParseFromString(*record.value)) return std::nullopt;
    return Rejection{"DECODE",
                     "the value is not a Protobuf message "
                     "leadclock.v1.LeadEvent (or a text in it is not UTF-8); "
                     "for JSON set the header content-type: application/json"};
  }
  const auto status =
      google::protobuf::util::JsonStringToMessage(*record.value, &message);
  if (status.ok()) return std::nullopt;
  return Rejection{"DECODE", absl::StrCat("the value is not JSON of "
                                          "leadclock.v1.LeadEvent: ",
                                          std::string(status.message()))};
}

// ---- Checks that hold for every event ----

Problem CheckId(const char* name, const std::string& value) {
  if (value.empty()) return Field(absl::StrCat(name, " is missing"));
  if (value.size() > kLongestId) {
    return Field(absl::StrCat(name, " has ", value.size(),
                              " bytes; the longest allowed is ", kLongestId));
  }
  return std::nullopt;
}

// As RFC 3629 has it: no byte is missing or too many, no character longer than
// it need be, no half of a pair, nothing beyond U+10FFFF.
bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto byte = [&](size_t i) {
      return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0};
    };
    const auto follows = [&](size_t i, uint8_t first, uint8_t last) {
      return byte(i) >= first && byte(i) <= last;
    };
    const uint8_t lead = byte(0);
    size_t size = 1;
    if (lead >= 0xc2 && lead <= 0xdf) size = 2;
    if (lead >= 0xe0 && lead <= 0xef) size = 3;
    if (lead >= 0xf0 && lead <= 0xf4) size = 4;
    if (size == 1 && lead >= 0x80) return false;
    const uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (size > 1 && !follows(1, least, most)) return false;
    for (size_t i = 2; i < size; ++i) {
      if (!follows(i, 0x80, 0xbf)) return false;
    }
    text.remove_prefix(size);
  }
  return true;
}

Problem CheckTime(const v1::LeadEvent& message, const InputRecord& record,
                  absl::Duration skew) {
  const int64_t millis = message.occurred_at_ms();
  if (millis == 0) return Field("occurred_at_ms is missing");
  if (millis < kEarliestMillis || millis >= kLatestMillis) {
    return Rejection{"TIME",
                     absl::StrCat("occurred_at_ms is ", millis,
                                  ", which is not between 2000-01-01 and "
                                  "2100-01-01; the unit is milliseconds since "
                                  "1970-01-01T00:00:00Z")};
  }
  const absl::Time occurred_at = absl::FromUnixMillis(millis);
  if (record.timestamp && occurred_at > *record.timestamp + skew) {
    return Rejection{
        "FUTURE",
        absl::StrCat("occurred_at_ms is ",
                     absl::FormatTime(occurred_at, absl::UTCTimeZone()),
                     ", which is ",
                     absl::FormatDuration(occurred_at - *record.timestamp),
                     " after the record's own timestamp; allowed are ",
                     absl::FormatDuration(skew),
                     " (time.skew). Check the source's clock")};
  }
  return std::nullopt;
}

Problem CheckEnvelope(const v1::LeadEvent& message, const InputRecord& record,
                      const WireInputOptions& options) {
  if (Problem p = CheckId("lead_id", message.lead_id())) return p;
  if (message.lead_id() != record.key.value_or("")) {
    return Rejection{
        "KEY", absl::StrCat("the record's key is '", record.key.value_or(""),
                            "' but lead_id is '", message.lead_id(),
                            "'; they must be equal")};
  }
  if (Problem p = CheckId("id", message.id())) return p;
  if (Problem p = CheckId("source", message.source())) return p;
  if (message.sequence() < 0) {
    return Field(absl::StrCat("sequence is ", message.sequence(),
                              "; it must not be negative"));
  }
  return CheckTime(message, record, options.skew);
}

Problem CheckTopic(const v1::LeadEvent& message, int input) {
  const bool created = message.has_lead_created();
  const bool on_created = input == static_cast<int>(LeadInput::kCreated);
  if (created == on_created) return std::nullopt;
  return Field(created ? "lead_created belongs on the topic of created leads"
                       : "only lead_created belongs on the topic of created "
                         "leads; this event belongs on the activity topic");
}

// ---- Message to domain value ----

// A mistaken unit is refused, as in occurred_at_ms; 0 is no date.
Problem CheckDate(const char* name, int64_t millis) {
  if (millis == 0 || (millis >= kEarliestMillis && millis < kLatestMillis)) {
    return std::nullopt;
  }
  return Field(absl::StrCat(name, " is ", millis,
                            ", which is not between 2000-01-01 and 2100-01-01; "
                            "the unit is milliseconds since "
                            "1970-01-01T00:00:00Z"));
}

Problem Required(const char* name, const std::string& value) {
  if (!value.empty()) return std::nullopt;
  return Field(absl::StrCat(name, " is missing"));
}

void AddText(const char* name, bool given, const std::string& value,
             AttributeChanges& changes) {
  if (given) changes.emplace_back(name, value);
}

Problem ReadAttributes(const v1::LeadAttributes& in,
                       AttributeChanges& changes) {
  AddText("market", in.has_market(), in.market(), changes);
  AddText("source", in.has_lead_source(), in.lead_source(), changes);
  AddText("intent", in.has_intent(), in.intent(), changes);
  AddText("stage", in.has_stage(), in.stage(), changes);
  AddText("priority", in.has_priority(), in.priority(), changes);
  AddText("team", in.has_team(), in.team(), changes);
  AddText("customer", in.has_customer(), in.customer(), changes);
  AddText("consent", in.has_consent(), in.consent(), changes);
  AddText("status", in.has_status(), in.status(), changes);
  AddText("service_interest", in.has_service_interest(), in.service_interest(),
          changes);
  AddText("campaign", in.has_campaign(), in.campaign(), changes);
  AddText("form", in.has_form(), in.form(), changes);
  AddText("name", in.has_name(), in.name(), changes);
  AddText("crm_url", in.has_crm_url(), in.crm_url(), changes);
  if (!in.available_channels().empty()) {
    std::vector<std::string> channels(in.available_channels().begin(),
                                      in.available_channels().end());
    std::sort(channels.begin(), channels.end());
    changes.emplace_back("available_channel", absl::StrJoin(channels, "\n"));
  }
  if (in.has_company_size()) {
    if (in.company_size() < 0) return Field("company_size is negative");
    changes.emplace_back("company_size", absl::StrCat(in.company_size()));
  }
  if (in.has_lead_score()) {
    if (!std::isfinite(in.lead_score())) {
      return Field("lead_score is not a finite number");
    }
    changes.emplace_back("lead_score", NumberText(in.lead_score()));
  }
  if (in.has_term_ends_ms()) {
    if (Problem p = CheckDate("term_ends_ms", in.term_ends_ms())) return p;
    changes.emplace_back("term_ends", in.term_ends_ms() == 0
                                          ? ""
                                          : absl::StrCat(in.term_ends_ms()));
  }
  const size_t own = changes.size();
  for (const auto& [name, value] : in.custom()) {
    if (name.empty()) return Field("custom has an attribute without a name");
    changes.emplace_back(absl::StrCat("custom.", name), value);
  }
  // The map has no order of its own; equal events must have equal values.
  std::sort(changes.begin() + static_cast<std::ptrdiff_t>(own), changes.end());
  return std::nullopt;
}

// Any message with the three ids.
PeopleChanges ReadPeople(const auto& in) {
  PeopleChanges people;
  if (in.has_owner_id()) people.owner = PersonId(in.owner_id());
  if (in.has_backup_id()) people.backup = PersonId(in.backup_id());
  if (in.has_manager_id()) people.manager = PersonId(in.manager_id());
  return people;
}

Problem ReadAssigned(const v1::Assigned& in, Assigned& assigned) {
  assigned.people = ReadPeople(in);
  std::map<std::string, PersonId> holders;
  for (const auto& [role, holder] : in.roles()) {
    if (role.empty()) return Field("assigned.roles has a role without a name");
    if (RoleNamed(role) || role == kTeamLead) {
      return Field(absl::StrCat("assigned.roles names the ", role,
                                ", who has a field of its own: ", role, "_id"));
    }
    holders[role] = PersonId(holder);
  }
  if (in.has_team_lead_id()) holders[kTeamLead] = PersonId(in.team_lead_id());
  assigned.holders.assign(holders.begin(), holders.end());
  return std::nullopt;
}

Problem ReadTouch(const v1::Touch& in, Touched& touch) {
  if (!v1::Touch::Direction_IsValid(in.direction())) {
    return Field(absl::StrCat("touch.direction has the unknown value ",
                              static_cast<int>(in.direction())));
  }
  if (!v1::Touch::ActorKind_IsValid(in.actor_kind())) {
    return Field(absl::StrCat("touch.actor_kind has the unknown value ",
                              static_cast<int>(in.actor_kind())));
  }
  touch.channel = in.channel();
  // Both enumerations have the contract's numbers.
  touch.direction = static_cast<Direction>(in.direction());
  touch.actor_kind = static_cast<ActorKind>(in.actor_kind());
  touch.actor = PersonId(in.actor_id());
  if (in.has_meaningful()) touch.meaningful = in.meaningful();
  if (in.has_personalized()) touch.personalized = in.personalized();
  if (in.has_reply_path()) touch.reply_path = in.reply_path();
  if (in.has_changes_terms()) touch.changes_terms = in.changes_terms();
  if (in.has_apology()) touch.apology = in.apology();
  return std::nullopt;
}

// ---- Activities ----

// An activity as it is read, with the fields that it says.
class ActivityReader {
 public:
  explicit ActivityReader(ActivityKind kind) { activity_.kind = kind; }

  ActivityReader& Say(const char* name, const std::string& value) {
    if (!value.empty()) activity_.fields.emplace_back(name, value);
    return *this;
  }
  ActivityReader& Say(const char* name, bool value) {
    return Say(name, std::string(value ? "true" : "false"));
  }
  ActivityReader& Learn(const char* attribute, const std::string& value) {
    if (!value.empty()) activity_.learnt.emplace_back(attribute, value);
    return *this;
  }
  ActivityReader& LearnDate(const char* date, int64_t millis) {
    return millis == 0 ? *this : Learn(date, absl::StrCat(millis));
  }
  // What it does not name is not known any more.
  ActivityReader& LearnDateOrNone(const char* date, int64_t millis) {
    activity_.learnt.emplace_back(date,
                                  millis == 0 ? "" : absl::StrCat(millis));
    return *this;
  }

  Activity Take() {
    std::sort(activity_.fields.begin(), activity_.fields.end());
    return std::move(activity_);
  }

 private:
  Activity activity_;
};

Problem ReadStage(const v1::StageChanged& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kStageChanged)
             .Say("stage", in.stage())
             .Say("handoff", in.handoff())
             .Say("reason", in.reason())
             .Learn("stage", in.stage())
             .Take();
  return Required("stage_changed.stage", in.stage());
}

Problem ReadStatus(const v1::StatusChanged& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kStatusChanged)
             .Say("status", in.status())
             .Say("reason", in.reason())
             .Learn("status", in.status())
             .Take();
  return Required("status_changed.status", in.status());
}

Problem ReadConsent(const v1::ConsentChanged& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kConsentChanged)
             .Say("consent", in.consent())
             .Say("channel", in.channel())
             .Say("reason", in.reason())
             // Consent for a channel says nothing of the others.
             .Learn("consent", in.channel().empty() ? in.consent() : "")
             .Take();
  return Required("consent_changed.consent", in.consent());
}

Problem ReadDisposition(const v1::Disposition& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kDisposition)
             .Say("outcome", in.outcome())
             .Say("reason", in.reason())
             .Say("track", in.track())
             .Learn("disposition", in.outcome())
             .LearnDateOrNone("return", in.return_at_ms())
             .Take();
  if (Problem p = CheckDate("disposition.return_at_ms", in.return_at_ms())) {
    return p;
  }
  return Required("disposition.outcome", in.outcome());
}

Problem ReadBooked(const v1::MeetingBooked& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kMeetingBooked)
             .Say("purpose", in.purpose())
             .Say("meeting", in.meeting_id())
             .LearnDate("meeting", in.starts_at_ms())
             .Take();
  return CheckDate("meeting_booked.starts_at_ms", in.starts_at_ms());
}

Problem ReadHeld(const v1::MeetingHeld& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kMeetingHeld)
             .Say("purpose", in.purpose())
             .Say("meeting", in.meeting_id())
             .Say("no_show", in.no_show())
             .Take();
  return std::nullopt;
}

Problem ReadNextStep(const v1::NextStepScheduled& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kNextStepScheduled)
             .LearnDate("next_step", in.due_at_ms())
             .Take();
  if (in.due_at_ms() == 0) {
    return Field("next_step_scheduled.due_at_ms is missing");
  }
  return CheckDate("next_step_scheduled.due_at_ms", in.due_at_ms());
}

Problem ReadMilestone(const v1::Milestone& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kMilestone).Say("name", in.name()).Take();
  return Required("milestone.name", in.name());
}

Problem ReadBroken(const v1::ContactBroken& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kContactBroken)
             .Say("channel", in.channel())
             .Say("reason", in.reason())
             .Take();
  return Required("contact_broken.channel", in.channel());
}

Problem ReadMended(const v1::ContactMended& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kContactMended)
             .Say("channel", in.channel())
             .Take();
  return Required("contact_mended.channel", in.channel());
}

Problem ReadExplained(const v1::BreachExplained& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kBreachExplained)
             .Say("clock", in.clock())
             .Say("reason", in.reason())
             .Say("resolution", in.resolution())
             .Say("actor", in.actor_id())
             .Take();
  return Required("breach_explained.reason", in.reason());
}

Problem ReadTaskDone(const v1::TaskDone& in, EventBody& body) {
  body = ActivityReader(ActivityKind::kTaskDone)
             .Say("task", in.task_id())
             .Say("actor", in.actor_id())
             .Say("cancelled", in.cancelled())
             .Take();
  return Required("task_done.task_id", in.task_id());
}

Problem ReadMerged(const v1::Merged& in, EventBody& body) {
  if (!in.has_absorbed()) {
    body = MergedInto{in.into_lead_id()};
    return Required("merged.into_lead_id", in.into_lead_id());
  }
  const v1::Merged::Absorbed& absorbed = in.absorbed();
  if (Problem p = Required("merged.absorbed.lead_id", absorbed.lead_id())) {
    return p;
  }
  if (absorbed.started_at_ms() == 0) {
    return Field("merged.absorbed.started_at_ms is missing");
  }
  if (Problem p = CheckDate("merged.absorbed.started_at_ms",
                            absorbed.started_at_ms())) {
    return p;
  }
  Absorbed taken_over = {
      .lead = absorbed.lead_id(),
      .started_at = absl::FromUnixMillis(absorbed.started_at_ms())};
  if (const int64_t answered = absorbed.first_answered_at_ms()) {
    if (Problem p =
            CheckDate("merged.absorbed.first_answered_at_ms", answered)) {
      return p;
    }
    taken_over.first_answered_at = absl::FromUnixMillis(answered);
  }
  body = std::move(taken_over);
  return std::nullopt;
}

Problem ReadCreated(const v1::LeadCreated& in, EventBody& body) {
  LeadCreated created;
  if (Problem p = ReadAttributes(in.attributes(), created.attributes)) return p;
  created.people = ReadPeople(in);
  created.flags.assign(in.flags().begin(), in.flags().end());
  body = std::move(created);
  return std::nullopt;
}

Problem ReadBody(const v1::LeadEvent& message, EventBody& body) {
  using Case = v1::LeadEvent::EventCase;
  switch (message.event_case()) {
    case Case::kLeadCreated:
      return ReadCreated(message.lead_created(), body);
    case Case::kAttributesChanged: {
      AttributesChanged changed;
      Problem p = ReadAttributes(message.attributes_changed().attributes(),
                                 changed.attributes);
      body = std::move(changed);
      return p;
    }
    case Case::kConsentChanged:
      return ReadConsent(message.consent_changed(), body);
    case Case::kFlagsChanged: {
      const v1::FlagsChanged& in = message.flags_changed();
      body = FlagsChanged{{in.added().begin(), in.added().end()},
                          {in.removed().begin(), in.removed().end()}};
      return std::nullopt;
    }
    case Case::kStageChanged:
      return ReadStage(message.stage_changed(), body);
    case Case::kStatusChanged:
      return ReadStatus(message.status_changed(), body);
    case Case::kDisposition:
      return ReadDisposition(message.disposition(), body);
    case Case::kAssigned: {
      Assigned assigned;
      Problem p = ReadAssigned(message.assigned(), assigned);
      body = std::move(assigned);
      return p;
    }
    case Case::kTouch: {
      Touched touch;
      Problem p = ReadTouch(message.touch(), touch);
      body = std::move(touch);
      return p;
    }
    case Case::kWithdrawn: {
      const v1::Withdrawn& in = message.withdrawn();
      body = Withdrawn{
          {in.event_source().empty() ? message.source() : in.event_source(),
           in.event_id()}};
      return Required("withdrawn.event_id", in.event_id());
    }
    case Case::kMilestone:
      return ReadMilestone(message.milestone(), body);
    case Case::kContactBroken:
      return ReadBroken(message.contact_broken(), body);
    case Case::kContactMended:
      return ReadMended(message.contact_mended(), body);
    case Case::kTaskDone:
      return ReadTaskDone(message.task_done(), body);
    case Case::kBreachExplained:
      return ReadExplained(message.breach_explained(), body);
    case Case::kMeetingBooked:
      return ReadBooked(message.meeting_booked(), body);
    case Case::kMeetingHeld:
      return ReadHeld(message.meeting_held(), body);
    case Case::kNextStepScheduled:
      return ReadNextStep(message.next_step_scheduled(), body);
    case Case::kMerged:
      return ReadMerged(message.merged(), body);
    case Case::kErased:
      body = Erased{};
      return std::nullopt;
    case Case::kHeartbeat:
    case Case::EVENT_NOT_SET:
      break;  // answered before
  }
  return std::nullopt;
}

Result ReadHeartbeat(const v1::LeadEvent& message, const InputRecord& record,
                     const WireInputOptions& options) {
  if (Problem p = CheckId("source", message.source())) return *std::move(p);
  if (Problem p = CheckTime(message, record, options.skew)) {
    return *std::move(p);
  }
  return Heartbeat{message.source(),
                   absl::FromUnixMillis(message.occurred_at_ms())};
}

Result ReadTombstone(const InputRecord& record,
                     const WireInputOptions& options) {
  // Of a key that comes with a value lead_id tells the same.
  if (Problem p = CheckId("the record's key", record.key.value_or(""))) {
    return *std::move(p);
  }
  if (!IsUtf8(*record.key)) {
    return Rejection{"KEY", "the record's key is not UTF-8"};
  }
  if (!record.timestamp) {
    return Rejection{"TIME",
                     "a record without a value erases its lead as of the "
                     "record's timestamp, but this one has none"};
  }
  if (*record.timestamp > record.read_at + options.skew) {
    return Rejection{
        "FUTURE",
        absl::StrCat("a record without a value erases its lead as of the "
                     "record's timestamp, but that is ",
                     absl::FormatTime(*record.timestamp, absl::UTCTimeZone()),
                     ", which is after it was read")};
  }
  Event event;
  event.ref = {"tombstone", absl::StrCat(record.input, "/", record.partition,
                                         "/", record.offset)};
  event.occurred_at = *record.timestamp;
  event.kind = v1::LeadEvent::kErased;
  event.body = Erased{};
  return event;
}

Problem CheckSize(const InputRecord& record, size_t limit) {
  if (record.value->size() <= limit) return std::nullopt;
  return Rejection{"SIZE", absl::StrCat("the value has ", record.value->size(),
                                        " bytes; the most allowed are ", limit,
                                        " (limits.record_bytes)")};
}

}  // namespace

std::variant<Event, Rejection, Ignored, Heartbeat> ReadLeadEvent(
    const InputRecord& record, const WireInputOptions& options) {
  if (!record.value) return ReadTombstone(record, options);
  if (Problem p = CheckSize(record, options.record_bytes)) {
    return *std::move(p);
  }
  const auto format = FormatOf(record, options.format);
  if (const auto* rejection = std::get_if<Rejection>(&format)) {
    return *rejection;
  }
  v1::LeadEvent message;
  if (Problem p = Parse(record, std::get<WireFormat>(format), message)) {
    return *std::move(p);
  }
  switch (message.event_case()) {
    case v1::LeadEvent::EVENT_NOT_SET:
      return Field(
          "the event says nothing that this version knows: none of "
          "lead_created, assigned, touch, ... is set");
    case v1::LeadEvent::kHeartbeat:
      return ReadHeartbeat(message, record, options);
    default:
      break;
  }
  if (Problem p = CheckEnvelope(message, record, options)) return *std::move(p);
  if (Problem p = CheckTopic(message, record.input)) return *std::move(p);

  Event event;
  event.ref = {message.source(), message.id()};
  event.occurred_at = absl::FromUnixMillis(message.occurred_at_ms());
  event.sequence = message.sequence();
  event.kind = static_cast<uint32_t>(message.event_case());
  if (Problem p = ReadBody(message, event.body)) return *std::move(p);
  return event;
}

std::optional<v1::LeadEvent> MessageOf(const InputRecord& record,
                                       const WireInputOptions& options) {
  const auto format = FormatOf(record, options.format);
  v1::LeadEvent message;
  const bool is_read = record.value &&
                       std::holds_alternative<WireFormat>(format) &&
                       !Parse(record, std::get<WireFormat>(format), message);
  if (!is_read) return std::nullopt;
  return message;
}

std::optional<absl::Time> LoggedAt(const InputRecord& record,
                                   const WireInputOptions& options) {
  const std::optional<v1::LeadEvent> message = MessageOf(record, options);
  if (message && message->logged_at_ms() > 0) {
    return absl::FromUnixMillis(message->logged_at_ms());
  }
  return record.timestamp;
}

}  // namespace leadclock
