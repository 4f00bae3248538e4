#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "tests/reference/walk.h"

// What conditions and triggers ask.

namespace leadclock::reference {
namespace {

std::set<std::string> LinesOf(const std::string& text) {
  std::set<std::string> lines;
  size_t from = 0;
  while (true) {
    const size_t to = text.find('\n', from);
    lines.insert(text.substr(from, to - from));
    if (to == std::string::npos) return lines;
    from = to + 1;
  }
}

bool IsNoChannel(const std::string& name) {
  return name.empty() || name == "none";
}

const char* YesOrNo(bool is_so) { return is_so ? "yes" : "no"; }

const char* SomebodyOrNobody(const std::string& person) {
  return person.empty() ? "nobody" : "somebody";
}

// "2026-03-02", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00.250+01:00".
std::optional<Millis> ByRfc3339(const std::string& text) {
  int year = 0, month = 0, day = 0, length = 0;
  const char* rest = text.c_str();
  if (std::sscanf(rest, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 ||
      length != 10) {
    return std::nullopt;
  }
  const Millis midnight =
      DayOf(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) *
      kDay;
  rest += length;
  if (*rest == '\0') return midnight;

  int hour = 0, minute = 0, second = 0;
  if (std::sscanf(rest, "T%2d:%2d:%2d%n", &hour, &minute, &second, &length) !=
          3 ||
      length != 9) {
    return std::nullopt;
  }
  rest += length;
  int millis = 0;
  if (std::sscanf(rest, ".%3d%n", &millis, &length) == 1) rest += length;
  const Millis local =
      midnight + hour * kHour + minute * kMinute + second * 1000 + millis;
  if (*rest == 'Z' && rest[1] == '\0') return local;

  const Millis sign = *rest == '-' ? -1 : 1;
  int hours = 0, minutes = 0;
  if ((*rest != '+' && *rest != '-') ||
      std::sscanf(rest + 1, "%2d:%2d%n", &hours, &minutes, &length) != 2 ||
      rest[1 + length] != '\0') {
    return std::nullopt;
  }
  return local - sign * (hours * kHour + minutes * kMinute);
}

}  // namespace

std::optional<Millis> DateIn(const std::string& attribute,
                             const std::string& text) {
  static const std::set<std::string> dates = {"term_ends", "next_step",
                                              "meeting", "return"};
  if (attribute.starts_with("custom.")) return ByRfc3339(text);
  if (!dates.contains(attribute)) return std::nullopt;
  Millis at = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, at);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) {
    return std::nullopt;
  }
  return at;
}

// ---------------------------------------------------------------------------
// Conditions

bool Walk::Holds(const Condition& condition) const {
  return std::all_of(condition.begin(), condition.end(),
                     [&](const AttributeTest& test) { return Passes(test); });
}

bool Walk::Passes(const AttributeTest& test) const {
  if (!test.any.empty()) {
    return std::any_of(
        test.any.begin(), test.any.end(),
        [&](const Condition& condition) { return Holds(condition); });
  }
  const std::set<std::string> values = ValuesOf(test.attribute);
  const bool is_one = std::any_of(
      test.any_of.begin(), test.any_of.end(),
      [&](const std::string& value) { return values.contains(value); });
  const bool is_within = std::any_of(
      test.spans.begin(), test.spans.end(),
      [&](const NumberSpan& span) { return IsWithin(test.attribute, span); });
  return (is_one || is_within) != test.negated;
}

// The attribute is a number, and nothing else, of that span.
bool Walk::IsWithin(const std::string& attribute,
                    const NumberSpan& span) const {
  const std::string text = TextOf(attribute);
  if (text.empty()) return false;
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (*end != '\0') return false;
  return (number > span.from || (span.with_from && number == span.from)) &&
         (number < span.to || (span.with_to && number == span.to));
}

std::string Walk::TextOf(const std::string& attribute) const {
  if (attribute == "cycle") return std::to_string(life_.cycle);
  const auto found = attributes_.find(attribute);
  return found == attributes_.end() ? "" : found->second;
}

std::set<std::string> Walk::ValuesOf(const std::string& attribute) const {
  if (attribute == "flag") return flags_;
  if (attribute == "available_channel") return LinesOf(TextOf(attribute));
  // What the lead's story says.
  if (attribute == "broken_channel") return broken_channels_;
  if (attribute == "opted_out_channel") return opted_out_channels_;
  if (attribute == "date_ahead") return DatesAhead();
  if (attribute == "reachable") return {YesOrNo(IsReachable())};
  if (attribute == "owner") return {SomebodyOrNobody(people_.owner)};
  if (attribute == "backup") return {SomebodyOrNobody(people_.backup)};
  if (attribute == "manager") return {SomebodyOrNobody(people_.manager)};
  if (attribute == "owner_acted") return {YesOrNo(owner_acted_)};
  if (attribute == "autoresponder") return {YesOrNo(autoresponder_)};
  if (attribute == "open_clock") return OpenClocks();
  if (attribute == "missed_clock") return life_.missed_clocks;
  if (attribute == "escalated_clock") return life_.escalated_clocks;
  if (attribute == "outcome") return life_.outcomes;
  return {TextOf(attribute)};
}

bool Walk::IsReachable() const {
  std::set<std::string> closed = broken_channels_;
  closed.insert(opted_out_channels_.begin(), opted_out_channels_.end());
  std::erase_if(closed, IsNoChannel);
  if (closed.empty()) return true;
  const std::set<std::string> channels = LinesOf(TextOf("available_channel"));
  return std::any_of(
      channels.begin(), channels.end(), [&](const std::string& channel) {
        return !IsNoChannel(channel) && !closed.contains(channel);
      });
}

std::set<std::string> Walk::DatesAhead() const {
  std::set<std::string> ahead;
  for (const auto& [name, date] : dates_) {
    if (date.at > now_) ahead.insert(name);
  }
  return ahead;
}

std::set<std::string> Walk::OpenClocks() const {
  std::set<std::string> open;
  for (const Run& run : life_.runs) {
    if (run.is_open) open.insert(run.clock_name);
  }
  return open;
}

// The first rule that keeps clocks from running.
const EligibilityRule* Walk::DecidingRule(const Policy& policy) const {
  for (const EligibilityRule& rule : policy.eligible) {
    if (Holds(rule.when)) return &rule;
  }
  return nullptr;
}

// ---------------------------------------------------------------------------
// Triggers

bool Walk::Matches(const Trigger& trigger, const Occasion& occasion) const {
  // Only policies in force are asked about clocks here.
  const auto clock = [&] {
    return InForce().policy().clocks[trigger.clock].name;
  };
  switch (trigger.on) {
    case Trigger::On::kLeadCreated:
      return occasion.role == Role::kBirth;
    case Trigger::On::kReentered:
      return occasion.reentered;
    case Trigger::On::kAssigned:
      return IsAssignment(trigger.role, occasion);
    case Trigger::On::kTouch:
      return occasion.event.what == Event::What::kTouch &&
             Passes(occasion.event.touch, trigger.touch);
    case Trigger::On::kActivity:
      return MatchesActivity(trigger.activity, occasion.event);
    case Trigger::On::kFlagAdded:
      return std::any_of(trigger.flags.begin(), trigger.flags.end(),
                         [&](const std::string& flag) {
                           return occasion.flags_added.contains(flag);
                         });
    case Trigger::On::kAnswered:
      return IsIn(occasion.answered, clock());
    case Trigger::On::kStopped:
      return IsIn(occasion.stopped, clock());
    case Trigger::On::kMissed:
    case Trigger::On::kRung:
    case Trigger::On::kDate:
      break;
  }
  return false;
}

// By which somebody is it who was not so before.
bool Walk::IsAssignment(const std::string& role,
                        const Occasion& occasion) const {
  if (occasion.role != Role::kAssignment) return false;
  const auto holder = [&](const People& people) {
    return role == "owner"    ? people.owner
           : role == "backup" ? people.backup
                              : people.manager;
  };
  return !holder(people_).empty() && holder(people_) != holder(people_before_);
}

bool Walk::MatchesActivity(const ActivityTest& test, const Event& event) const {
  if (event.what != Event::What::kActivity || event.activity != test.kind) {
    return false;
  }
  return std::all_of(test.fields.begin(), test.fields.end(),
                     [&](const auto& field) {
                       const auto said = event.fields.find(field.first);
                       const std::string value =
                           said == event.fields.end() ? "" : said->second;
                       return IsIn(field.second, value);
                     });
}

bool Walk::MatchesFor(const Run& run, const Trigger& trigger,
                      const Occasion& occasion) const {
  // Clocks are looked at apart.
  if (trigger.on == Trigger::On::kAnswered ||
      trigger.on == Trigger::On::kStopped) {
    return false;
  }
  if (trigger.on == Trigger::On::kActivity &&
      trigger.activity.kind == "task_done") {
    const auto task = occasion.event.fields.find("task");
    if (task == occasion.event.fields.end() || task->second != TaskIdOf(run)) {
      return false;
    }
  }
  return Matches(trigger, occasion);
}

bool Walk::Passes(const Touch& touch, const TouchTest& test) const {
  if (test.direction && *test.direction != touch.direction) return false;
  if (test.actor_kind && *test.actor_kind != touch.actor_kind) return false;
  if (!test.by.empty() && !IsBy(touch.actor, test.by)) return false;
  if (test.meaningful && test.meaningful != touch.meaningful) return false;
  if (test.personalized && test.personalized != touch.personalized) {
    return false;
  }
  if (test.reply_path && test.reply_path != touch.reply_path) return false;
  if (test.changes_terms && test.changes_terms != touch.changes_terms) {
    return false;
  }
  if (test.apology && test.apology != touch.apology) return false;
  return test.channels.empty() || IsIn(test.channels, touch.channel);
}

// Where no channel is known at the start, any counts.
bool Walk::IsOnRightChannel(const Trigger& stop, const std::string& channel,
                            const Run& run) {
  return !stop.touch.another_channel || run.channel == "" ||
         (channel != "" && channel != run.channel);
}

bool Walk::IsBy(const std::string& actor,
                const std::vector<std::string>& roles) const {
  if (actor.empty()) return false;
  return (IsIn<std::string>(roles, "owner") && actor == people_.owner) ||
         (IsIn<std::string>(roles, "backup") && actor == people_.backup) ||
         (IsIn<std::string>(roles, "manager") && actor == people_.manager);
}

}  // namespace leadclock::reference
