#include "processor/policy/changed_decisions.h"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "processor/policy/describe.h"

// Leads are told apart only as far as the conditions do. So the values of an
// attribute fall into a few classes: each value that a condition names, each
// number that is a bound, what lies between two bounds, and all the rest. What
// conditions single out is a box, a set of classes for each attribute; boxes
// can be cut with each other and out of each other, and put into words again.
namespace leadclock {
namespace {

// Of more boxes nobody wants to read, nor wait for them.
constexpr size_t kMostInWords = 3;
constexpr size_t kMostBoxes = 64;
// Nor to cut them into more pieces at once.
constexpr size_t kMostPieces = 1024;
// Of more values it is not worth the time to see whether anything is left.
constexpr size_t kMostValues = 1000;
// The same of the classes of leads that all conditions could be held against.
constexpr size_t kMostClasses = size_t{1} << 18;

// Some of the classes of a dimension, as bits. A dimension has as many classes
// as thousands of rules name values, and each rule is held against each; so
// what lies outside of the words that have any is not looked at.
class Classes {
 public:
  explicit Classes(size_t size) : size_(size), words_((size + 63) / 64) {}

  bool operator[](size_t at) const {
    return (words_[at / 64] >> (at % 64) & 1) != 0;
  }
  void Add(size_t at) {
    const size_t word = at / 64;
    from_ = from_ == to_ ? word : std::min(from_, word);
    to_ = std::max(to_, word + 1);
    words_[word] |= uint64_t{1} << (at % 64);
  }
  void Flip() {
    for (uint64_t& word : words_) word = ~word;
    if (size_ % 64 != 0) words_.back() &= (uint64_t{1} << (size_ % 64)) - 1;
    from_ = 0;
    to_ = words_.size();
  }
  size_t count() const {
    size_t count = 0;
    for (size_t i = from_; i < to_; ++i) {
      count += static_cast<size_t>(std::popcount(words_[i]));
    }
    return count;
  }
  size_t size() const { return size_; }

  Classes& operator&=(const Classes& other) {
    for (size_t i = from_; i < to_; ++i) words_[i] &= other.words_[i];
    return *this;
  }
  Classes& operator|=(const Classes& other) {
    for (size_t i = other.from_; i < other.to_; ++i) {
      words_[i] |= other.words_[i];
    }
    from_ = std::min(from_, other.from_);
    to_ = std::max(to_, other.to_);
    return *this;
  }
  friend bool operator==(const Classes& a, const Classes& b) {
    return a.words_ == b.words_;
  }

  bool Meets(const Classes& other) const {
    const size_t to = std::min(to_, other.to_);
    for (size_t i = std::max(from_, other.from_); i < to; ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }
  bool IsWithin(const Classes& outer) const {
    for (size_t i = from_; i < to_; ++i) {
      if ((words_[i] & ~outer.words_[i]) != 0) return false;
    }
    return true;
  }

 private:
  size_t size_;
  std::vector<uint64_t> words_;
  // The words outside of these have none.
  size_t from_ = 0;
  size_t to_ = 0;
};

bool IsFull(const Classes& classes) {
  return classes.count() == classes.size();
}

bool IsEmpty(const Classes& classes) { return classes.count() == 0; }

// The values of one attribute, in their classes: first all the rest, then each
// named value; of numbers then, in turn, what lies between two of them and the
// number itself.
class Dimension {
 public:
  explicit Dimension(std::string attribute)
      : attribute_(std::move(attribute)), two_(TwoValues(attribute_)) {
    if (!two_) return;
    // The other one is all the rest.
    values_.emplace_back(two_->first);
    places_.emplace(two_->first, 0);
  }

  void Learn(const AttributeTest& test) {
    if (two_) return;
    for (const std::string& value : test.any_of) {
      if (places_.emplace(value, values_.size()).second) {
        values_.push_back(value);
      }
    }
    for (const NumberSpan& span : test.spans) {
      is_number_ = true;
      numbers_.insert({span.from, span.to});
    }
  }

  // Once all has been learnt.
  void Settle() {
    if (!is_number_) return;
    std::erase_if(values_, [this](const std::string& value) {
      const std::optional<double> number = FiniteNumber(value);
      if (!number) return false;
      numbers_.insert(*number);
      mixes_spellings_ = true;
      return true;
    });
    places_.clear();
    for (size_t i = 0; i < values_.size(); ++i) places_[values_[i]] = i;
    numbers_.insert({NumberSpan().from, NumberSpan().to});
    SpanNumbers();
  }

  // Whether a number is asked for as a text, and as a number elsewhere: 60.0
  // is within bounds that 60 is within, and is no 60.
  bool mixes_spellings() const { return mixes_spellings_; }

  size_t Count() const { return FirstNumber() + spans_.size(); }

  // Those that pass the test.
  Classes Passing(const AttributeTest& test) const {
    Classes classes(Count());
    for (const std::string& value : test.any_of) {
      const auto place = places_.find(value);
      if (place != places_.end()) classes.Add(1 + place->second);
      if (two_ && value == two_->second) classes.Add(0);
    }
    const std::vector<NumberSpan> asked = WithNumbers(test);
    for (size_t i = 0; i < spans_.size(); ++i) {
      const auto holds = [&](const NumberSpan& span) {
        return IsWithin(spans_[i], span);
      };
      if (std::any_of(asked.begin(), asked.end(), holds)) {
        classes.Add(FirstNumber() + i);
      }
    }
    if (test.negated) classes.Flip();
    return classes;
  }

  // The test that just these pass.
  AttributeTest TestOf(Classes classes) const {
    AttributeTest test;
    test.attribute = attribute_;
    if (two_) {
      test.any_of.emplace_back(classes[0] ? two_->second : two_->first);
      return test;
    }
    test.negated = classes[0];
    if (test.negated) classes.Flip();
    for (size_t i = 0; i < values_.size(); ++i) {
      if (classes[1 + i]) test.any_of.push_back(values_[i]);
    }
    bool goes_on = false;
    for (size_t i = 0; i < spans_.size(); ++i) {
      const bool is_in = classes[FirstNumber() + i];
      if (is_in && goes_on) {
        test.spans.back().to = spans_[i].to;
        test.spans.back().with_to = spans_[i].with_to;
      } else if (is_in) {
        test.spans.push_back(spans_[i]);
      }
      goes_on = is_in;
    }
    return test;
  }

 private:
  static std::vector<NumberSpan> WithNumbers(const AttributeTest& test) {
    std::vector<NumberSpan> spans = test.spans;
    for (const std::string& value : test.any_of) {
      const std::optional<double> number = FiniteNumber(value);
      if (number) spans.push_back({.from = *number, .to = *number});
    }
    return spans;
  }

  size_t FirstNumber() const { return 1 + values_.size(); }

  // Each number, and in turn what lies between two of them.
  void SpanNumbers() {
    const double least = *numbers_.begin();
    const double greatest = *numbers_.rbegin();
    for (auto to = std::next(numbers_.begin()); to != numbers_.end(); ++to) {
      const double from = *std::prev(to);
      spans_.push_back({.from = from,
                        .with_from = from == least,
                        .to = *to,
                        .with_to = *to == greatest});
      if (*to != greatest) spans_.push_back({.from = *to, .to = *to});
    }
  }

  std::string attribute_;
  std::optional<std::pair<absl::string_view, absl::string_view>> two_;
  std::vector<std::string> values_;
  std::map<std::string, size_t> places_;  // of the values
  bool is_number_ = false;
  bool mixes_spellings_ = false;
  std::set<double> numbers_;       // with both infinities, if there are any
  std::vector<NumberSpan> spans_;  // from one infinity to the other
};

// For each dimension that is asked about the classes that pass; neither none
// of them nor all.
using Box = std::map<size_t, Classes>;
using Boxes = std::vector<Box>;

bool Meet(const Box& a, const Box& b) {
  return std::all_of(b.begin(), b.end(), [&](const auto& asked) {
    const auto known = a.find(asked.first);
    return known == a.end() || known->second.Meets(asked.second);
  });
}

std::optional<Box> Both(const Box& a, const Box& b) {
  if (!Meet(a, b)) return std::nullopt;
  Box both = a;
  for (const auto& [dimension, classes] : b) {
    const auto [place, is_new] = both.emplace(dimension, classes);
    if (!is_new) place->second &= classes;
  }
  return both;
}

Boxes Both(const Boxes& a, const Boxes& b) {
  Boxes both;
  for (const Box& one : a) {
    for (const Box& other : b) {
      std::optional<Box> box = Both(one, other);
      if (box) both.push_back(*std::move(box));
    }
  }
  return both;
}

bool IsWithin(const Box& inner, const Box& outer) {
  return std::all_of(outer.begin(), outer.end(), [&](const auto& asked) {
    const auto known = inner.find(asked.first);
    return known != inner.end() && known->second.IsWithin(asked.second);
  });
}

// Adds it, unless the others say as much.
void Add(Box box, Boxes& boxes) {
  const auto covers = [&](const Box& other) { return IsWithin(box, other); };
  if (std::any_of(boxes.begin(), boxes.end(), covers)) return;
  std::erase_if(boxes, [&](const Box& other) { return IsWithin(other, box); });
  boxes.push_back(std::move(box));
}

Boxes Without(const Boxes& boxes, const Box& hole) {
  Boxes rest;
  for (const Box& box : boxes) {
    if (!Meet(box, hole)) {
      Add(box, rest);
      continue;
    }
    for (auto [dimension, classes] : hole) {
      classes.Flip();
      std::optional<Box> part = Both(box, Box{{dimension, classes}});
      if (part) Add(*std::move(part), rest);
    }
  }
  return rest;
}

// The two as one, if they differ in one dimension only.
std::optional<Box> AsOne(const Box& a, const Box& b) {
  if (a.size() != b.size()) return std::nullopt;
  std::optional<size_t> apart;
  for (const auto& [dimension, classes] : a) {
    const auto other = b.find(dimension);
    if (other == b.end()) return std::nullopt;
    if (other->second == classes) continue;
    if (apart) return std::nullopt;
    apart = dimension;
  }
  if (!apart) return a;
  Box one = a;
  Classes& joined = one.at(*apart);
  joined |= b.at(*apart);
  if (IsFull(joined)) one.erase(*apart);
  return one;
}

void AddJoined(Box box, Boxes& boxes) {
  for (auto other = boxes.begin(); other != boxes.end(); ++other) {
    std::optional<Box> one = AsOne(*other, box);
    if (!one) continue;
    boxes.erase(other);
    return AddJoined(*std::move(one), boxes);
  }
  Add(std::move(box), boxes);
}

// What all conditions of both lists can tell apart.
class Space {
 public:
  void Learn(const Condition& condition) {
    for (const AttributeTest& test : condition) {
      for (const Condition& one : test.any) Learn(one);
      if (!test.any.empty()) continue;
      for (const auto& [key, part] : Parts(test)) {
        const auto [place, is_new] = places_.emplace(key, dimensions_.size());
        if (is_new) dimensions_.emplace_back(part.attribute);
        dimensions_[place->second].Learn(part);
      }
    }
  }

  void Settle() {
    for (Dimension& dimension : dimensions_) dimension.Settle();
  }

  bool mixes_spellings() const {
    return std::any_of(
        dimensions_.begin(), dimensions_.end(),
        [](const Dimension& dimension) { return dimension.mixes_spellings(); });
  }

  // What it takes to write down what passes a condition.
  size_t CountClasses() const {
    size_t classes = 0;
    for (const Dimension& dimension : dimensions_) classes += dimension.Count();
    return classes;
  }

  Boxes BoxesOf(const Condition& condition) const {
    Boxes boxes = {Box()};
    for (const AttributeTest& test : condition) {
      Boxes passing;
      for (const Condition& one : test.any) {
        for (Box& box : BoxesOf(one)) Add(std::move(box), passing);
      }
      if (!test.any.empty()) {
        boxes = Both(boxes, passing);
        continue;
      }
      for (const auto& [key, part] : Parts(test)) {
        const size_t place = places_.at(key);
        const Classes classes = dimensions_[place].Passing(part);
        // One of several values is enough; but none of them must be there.
        if (test.negated) {
          boxes = Both(boxes, {Box{{place, classes}}});
        } else if (!IsEmpty(classes)) {
          passing.push_back(IsFull(classes) ? Box() : Box{{place, classes}});
        }
      }
      if (!test.negated) boxes = Both(boxes, passing);
    }
    return boxes;
  }

  std::string Leads(const Boxes& boxes) const {
    std::vector<std::string> words;
    for (const Box& box : boxes) {
      if (box.empty()) return "All leads";
      Condition condition;
      for (const auto& [place, classes] : box) {
        condition.push_back(dimensions_[place].TestOf(classes));
      }
      words.push_back(InOneBreath(std::move(condition)));
    }
    return absl::StrCat("Leads whose ", absl::StrJoin(words, ", or whose "));
  }

 private:
  // "flag is vip and not junk", where Words() would name the flag twice.
  static std::string InOneBreath(Condition condition) {
    std::map<std::string, size_t> places;
    for (const AttributeTest& test : condition) {
      places.emplace(test.attribute, places.size());
    }
    const auto place = [&](const AttributeTest& test) {
      return std::pair(places.at(test.attribute), test.negated);
    };
    std::stable_sort(condition.begin(), condition.end(),
                     [&](const AttributeTest& a, const AttributeTest& b) {
                       return place(a) < place(b);
                     });
    std::vector<std::string> words;
    std::string before;
    for (const AttributeTest& test : condition) {
      const std::string said = Words({test});
      const std::string subject = absl::StrCat(test.attribute, " is ");
      words.emplace_back(test.attribute == before
                             ? absl::StripPrefix(said, subject)
                             : absl::string_view(said));
      before = test.attribute;
    }
    return absl::StrJoin(words, " and ");
  }

  // The test, by its dimension; for what a lead may have several of, a test
  // for each value.
  static std::vector<std::pair<std::string, AttributeTest>> Parts(
      const AttributeTest& test) {
    // A lead may have several flags and channels at once, so that each of them
    // is a question of its own.
    if (!HasSeveralValues(test.attribute)) return {{test.attribute, test}};
    std::vector<std::pair<std::string, AttributeTest>> parts;
    for (const std::string& value : test.any_of) {
      AttributeTest part = test;
      part.any_of = {value};
      parts.emplace_back(absl::StrCat(test.attribute, " ", value), part);
    }
    return parts;
  }

  std::map<std::string, size_t> places_;
  std::vector<Dimension> dimensions_;  // as they are first asked about
};

// What a rule before and a rule after decide together.
struct Change {
  Boxes where_both_hold;
  // Of these, for whom no earlier rule decides; absent, if that is more than
  // can be said.
  std::optional<Boxes> leads;
};

using Changes = std::vector<Change>;

using Holes = std::vector<const Box*>;

// What the holes leave of the boxes; nothing, if it is too much.
std::optional<Boxes> WithoutAll(Boxes boxes, Holes holes) {
  // What one hole takes out alone is not cut to pieces by others before.
  std::erase_if(boxes, [&](const Box& box) {
    return std::any_of(holes.begin(), holes.end(),
                       [&](const Box* hole) { return IsWithin(box, *hole); });
  });
  if (boxes.empty()) return boxes;
  // Those first that ask for least, and so leave least.
  std::stable_sort(holes.begin(), holes.end(), [](const Box* a, const Box* b) {
    return a->size() < b->size();
  });
  for (const Box* hole : holes) {
    if (boxes.empty()) break;
    if (boxes.size() * hole->size() > kMostPieces) return std::nullopt;
    boxes = Without(boxes, *hole);
    if (boxes.size() > kMostBoxes) return std::nullopt;
  }
  return boxes;
}

void AddFirst(size_t count, const std::vector<Boxes>& rules, Holes& holes) {
  for (size_t i = 0; i < count; ++i) {
    for (const Box& box : rules[i]) holes.push_back(&box);
  }
}

size_t CountValues(const Condition& condition) {
  size_t values = 0;
  for (const AttributeTest& test : condition) {
    values += test.any_of.size() + test.spans.size();
    for (const Condition& one : test.any) values += CountValues(one);
  }
  return values;
}

// How many boxes it may stand for: one of several values at once is a box of
// its own, and each `any` multiplies.
size_t CountBoxes(const Condition& condition) {
  size_t boxes = 1;
  for (const AttributeTest& test : condition) {
    size_t parts = 1;
    if (!test.any.empty()) {
      parts = 0;
      for (const Condition& one : test.any) parts += CountBoxes(one);
    } else if (!test.negated && HasSeveralValues(test.attribute)) {
      parts = test.any_of.size();
    }
    // Of no more than that it matters how many.
    boxes = std::min(boxes * parts, 2 * kMostBoxes);
  }
  return boxes;
}

// All leads of some changes in few words, or nothing if it takes many.
std::optional<Boxes> InFewWords(const Changes& changes) {
  Boxes boxes;
  for (const Change& change : changes) {
    if (!change.leads) return std::nullopt;
    for (const Box& box : *change.leads) AddJoined(box, boxes);
  }
  if (boxes.size() > kMostInWords) return std::nullopt;
  return boxes;
}

}  // namespace

std::vector<ChangedDecision> ChangedDecisions(
    const std::vector<Decision>& before, const std::vector<Decision>& after) {
  Space space;
  for (const auto* rules : {&after, &before}) {
    for (const Decision& rule : *rules) space.Learn(rule.when);
  }
  space.Settle();
  std::vector<Boxes> were;
  std::vector<Boxes> are;
  for (const Decision& rule : before) were.push_back(space.BoxesOf(rule.when));
  for (const Decision& rule : after) are.push_back(space.BoxesOf(rule.when));

  // By what it is and was, as it is first met.
  std::vector<std::pair<ChangedDecision, Changes>> groups;
  for (size_t j = 0; j < after.size(); ++j) {
    for (size_t i = 0; i < before.size(); ++i) {
      if (before[i].is == after[j].is) continue;
      Change change{.where_both_hold = Both(are[j], were[i]), .leads = {}};
      if (change.where_both_hold.empty()) continue;
      Holes earlier;
      AddFirst(i, were, earlier);
      AddFirst(j, are, earlier);
      std::optional<Boxes> rest =
          WithoutAll(change.where_both_hold, std::move(earlier));
      if (rest && rest->empty()) continue;
      change.leads = std::move(rest);
      auto group =
          std::find_if(groups.begin(), groups.end(), [&](const auto& known) {
            return known.first.was == before[i].is &&
                   known.first.is == after[j].is;
          });
      if (group == groups.end()) {
        groups.push_back(
            {{.leads = "", .was = before[i].is, .is = after[j].is}, {}});
        group = groups.end() - 1;
      }
      group->second.push_back(std::move(change));
    }
  }

  std::vector<ChangedDecision> changed;
  for (auto& [decision, changes] : groups) {
    if (const std::optional<Boxes> leads = InFewWords(changes)) {
      decision.leads = space.Leads(*leads);
      changed.push_back(decision);
      continue;
    }
    for (const Change& change : changes) {
      decision.leads =
          absl::StrCat(space.Leads(change.where_both_hold),
                       ", unless a rule that stands earlier decides");
      changed.push_back(decision);
    }
  }
  return changed;
}

bool HoldWherever(const Condition& when,
                  const std::vector<const Condition*>& conditions) {
  std::vector<const Condition*> all = {&when};
  all.insert(all.end(), conditions.begin(), conditions.end());
  size_t values = 0;
  for (const Condition* condition : all) {
    values += CountValues(*condition);
    if (values > kMostValues || CountBoxes(*condition) > kMostBoxes) {
      return false;
    }
  }
  Space space;
  for (const Condition* condition : all) space.Learn(*condition);
  space.Settle();
  if (space.mixes_spellings()) return false;
  if (space.CountClasses() * conditions.size() > kMostClasses) return false;
  Boxes boxes;
  for (const Condition* condition : conditions) {
    for (Box& box : space.BoxesOf(*condition)) boxes.push_back(std::move(box));
  }
  Holes holes;
  for (const Box& box : boxes) holes.push_back(&box);
  const std::optional<Boxes> rest =
      WithoutAll(space.BoxesOf(when), std::move(holes));
  return rest && rest->empty();
}

bool HoldForEveryLead(const std::vector<Condition>& conditions) {
  std::vector<const Condition*> all;
  for (const Condition& condition : conditions) all.push_back(&condition);
  return HoldWherever({}, all);
}

}  // namespace leadclock
