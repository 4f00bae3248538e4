#include "processor/policy/layers.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "processor/policy/default_policy.h"
#include "processor/policy/layer_parts.h"
#include "processor/policy/overrides.h"
#include "processor/policy/parse_words.h"

namespace leadclock {
namespace {

using Fields = std::vector<YamlField>;

constexpr absl::string_view kDefault = "default";
constexpr absl::string_view kDefaultName = "default (built in)";

// Far more than people can follow.
constexpr size_t kMostLayers = 8;

// ---- What stands over what

// What becomes of a field that both a policy and its base have; nothing, if it
// is left out.
using BothHave = std::function<std::optional<YamlValue>(const YamlField& own,
                                                        const YamlValue& base)>;

// FIELD: {remove: true}
bool IsTakenOut(const YamlValue& value) {
  if (!value.IsMap()) return false;
  const Fields fields = value.Fields();
  return fields.size() == 1 && fields[0].name == "remove" &&
         TextIn(value, "remove") == "true";
}

// The base's fields with those of the policy over them.
Fields FieldsOver(const Fields& own, const Fields& base,
                  const BothHave& both_have) {
  Fields merged;
  for (const YamlField& field : base) {
    const YamlField* over = Find(own, field.name);
    if (over == nullptr) {
      merged.push_back(field);
    } else if (IsTakenOut(over->value)) {
      continue;
    } else if (const auto value = both_have(*over, field.value)) {
      merged.push_back({over->name, over->key, *value});
    }
  }
  for (const YamlField& field : own) {
    if (Find(base, field.name) != nullptr) continue;
    if (IsTakenOut(field.value)) {
      field.key.Error(absl::StrCat("the base has no ", Quoted(field.name),
                                   " to take out here"));
    } else {
      merged.push_back(field);
    }
  }
  return merged;
}

class Over {
 public:
  Over(YamlDocument& document, TakenOut& taken_out)
      : document_(document), taken_out_(taken_out) {}

  // Of a policy.
  Fields Policy(const Fields& own, Fields base) {
    // These are of one policy only. But a base that says them wrongly is
    // wrong.
    const auto take = [&base](absl::string_view name, const auto& read) {
      const YamlField* field = Find(base, name);
      if (field != nullptr) read(field->value);
      base = Without(std::move(base), name);
    };
    take("version", ReadVersion);
    take("effective", ReadInstant);
    take("open_clocks", ReadOpenClocks);
    return FieldsOver(
        own, base,
        [&](const YamlField& field,
            const YamlValue& below) -> std::optional<YamlValue> {
          if (field.name == "clocks") return Clocks(field.value, below);
          if (field.name == "reviews" || field.name == "outcomes") {
            return Named(field.name, field.value, below);
          }
          if (field.name == "eligible") return Eligible(field.value, below);
          if (field.name == "calendar_for") return Rules(field.value, below);
          if (field.value.IsMap() && below.IsMap()) {
            return Entries(field.value, below);
          }
          return field.value;
        });
  }

 private:
  // What is the policy's takes the place of what is called the same.
  YamlValue Entries(const YamlValue& own, const YamlValue& base) {
    return document_.MakeMap(
        own, FieldsOver(own.Fields(), base.Fields(),
                        [](const YamlField& entry, const YamlValue&) {
                          return entry.value;
                        }));
  }

  YamlValue Clocks(const YamlValue& own, const YamlValue& base) {
    if (!own.IsList() || !base.IsList()) return own;
    return document_.MakeList(
        own, ByName({"clock",
                     "a clock",
                     "name",
                     {"starts", "stops", "target"},
                     &taken_out_.clocks},
                    own.Items(), base.Items(),
                    [&](const YamlValue& clock, const YamlValue& below) {
                      return Clock(clock, below);
                    }));
  }

  // Reviews by their reasons, outcomes by their names. Nothing, if none is
  // left.
  std::optional<YamlValue> Named(absl::string_view field, const YamlValue& own,
                                 const YamlValue& base) {
    if (!own.IsList() || !base.IsList()) return own;
    const bool is_review = field == "reviews";
    const Thing thing =
        is_review ? Thing{"review", "a rule of 'reviews'", "reason", {"when"}}
                  : Thing{"outcome",
                          "an outcome",
                          "name",
                          {"on"},
                          &taken_out_.outcomes};
    const std::vector<YamlValue> items =
        ByName(thing, own.Items(), base.Items(),
               [&](const YamlValue& item, const YamlValue& below) {
                 return Entries(item, below);
               });
    if (items.empty()) return std::nullopt;
    return document_.MakeList(own, items);
  }

  YamlValue Clock(const YamlValue& own, const YamlValue& base) {
    const Fields merged =
        FieldsOver(own.Fields(), base.Fields(),
                   [&](const YamlField& field,
                       const YamlValue& below) -> std::optional<YamlValue> {
                     if (field.name == "ladder")
                       return Ladder(NameIn(own), field.value, below);
                     if (field.name == "target" || field.name == "calendar") {
                       return Rules(field.value, below);
                     }
                     return field.value;
                   });
    return document_.MakeMap(own, merged);
  }

  // The policy's rules before those of its base; one that always holds leaves
  // these without a say.
  YamlValue Rules(const YamlValue& own, const YamlValue& base) {
    if (!own.IsList()) return own;
    std::vector<YamlValue> rules = own.Items();
    if (std::any_of(rules.begin(), rules.end(), [](const YamlValue& rule) {
          return rule.Field("otherwise").present();
        })) {
      return own;
    }
    for (const YamlValue& rule : RulesOf(document_, base)) {
      rules.push_back(rule);
    }
    return document_.MakeList(own, rules);
  }

  // The policy's rules before those of its base, less those of reasons that it
  // takes out. Nothing, if none is left.
  std::optional<YamlValue> Eligible(const YamlValue& own,
                                    const YamlValue& base) {
    if (!own.IsList() || !base.IsList()) return own;
    const Thing thing = {
        "rule of 'eligible'", "a rule of 'eligible'", "reason", {}};
    const std::vector<YamlValue> below = base.Items();
    std::vector<YamlValue> rules;
    std::set<std::string> taken_out;
    for (const YamlValue& rule : own.Items()) {
      if (!IsRemoval(thing, rule)) {
        rules.push_back(rule);
        continue;
      }
      const std::string reason = TextIn(rule, "reason");
      if (std::none_of(below.begin(), below.end(), [&](const YamlValue& other) {
            return TextIn(other, "reason") == reason;
          })) {
        ReportNothingToRemove(thing, rule, below);
      }
      taken_out.insert(reason);
    }
    for (const YamlValue& rule : below) {
      if (!taken_out.contains(TextIn(rule, "reason"))) rules.push_back(rule);
    }
    if (rules.empty()) return std::nullopt;
    return document_.MakeList(own, rules);
  }

  // A ladder whose rungs have names changes that of the base by these; another
  // one takes its place.
  std::optional<YamlValue> Ladder(const std::string& clock,
                                  const YamlValue& own, const YamlValue& base) {
    if (!own.IsList() || !base.IsList()) return own;
    const std::vector<YamlValue> rungs = own.Items();
    const auto has_name = [](const YamlValue& rung) {
      return !rung.IsMap() || rung.Field("name").present();
    };
    if (std::none_of(rungs.begin(), rungs.end(), has_name)) return own;
    for (const YamlValue& rung : rungs) {
      if (has_name(rung)) continue;
      rung.Error(
          "other rungs of this ladder have a name, and this one has none; name "
          "all of them to change the base's ladder by names, or none to write "
          "another ladder");
    }
    const std::vector<YamlValue> changed =
        ByName({"rung",
                "a rung",
                "name",
                {"at", "do"},
                &taken_out_.rungs,
                absl::StrCat(clock, ".")},
               rungs, leadclock::Named(document_, base.Items()),
               [&](const YamlValue& rung, const YamlValue& below) {
                 return Entries(rung, below);
               });
    if (changed.empty()) return std::nullopt;
    return document_.MakeList(own, changed);
  }

  // What a list has items of.
  struct Thing {
    absl::string_view word;                 // "clock"
    absl::string_view map;                  // "a clock"
    absl::string_view key;                  // the field that names it
    std::vector<absl::string_view> needed;  // what a new one has as well
    // Where to note what is taken out, under its name with this before it.
    std::map<std::string, std::string>* taken_out = nullptr;
    std::string of = "";
  };

  // The base's items, of which `own` changes some and takes some out, and then
  // what is new, which has the fields that it needs.
  std::vector<YamlValue> ByName(
      const Thing& thing, const std::vector<YamlValue>& own,
      const std::vector<YamlValue>& base,
      const std::function<YamlValue(const YamlValue&, const YamlValue&)>&
          over) {
    std::map<std::string, size_t> places;
    for (size_t i = 0; i < base.size(); ++i)
      places.emplace(TextIn(base[i], thing.key), i);
    std::vector<std::optional<YamlValue>> items(base.begin(), base.end());
    std::vector<YamlValue> added;
    std::set<size_t> changed;
    for (const YamlValue& item : own) {
      const auto found = places.find(TextIn(item, thing.key));
      const bool is_removal = IsRemoval(thing, item);
      // What has no name, or has been changed already, is for the reader to
      // report.
      if (found != places.end() && !found->first.empty() &&
          changed.insert(found->second).second) {
        const YamlValue& below = base[found->second];
        items[found->second] =
            is_removal ? std::nullopt : std::optional(over(item, below));
        if (is_removal && thing.taken_out != nullptr) {
          thing.taken_out->emplace(absl::StrCat(thing.of, found->first),
                                   item.FileAndLine());
        }
      } else if (is_removal) {
        ReportNothingToRemove(thing, item, base);
      } else if (found == places.end() && IsChange(thing, item)) {
        ReportNothingToChange(thing, item, base);
      } else {
        added.push_back(item);
      }
    }
    std::vector<YamlValue> all;
    for (const std::optional<YamlValue>& item : items) {
      if (item.has_value()) all.push_back(*item);
    }
    all.insert(all.end(), added.begin(), added.end());
    return all;
  }

  // {name: NAME, remove: true}
  static bool IsRemoval(const Thing& thing, const YamlValue& item) {
    if (!item.IsMap()) return false;
    YamlMap fields = item.Map(thing.map);
    const YamlValue remove = fields.Optional("remove");
    if (!remove.present()) return false;
    if (remove.Boolean() == false) {
      remove.Error("'remove' is true where it is written; leave it out");
    }
    for (const YamlField& other : Without(fields.TakeAll(), thing.key)) {
      const bool is_outcome = thing.word == "outcome";
      other.key.Error(absl::StrCat(
          is_outcome ? "an " : "a ", thing.word, " that is taken out has a ",
          thing.key, " and nothing else; leave ", Quoted(other.name), " out"));
    }
    return true;
  }

  // Whether it leaves out what something new would have to say.
  static bool IsChange(const Thing& thing, const YamlValue& item) {
    return !TextIn(item, thing.key).empty() &&
           std::any_of(thing.needed.begin(), thing.needed.end(),
                       [&](absl::string_view field) {
                         // Enough attempts stop a clock as well.
                         const bool is_other = field == "stops" &&
                                               item.Field("attempts").present();
                         return !is_other && !item.Field(field).present();
                       });
  }

  static void ReportNothingToRemove(const Thing& thing, const YamlValue& item,
                                    const std::vector<YamlValue>& base) {
    const std::string name = TextIn(item, thing.key);
    item.Error(absl::StrCat("the base has no ", thing.word, " ", Quoted(name),
                            " to take out", MeantNameIn(thing, base, name)));
  }

  static void ReportNothingToChange(const Thing& thing, const YamlValue& item,
                                    const std::vector<YamlValue>& base) {
    const std::string name = TextIn(item, thing.key);
    item.Error(absl::StrCat("the base has no ", thing.word, " ", Quoted(name),
                            " to change", MeantNameIn(thing, base, name),
                            " (a new one has ",
                            absl::StrJoin(thing.needed, ", "), " as well)"));
  }

  static std::string MeantNameIn(const Thing& thing,
                                 const std::vector<YamlValue>& base,
                                 const std::string& name) {
    std::vector<std::string> names;
    for (const YamlValue& other : base)
      names.push_back(TextIn(other, thing.key));
    return DidYouMean(
        name, std::vector<absl::string_view>(names.begin(), names.end()));
  }

  YamlDocument& document_;
  TakenOut& taken_out_;
};

// ---- What stands over a base that cannot be read

// A policy less what it takes out of its base: what it says itself.
class Alone {
 public:
  explicit Alone(YamlDocument& document) : document_(document) {}

  Fields Policy(const Fields& own) {
    Fields kept;
    for (YamlField& field : Kept(own)) {
      const bool had_entries = HasEntries(field.value);
      field.value = Part(field);
      // A part that only took out is left out; one that is empty is wrong.
      if (!had_entries || HasEntries(field.value)) kept.push_back(field);
    }
    return kept;
  }

 private:
  static bool HasEntries(const YamlValue& value) {
    return value.IsMap() ? !value.Fields().empty()
                         : value.IsList() && !value.IsEmptyList();
  }

  YamlValue Part(const YamlField& field) {
    const bool is_list = field.value.IsList();
    if (is_list && field.name == "clocks") return Clocks(field.value);
    if (is_list && field.name == "eligible") return Rules(field.value);
    return Map(field.value);
  }

  static Fields Kept(Fields fields) {
    std::erase_if(
        fields, [](const YamlField& field) { return IsTakenOut(field.value); });
    return fields;
  }

  YamlValue Map(const YamlValue& map) {
    return map.IsMap() ? document_.MakeMap(map, Kept(map.Fields())) : map;
  }

  YamlValue Clocks(const YamlValue& list) {
    std::vector<YamlValue> clocks;
    for (const YamlValue& item : list.Items()) {
      const YamlValue clock = Map(item);
      const YamlValue ladder = clock.Field("ladder");
      clocks.push_back(ladder.IsList()
                           ? With(document_, clock, "ladder", Ladder(ladder))
                           : clock);
    }
    return document_.MakeList(list, clocks);
  }

  YamlValue Ladder(const YamlValue& list) {
    std::vector<YamlValue> rungs;
    for (const YamlValue& rung : list.Items()) rungs.push_back(Map(rung));
    return document_.MakeList(list, rungs);
  }

  YamlValue Rules(const YamlValue& list) {
    std::vector<YamlValue> rules = list.Items();
    std::erase_if(rules, [](const YamlValue& rule) {
      return rule.Field("remove").present();
    });
    return document_.MakeList(list, rules);
  }

  YamlDocument& document_;
};

// ---- Who extends whom

class Layers {
 public:
  Layers(YamlDocument& document, absl::string_view file_name,
         PolicyFiles& files)
      : document_(document),
        own_path_(std::string(file_name)),
        files_(files),
        chain_{own_path_.filename().generic_string()} {}

  // The policy that a file says, with what it extends beneath it.
  Fields PutTogether(const YamlValue& policy) {
    YamlMap map = policy.Map("the policy");
    const YamlValue extends = map.Optional("extends");
    const YamlValue overrides = map.Optional("overrides");
    Fields fields = map.TakeAll();
    if (extends.present()) {
      const Fields base = BaseOf(extends);
      // Of what is not known nothing can be changed, nor overridden.
      if (!all_read_) {
        return Alone(document_).Policy(Without(policy.Fields(), "extends"));
      }
      fields = Over(document_, taken_out_).Policy(fields, base);
    }
    return WithOverrides(document_, overrides, std::move(fields));
  }

  // Nothing, if not all that is extended could be read.
  std::optional<TakenOut> taken_out() const {
    return all_read_ ? std::optional(taken_out_) : std::nullopt;
  }

 private:
  Fields BaseOf(const YamlValue& extends) {
    const std::optional<YamlValue> base = ReadBase(extends);
    if (!base.has_value() || !base->Map("the policy").present()) {
      all_read_ = false;
      return {};
    }
    return PutTogether(*base);
  }

  // What the file says that is named there.
  std::optional<YamlValue> ReadBase(const YamlValue& extends) {
    const std::optional<std::string> name = extends.Text();
    if (!name.has_value()) return std::nullopt;
    if (*name == kDefault) return ReadDefault(extends);

    const std::string path = files_.PathFrom(extends.file(), *name);
    if (!MayExtend(extends, path)) return std::nullopt;
    const absl::StatusOr<std::string> text = files_.Get(path);
    if (!text.ok()) {
      const bool is_slip = Nearest(*name, {kDefault}).has_value();
      extends.Error(absl::StrCat(
          *name, ": ", text.status().message(),
          is_slip ? "; did you mean 'default', which is built in?" : ""));
      // So that what else is wrong is found, too.
      return is_slip ? ReadDefault(extends) : std::nullopt;
    }
    chain_.push_back(path);
    files_.AddTextIn(path);
    return document_.AddFile(
        *text,
        (own_path_.parent_path() / path).lexically_normal().generic_string());
  }

  // What comes with a policy stands, whatever is built in by now.
  std::optional<YamlValue> ReadDefault(const YamlValue& extends) {
    const std::string name(kDefaultName);
    if (!MayExtend(extends, name)) return std::nullopt;
    chain_.push_back(name);
    const std::string& text = files_.Add(name, kDefaultPolicy);
    files_.AddTextIn(name);
    return document_.AddFile(text, kDefaultName);
  }

  bool MayExtend(const YamlValue& extends, const std::string& path) const {
    const auto found = std::find(chain_.begin(), chain_.end(), path);
    if (found != chain_.end()) {
      extends.Error(absl::StrCat("policies extend each other in a circle: ",
                                 absl::StrJoin(found, chain_.end(), ", "), ", ",
                                 path, "; let one of them stand alone"));
      return false;
    }
    if (chain_.size() == kMostLayers) {
      extends.Error(absl::StrCat(
          "a chain of more than ", kMostLayers,
          " policies that extend one another; write some of them as one"));
      return false;
    }
    return true;
  }

  YamlDocument& document_;
  const std::filesystem::path own_path_;
  PolicyFiles& files_;
  std::vector<std::string> chain_;  // from the policy on, by path
  bool all_read_ = true;
  TakenOut taken_out_;
};

}  // namespace

std::optional<TakenOut> PutLayersTogether(YamlDocument& document,
                                          absl::string_view file_name,
                                          PolicyFiles& files) {
  const YamlValue root = document.root();
  // What is no policy at all is for the reader to report.
  if (!root.IsMap()) return TakenOut();
  Layers layers(document, file_name, files);
  document.SetRoot(document.MakeMap(root, layers.PutTogether(root)));
  return layers.taken_out();
}

}  // namespace leadclock
