#include "app/scenario/read_events.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "app/scenario/entry.h"
#include "app/scenario/lead_fields.h"
#include "app/scenario/play.h"
#include "processor/job/wire_input.h"
#include "state/people.h"

namespace leadclock {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The lead's own words for what happened, of which one more may follow.
struct Wording {
  enum class Word { kNone, kMayFollow, kFollows };

  const char* words;
  const char* event;          // the field of LeadEvent
  const char* argument = "";  // what the word that follows says
  const char* link = "";      // stands before that word
  Word word = Word::kNone;
  const char* example = "";  // of that word
};

constexpr auto kFollows = Wording::Word::kFollows;
constexpr auto kMayFollow = Wording::Word::kMayFollow;

// Longer ones first, where one begins with the other.
constexpr Wording kWordings[] = {
    {"lead created", "lead_created"},
    {"assigned", "assigned", "owner_id", "to", kMayFollow, "bob"},
    {"status", "status_changed", "status", "", kFollows, "on_hold"},
    {"stage", "stage_changed", "stage", "", kFollows, "sql"},
    {"consent", "consent_changed", "consent", "", kFollows, "withdrawn"},
    {"flag", "flags_changed", "added", "", kFollows, "complaint"},
    {"unflag", "flags_changed", "removed", "", kFollows, "complaint"},
    {"changed", "attributes_changed"},
    {"disposition", "disposition", "outcome", "", kFollows, "qualified"},
    {"meeting booked", "meeting_booked", "starts_at_ms", "for", kMayFollow,
     "wed 15:00"},
    {"meeting held", "meeting_held"},
    {"next step", "next_step_scheduled", "due_at_ms", "for", kFollows,
     "thu 10:00"},
    {"milestone", "milestone", "name", "", kFollows, "first_value"},
    {"contact broken", "contact_broken", "channel", "", kFollows, "phone"},
    {"contact mended", "contact_mended", "channel", "", kFollows, "phone"},
    {"breach explained", "breach_explained", "reason", "", kFollows,
     "no_capacity"},
    {"task done", "task_done", "task_id", "", kFollows, "first_response"},
    {"merged into", "merged", "into_lead_id", "", kFollows, "lead-7"},
    {"absorbed", "merged", "absorbed", "", kFollows, "lead-8"},
    {"withdrawn", "withdrawn", "event_id", "", kFollows, "e2"},
    {"erased", "erased"},
    {"touch", "touch"},
    {"attempt", "touch"},
    {"lead replies", "touch"},
    {"bot reply", "touch"},
    {"automation", "touch"},
    {"note", "touch"},
    {"imported touch", "touch"},
};

constexpr absl::string_view kOtherWords[] = {"policy published", "outage",
                                             "feed silent"};

// Nobody in particular is meant, or the one who holds the role.
struct TouchWords {
  const char* words;
  const char* by;
  const char* channel;
  v1::Touch::Direction direction;
  v1::Touch::ActorKind actor;
  std::optional<bool> meaningful;
};

const TouchWords kTouches[] = {
    {"touch", "owner", "phone", v1::Touch::OUTBOUND, v1::Touch::HUMAN, true},
    {"attempt", "owner", "phone", v1::Touch::OUTBOUND, v1::Touch::HUMAN, false},
    {"lead replies", "nobody", "phone", v1::Touch::INBOUND, v1::Touch::HUMAN,
     true},
    {"bot reply", "nobody", "email", v1::Touch::OUTBOUND,
     v1::Touch::AUTORESPONDER, std::nullopt},
    {"automation", "nobody", "email", v1::Touch::OUTBOUND,
     v1::Touch::AUTOMATION, std::nullopt},
    {"note", "owner", "", v1::Touch::INTERNAL, v1::Touch::HUMAN, std::nullopt},
    {"imported touch", "owner", "phone", v1::Touch::OUTBOUND, v1::Touch::IMPORT,
     true},
};

// The field of LeadEvent that holds what happened, made if it is not there.
Message& BodyOf(const Wording& wording, v1::LeadEvent& event) {
  const FieldDescriptor* const field =
      event.GetDescriptor()->FindFieldByName(wording.event);
  return *event.GetReflection()->MutableMessage(&event, field);
}

size_t CountWords(absl::string_view words) {
  return static_cast<size_t>(std::count(words.begin(), words.end(), ' ')) + 1;
}

// Reports words that are none for what happens, with those that are near.
void ReportUnknown(const Line& line) {
  std::vector<absl::string_view> known(std::begin(kOtherWords),
                                       std::end(kOtherWords));
  for (const Wording& wording : kWordings) known.emplace_back(wording.words);
  for (const size_t count : {size_t{2}, size_t{1}}) {
    std::vector<absl::string_view> alike;
    for (const absl::string_view words : known) {
      if (CountWords(words) == count) alike.push_back(words);
    }
    const std::string said = count == 1
                                 ? std::string(line.Peek())
                                 : absl::StrCat(line.Peek(), " ", line.Peek(1));
    if (Nearest(said, alike)) {
      line.Error(absl::StrCat(Quoted(said), " is nothing that happens",
                              DidYouMean(said, alike)));
      return;
    }
  }
  if (line.done()) {
    line.Error(
        "what happens then is missing; write it behind the time: lead "
        "created, touch, assigned to bob, ...");
    return;
  }
  line.Error(absl::StrCat(
      Quoted(line.Rest()),
      " is nothing that happens; known: ", absl::StrJoin(known, ", ")));
}

class EventsReader {
 public:
  EventsReader(const LeadWritten& lead, const ReadPolicyAt& read_policy,
               Scenario& scenario)
      : lead_(lead), read_policy_(read_policy), scenario_(scenario) {}

  std::vector<PolicyNews> Read(const YamlValue& events) {
    for (const YamlValue& item : events.Items()) {
      ++place_;
      if (auto entry = ReadEntry(item)) ReadOne(*entry);
    }
    for (const Pending& pending : pending_) SettleActor(pending);
    for (const Pending& pending : pending_) CheckRecord(pending);
    AddExtras();
    return std::move(news_);
  }

 private:
  // A record whose line is known, to be looked at when all are read.
  struct Pending {
    size_t record;
    Line line;
    std::string role;  // of a touch by whoever holds it
    // Arrives once more; and a withdrawal of it arrives.
    std::optional<absl::Time> again = {};
    std::optional<absl::Time> withdrawn = {};
  };

  void Name(absl::Time time) {
    scenario_.last_named = std::max(scenario_.last_named, time);
  }

  void ReadOne(Entry& entry) {
    const auto time = ReadTime(entry.line, scenario_.frame);
    if (!time) return;
    Name(*time);
    if (entry.line.TakeIf("policy published")) {
      ReadNews(*time, entry);
    } else if (entry.line.TakeIf("outage")) {
      ReadInterruption(*time, Interruption::Kind::kOutage, entry);
    } else if (entry.line.TakeIf("feed silent")) {
      ReadInterruption(*time, Interruption::Kind::kFeedSilent, entry);
    } else {
      ReadHappening(*time, entry);
    }
  }

  void ReadNews(absl::Time time, const Entry& entry) {
    entry.line.NothingElse();
    if (!entry.more.present()) {
      entry.line.Error(
          "the policy is missing; write a colon and its path behind it: mon "
          "09:00 policy published: v2.yaml");
      return;
    }
    if (auto policy = read_policy_(entry.more)) {
      news_.push_back({time, *std::move(policy), entry.more});
    }
  }

  void ReadInterruption(absl::Time time, Interruption::Kind kind,
                        Entry& entry) {
    if (!entry.line.TakeIf("until")) {
      entry.line.Error("write until when: outage until tue 12:00");
      return;
    }
    const auto until = ReadTime(entry.line, scenario_.frame);
    if (!until) return;
    entry.line.NothingElse();
    Name(*until);
    if (*until <= time) entry.line.ErrorBefore("it ends before it begins");
    YamlMap more = entry.more.Map("what happens");
    if (kind == Interruption::Kind::kFeedSilent &&
        more.Optional("heartbeats").Boolean().value_or(false)) {
      kind = Interruption::Kind::kFeedStopped;
    }
    more.NothingElse();
    scenario_.interruptions.push_back({kind, time, *until});
  }

  void ReadHappening(absl::Time time, Entry& entry) {
    const auto* const wording = std::find_if(
        std::begin(kWordings), std::end(kWordings),
        [&](const Wording& each) { return entry.line.TakeIf(each.words); });
    if (wording == std::end(kWordings)) {
      ReportUnknown(entry.line);
      return;
    }
    if (entry.more.IsText() && *wording->argument != '\0') {
      entry.more.Error(absl::StrCat(
          "write it without a colon, such as: ", wording->words, " ",
          *wording->link == '\0' ? "" : absl::StrCat(wording->link, " "),
          wording->example));
      return;
    }
    ScenarioRecord record;
    record.event.set_lead_id(scenario_.lead_id);
    record.event.set_occurred_at_ms(absl::ToUnixMillis(time));
    record.event.set_id(absl::StrCat("e", place_));
    record.event.set_source("crm");
    record.arrives = time;
    Pending pending{scenario_.records.size(), entry.line, ""};
    YamlMap more = entry.more.Map(wording->words);
    ReadBody(*wording, entry, more, record.event, pending);
    ReadCircumstances(more, time, record, pending);
    more.NothingElse();
    pending.line = entry.line;
    scenario_.records.push_back(std::move(record));
    pending_.push_back(std::move(pending));
  }

  void ReadBody(const Wording& wording, Entry& entry, YamlMap& more,
                v1::LeadEvent& event, Pending& pending) {
    Line& line = entry.line;
    Message& body = BodyOf(wording, event);
    if (event.has_touch()) {
      ReadTouch(wording, line, more, *event.mutable_touch(), pending);
    } else if (event.has_lead_created()) {
      ReadCreated(entry.more, more, *event.mutable_lead_created());
    } else if (event.has_attributes_changed()) {
      ReadChanged(entry, more, *event.mutable_attributes_changed());
    } else if (wording.argument == absl::string_view("absorbed")) {
      ReadAbsorbed(line, more, *event.mutable_merged()->mutable_absorbed());
    } else {
      ReadArgument(wording, line, body);
      ReadRest(wording, more, body);
    }
    line.NothingElse();
  }

  // The word behind the words: "sql" of "stage sql".
  void ReadArgument(const Wording& wording, Line& line, Message& body) {
    if (*wording.argument == '\0') return;
    const FieldDescriptor& field =
        *body.GetDescriptor()->FindFieldByName(wording.argument);
    if (line.done() && wording.word == kMayFollow) return;
    const absl::string_view link = wording.link;
    if (!link.empty() && !line.TakeIf(link)) {
      line.Error(absl::StrCat("write: ", wording.words, " ", link, " ",
                              wording.example));
      return;
    }
    if (line.done()) {
      line.Error(absl::StrCat("after ", Quoted(wording.words),
                              " a word is missing; write: ", wording.words, " ",
                              link, link.empty() ? "" : " ", wording.example));
      return;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      const auto time = ReadTime(line, scenario_.frame);
      if (!time) return;
      body.GetReflection()->SetInt64(&body, &field, absl::ToUnixMillis(*time));
    } else if (field.is_repeated()) {
      while (!line.done()) {
        body.GetReflection()->AddString(
            &body, &field, std::string(absl::StripSuffix(line.Take(), ",")));
      }
    } else {
      const std::string word(line.Take());
      const bool is_nobody =
          absl::EndsWith(field.name(), "_id") && word == "nobody";
      body.GetReflection()->SetString(&body, &field, is_nobody ? "" : word);
    }
  }

  // What the map says of it beside that word.
  void ReadRest(const Wording& wording, YamlMap& more, Message& body) {
    const auto& fields = *body.GetDescriptor();
    for (int i = 0; i < fields.field_count(); ++i) {
      const FieldDescriptor& field = *fields.field(i);
      const bool is_said =
          field.name() == wording.argument && wording.word == kFollows;
      const bool is_message =
          !field.is_map() &&
          field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      // Each side of a merge, and of flags, has words of its own.
      const bool is_side = field.real_containing_oneof() != nullptr ||
                           wording.event == absl::string_view("flags_changed");
      if (is_said || is_message || is_side) continue;
      const std::string name =
          field.name() == "actor_id" ? "by" : PlainName(field);
      SetField(field, more.Optional(name), scenario_.frame, body);
    }
  }

  void ReadCreated(const YamlValue& written, YamlMap& more,
                   v1::LeadCreated& created) {
    if (!is_created_) {
      for (const YamlValue& value : lead_.lead) {
        YamlMap map = value.Map("the lead");
        map.Optional("id");
        ReadLeadFields(value, map, scenario_.frame, created);
        map.NothingElse();
      }
    }
    is_created_ = true;
    ReadLeadFields(written, more, scenario_.frame, created);
  }

  void ReadChanged(Entry& entry, YamlMap& more,
                   v1::AttributesChanged& changed) {
    Line& line = entry.line;
    v1::LeadAttributes& attributes = *changed.mutable_attributes();
    if (!line.done()) {
      ReadAttributeWords(line, attributes);
    } else if (!more.present()) {
      line.Error("what changed is missing; write: changed intent high");
    }
    ReadAttributeFields(entry.more, more, scenario_.frame, attributes);
  }

  void ReadAbsorbed(Line& line, YamlMap& more, v1::Merged::Absorbed& absorbed) {
    if (line.done()) line.Error("which lead? Write: absorbed lead-8");
    absorbed.set_lead_id(std::string(line.Take()));
    if (!more.present()) {
      line.Error(
          "write when that lead came, behind a colon: absorbed lead-8: "
          "{started: mon 09:00}");
      return;
    }
    const auto& fields = *absorbed.GetDescriptor();
    SetField(*fields.FindFieldByName("started_at_ms"), more.Required("started"),
             scenario_.frame, absorbed);
    SetField(*fields.FindFieldByName("first_answered_at_ms"),
             more.Optional("first_answered"), scenario_.frame, absorbed);
  }

  void ReadTouch(const Wording& wording, Line& line, YamlMap& more,
                 v1::Touch& touch, Pending& pending) {
    const auto* const words = std::find_if(
        std::begin(kTouches), std::end(kTouches), [&](const TouchWords& each) {
          return absl::string_view(each.words) == wording.words;
        });
    std::string by = words->by;
    touch.set_channel(words->channel);
    touch.set_direction(words->direction);
    touch.set_actor_kind(words->actor);
    if (words->meaningful) touch.set_meaningful(*words->meaningful);
    while (!line.done()) {
      if (line.TakeIf("by")) {
        if (line.done()) line.Error("by whom? Write: touch by ann");
        by = std::string(line.Take());
      } else if (line.TakeIf("on")) {
        if (line.done()) line.Error("on which channel? Write: touch on email");
        touch.set_channel(std::string(line.Take()));
      } else {
        line.Error(absl::StrCat(Quoted(line.Peek()),
                                " is not understood here; write by and a "
                                "person, or on and a channel"));
        return;
      }
    }
    by = more.Optional("by").Text().value_or(by);
    const auto& fields = *touch.GetDescriptor();
    for (int i = 0; i < fields.field_count(); ++i) {
      const FieldDescriptor& field = *fields.field(i);
      if (field.name() == "actor_id") continue;
      SetField(
          field,
          more.Optional(field.name() == "actor_kind" ? "actor" : field.name()),
          scenario_.frame, touch);
    }
    if (RoleNamed(by)) {
      pending.role = by;
    } else if (by != "nobody") {
      touch.set_actor_id(by);
    }
  }

  // How its record reaches Leadclock.
  void ReadCircumstances(YamlMap& more, absl::Time time, ScenarioRecord& record,
                         Pending& pending) {
    if (!more.present()) return;
    if (const auto id = more.Optional("id").Text()) record.event.set_id(*id);
    if (const auto system = more.Optional("system").Text()) {
      record.event.set_source(*system);
    }
    if (const auto n = more.Optional("sequence").Integer(0, INT64_MAX)) {
      record.event.set_sequence(*n);
    }
    const YamlValue arrives = more.Optional("arrives");
    if (const auto at = ReadTime(arrives, scenario_.frame)) {
      record.arrives = *at;
      Name(*at);
      if (*at < time) arrives.Error("it arrives before it happens");
    }
    const YamlValue duplicate = more.Optional("duplicate");
    if (duplicate.IsText() && duplicate.Text() == "true") {
      pending.again = record.arrives;
    } else {
      pending.again = ReadTime(duplicate, scenario_.frame);
    }
    if (record.event.has_withdrawn()) return;
    pending.withdrawn = ReadTime(more.Optional("withdrawn"), scenario_.frame);
    for (const auto& later : {pending.again, pending.withdrawn}) {
      if (later) Name(*later);
    }
  }

  // Who holds a role of the lead at an instant, by the events of the scenario.
  std::string HolderAt(const std::string& role, int64_t millis) const {
    std::vector<const v1::LeadEvent*> events;
    int64_t birth = INT64_MAX;
    for (const ScenarioRecord& record : scenario_.records) {
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

  void SettleActor(const Pending& pending) {
    if (pending.role.empty()) return;
    v1::LeadEvent& event = scenario_.records[pending.record].event;
    const std::string holder = HolderAt(pending.role, event.occurred_at_ms());
    if (holder.empty()) {
      pending.line.ErrorBefore(
          absl::StrCat("the lead has no ", pending.role,
                       " then; say who it was: by ann, or by nobody"));
    }
    event.mutable_touch()->set_actor_id(holder);
  }

  // What the contract has against it.
  void CheckRecord(const Pending& pending) {
    const auto result =
        ReadLeadEvent(RecordOf(scenario_.records[pending.record]), {});
    const auto* const rejection = std::get_if<Rejection>(&result);
    if (rejection != nullptr && pending.line.ok()) {
      pending.line.ErrorBefore(rejection->message);
    }
  }

  // Second copies and withdrawals, which are records of their own.
  void AddExtras() {
    for (const Pending& pending : pending_) {
      const ScenarioRecord record = scenario_.records[pending.record];
      if (pending.again) {
        scenario_.records.push_back({record.event, *pending.again});
      }
      if (!pending.withdrawn) continue;
      ScenarioRecord taken_back;
      v1::LeadEvent& event = taken_back.event;
      event.set_lead_id(scenario_.lead_id);
      event.set_id(absl::StrCat(record.event.id(), "-withdrawn"));
      event.set_source(record.event.source());
      event.set_occurred_at_ms(absl::ToUnixMillis(*pending.withdrawn));
      event.mutable_withdrawn()->set_event_id(record.event.id());
      taken_back.arrives = *pending.withdrawn;
      scenario_.records.push_back(std::move(taken_back));
    }
  }

  const LeadWritten& lead_;
  const ReadPolicyAt& read_policy_;
  Scenario& scenario_;
  std::vector<Pending> pending_;
  std::vector<PolicyNews> news_;
  int place_ = 0;  // of the entry that is read, in the list
  bool is_created_ = false;
};

}  // namespace

std::string ReadLeadId(const LeadWritten& lead, const TimeFrame& frame) {
  std::string id = "lead-1";
  v1::LeadCreated created;
  for (const YamlValue& value : lead.lead) {
    YamlMap map = value.Map("the lead");
    id = map.Optional("id").Text().value_or(id);
    ReadLeadFields(value, map, frame, created);
    map.NothingElse();
  }
  return id;
}

std::vector<PolicyNews> ReadEvents(const YamlValue& events,
                                   const LeadWritten& lead,
                                   const ReadPolicyAt& read_policy,
                                   Scenario& scenario) {
  return EventsReader(lead, read_policy, scenario).Read(events);
}

}  // namespace leadclock
