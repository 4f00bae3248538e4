#include "processor/policy/overrides.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "processor/policy/condition.h"
#include "processor/policy/layer_parts.h"
#include "processor/policy/parse_ladder.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_words.h"

namespace leadclock {
namespace {

// Far more than people write. A few lines of aliases could otherwise fill a
// large memory.
constexpr size_t kMostOverrides = 256;
constexpr size_t kMostTests = 100'000;

// What one override says of one clock.
struct ClockOverride {
  YamlValue when;
  Condition condition;  // the same
  YamlValue target;
  YamlValue calendar;
  YamlValue ladder;
};

using ByClock = std::map<std::string, std::vector<ClockOverride>>;

// ---- What is written

void ReadClockOverride(const YamlField& clock, const YamlValue& when,
                       const Condition& condition, ByClock* overrides) {
  YamlMap fields = clock.value.Map("a clock of an override");
  const YamlValue target = fields.Optional("target");
  const YamlValue calendar = fields.Optional("calendar");
  const YamlValue ladder = fields.Optional("ladder");
  fields.NothingElse();
  if (fields.present() && fields.empty()) {
    clock.value.Error(
        "this override changes nothing; write a target, a calendar or a "
        "ladder");
  }
  (*overrides)[clock.name].push_back(
      {when, condition, target, calendar, ladder});
}

void ReadOverride(const YamlValue& item, const Names& clocks,
                  ByClock* overrides) {
  YamlMap fields = item.Map("an override");
  const YamlValue when = fields.Required("when");
  const YamlValue changed = fields.Required("clocks");
  fields.NothingElse();
  const Condition condition = ReadCondition(when);
  // What cannot be read, or hold, has been reported.
  const bool may_hold = !condition.empty() && !when.IsWrong();

  const std::vector<YamlField> entries =
      changed.Map("the clocks of an override").TakeAll();
  if (changed.IsMap() && entries.empty()) {
    changed.Error("'clocks' is empty; write which clocks this changes");
  }
  for (const YamlField& clock : entries) {
    if (!clocks.Find(clock.name).has_value()) {
      clock.key.Error(absl::StrCat("unknown clock ", Quoted(clock.name),
                                   DidYouMean(clock.name, clocks.All())));
    } else if (may_hold) {
      ReadClockOverride(clock, when, condition, overrides);
    }
  }
}

ByClock ReadOverrides(const YamlValue& overrides,
                      const std::vector<YamlValue>& clocks) {
  Names names;
  for (const YamlValue& clock : clocks) names.Add(NameIn(clock));
  ByClock by_clock;
  for (const YamlValue& item : overrides.Items(kMostOverrides)) {
    ReadOverride(item, names, &by_clock);
  }
  return by_clock;
}

// ---- What becomes of it

class Writer {
 public:
  Writer(YamlDocument& document, const YamlValue& overrides)
      : document_(document), overrides_(overrides) {}

  YamlValue Clock(YamlValue clock, const std::vector<ClockOverride>& changes) {
    clock = WithRules(clock, "target", "is", &ClockOverride::target, changes);
    clock =
        WithRules(clock, "calendar", "use", &ClockOverride::calendar, changes);
    return WithLadder(clock, changes);
  }

 private:
  // Rules of targets and of calendars.

  YamlValue WithRules(const YamlValue& clock, absl::string_view field,
                      absl::string_view then, YamlValue ClockOverride::*value,
                      const std::vector<ClockOverride>& changes) {
    std::vector<YamlValue> rules;
    for (const ClockOverride& change : changes) {
      AddRules(change, change.*value, then, &rules);
    }
    if (rules.empty()) return clock;
    const YamlValue place = rules.front();
    const YamlValue own = clock.Field(field);
    if (own.present()) {
      for (const YamlValue& rule : RulesOf(document_, own)) {
        rules.push_back(rule);
      }
    }
    return With(document_, clock, field, document_.MakeList(place, rules));
  }

  void AddRules(const ClockOverride& change, const YamlValue& value,
                absl::string_view then, std::vector<YamlValue>* rules) {
    if (!value.present()) return;
    const absl::string_view what = then == "use" ? "calendar" : "target";
    if (IsMapForRules(value, what, then)) return;
    if (!value.IsList()) {
      rules->push_back(Rule(change.when, then, value, value));
      return;
    }
    for (const YamlValue& rule : value.Items()) {
      const std::vector<YamlField> fields = rule.Fields();
      const YamlField* otherwise = Find(fields, "otherwise");
      if (otherwise != nullptr && fields.size() == 1) {
        rules->push_back(Rule(change.when, then, otherwise->value, rule));
      } else {
        // What lacks a condition is for the reader to report.
        const bool is_rule = Find(fields, "when") != nullptr;
        rules->push_back(is_rule ? Narrowed(rule, change) : rule);
      }
    }
  }

  YamlValue Rule(const YamlValue& when, absl::string_view then,
                 const YamlValue& value, const YamlValue& place) {
    return document_.MakeMap(place, {document_.MakeField(place, "when", when),
                                     document_.MakeField(place, then, value)});
  }

  // Ladders.

  YamlValue WithLadder(const YamlValue& clock,
                       const std::vector<ClockOverride>& changes) {
    const YamlValue own = clock.Field("ladder");
    const std::vector<ClockOverride> ladders = Ladders(changes);
    if (ladders.empty() || (own.present() && !own.IsList()) ||
        TooManyRungs(own, ladders)) {
      return clock;
    }
    // All of them have names before some fall away.
    std::vector<YamlValue> all = own.OneOrMore();
    std::vector<size_t> whose(all.size(), ladders.size());
    for (size_t i = 0; i < ladders.size(); ++i) {
      for (const YamlValue& rung : ladders[i].ladder.Items()) {
        all.push_back(rung);
        whose.push_back(i);
      }
    }
    all = Named(document_, all);

    std::vector<YamlValue> rungs;
    for (size_t i = 0; i < all.size(); ++i) {
      const bool is_own = whose[i] == ladders.size();
      AddOutside(is_own ? all[i] : Narrowed(all[i], ladders[whose[i]]), ladders,
                 whose[i], &rungs);
    }
    return With(document_, clock, "ladder",
                document_.MakeList(ladders.front().ladder, rungs));
  }

  // The changes that give another ladder; those that are never used, or are
  // none, are reported.
  static std::vector<ClockOverride> Ladders(
      const std::vector<ClockOverride>& changes) {
    std::vector<ClockOverride> ladders;
    for (const ClockOverride& change : changes) {
      if (!change.ladder.present() || change.ladder.Items().empty()) continue;
      // The first override that holds decides.
      const auto other = std::find_if(
          ladders.begin(), ladders.end(), [&](const ClockOverride& earlier) {
            return Implies(change.condition, earlier.condition);
          });
      if (other == ladders.end()) {
        ladders.push_back(change);
        continue;
      }
      change.ladder.Error(absl::StrCat(
          "this ladder is never used: the override in ", other->when.Place(),
          ", holds wherever this one does; put this one first, or take it "
          "out"));
    }
    return ladders;
  }

  // True and reported, if they are more than a ladder has.
  static bool TooManyRungs(const YamlValue& own,
                           const std::vector<ClockOverride>& changes) {
    size_t count = own.present() ? own.Items().size() : 0;
    for (const ClockOverride& change : changes) {
      count += change.ladder.Items().size();
    }
    if (count <= kMostRungs) return false;
    changes.back().ladder.Error(
        absl::StrCat("with the ladders of its overrides this clock has ", count,
                     " rungs; at most ", kMostRungs, " are allowed"));
    return true;
  }

  // Adds a rung that is not for leads to which one of the first `count` changes
  // gives another ladder.
  void AddOutside(YamlValue rung, const std::vector<ClockOverride>& changes,
                  size_t count, std::vector<YamlValue>* rungs) {
    Condition when = ReadCondition(rung.Field("when"));
    for (size_t i = 0; i < count; ++i) {
      const Condition& other = changes[i].condition;
      if (!when.empty() && Implies(when, other)) {
        return CheckMayFall(rung, changes[i]);
      }
      if (ExcludeEachOther(when, other)) continue;
      const std::optional<YamlValue> outside = Opposite(changes[i].when);
      if (!outside.has_value()) continue;
      const Condition further = ReadCondition(*outside);
      when.insert(when.end(), further.begin(), further.end());
      if (ContradictsItself(when)) return CheckMayFall(rung, changes[i]);
      rung = With(document_, rung, "when", Both(*outside, rung.Field("when")));
    }
    rungs->push_back(rung);
  }

  // A policy may cover what its base says, but not what it says itself.
  static void CheckMayFall(const YamlValue& rung, const ClockOverride& change) {
    if (rung.file() != change.when.file()) return;
    rung.Error(absl::StrCat("this rung can never fire: the override in ",
                            change.when.Place(),
                            ", gives the leads that it is for another ladder"));
  }

  // Conditions.

  // The rule, or rung, for the leads of the override only.
  YamlValue Narrowed(const YamlValue& rule, const ClockOverride& change) {
    if (!rule.IsMap()) return rule;
    return With(document_, rule, "when", Both(change.when, rule.Field("when")));
  }

  // A condition, and what is asked for beyond.
  YamlValue Both(const YamlValue& condition, const YamlValue& further) {
    if (!further.present() || tests_ > kMostTests) return condition;
    // What is no condition is for the reader to report.
    if (!further.IsMap()) return further;
    std::vector<YamlField> tests = Tests(condition);
    for (const YamlField& test : Tests(further)) tests.push_back(test);
    Count(tests.size());
    return document_.MakeMap(further, tests);
  }

  // What holds for all leads for which the condition does not; nothing, and
  // reported, if that is too much to be written out.
  std::optional<YamlValue> Opposite(const YamlValue& condition) {
    // One of these holds.
    std::vector<std::vector<YamlField>> ways;
    for (const YamlField& test : Tests(condition)) {
      if (test.name != "any") {
        ways.push_back({Opposite(test)});
        continue;
      }
      const auto none_of = NoneOf(test.value);
      ways.insert(ways.end(), none_of.begin(), none_of.end());
    }
    if (ways.size() > kMostAlternatives) {
      condition.Error(absl::StrCat(
          "what holds for all other leads is more than ", kMostAlternatives,
          " conditions, too many for the rungs of the clock; write fewer "
          "attributes, or the rungs into the clock, each with its own 'when'"));
      return std::nullopt;
    }
    for (const std::vector<YamlField>& way : ways) Count(way.size());
    if (ways.size() == 1) return document_.MakeMap(condition, ways.front());
    std::vector<YamlValue> any;
    for (const std::vector<YamlField>& way : ways) {
      any.push_back(document_.MakeMap(condition, way));
    }
    return document_.MakeMap(
        condition, {document_.MakeField(condition, "any",
                                        document_.MakeList(condition, any))});
  }

  // The ways in which each of several conditions fails by one of its tests; no
  // more than are too many.
  std::vector<std::vector<YamlField>> NoneOf(const YamlValue& conditions) {
    std::vector<std::vector<YamlField>> ways = {{}};
    for (const YamlValue& condition : conditions.Items()) {
      std::vector<std::vector<YamlField>> further;
      for (const std::vector<YamlField>& way : ways) {
        for (const YamlField& test : Tests(condition)) {
          if (further.size() > kMostAlternatives) return further;
          further.push_back(way);
          further.back().push_back(Opposite(test));
        }
      }
      ways = std::move(further);
    }
    return ways;
  }

  // With 'not' at the value, where it may stand for several attributes.
  std::vector<YamlField> Tests(const YamlValue& condition) {
    std::vector<YamlField> tests;
    for (const YamlField& test : condition.Fields()) {
      if (test.name != "not") {
        tests.push_back(test);
        continue;
      }
      for (const YamlField& inner : test.value.Fields()) {
        tests.push_back({inner.name, inner.key, Not(inner.value)});
      }
    }
    return tests;
  }

  YamlValue Not(const YamlValue& value) {
    return document_.MakeMap(value, {document_.MakeField(value, "not", value)});
  }

  YamlField Opposite(const YamlField& test) {
    const YamlValue negated = test.value.Field("not");
    return {test.name, test.key, negated.present() ? negated : Not(test.value)};
  }

  // Reports too many of them, after which no more are made.
  void Count(size_t tests) {
    tests_ += tests;
    if (tests_ <= kMostTests) return;
    overrides_.Error(
        absl::StrCat("the overrides stand for more than ", kMostTests,
                     " tests of conditions, written out; write fewer of them"));
  }

  YamlDocument& document_;
  const YamlValue overrides_;
  size_t tests_ = 0;
};

}  // namespace

std::vector<YamlField> WithOverrides(YamlDocument& document,
                                     const YamlValue& overrides,
                                     std::vector<YamlField> policy) {
  const YamlField* clocks = Find(policy, "clocks");
  if (!overrides.present() || clocks == nullptr || !clocks->value.IsList()) {
    return policy;
  }
  std::vector<YamlValue> items = clocks->value.Items();
  const ByClock by_clock = ReadOverrides(overrides, items);
  Writer writer(document, overrides);
  for (YamlValue& clock : items) {
    const auto changes = by_clock.find(NameIn(clock));
    if (changes != by_clock.end()) clock = writer.Clock(clock, changes->second);
  }
  const YamlField changed{clocks->name, clocks->key,
                          document.MakeList(clocks->value, items)};
  policy[static_cast<size_t>(clocks - policy.data())] = changed;
  return policy;
}

}  // namespace leadclock
