#ifndef LEADCLOCK_PROCESSOR_POLICY_PARSE_WORDS_H_
#define LEADCLOCK_PROCESSOR_POLICY_PARSE_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "processor/policy/policy.h"
#include "processor/policy/yaml_reader.h"
#include "state/people.h"

// The words that the parts of a policy share: the names that its writer
// chooses, and the roles of people. As
// everywhere in the parser, what cannot be read is reported, and gives nothing.
namespace leadclock {

// The names of one kind of thing, with their places in the policy.
class Names {
 public:
  void Add(absl::string_view name);

  // The first of that name.
  std::optional<size_t> Find(absl::string_view name) const;

  // Each once, for hints.
  std::vector<absl::string_view> All() const;

  // One that is there no more, and where the policy takes it out of its base:
  // "policy.yaml:14".
  void AddTakenOut(absl::string_view name, absl::string_view where);

  // There may be others, which a policy has that cannot be read: that a name is
  // not among these is no mistake then.
  void SetMayHaveMore() { may_have_more_ = true; }
  bool may_have_more() const { return may_have_more_; }

  // What to add to a message on a name that is not among them.
  std::string Hint(absl::string_view name) const;

 private:
  size_t size_ = 0;
  bool may_have_more_ = false;
  absl::flat_hash_map<std::string, size_t> places_;
  std::vector<std::string> distinct_;
  absl::flat_hash_map<std::string, std::string> taken_out_;
};

// What is known of a calendar before clocks count by it.
struct KnownCalendar {
  std::string name;
  bool is_never_closed = false;
};

// What the parts of a policy call each other by. A part that is wrong keeps
// its name here, so that one error does not make more.
struct Glossary {
  Names calendars;
  std::vector<KnownCalendar> known_calendars;  // by their places
  // Empty, if it could not be read.
  std::vector<CalendarRule> calendar_for;
  Names roles;  // those that every lead knows first
  Names responses;
  std::vector<TouchTest> touches;  // by the response's place
  Names clocks;
  std::vector<Names> rungs;  // by the clock's place, once clocks are read
  Names rungs_taken_out;     // CLOCK.RUNG
  Names outcomes;
  bool has_reentry = false;
  std::vector<Trigger> reentry_ends;  // what lets a lead go
  std::vector<EligibilityRule> eligible;
};

// The name that stands there. Nothing, and reported, if it is not written as
// names are.
std::optional<std::string> ReadName(const YamlValue& value);

// The place of the calendar that is named there.
std::optional<uint16_t> ReadCalendarName(const YamlValue& value,
                                         const Names& calendars);

// One role of the lead's people or a list of them.
std::vector<Role> ReadRoles(const YamlValue& value);

// One role or a list of them, of those that every lead knows and those that
// the policy names.
std::vector<std::string> ReadRecipients(const YamlValue& value,
                                        const Names& roles);

// One of them, and no list.
std::optional<std::string> ReadRecipient(const YamlValue& value,
                                         const Names& roles);

// A date that leads have: "next_step", "custom.<name>", ...
std::optional<std::string> ReadDateName(const YamlValue& value);

// Date, time and zone, to the millisecond.
std::optional<absl::Time> ReadInstant(const YamlValue& value);

// What each policy says for itself, whatever it extends.
std::optional<int64_t> ReadVersion(const YamlValue& value);
std::optional<Policy::OpenClocks> ReadOpenClocks(const YamlValue& value);

// A text that may not be empty, such as `example`; "" if it is not written.
std::string ReadWords(const YamlValue& value, absl::string_view example);

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_PARSE_WORDS_H_
