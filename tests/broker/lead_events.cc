#include "tests/broker/lead_events.h"

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/broker/clients.h"

namespace leadclock::broker {
namespace {

v1::LeadEvent Happened(const std::string& lead, const std::string& kind,
                       absl::Time at) {
  v1::LeadEvent event;
  event.set_lead_id(lead);
  event.set_id(absl::StrCat(
      kind, " ",
      absl::FormatTime("%Y-%m-%d %H:%M:%E*S", at, absl::UTCTimeZone())));
  event.set_source("crm");
  event.set_occurred_at_ms(absl::ToUnixMillis(at));
  return event;
}

// ---- In the reference's words

using What = reference::Event::What;

void AddAttributes(const v1::LeadAttributes& in, reference::Event& out) {
  const auto add = [&](const char* name, bool is_given,
                       const std::string& value) {
    if (is_given) out.attributes.emplace_back(name, value);
  };
  add("market", in.has_market(), in.market());
  add("source", in.has_lead_source(), in.lead_source());
  add("intent", in.has_intent(), in.intent());
  add("customer", in.has_customer(), in.customer());
  add("consent", in.has_consent(), in.consent());
}

// Of any message with the three ids.
void AddPeople(const auto& in, reference::Event& out) {
  if (in.has_owner_id()) out.owner = in.owner_id();
  if (in.has_backup_id()) out.backup = in.backup_id();
  if (in.has_manager_id()) out.manager = in.manager_id();
}

std::string NameOf(v1::Touch::Direction direction) {
  switch (direction) {
    case v1::Touch::OUTBOUND:
      return "outbound";
    case v1::Touch::INBOUND:
      return "inbound";
    case v1::Touch::INTERNAL:
      return "internal";
    default:
      return "";
  }
}

std::string NameOf(v1::Touch::ActorKind kind) {
  switch (kind) {
    case v1::Touch::HUMAN:
      return "human";
    case v1::Touch::AUTOMATION:
      return "automation";
    case v1::Touch::AUTORESPONDER:
      return "autoresponder";
    case v1::Touch::IMPORT:
      return "import";
    default:
      return "";
  }
}

reference::Touch ReferenceTouch(const v1::Touch& in) {
  reference::Touch out;
  out.channel = in.channel();
  out.direction = NameOf(in.direction());
  out.actor_kind = NameOf(in.actor_kind());
  out.actor = in.actor_id();
  if (in.has_meaningful()) out.meaningful = in.meaningful();
  return out;
}

}  // namespace

absl::Time London(const std::string& text) {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("Europe/London", &zone)) {
    throw std::runtime_error("there is no time zone data");
  }
  const char* format =
      text.size() > 16 ? "%Y-%m-%d %H:%M:%E*S" : "%Y-%m-%d %H:%M";
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(format, text, zone, &time, &error)) {
    throw std::runtime_error(absl::StrCat(text, ": ", error));
  }
  return time;
}

std::string LeadOn(int partition, int partitions) {
  int number = 1;
  while (PartitionOfKey(absl::StrCat("lead-", number), partitions) !=
         partition) {
    ++number;
  }
  return absl::StrCat("lead-", number);
}

v1::LeadEvent Created(const std::string& lead, absl::Time at) {
  v1::LeadEvent event = Happened(lead, "created", at);
  event.mutable_lead_created();
  return event;
}

v1::LeadEvent Assigned(const std::string& lead, absl::Time at,
                       const std::string& owner) {
  v1::LeadEvent event = Happened(lead, "assigned", at);
  event.mutable_assigned()->set_owner_id(owner);
  return event;
}

v1::LeadEvent CallBy(const std::string& lead, absl::Time at,
                     const std::string& actor) {
  v1::LeadEvent event = Happened(lead, "call", at);
  v1::Touch& touch = *event.mutable_touch();
  touch.set_channel("phone");
  touch.set_direction(v1::Touch::OUTBOUND);
  touch.set_actor_kind(v1::Touch::HUMAN);
  touch.set_actor_id(actor);
  touch.set_meaningful(true);
  return event;
}

v1::LeadEvent StatusBecomes(const std::string& lead, absl::Time at,
                            const std::string& status) {
  v1::LeadEvent event = Happened(lead, "status", at);
  event.mutable_status_changed()->set_status(status);
  return event;
}

v1::LeadEvent WithdrawalOf(const v1::LeadEvent& event, absl::Time at) {
  v1::LeadEvent withdrawal = Happened(event.lead_id(), "withdrawal", at);
  withdrawal.mutable_withdrawn()->set_event_id(event.id());
  return withdrawal;
}

v1::LeadEvent Note(const std::string& lead, absl::Time at) {
  v1::LeadEvent event = Happened(lead, "note", at);
  event.mutable_milestone()->set_name("note");
  return event;
}

absl::Time HappenedAt(const v1::LeadEvent& event) {
  return absl::FromUnixMillis(event.occurred_at_ms());
}

reference::Event ReferenceEvent(const v1::LeadEvent& event) {
  reference::Event out;
  out.name = {event.source(), event.id()};
  out.at = event.occurred_at_ms();
  out.sequence = event.sequence();
  out.kind = static_cast<int>(event.event_case());
  switch (event.event_case()) {
    case v1::LeadEvent::kLeadCreated:
      out.what = What::kLeadCreated;
      AddAttributes(event.lead_created().attributes(), out);
      AddPeople(event.lead_created(), out);
      break;
    case v1::LeadEvent::kAttributesChanged:
      out.what = What::kAttributesChanged;
      AddAttributes(event.attributes_changed().attributes(), out);
      break;
    case v1::LeadEvent::kConsentChanged:
      out.what = What::kAttributesChanged;
      out.attributes = {{"consent", event.consent_changed().consent()}};
      break;
    case v1::LeadEvent::kStatusChanged:
      out.what = What::kAttributesChanged;
      out.attributes = {{"status", event.status_changed().status()}};
      break;
    case v1::LeadEvent::kAssigned:
      out.what = What::kAssigned;
      AddPeople(event.assigned(), out);
      break;
    case v1::LeadEvent::kTouch:
      out.what = What::kTouch;
      out.touch = ReferenceTouch(event.touch());
      break;
    case v1::LeadEvent::kWithdrawn:
      out.what = What::kWithdrawn;
      out.withdraws = {event.source(), event.withdrawn().event_id()};
      break;
    default:
      out.what = What::kNoted;
      break;
  }
  return out;
}

}  // namespace leadclock::broker
