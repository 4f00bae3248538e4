#ifndef LEADCLOCK_PROCESSOR_POLICY_YAML_READER_H_
#define LEADCLOCK_PROCESSOR_POLICY_YAML_READER_H_

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "processor/policy/near_words.h"

// A strict reader of the YAML that people write: policies, and the settings of
// `leadclock run`. It knows neither.
//
//   absl::StatusOr<YamlDocument> document = YamlDocument::Parse(text, path);
//   if (!document.ok()) return document.status();
//
//   YamlMap top = document->root().Map("the settings");
//   std::optional<std::string> brokers = top.Required("brokers").Text();
//   std::optional<int64_t> port = top.Optional("port").Integer(1, 65535);
//   top.NothingElse();
//
//   if (!document->status().ok()) return document->status();
//   // Here every value that was required is there.
//
// Reading does not stop at an error. Each call reports what is wrong, with
// line and column, gives back nothing, and what hangs on that nothing stays
// silent; so one run tells a person everything there is to mend.
//
// Not thread-safe: values report into the document that they came from, and
// live no longer than it.
namespace leadclock {

// Names of fields, each with that of the map in which it stands, as messages
// say it: {"a clock", "target"}.
using YamlFieldNames = std::set<std::pair<std::string, std::string>>;

class YamlMap;
struct YamlField;
struct YamlNode;
class YamlNotes;

// A place in the document, with the value that stands there. Absent, if the
// field is not written: every reader then gives nothing and reports nothing.
class YamlValue {
 public:
  bool present() const { return node_ != nullptr; }
  bool IsText() const;
  bool IsList() const;
  bool IsEmptyList() const;
  bool IsMap() const;

  // The number of its file among those of the document; the first has 0.
  size_t file() const;

  // Where it stands in its file: "line 14, column 5".
  std::string Place() const;
  // The same as numbers, from 1; 0: it is absent. Columns count characters.
  int line() const;
  int column() const;

  // Reports that something is wrong here. By custom: what is wrong; then,
  // after a semicolon, what was probably meant or what to write.
  void Error(absl::string_view message) const;

  // The same of a part of its text, which begins at that byte: for texts that
  // have a grammar of their own. (Of a text over several lines: at its first.)
  void ErrorAt(size_t byte, absl::string_view message) const;

  // "policy.yaml:14", for messages about something that stands elsewhere.
  std::string FileAndLine() const;

  // Whether something was reported here or anywhere within.
  bool IsWrong() const;

  // The text as it is written, quoted or not: yes, 007 and 1.0 are texts.
  // Reports a list, a map, and a field with no value. Text may be empty only
  // where it is quoted.
  std::optional<std::string> Text() const;

  // A whole number in [least, greatest].
  std::optional<int64_t> Integer(int64_t least, int64_t greatest) const;

  // true or false. Other words for them (yes, on) are reported.
  std::optional<bool> Boolean() const;

  // What the text stands for, of a closed list of words. `what` says what the
  // words are: "an action".
  template <typename T>
  std::optional<T> OneOf(
      absl::string_view what,
      std::initializer_list<std::pair<absl::string_view, T>> choices) const;

  // The items of a list. Reports a list that is empty or longer than `most`.
  std::vector<YamlValue> Items(size_t most = kNoLimit) const;

  // As Items(), but a single value may stand for a list of one.
  std::vector<YamlValue> OneOrMore(size_t most = kNoLimit) const;

  // The fields of a map. `what` names it in messages: "a clock".
  YamlMap Map(absl::string_view what) const;

  // What Map() gives, for those who look at a map before it is read. Of what
  // is no map, or of a field that is not written, there is nothing; nothing is
  // reported.
  std::vector<YamlField> Fields() const;
  YamlValue Field(absl::string_view name) const;

  static constexpr size_t kNoLimit = SIZE_MAX;

 private:
  friend class YamlDocument;
  friend class YamlMap;
  YamlValue(const YamlNode* node, absl::string_view name, YamlNotes* notes)
      : node_(node), name_(name), notes_(notes) {}

  // The word's place among `choices`; reports a word that is not among them.
  std::optional<size_t> Choice(
      absl::string_view what,
      const std::vector<absl::string_view>& choices) const;

  // What it is in messages: "'target'", "an entry of 'ladder'".
  std::string Called() const;

  // Reports that something else was expected here.
  void ExpectedError(absl::string_view expected) const;

  const YamlNode* node_;    // null: absent
  absl::string_view name_;  // of the field whose value, or item, it is
  YamlNotes* notes_;
  bool is_item_ = false;  // of a list
};

// The fields of one map, of which each is taken once.
class YamlMap {
 public:
  // False if there was no map here (which has been reported, or is absent).
  bool present() const { return map_.present(); }

  // True if it has no fields at all.
  bool empty() const { return taken_.empty(); }

  // Reports that something is wrong with the map as a whole.
  void Error(absl::string_view message) const { map_.Error(message); }

  // The value of a field; absent if it is not written.
  YamlValue Optional(absl::string_view name);

  // As Optional(), but reports a field that is not written.
  YamlValue Required(absl::string_view name);

  // Reports the field, at its key, if it is written: for fields that are not
  // to be used.
  void Refuse(absl::string_view name, absl::string_view message);

  // All fields that were not taken yet, in the order of the file: for maps
  // whose keys are names that the writer chooses.
  std::vector<YamlField> TakeAll();

  // Reports every field that was not taken, with the name that was probably
  // meant, of those that were asked for. To be called last.
  void NothingElse();

 private:
  friend class YamlValue;
  YamlMap(YamlValue map, absl::string_view what);

  // The field's place in the map.
  std::optional<size_t> Find(absl::string_view name) const;

  YamlValue map_;
  std::string what_;
  std::vector<std::string> asked_;
  std::vector<bool> taken_;  // by the field's place in the map
};

// One entry of a map. The key is a text, and has a place of its own.
struct YamlField {
  std::string name;
  YamlValue key;
  YamlValue value;
};

// One YAML file, as a tree. Beyond YAML's own rules: keys are texts and each
// is written once in a map (reported, the first one counts), tags (!...) are
// refused, and there is one document in a file. Anchors and aliases work;
// merge keys (<<) do not.
//
// A document may also be made of several files: more of them are added, values
// of theirs are put together to new ones, and one of these becomes the root.
class YamlDocument {
 public:
  // Fails with InvalidArgument, with line and column, if the text is not YAML,
  // is empty, longer than kMostBytes, or nested too deep. `file_name` stands
  // at the beginning of each message.
  static absl::StatusOr<YamlDocument> Parse(absl::string_view text,
                                            absl::string_view file_name);

  YamlDocument(YamlDocument&&) noexcept;
  YamlDocument& operator=(YamlDocument&&) noexcept;
  ~YamlDocument();

  YamlValue root() const;

  // What another file says. Absent if it cannot be parsed, which is reported
  // under its own name.
  YamlValue AddFile(absl::string_view text, absl::string_view file_name);

  // Values that are not written so in any file. What is wrong with one is
  // reported at `place`, which must be present.
  YamlValue MakeList(const YamlValue& place,
                     const std::vector<YamlValue>& items);
  YamlValue MakeMap(const YamlValue& place,
                    const std::vector<YamlField>& fields);
  YamlField MakeField(const YamlValue& place, absl::string_view name,
                      const YamlValue& value);
  YamlValue MakeText(const YamlValue& place, absl::string_view text);

  void SetRoot(const YamlValue& root);

  // The fields that were looked for so far, written or not.
  const YamlFieldNames& asked() const;

  // OK, or InvalidArgument with all that was reported so far, in the order of
  // the files, one a line: FILE:LINE:COLUMN: MESSAGE. Columns count characters.
  absl::Status status() const;

  static constexpr size_t kMostBytes = size_t{1} << 20;

 private:
  struct Tree;
  explicit YamlDocument(std::unique_ptr<Tree> tree);

  YamlNode* Make(const YamlValue& place);

  std::unique_ptr<Tree> tree_;
};

// The bytes of a file. Fails with NotFound or the like, or with
// InvalidArgument if it is longer than YamlDocument::kMostBytes; the message
// names the path.
absl::StatusOr<std::string> ReadYamlFile(const std::string& path);

template <typename T>
std::optional<T> YamlValue::OneOf(
    absl::string_view what,
    std::initializer_list<std::pair<absl::string_view, T>> choices) const {
  std::vector<absl::string_view> words;
  for (const auto& choice : choices) words.push_back(choice.first);
  const std::optional<size_t> place = Choice(what, words);
  if (!place.has_value()) return std::nullopt;
  return (choices.begin() + *place)->second;
}

}  // namespace leadclock

#endif  // LEADCLOCK_PROCESSOR_POLICY_YAML_READER_H_
