#include "processor/policy/parse_policy.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "processor/policy/duration.h"
#include "processor/policy/parse_calendar.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {
namespace {

constexpr size_t kMostClocks = 1000;
constexpr size_t kMostRungs = 64;
// Far more than people write. Each calendar holds every opening of a century,
// and each clock its own copy of the responses that it names, so that a short
// file could otherwise fill a large memory.
constexpr size_t kMostCalendars = 256;
constexpr size_t kMostTriggers = 64;
constexpr size_t kMostChannels = 64;

constexpr absl::string_view kAlways = "always";
constexpr absl::string_view kLeadCreated = "lead_created";
constexpr absl::string_view kAssigned = "assigned";

constexpr absl::string_view kCustom = "custom.";
constexpr std::array<absl::string_view, 17> kAttributes = {
    "market",
    "source",
    "intent",
    "stage",
    "priority",
    "team",
    "customer",
    "consent",
    "status",
    "service_interest",
    "campaign",
    "form",
    "available_channel",
    "flag",
    "company_size",
    "lead_score",
    "disposition",
};

constexpr std::array<absl::string_view, 3> kRoles = {"owner", "backup",
                                                     "manager"};

std::string NotSupported(absl::string_view what) {
  return absl::StrCat(Quoted(what), " is not supported yet");
}

// The names of one kind of thing, with their places in the policy.
class Names {
 public:
  void Add(absl::string_view name) {
    places_.try_emplace(name, names_.size());
    names_.emplace_back(name);
  }

  // The first of that name.
  std::optional<size_t> Find(absl::string_view name) const {
    const auto found = places_.find(name);
    if (found == places_.end()) return std::nullopt;
    return found->second;
  }

  // Each once, for hints.
  std::vector<absl::string_view> All() const {
    std::vector<absl::string_view> all;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (!names_[i].empty() && Find(names_[i]) == i) all.push_back(names_[i]);
    }
    return all;
  }

 private:
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, size_t> places_;
};

// What the parts of a policy call each other by. A part that is wrong keeps
// its name here, so that one error does not make more.
struct Glossary {
  Names calendars;
  Names responses;
  std::vector<TouchTest> touches;  // by the response's place
  Names clocks;
};

bool IsName(absl::string_view text) {
  const auto may_stand_in_a_name = [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  };
  return !text.empty() &&
         absl::ascii_islower(static_cast<unsigned char>(text[0])) &&
         std::all_of(text.begin(), text.end(), may_stand_in_a_name);
}

// The name that stands there. Nothing, and reported, if it is not written as
// names are.
std::optional<std::string> ReadName(const YamlValue& value) {
  std::optional<std::string> name = value.Text();
  if (!name.has_value() || IsName(*name)) return name;
  value.Error(absl::StrCat(
      Quoted(*name),
      " is not a name; a name begins with a lower-case letter, and goes on "
      "with lower-case letters, digits and '_'"));
  return std::nullopt;
}

// Conditions.

void CheckAttribute(const YamlField& field) {
  if (std::find(kAttributes.begin(), kAttributes.end(), field.name) !=
      kAttributes.end()) {
    return;
  }
  if (field.name.size() > kCustom.size() &&
      absl::StartsWith(field.name, kCustom)) {
    return;
  }
  const bool is_slip = Nearest(field.name, kAttributes).has_value();
  field.key.Error(
      absl::StrCat("unknown attribute ", Quoted(field.name),
                   DidYouMean(field.name, kAttributes),
                   is_slip ? "" : ", and the company's own as custom.NAME"));
}

// "> 50", "!= uk": what the language will know, and what therefore is no text
// to compare with.
bool IsComparison(absl::string_view text) {
  return absl::StartsWith(text, "<") || absl::StartsWith(text, ">") ||
         absl::StartsWith(text, "=") || absl::StartsWith(text, "!=");
}

std::optional<std::string> ReadAttributeValue(const YamlValue& value) {
  if (value.IsMap()) {
    value.Error("'not' and comparisons are not supported yet; list the values");
    return std::nullopt;
  }
  std::optional<std::string> text = value.Text();
  if (text.has_value() && IsComparison(*text)) {
    value.Error(absl::StrCat("the comparison ", NotSupported(*text),
                             "; list the values"));
    return std::nullopt;
  }
  return text;
}

Condition ReadCondition(const YamlValue& value) {
  YamlMap fields = value.Map("a condition");
  if (fields.present() && fields.empty()) {
    value.Error(
        "the condition is empty, and would always hold; write what it asks "
        "for");
  }
  fields.Refuse("not", NotSupported("not"));

  Condition condition;
  for (const YamlField& field : fields.TakeAll()) {
    CheckAttribute(field);
    AttributeTest test{.attribute = field.name, .any_of = {}};
    for (const YamlValue& item : field.value.OneOrMore()) {
      std::optional<std::string> text = ReadAttributeValue(item);
      if (text.has_value()) test.any_of.push_back(*std::move(text));
    }
    condition.push_back(std::move(test));
  }
  return condition;
}

template <typename T>
struct RuleOf {
  Condition when;
  T then;
};

// A list of rules, {when: CONDITION, THEN: value}, that ends in
// {otherwise: value}. `read` reads a value: YamlValue -> std::optional<T>.
template <typename T, typename Read>
std::vector<RuleOf<T>> ReadRules(const YamlValue& list, absl::string_view what,
                                 absl::string_view then, const Read& read) {
  std::vector<RuleOf<T>> rules;
  const std::vector<YamlValue> items = list.Items();
  for (size_t i = 0; i < items.size(); ++i) {
    const bool is_last = i + 1 == items.size();
    YamlMap fields = items[i].Map(absl::StrCat("a rule of '", what, "'"));
    if (!fields.present()) continue;

    Condition condition;
    YamlValue value = fields.Optional("otherwise");
    if (value.present()) {
      if (!is_last) {
        value.Error(
            "'otherwise' stands last; the rules after it would never "
            "be reached");
      }
      const absl::string_view apart =
          "'otherwise' stands alone in its rule, as {otherwise: ...}";
      fields.Refuse("when", apart);
      fields.Refuse(then, apart);
    } else {
      condition = ReadCondition(fields.Required("when"));
      value = fields.Required(then);
      if (is_last) {
        fields.Error(absl::StrCat("the last rule of '", what,
                                  "' must be {otherwise: ...}, which says what "
                                  "holds when no other rule does"));
      }
    }
    std::optional<T> result = read(value);
    fields.NothingElse();
    if (result.has_value()) {
      rules.push_back({std::move(condition), *std::move(result)});
    }
  }
  return rules;
}

// Calendars.

void ReadCalendars(const YamlValue& value, Policy* policy, Names* names) {
  policy->calendars.push_back(
      {std::string(kAlways), BusinessCalendar::Always()});
  names->Add(kAlways);

  const std::vector<YamlField> fields = value.Map("'calendars'").TakeAll();
  const bool too_many = fields.size() > kMostCalendars;
  if (too_many) {
    value.Error(absl::StrCat("'calendars' has ", fields.size(),
                             " entries; at most ", kMostCalendars,
                             " are allowed"));
  }
  for (const YamlField& field : fields) {
    names->Add(field.name);
    if (too_many) continue;
    ReadName(field.key);
    if (field.name == kAlways) {
      field.key.Error(
          "'always' is built in, and is open at every instant; choose another "
          "name");
    }
    const std::optional<BusinessCalendar> calendar = ReadCalendar(field.value);
    policy->calendars.push_back(
        {field.name, calendar.value_or(BusinessCalendar::Always())});
  }
}

std::optional<uint16_t> ReadCalendarName(const YamlValue& value,
                                         const Names& calendars) {
  const std::optional<std::string> name = value.Text();
  if (!name.has_value()) return std::nullopt;
  const std::optional<size_t> place = calendars.Find(*name);
  if (!place.has_value()) {
    value.Error(absl::StrCat("unknown calendar ", Quoted(*name),
                             DidYouMean(*name, calendars.All())));
    return std::nullopt;
  }
  return static_cast<uint16_t>(*place);
}

std::vector<CalendarRule> ReadCalendarFor(const YamlValue& value,
                                          const Names& calendars) {
  // Without calendars of its own a policy counts around the clock.
  if (!value.present()) return {CalendarRule{}};
  std::vector<CalendarRule> rules;
  for (RuleOf<uint16_t>& rule : ReadRules<uint16_t>(
           value, "calendar_for", "use", [&calendars](const YamlValue& name) {
             return ReadCalendarName(name, calendars);
           })) {
    rules.push_back({std::move(rule.when), rule.then});
  }
  return rules;
}

// Eligibility.

std::optional<EligibilityRule::Then> ReadThen(const YamlValue& value) {
  if (value.IsText() && value.Text() == "review") {
    value.Error(
        absl::StrCat(NotSupported("review"), "; write exclude or stop"));
    return std::nullopt;
  }
  return value.OneOf<EligibilityRule::Then>(
      "an outcome of eligibility",
      {{"exclude", EligibilityRule::Then::kExclude},
       {"stop", EligibilityRule::Then::kStop}});
}

std::vector<EligibilityRule> ReadEligible(const YamlValue& value) {
  std::vector<EligibilityRule> rules;
  if (!value.present()) return rules;
  for (const YamlValue& item : value.Items()) {
    YamlMap fields = item.Map("a rule of 'eligible'");
    fields.Refuse("otherwise",
                  "'eligible' has no 'otherwise'; a lead to which no rule "
                  "applies is eligible");
    EligibilityRule rule;
    rule.when = ReadCondition(fields.Required("when"));
    rule.then = ReadThen(fields.Required("then")).value_or(rule.then);
    rule.reason = ReadName(fields.Required("reason")).value_or("");
    fields.NothingElse();
    rules.push_back(std::move(rule));
  }
  return rules;
}

// Responses.

// One role or a list of them. `what` is said of a word that is none:
// "recipient".
std::vector<Role> ReadRoles(const YamlValue& value, absl::string_view what) {
  std::vector<Role> roles;
  for (const YamlValue& item : value.OneOrMore()) {
    if (item.IsMap()) {
      item.Error(
          "chains of recipients are not supported yet; write owner, "
          "backup or manager");
      continue;
    }
    const std::optional<std::string> word = item.Text();
    if (!word.has_value()) continue;
    const auto found = std::find(kRoles.begin(), kRoles.end(), *word);
    if (found == kRoles.end()) {
      const bool is_slip = Nearest(*word, kRoles).has_value();
      item.Error(is_slip ? absl::StrCat("unknown ", what, " ", Quoted(*word),
                                        DidYouMean(*word, kRoles))
                         : absl::StrCat("the ", what, " ", NotSupported(*word),
                                        "; write owner, backup or manager"));
      continue;
    }
    const Role role = static_cast<Role>(found - kRoles.begin());
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) {
      item.Error(absl::StrCat(Quoted(*word), " is written twice"));
      continue;
    }
    roles.push_back(role);
  }
  return roles;
}

std::vector<std::string> ReadChannels(const YamlValue& value) {
  std::vector<std::string> channels;
  for (const YamlValue& item : value.OneOrMore(kMostChannels)) {
    std::optional<std::string> channel = item.Text();
    if (!channel.has_value()) continue;
    if (channel->empty()) {
      item.Error("a channel has no name; write one such as phone or email");
    } else if (*channel == "another") {
      item.Error(absl::StrCat("the channel ", NotSupported(*channel),
                              "; name the channels"));
    } else {
      channels.push_back(*std::move(channel));
    }
  }
  return channels;
}

// The tests in `value`, a map named `what`.
TouchTest ReadTouchTest(const YamlValue& value, absl::string_view what) {
  YamlMap fields = value.Map(what);
  TouchTest test;
  test.direction = fields.Optional("direction")
                       .OneOf<Direction>("a direction",
                                         {{"outbound", Direction::kOutbound},
                                          {"inbound", Direction::kInbound},
                                          {"internal", Direction::kInternal}});
  test.actor_kind = fields.Optional("actor").OneOf<ActorKind>(
      "an actor", {{"human", ActorKind::kHuman},
                   {"automation", ActorKind::kAutomation},
                   {"autoresponder", ActorKind::kAutoresponder},
                   {"import", ActorKind::kImport}});
  test.by = ReadRoles(fields.Optional("by"), "role");
  test.meaningful = fields.Optional("meaningful").Boolean();
  test.personalized = fields.Optional("personalized").Boolean();
  test.reply_path = fields.Optional("reply_path").Boolean();
  test.channels = ReadChannels(fields.Optional("channel"));
  fields.NothingElse();
  if (fields.present() && fields.empty()) {
    value.Error(absl::StrCat(what,
                             " without a test would count every touch, "
                             "automatic ones as well; write what it "
                             "asks for"));
  }
  return test;
}

void ReadResponses(const YamlValue& value, Glossary* glossary) {
  for (const YamlField& field : value.Map("'responses'").TakeAll()) {
    ReadName(field.key);
    if (field.name == kLeadCreated || field.name == kAssigned) {
      field.key.Error(absl::StrCat(Quoted(field.name),
                                   " is an event already; choose another "
                                   "name for the response"));
    }
    glossary->responses.Add(field.name);
    glossary->touches.push_back(ReadTouchTest(field.value, "a response"));
  }
}

// Triggers.

// Holds where both hold; false if that is never.
template <typename T>
bool Narrow(std::optional<T>* test, const std::optional<T>& further) {
  if (!further.has_value()) return true;
  const bool possible = !test->has_value() || *test == further;
  *test = further;
  return possible;
}

template <typename T>
bool Narrow(std::vector<T>* any_of, const std::vector<T>& further) {
  if (further.empty()) return true;
  if (any_of->empty()) {
    *any_of = further;
    return true;
  }
  std::erase_if(*any_of, [&further](const T& value) {
    return std::find(further.begin(), further.end(), value) == further.end();
  });
  return !any_of->empty();
}

bool NarrowTouch(TouchTest* test, const TouchTest& further) {
  return Narrow(&test->direction, further.direction) &&
         Narrow(&test->actor_kind, further.actor_kind) &&
         Narrow(&test->by, further.by) &&
         Narrow(&test->meaningful, further.meaningful) &&
         Narrow(&test->personalized, further.personalized) &&
         Narrow(&test->reply_path, further.reply_path) &&
         Narrow(&test->channels, further.channels);
}

// {RESPONSE: {TESTS}}: the response, where further tests hold as well.
std::optional<Trigger> ReadNarrowedResponse(const YamlValue& value,
                                            const Glossary& glossary) {
  const std::vector<YamlField> fields = value.Map("a trigger").TakeAll();
  if (fields.size() != 1) {
    value.Error(
        "a trigger with further tests is a map with one entry, such as "
        "{owned_touch: {channel: phone}}");
    return std::nullopt;
  }
  const YamlField& field = fields.front();
  const TouchTest further = ReadTouchTest(field.value, "a trigger");
  const std::optional<size_t> response = glossary.responses.Find(field.name);
  if (!response.has_value()) {
    field.key.Error(absl::StrCat(
        "only a response can have further tests, and none is named ",
        Quoted(field.name), DidYouMean(field.name, glossary.responses.All())));
    return std::nullopt;
  }
  Trigger trigger{.kind = Trigger::Kind::kTouch,
                  .touch = glossary.touches[*response],
                  .clock = 0};
  if (!NarrowTouch(&trigger.touch, further)) {
    field.value.Error(
        absl::StrCat("no touch can pass these tests and those "
                     "of ",
                     Quoted(field.name), " as well"));
    return std::nullopt;
  }
  return trigger;
}

// CLOCK.answered and CLOCK.missed.
std::optional<Trigger> ReadClockTrigger(const YamlValue& value,
                                        absl::string_view text,
                                        size_t own_place, const Names& clocks) {
  const absl::string_view clock = text.substr(0, text.rfind('.'));
  const std::string answered = absl::StrCat(clock, ".answered");
  const std::string missed = absl::StrCat(clock, ".missed");
  const std::optional<size_t> place = clocks.Find(clock);
  if (!place.has_value()) {
    value.Error(absl::StrCat("unknown clock ", Quoted(clock),
                             DidYouMean(clock, clocks.All())));
    return std::nullopt;
  }
  if (text != answered && text != missed) {
    value.Error(absl::StrCat("unknown trigger ", Quoted(text),
                             DidYouMean(text, {answered, missed})));
    return std::nullopt;
  }
  if (*place == own_place) {
    value.Error(
        absl::StrCat("the clock ", Quoted(clock), " cannot wait for itself"));
    return std::nullopt;
  }
  Trigger trigger;
  trigger.kind = text == answered ? Trigger::Kind::kClockAnswered
                                  : Trigger::Kind::kClockMissed;
  trigger.clock = static_cast<uint16_t>(*place);
  return trigger;
}

std::optional<Trigger> ReadTrigger(const YamlValue& value, size_t own_place,
                                   const Glossary& glossary) {
  if (value.IsMap()) return ReadNarrowedResponse(value, glossary);
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;

  Trigger trigger;
  if (*text == kLeadCreated) return trigger;
  if (*text == kAssigned) {
    trigger.kind = Trigger::Kind::kAssigned;
    return trigger;
  }
  if (absl::StrContains(*text, '.')) {
    return ReadClockTrigger(value, *text, own_place, glossary.clocks);
  }
  if (const auto response = glossary.responses.Find(*text)) {
    trigger.kind = Trigger::Kind::kTouch;
    trigger.touch = glossary.touches[*response];
    return trigger;
  }
  if (glossary.clocks.Find(*text).has_value()) {
    value.Error(absl::StrCat(Quoted(*text), " is a clock; write ", *text,
                             ".answered or ", *text, ".missed"));
    return std::nullopt;
  }
  std::vector<absl::string_view> known = glossary.responses.All();
  known.insert(known.begin(), {kLeadCreated, kAssigned});
  value.Error(absl::StrCat("unknown trigger ", Quoted(*text),
                           DidYouMean(*text, known)));
  return std::nullopt;
}

std::vector<Trigger> ReadTriggers(const YamlValue& value, size_t own_place,
                                  const Glossary& glossary) {
  std::vector<Trigger> triggers;
  for (const YamlValue& item : value.OneOrMore(kMostTriggers)) {
    std::optional<Trigger> trigger = ReadTrigger(item, own_place, glossary);
    if (trigger.has_value()) triggers.push_back(*std::move(trigger));
  }
  return triggers;
}

std::vector<Trigger> ReadStops(const YamlValue& value, size_t own_place,
                               const Glossary& glossary) {
  std::vector<Trigger> stops = ReadTriggers(value, own_place, glossary);
  for (const Trigger& stop : stops) {
    if (stop.kind == Trigger::Kind::kClockMissed) {
      value.Error(
          "a clock stops on what people do, and a missed clock is not that; "
          "write CLOCK.answered, a response or assigned");
    }
  }
  return stops;
}

// Targets.

std::optional<absl::Duration> ReadTarget(const YamlValue& value) {
  if (value.IsText() && absl::StrContains(*value.Text(), "business day")) {
    value.Error(absl::StrCat("the target in business days, ",
                             NotSupported(*value.Text()), "; write hours"));
    return std::nullopt;
  }
  return ReadDuration(value);
}

std::vector<ClockRule::TargetRule> ReadTargets(const YamlValue& value) {
  std::vector<ClockRule::TargetRule> targets;
  if (!value.IsList()) {
    const std::optional<absl::Duration> target = ReadTarget(value);
    if (target.has_value()) targets.push_back({{}, *target});
    return targets;
  }
  for (RuleOf<absl::Duration>& rule :
       ReadRules<absl::Duration>(value, "target", "is", ReadTarget)) {
    targets.push_back({std::move(rule.when), rule.then});
  }
  return targets;
}

// Ladders.

std::optional<int> Percent(absl::string_view text) {
  int percent = 0;
  if (!absl::ConsumeSuffix(&text, "%") || !absl::SimpleAtoi(text, &percent) ||
      percent < 1 || percent > 100) {
    return std::nullopt;
  }
  return percent;
}

// "due", "due + 5m", "due - 5m", with `text` after the word.
absl::StatusOr<Mark> MarkFromDue(absl::string_view after_due) {
  Mark mark;
  mark.from = Mark::From::kAfterDue;
  after_due = absl::StripAsciiWhitespace(after_due);
  if (after_due.empty()) return mark;

  const bool is_before = absl::ConsumePrefix(&after_due, "-");
  if (!is_before && !absl::ConsumePrefix(&after_due, "+")) {
    return absl::InvalidArgumentError(
        absl::StrCat("'due' is followed by '+' or '-', not ", Quoted(after_due),
                     "; write due, due + 5m or due - 5m"));
  }
  const absl::StatusOr<absl::Duration> length =
      ParseDuration(absl::StripLeadingAsciiWhitespace(after_due));
  if (!length.ok()) return length.status();
  mark.length = *length;
  // "due - 0m" is due, and not before it.
  if (is_before && mark.length > absl::ZeroDuration()) {
    mark.from = Mark::From::kBeforeDue;
  }
  return mark;
}

absl::StatusOr<Mark> ParseMark(absl::string_view text) {
  if (absl::StrContains(text, "wall")) {
    return absl::InvalidArgumentError(
        absl::StrCat("the mark ", NotSupported(text),
                     ": marks count business time, not 'wall' time"));
  }
  if (absl::ConsumePrefix(&text, "due")) return MarkFromDue(text);
  if (absl::EndsWith(text, "%")) {
    const std::optional<int> percent = Percent(text);
    if (percent.has_value()) {
      return Mark{Mark::From::kShare, absl::ZeroDuration(), *percent};
    }
    return absl::InvalidArgumentError(absl::StrCat(
        Quoted(text),
        " is not a share of the target; write a whole number from 1% to 100%, "
        "or due + 5m for what comes after"));
  }
  const absl::StatusOr<absl::Duration> length = ParseDuration(text);
  if (!length.ok()) return length.status();
  return Mark{Mark::From::kStart, *length, 0};
}

std::optional<Mark> ReadMark(const YamlValue& value) {
  if (value.IsMap()) {
    value.Error(
        "marks with 'wall' are not supported yet; write 10m, due, "
        "due + 5m, due - 5m or 50%");
    return std::nullopt;
  }
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  const absl::StatusOr<Mark> mark = ParseMark(*text);
  if (mark.ok()) return *mark;
  value.Error(mark.status().message());
  return std::nullopt;
}

absl::string_view ActionName(RungAction action) {
  switch (action) {
    case RungAction::kRemind:
      return "remind";
    case RungAction::kBreach:
      return "breach";
    case RungAction::kEscalate:
      return "escalate";
    case RungAction::kReassign:
      return "reassign";
  }
  return "";
}

std::optional<RungAction> ReadAction(const YamlValue& value) {
  for (const absl::string_view planned :
       {"review", "warn", "set_priority", "acknowledge",
        "request_alternate_owner"}) {
    if (value.IsText() && *value.Text() == planned) {
      value.Error(absl::StrCat("the action ", NotSupported(planned),
                               "; write remind, breach, escalate or reassign"));
      return std::nullopt;
    }
  }
  return value.OneOf<RungAction>("an action",
                                 {{"remind", RungAction::kRemind},
                                  {"breach", RungAction::kBreach},
                                  {"escalate", RungAction::kEscalate},
                                  {"reassign", RungAction::kReassign}});
}

// Recipients that fall through to one another.
void RefuseFallbacks(YamlMap* fields) {
  for (const absl::string_view field : {"recipients", "fallback"}) {
    fields->Refuse(field, NotSupported(field));
  }
}

// The rung; without a name, if the file gives it none. Nothing if it is not
// understood what it does.
std::optional<Rung> ReadRung(const YamlValue& value) {
  YamlMap fields = value.Map("a rung");
  Rung rung;
  rung.mark = ReadMark(fields.Required("at")).value_or(Mark{});
  const std::optional<RungAction> action = ReadAction(fields.Required("do"));
  const YamlValue to = fields.Required("to");
  rung.to = ReadRoles(to, "recipient");
  rung.name = ReadName(fields.Optional("name")).value_or("");
  const YamlValue when = fields.Optional("when");
  if (when.present()) rung.when = ReadCondition(when);
  RefuseFallbacks(&fields);
  fields.NothingElse();
  if (!action.has_value()) return std::nullopt;

  rung.action = *action;
  if (rung.action == RungAction::kReassign && rung.to.size() > 1) {
    to.Error("a lead is reassigned to one person; write one recipient");
  }
  return rung;
}

std::vector<Rung> ReadLadder(const YamlValue& value) {
  std::vector<Rung> ladder;
  if (!value.present()) return ladder;

  absl::flat_hash_map<RungAction, int> ordinals;
  std::set<std::string> names;
  for (const YamlValue& item : value.Items(kMostRungs)) {
    std::optional<Rung> rung = ReadRung(item);
    if (!rung.has_value()) continue;
    const int ordinal = ++ordinals[rung->action];
    if (rung->name.empty()) {
      rung->name = absl::StrCat(ActionName(rung->action), "_", ordinal);
    }
    if (!names.insert(rung->name).second) {
      item.Error(absl::StrCat("two rungs of one ladder are named ",
                              Quoted(rung->name),
                              "; choose another 'name' for one of them"));
    }
    ladder.push_back(*std::move(rung));
  }
  return ladder;
}

// Clocks.

std::vector<std::string> ReadStatuses(const YamlValue& value) {
  std::vector<std::string> statuses;
  for (const YamlValue& item : value.OneOrMore()) {
    std::optional<std::string> status = item.Text();
    if (status.has_value()) statuses.push_back(*std::move(status));
  }
  return statuses;
}

ClockRule ReadClock(const YamlValue& value, size_t place,
                    const Glossary& glossary) {
  YamlMap fields = value.Map("a clock");
  ClockRule clock;
  clock.name = ReadName(fields.Required("name")).value_or("");
  clock.starts = ReadTriggers(fields.Required("starts"), place, glossary);
  clock.stops = ReadStops(fields.Required("stops"), place, glossary);
  clock.pauses = ReadStatuses(fields.Optional("pauses"));
  clock.targets = ReadTargets(fields.Required("target"));
  const YamlValue calendar = fields.Optional("calendar");
  if (calendar.present()) {
    clock.calendar = ReadCalendarName(calendar, glossary.calendars);
  }
  clock.ladder = ReadLadder(fields.Optional("ladder"));
  fields.Refuse("open_clocks", NotSupported("open_clocks"));
  fields.NothingElse();
  return clock;
}

// The names of all clocks, which each of them may use.
Names ReadClockNames(const std::vector<YamlValue>& clocks) {
  Names names;
  for (const YamlValue& clock : clocks) {
    const YamlValue name = clock.Map("a clock").Optional("name");
    const std::string text = name.IsText() ? *name.Text() : "";
    if (!text.empty() && names.Find(text).has_value()) {
      name.Error(absl::StrCat("two clocks are named ", Quoted(text),
                              "; choose another name for one of them"));
    }
    names.Add(text);
  }
  return names;
}

// The clocks that lead from one to itself by their starts, or none.
class StartCircles {
 public:
  explicit StartCircles(const std::vector<ClockRule>& clocks)
      : clocks_(clocks), seen_(clocks.size(), Seen::kNot) {}

  // A circle that `clock` leads into and that was not found before, as
  // the places of its clocks, the first one again at the end; or nothing.
  std::vector<size_t> Find(size_t clock) {
    if (seen_[clock] == Seen::kDone) return {};
    if (seen_[clock] == Seen::kOnPath) {
      std::vector<size_t> circle(std::find(path_.begin(), path_.end(), clock),
                                 path_.end());
      circle.push_back(clock);
      return circle;
    }
    seen_[clock] = Seen::kOnPath;
    path_.push_back(clock);
    std::vector<size_t> circle;
    for (const Trigger& start : clocks_[clock].starts) {
      const bool is_clock = start.kind == Trigger::Kind::kClockAnswered ||
                            start.kind == Trigger::Kind::kClockMissed;
      if (is_clock && circle.empty()) circle = Find(start.clock);
    }
    path_.pop_back();
    seen_[clock] = Seen::kDone;
    return circle;
  }

 private:
  enum class Seen : uint8_t { kNot, kOnPath, kDone };
  const std::vector<ClockRule>& clocks_;
  std::vector<Seen> seen_;
  std::vector<size_t> path_;
};

void CheckStartCircles(const std::vector<YamlValue>& items,
                       const std::vector<ClockRule>& clocks) {
  StartCircles circles(clocks);
  for (size_t i = 0; i < clocks.size(); ++i) {
    const std::vector<size_t> circle = circles.Find(i);
    if (circle.empty()) continue;
    const std::string chain = absl::StrJoin(
        circle, " on ", [&clocks](std::string* out, size_t clock) {
          out->append(clocks[clock].name);
        });
    items[circle.front()].Map("a clock").Optional("starts").Error(
        absl::StrCat("clocks start each other in a circle: ", chain,
                     "; let one of them start on something else"));
  }
}

std::vector<ClockRule> ReadClocks(const YamlValue& value, Glossary* glossary) {
  const std::vector<YamlValue> items = value.Items(kMostClocks);
  glossary->clocks = ReadClockNames(items);
  std::vector<ClockRule> clocks;
  for (size_t i = 0; i < items.size(); ++i) {
    clocks.push_back(ReadClock(items[i], i, *glossary));
  }
  CheckStartCircles(items, clocks);
  return clocks;
}

// The policy.

std::optional<absl::Time> ReadInstant(const YamlValue& value) {
  const std::optional<std::string> text = value.Text();
  if (!text.has_value()) return std::nullopt;
  absl::Time instant;
  std::string error;
  // The library also reads "infinite-future" and the like.
  if (!absl::StartsWith(*text, "infinite") &&
      absl::ParseTime(absl::RFC3339_full, *text, &instant, &error)) {
    return instant;
  }
  value.Error(absl::StrCat(Quoted(*text),
                           " is not an instant; write date, time and zone, "
                           "such as 2026-03-01T00:00:00Z"));
  return std::nullopt;
}

// A policy that has calendars says of each clock which one it counts by: that
// it would silently count nights and holidays is nothing a reader expects.
void CheckCalendarFor(const YamlMap& top, const Policy& policy) {
  if (policy.calendars.size() == 1) return;
  for (const ClockRule& clock : policy.clocks) {
    if (clock.calendar.has_value()) continue;
    top.Error(absl::StrCat(
        "missing field 'calendar_for' in the policy; it "
        "says which calendar the clock ",
        Quoted(clock.name), " counts by, which names none itself"));
    return;
  }
}

Policy ReadPolicy(const YamlValue& root) {
  YamlMap top = root.Map("the policy");
  Policy policy;
  Glossary glossary;
  policy.version =
      top.Required("version").Integer(1, INT64_MAX).value_or(policy.version);
  policy.effective =
      ReadInstant(top.Optional("effective")).value_or(policy.effective);
  ReadCalendars(top.Optional("calendars"), &policy, &glossary.calendars);
  const YamlValue calendar_for = top.Optional("calendar_for");
  policy.calendar_for = ReadCalendarFor(calendar_for, glossary.calendars);
  policy.eligible = ReadEligible(top.Optional("eligible"));
  ReadResponses(top.Optional("responses"), &glossary);
  policy.clocks = ReadClocks(top.Required("clocks"), &glossary);
  if (!calendar_for.present()) CheckCalendarFor(top, policy);
  RefuseFallbacks(&top);
  for (const absl::string_view planned : {"extends", "open_clocks"}) {
    top.Refuse(planned, NotSupported(planned));
  }
  top.NothingElse();
  return policy;
}

// Abseil's packages may be built with a string_view of their own.
absl::string_view Abseil(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

std::string Sha256(absl::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int length = 0;
  // Fails only if the library has no SHA-256, which OpenSSL always has.
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(),
             nullptr);
  return absl::BytesToHexString(
      std::string(digest.begin(), digest.begin() + length));
}

}  // namespace

absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name) {
  const absl::StatusOr<YamlDocument> document =
      YamlDocument::Parse(Abseil(text), Abseil(file_name));
  if (!document.ok()) return document.status();

  Policy policy = ReadPolicy(document->root());
  policy.hash = Sha256(Abseil(text));
  // Only now has everything been read, and every error reported.
  if (absl::Status status = document->status(); !status.ok()) return status;
  return policy;
}

absl::StatusOr<Policy> LoadPolicy(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadYamlFile(path);
  if (!text.ok()) return text.status();
  return ParsePolicy(*text, path);
}

}  // namespace leadclock
