#ifndef LEADCLOCK_TESTS_RUNTIME_WORD_FOLD_H_
#define LEADCLOCK_TESTS_RUNTIME_WORD_FOLD_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "processor/runtime/fold.h"

namespace leadclock {

using Lines = std::vector<std::string>;

// Keeps the words of a key, and says them all after each new one. A number is
// an alarm, in seconds after 1,800,000,000: once now has reached it, it rings.
// "forget" forgets; "again" wants to be asked again at once.
//
// It has editions, of which it learns from a record "learn 2"; a later one may
// follow an earlier one. From the second on it puts its name in front of each
// state, and says so of a state that is not new.
class WordFold : public Fold {
 public:
  struct Word final : DecodedRecord {
    std::string text;
  };

  std::string Fingerprint() const override {
    return absl::StrCat(words, " ", edition);
  }
  absl::StatusOr<Succession> Succeed(std::string_view left) const override {
    for (int earlier = edition; earlier > 0; --earlier) {
      if (left == absl::StrCat(words, " ", earlier)) {
        return Succession{.check_states = check_states && earlier != edition};
      }
    }
    return absl::FailedPreconditionError(
        absl::StrCat("left by \"", std::string(left), "\""));
  }
  absl::Status CheckState(std::string_view,
                          std::string_view state) const override {
    if (state.find("odd") == std::string_view::npos) return absl::OkStatus();
    return absl::FailedPreconditionError("an odd word");
  }
  absl::StatusOr<Learnt> Learn(const InputRecord& record) const override {
    if (*record.value == "noise") return Rejection{"NOISE", "it is noise"};
    if (*record.value == "nothing") return std::shared_ptr<const Fold>();
    auto fold = std::make_shared<WordFold>(*this);
    const std::vector<std::string> said = absl::StrSplit(*record.value, ' ');
    if (said.size() != 2 || !absl::SimpleAtoi(said[1], &fold->edition)) {
      return absl::FailedPreconditionError("of a later version");
    }
    return fold;
  }

  Decoded Decode(const InputRecord& record) const override {
    if (record.value == "beat") return Heartbeat{"crm", *record.timestamp};
    if (!record.value) return Ignored{"TOMBSTONE"};
    if (*record.value == "bad") return Rejection{"DECODE", "a bad word"};
    if (*record.value == "dull") return Ignored{"DULL"};
    auto word = std::make_unique<Word>();
    word->text = *record.value;
    return word;
  }

  absl::StatusOr<StateChange> Apply(
      std::string_view key, std::string_view state,
      std::span<const DecodedRecord* const> records,
      const Moment& moment) const override {
    StateChange change;
    if (state == "gone") {
      change.ignored.assign(records.size(), "GONE");
      if (records.empty() && moment.now >= RemnantEnd()) {
        change.changelog_value = "";
      } else {
        change.state = "gone";
        change.next_instant = RemnantEnd();
      }
      return change;
    }
    if (records.empty()) asked->push_back(std::string(key));
    change.state = InEdition(key, state, change);
    for (const DecodedRecord* record : records) {
      const std::string& text = static_cast<const Word*>(record)->text;
      absl::StrAppend(&change.state, change.state.empty() ? "" : " ", text);
    }
    if (!records.empty()) Say(change, key, change.state);
    change.next_instant = Alarm(change.state);
    if (change.next_instant <= moment.now) {
      absl::StrAppend(&change.state, " rang");
      Say(change, key, "rings");
      change.next_instant = absl::InfiniteFuture();
    }
    if (change.state.ends_with("again")) change.next_instant = moment.now;
    if (change.state.ends_with("forget")) change.state.clear();
    if (change.state.ends_with("farewell")) {
      change.state.clear();
      change.remnant = {"gone", "gone", change.next_instant};
      change.remnant->next_instant = RemnantEnd();
    }
    change.changelog_value = change.state;
    return change;
  }

  absl::StatusOr<Restored> Restore(std::string_view,
                                   std::string_view value) const override {
    if (value == "gone") {
      return Restored{"gone", RemnantEnd()};
    }
    return Restored{std::string(value), Alarm(std::string(value))};
  }

  std::string words = "words";
  int edition = 1;
  bool check_states = false;
  // The keys that were asked without records, by all editions.
  std::shared_ptr<Lines> asked = std::make_shared<Lines>();

 private:
  std::string InEdition(std::string_view key, std::string_view state,
                        StateChange& change) const {
    const std::string mark = absl::StrCat("<", edition, ">");
    if (edition == 1 || state.starts_with(mark)) return std::string(state);
    if (!state.empty()) Say(change, key, mark);
    const size_t end = state.find("> ");
    if (end != std::string_view::npos) state.remove_prefix(end + 2);
    return absl::StrCat(mark, state.empty() ? "" : " ", std::string(state));
  }
  static absl::Time RemnantEnd() {
    return absl::FromUnixSeconds(1'800'001'000);
  }
  static void Say(StateChange& change, std::string_view key,
                  const std::string& what) {
    change.outputs.push_back({0, std::string(key), what, {}});
  }
  static absl::Time Alarm(const std::string& state) {
    const std::vector<std::string> all = absl::StrSplit(state, ' ');
    int64_t seconds = 0;
    if (!absl::SimpleAtoi(all.back(), &seconds)) {
      return absl::InfiniteFuture();
    }
    return absl::FromUnixSeconds(1'800'000'000 + seconds);
  }
};

}  // namespace leadclock

#endif  // LEADCLOCK_TESTS_RUNTIME_WORD_FOLD_H_
