#ifndef LEADCLOCK_APP_SCENARIO_LINE_H_
#define LEADCLOCK_APP_SCENARIO_LINE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "processor/policy/yaml_reader.h"

namespace leadclock {

// One line of a scenario, read word by word: "mon 09:10 touch by ann". What is
// wrong with a word is reported at its place.
class Line {
 public:
  // Of a value that is no text (which is reported) there are no words.
  explicit Line(const YamlValue& value);

  bool done() const { return next_ == words_.size(); }
  // The word that comes next, or one behind it; "": there is none.
  absl::string_view Peek(size_t behind = 0) const;
  // The next word, which is passed; "": there is none.
  absl::string_view Take();
  // Passes the next words if they are these: "answered late".
  bool TakeIf(absl::string_view words);
  // All that is left, as it is written; passed.
  std::string TakeRest();
  // As it is written from here on; not passed.
  std::string Rest() const;

  // Reports that something is wrong with the next word, or at the end.
  void Error(absl::string_view message) const;
  // The same of the last word that was passed.
  void ErrorBefore(absl::string_view message) const;
  // Reports words that are left, unless something else was wrong; `hint` says
  // what may stand there.
  void NothingElse(absl::string_view hint = "") const;

  // Whether it is a text, and nothing was reported of it.
  bool ok() const { return !is_wrong_ && value_.IsText(); }
  int number() const { return value_.line(); }
  const std::string& text() const { return text_; }

 private:
  struct Word {
    std::string text;
    size_t byte = 0;
  };

  YamlValue value_;
  std::string text_;
  std::vector<Word> words_;
  size_t next_ = 0;
  mutable bool is_wrong_ = false;
};

}  // namespace leadclock

#endif  // LEADCLOCK_APP_SCENARIO_LINE_H_
