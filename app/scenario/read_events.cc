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
#include "app/scenario/settle_events.h"
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

// What to write where a text stands behind the colon.
std::string NoMap(const Wording& wording) {
  const absl::string_view event = wording.event;
  if (*wording.argument != '\0') {
    return absl::StrCat("write it without a colon, such as: ", wording.words,
                        " ", wording.link, *wording.link == '\0' ? "" : " ",
                        wording.example);
  }
  if (event == "touch") {
    return absl::StrCat("write it without a colon, such as: ", wording.words,
                        " by ann; or write a map behind it: {by: ann}");
  }
  if (event == "attributes_changed") {
    return "write it without a colon, such as: changed intent high; or write "
           "a map behind it: {intent: high}";
  }
  return absl::StrCat("leave it out, or write a map in its place, such as ",
                      event == "lead_created" ? "{owner: ann}" : "{id: e7}");
}

// The channel that a word means which is none for what happens.
std::optional<absl::string_view> ChannelMeant(absl::string_view word) {
  static constexpr std::pair<absl::string_view, absl::string_view> kWords[] = {
      {"call", "phone"},  {"called", "phone"}, {"phone", "phone"},
      {"email", "email"}, {"mail", "email"},   {"sms", "sms"},
      {"text", "sms"},    {"chat", "chat"},    {"whatsapp", "whatsapp"},
  };
  for (const auto& [each, channel] : kWords) {
    if (absl::EqualsIgnoreCase(word, each)) return channel;
  }
  return std::nullopt;
}

// Reports words that are none for what happens, with those that are near.
void ReportUnknown(const Line& line) {
  if (const auto channel = ChannelMeant(line.Peek())) {
    line.Error(absl::StrCat(Quoted(line.Peek()),
                            " is nothing that happens; did you mean 'touch on ",
                            *channel, "'?"));
    return;
  }
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

  EventsRead Read(const YamlValue& events) {
    const std::vector<YamlValue> items = events.Items();
    read_.all = !items.empty();
    for (const YamlValue& item : items) {
      ++place_;
      auto entry = ReadEntry(item);
      const bool is_read = entry && ReadOne(*entry);
      read_.all = read_.all && is_read;
    }
    SettleEvents(read_.written, read_.all, scenario_);
    return std::move(read_);
  }

 private:
  void Name(absl::Time time) {
    scenario_.last_named = std::max(scenario_.last_named, time);
  }

  // False, and reported: what happens is not known.
  bool ReadOne(Entry& entry) {
    const auto time = ReadTime(entry.line, scenario_.frame);
    if (!time) return false;
    Name(*time);
    if (entry.line.TakeIf("policy published")) {
      ReadNews(*time, entry);
    } else if (entry.line.TakeIf("outage")) {
      ReadInterruption(*time, Interruption::Kind::kOutage, entry);
    } else if (entry.line.TakeIf("feed silent")) {
      ReadInterruption(*time, Interruption::Kind::kFeedSilent, entry);
    } else {
      return ReadHappening(*time, entry);
    }
    return true;
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
      read_.news.push_back({time, *std::move(policy), entry.more});
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

  bool ReadHappening(absl::Time time, Entry& entry) {
    const auto* const wording = std::find_if(
        std::begin(kWordings), std::end(kWordings),
        [&](const Wording& each) { return entry.line.TakeIf(each.words); });
    if (wording == std::end(kWordings)) {
      ReportUnknown(entry.line);
      return false;
    }
    if (entry.more.IsText()) {
      entry.more.Error(NoMap(*wording));
      return false;
    }
    ScenarioRecord record;
    record.event.set_lead_id(scenario_.lead_id);
    record.event.set_occurred_at_ms(absl::ToUnixMillis(time));
    record.event.set_id(absl::StrCat("e", place_));
    record.event.set_source("crm");
    record.arrives = time;
    WrittenEvent written{
        .record = scenario_.records.size(),
        .line = entry.line,
        .more = entry.more,
    };
    YamlMap more = entry.more.Map(wording->words);
    ReadBody(*wording, entry, more, record.event, written);
    ReadCircumstances(more, time, record, written);
    more.NothingElse();
    written.line = entry.line;
    scenario_.records.push_back(std::move(record));
    read_.written.push_back(std::move(written));
    return true;
  }

  void ReadBody(const Wording& wording, Entry& entry, YamlMap& more,
                v1::LeadEvent& event, WrittenEvent& written) {
    Line& line = entry.line;
    Message& body = BodyOf(wording, event);
    if (event.has_touch()) {
      ReadTouch(wording, entry, more, *event.mutable_touch(), written);
    } else if (event.has_lead_created()) {
      ReadCreated(entry.more, more, *event.mutable_lead_created());
    } else if (event.has_attributes_changed()) {
      ReadChanged(entry, more, *event.mutable_attributes_changed());
    } else if (wording.argument == absl::string_view("absorbed")) {
      ReadAbsorbed(line, more, *event.mutable_merged()->mutable_absorbed());
    } else {
      const bool is_said = ReadArgument(wording, line, body);
      ReadRest(wording, is_said, more, body);
      if (event.has_assigned()) CheckAssigned(event.assigned(), line);
    }
    line.NothingElse();
  }

  // The word behind the words: "sql" of "stage sql". Whether there is one.
  bool ReadArgument(const Wording& wording, Line& line, Message& body) {
    if (*wording.argument == '\0') return false;
    const FieldDescriptor& field =
        *body.GetDescriptor()->FindFieldByName(wording.argument);
    if (line.done() && wording.word == kMayFollow) return false;
    const absl::string_view link = wording.link;
    if (!link.empty() && !line.TakeIf(link)) {
      line.Error(absl::StrCat("write: ", wording.words, " ", link, " ",
                              wording.example));
      return true;
    }
    if (line.done()) {
      line.Error(absl::StrCat("after ", Quoted(wording.words),
                              " a word is missing; write: ", wording.words, " ",
                              link, link.empty() ? "" : " ", wording.example));
      return true;
    }
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
      const auto time = ReadTime(line, scenario_.frame);
      if (!time) return true;
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
    return true;
  }

  // What the map says of it beside that word.
  void ReadRest(const Wording& wording, bool is_argument_said, YamlMap& more,
                Message& body) {
    const auto& fields = *body.GetDescriptor();
    for (int i = 0; i < fields.field_count(); ++i) {
      const FieldDescriptor& field = *fields.field(i);
      const bool is_argument = field.name() == wording.argument;
      const bool is_message =
          !field.is_map() &&
          field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      // Each side of a merge, and of flags, has words of its own.
      const bool is_side = field.real_containing_oneof() != nullptr ||
                           wording.event == absl::string_view("flags_changed");
      const bool is_in_line = is_argument && wording.word == kFollows;
      if (is_in_line || is_message || is_side) continue;
      const std::string name =
          field.name() == "actor_id" ? "by" : PlainName(field);
      const YamlValue value = more.Optional(name);
      if (is_argument && is_argument_said) RefuseTwice(name, value);
      SetField(field, value, scenario_.frame, body);
    }
  }

  static void RefuseTwice(const std::string& name, const YamlValue& value) {
    value.Error(absl::StrCat(Quoted(name), " is said in the line already"));
  }

  static void CheckAssigned(const v1::Assigned& assigned, const Line& line) {
    const bool says_somebody =
        assigned.has_owner_id() || assigned.has_backup_id() ||
        assigned.has_manager_id() || assigned.has_team_lead_id() ||
        !assigned.roles().empty();
    if (!says_somebody && line.ok()) {
      line.Error("who? Write: assigned to bob, or assigned: {backup: bob}");
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
      const std::string name(line.Peek());
      const YamlValue again = entry.more.Field(name);
      if (again.present()) RefuseTwice(name, again);
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

  void ReadTouch(const Wording& wording, Entry& entry, YamlMap& more,
                 v1::Touch& touch, WrittenEvent& written) {
    Line& line = entry.line;
    const auto* const words = std::find_if(
        std::begin(kTouches), std::end(kTouches), [&](const TouchWords& each) {
          return absl::string_view(each.words) == wording.words;
        });
    std::string by = words->by;
    touch.set_channel(words->channel);
    touch.set_direction(words->direction);
    touch.set_actor_kind(words->actor);
    if (words->meaningful) touch.set_meaningful(*words->meaningful);
    bool says_channel = false;
    while (!line.done()) {
      const std::string word(line.Peek());
      const bool is_twice =
          (word == "by" && written.by) || (word == "on" && says_channel);
      if (is_twice) {
        line.Error(absl::StrCat(Quoted(word), " is written twice"));
        return;
      }
      if (line.TakeIf("by")) {
        if (line.done()) line.Error("by whom? Write: touch by ann");
        by = std::string(line.Take());
        written.by = line;
      } else if (line.TakeIf("on")) {
        if (line.done()) line.Error("on which channel? Write: touch on email");
        touch.set_channel(std::string(line.Take()));
        says_channel = true;
      } else {
        line.Error(absl::StrCat(Quoted(line.Peek()),
                                " is not understood here; write by and a "
                                "person, or on and a channel"));
        return;
      }
    }
    const YamlValue by_more = more.Optional("by");
    if (written.by) RefuseTwice("by", by_more);
    by = by_more.Text().value_or(by);
    const auto& fields = *touch.GetDescriptor();
    for (int i = 0; i < fields.field_count(); ++i) {
      const FieldDescriptor& field = *fields.field(i);
      if (field.name() == "actor_id") continue;
      const YamlValue value =
          more.Optional(field.name() == "actor_kind" ? "actor" : field.name());
      if (field.name() == "channel" && says_channel) {
        RefuseTwice("channel", value);
      }
      SetField(field, value, scenario_.frame, touch);
    }
    if (RoleNamed(by)) {
      written.role = by;
    } else if (by != "nobody") {
      touch.set_actor_id(by);
    }
  }

  // How its record reaches Leadclock.
  void ReadCircumstances(YamlMap& more, absl::Time time, ScenarioRecord& record,
                         WrittenEvent& written) {
    if (!more.present()) return;
    if (const auto id = more.Optional("id").Text()) record.event.set_id(*id);
    if (const auto system = more.Optional("system").Text()) {
      record.event.set_source(*system);
    }
    if (const auto n = more.Optional("sequence").Integer(0, INT64_MAX)) {
      record.event.set_sequence(*n);
    }
    const auto arrives = ReadLater(more.Optional("arrives"), time,
                                   "it arrives before it happens");
    if (arrives) record.arrives = *arrives;
    const YamlValue duplicate = more.Optional("duplicate");
    if (duplicate.IsText() && duplicate.Text() == "true") {
      written.again = record.arrives;
    } else if (duplicate.IsText() && duplicate.Text() == "false") {
      duplicate.Error(
          "'duplicate' is true, or the time at which the second one comes; "
          "leave it out if none does");
    } else {
      written.again = ReadLater(duplicate, time,
                                "the second one arrives before it happens");
    }
    if (record.event.has_withdrawn()) return;
    const YamlValue withdrawn = more.Optional("withdrawn");
    if (withdrawn.IsText() && IsTruth(*withdrawn.Text())) {
      withdrawn.Error(
          "'withdrawn' is a time: when it is said that this did not happen, "
          "such as mon 10:00");
    } else {
      written.withdrawn =
          ReadLater(withdrawn, time, "it is withdrawn before it happens");
    }
  }

  static bool IsTruth(absl::string_view word) {
    return word == "true" || word == "false";
  }

  // A time that is not before the one at which it happens.
  std::optional<absl::Time> ReadLater(const YamlValue& value, absl::Time time,
                                      absl::string_view error) {
    const auto later = ReadTime(value, scenario_.frame);
    if (!later) return std::nullopt;
    Name(*later);
    if (*later < time) value.Error(error);
    return later;
  }

  const LeadWritten& lead_;
  const ReadPolicyAt& read_policy_;
  Scenario& scenario_;
  EventsRead read_;
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

EventsRead ReadEvents(const YamlValue& events, const LeadWritten& lead,
                      const ReadPolicyAt& read_policy, Scenario& scenario) {
  return EventsReader(lead, read_policy, scenario).Read(events);
}

}  // namespace leadclock
