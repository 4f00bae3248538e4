#include "processor/policy/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <system_error>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "processor/policy/yaml_hints.h"

namespace leadclock {
namespace {

// Far more than people write; the YAML library recurses for every level.
constexpr size_t kDeepest = 50;
// Values of a document with its aliases written out: a few lines of aliases
// to aliases could stand for billions.
constexpr size_t kMostValues = 1'000'000;
// A list of what is known, of more letters than a line has.
constexpr char kKnown[] = "; known: ";
constexpr size_t kLongList = 80;

// Where something stands in a file. Both count from 1; columns count bytes
// here, and characters where they are told.
struct YamlMark {
  int line = 1;
  int column = 1;
  size_t file = 0;  // by its place in the document
};

YamlMark MarkOf(const YAML::Mark& mark, size_t file) {
  if (mark.is_null()) return {.file = file};
  return {mark.line + 1, mark.column + 1, file};
}

// Messages of other libraries may show the file's own words as they are.
std::string Printable(absl::string_view message) {
  std::string text;
  for (const char byte : message) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(byte))) {
      absl::StrAppend(&text, absl::CHexEscape(absl::string_view(&byte, 1)));
    } else {
      text.push_back(byte);
    }
  }
  return text;
}

}  // namespace

// One value of the tree. An alias is a second pointer to the same node.
struct YamlNode {
  enum class Kind : uint8_t { kNothing, kText, kList, kMap };
  struct Field {
    const YamlNode* key;
    const YamlNode* value;
  };

  Kind kind = Kind::kNothing;
  YamlMark mark;
  std::string text;                    // kText
  std::vector<const YamlNode*> items;  // kList
  std::vector<Field> fields;           // kMap
  size_t values = 1;                   // with all that is in it
};

// What is noted while a document is read: what is wrong with its files, in
// their order, and which fields were looked for. Two aliases of one value
// report it once.
class YamlNotes {
 public:
  // The place of the file in the document.
  size_t AddFile(absl::string_view name, absl::string_view text) {
    file_names_.emplace_back(name);
    file_lines_.push_back(LinesBeyondAscii(text));
    return file_names_.size() - 1;
  }

  // As editors count: a character of several bytes is one.
  int ColumnOf(const YamlMark& mark) const {
    const std::map<int, std::string>& lines = file_lines_[mark.file];
    const auto line = lines.find(mark.line);
    if (line == lines.end()) return mark.column;
    const absl::string_view before =
        absl::string_view(line->second)
            .substr(0, static_cast<size_t>(mark.column - 1));
    const auto further =
        std::count_if(before.begin(), before.end(), [](char byte) {
          return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
        });
    return mark.column - static_cast<int>(further);
  }

  const std::string& NameOf(size_t file) const { return file_names_[file]; }

  void Add(YamlMark mark, absl::string_view message) {
    problems_.emplace(mark.file, mark.line, mark.column, Printable(message));
  }

  bool HasProblemWithin(const YamlNode& node) const {
    const YamlMark& mark = node.mark;
    const auto at =
        problems_.lower_bound({mark.file, mark.line, mark.column, ""});
    if (at != problems_.end() && std::get<0>(*at) == mark.file &&
        std::get<1>(*at) == mark.line && std::get<2>(*at) == mark.column) {
      return true;
    }
    const auto is_wrong = [this](const YamlNode* part) {
      return HasProblemWithin(*part);
    };
    return std::any_of(node.items.begin(), node.items.end(), is_wrong) ||
           std::any_of(node.fields.begin(), node.fields.end(),
                       [&](const YamlNode::Field& field) {
                         return is_wrong(field.key) || is_wrong(field.value);
                       });
  }

  // A long list of what is known stands in one message only.
  absl::Status status() const {
    if (problems_.empty()) return absl::OkStatus();
    std::map<std::string, std::string> told;  // where, by the list
    std::vector<std::string> lines;
    for (const auto& [file, line, byte, message] : problems_) {
      const int column = ColumnOf({line, byte, file});
      const std::string place = absl::StrCat(file_names_[file], ":", line);
      const size_t end = std::min(message.find(kKnown), message.size());
      std::string list = message.substr(end);
      if (list.size() > kLongList) {
        const auto [first, is_new] = told.emplace(list, place);
        if (!is_new) list = absl::StrCat(kKnown, "see ", first->second);
      }
      lines.push_back(
          absl::StrCat(place, ":", column, ": ", message.substr(0, end), list));
    }
    return absl::InvalidArgumentError(absl::StrJoin(lines, "\n"));
  }

  void AddAsked(absl::string_view map, absl::string_view field) {
    asked_.emplace(map, field);
  }
  const YamlFieldNames& asked() const { return asked_; }

 private:
  static std::map<int, std::string> LinesBeyondAscii(absl::string_view text) {
    std::map<int, std::string> lines;
    int number = 0;
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number;
      const bool is_ascii = std::all_of(line.begin(), line.end(), [](char c) {
        return absl::ascii_isascii(static_cast<unsigned char>(c));
      });
      if (!is_ascii) lines.emplace(number, line);
    }
    return lines;
  }

  YamlFieldNames asked_;
  std::vector<std::string> file_names_;
  // Of each file the lines, by their numbers, in which a character may have
  // several bytes.
  std::vector<std::map<int, std::string>> file_lines_;
  std::set<std::tuple<size_t, int, int, std::string>> problems_;
};

struct YamlDocument::Tree {
  std::deque<YamlNode> nodes;  // a deque, because nodes point at each other
  const YamlNode* root = nullptr;
  YamlNotes notes;
};

namespace {

absl::string_view KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNothing:
      return "nothing";
    case YamlNode::Kind::kText:
      return "a text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

// Builds the tree from the events of the YAML library. (The library's own tree
// keeps duplicate keys silently, and lets a value contain itself.)
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::deque<YamlNode>* nodes, YamlNotes* notes, size_t file)
      : nodes_(nodes), notes_(notes), file_(file) {}

  const YamlNode* root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode* node = Make(YamlNode::Kind::kNothing, mark, "", anchor);
    // To the library, nothing stands where the next thing does.
    const bool is_value = !open_.empty() && open_.back().key != nullptr;
    if (is_value) node->mark = open_.back().key->mark;
    Attach(node, mark);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const YamlNode* node = anchors_.at(anchor);
    const auto is_node = [node](const Open& open) { return open.node == node; };
    if (std::any_of(open_.begin(), open_.end(), is_node)) {
      throw YAML::ParserException(mark, "a value cannot contain itself");
    }
    Attach(node, mark);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    YamlNode* node = Make(YamlNode::Kind::kText, mark, tag, anchor);
    node->text = value;
    Attach(node, mark);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Begin(Make(YamlNode::Kind::kList, mark, tag, anchor), mark);
  }
  void OnSequenceEnd() override { End(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    Begin(Make(YamlNode::Kind::kMap, mark, tag, anchor), mark);
  }
  void OnMapEnd() override { End(); }

 private:
  // A list or map whose end was not seen yet.
  struct Open {
    YamlNode* node;
    YAML::Mark mark;
    const YamlNode* key = nullptr;  // of the value that comes next
    absl::flat_hash_map<absl::string_view, int> lines;  // by key
  };

  YamlNode* Make(YamlNode::Kind kind, const YAML::Mark& mark,
                 const std::string& tag, YAML::anchor_t anchor) {
    YamlNode* node = &nodes_->emplace_back();
    node->kind = kind;
    node->mark = MarkOf(mark, file_);
    // The library's own tags: "?" for a plain value, "!" for a quoted one.
    if (!tag.empty() && tag != "?" && tag != "!") {
      notes_->Add(node->mark, absl::StrCat("the tag ", Quoted(tag),
                                           " is not known; leave it out"));
    }
    if (anchor != 0) anchors_[anchor] = node;
    return node;
  }

  void Begin(YamlNode* node, const YAML::Mark& mark) {
    if (open_.size() == kDeepest) {
      throw YAML::ParserException(
          mark, absl::StrCat("nested deeper than ", kDeepest, " levels"));
    }
    open_.push_back({.node = node, .mark = mark, .lines = {}});
  }

  void End() {
    const Open ended = std::move(open_.back());
    open_.pop_back();
    Attach(ended.node, ended.mark);
  }

  // Puts a finished value into the list or map that it stands in.
  void Attach(const YamlNode* value, const YAML::Mark& mark) {
    if (open_.empty()) {
      root_ = value;
      return;
    }
    Open& parent = open_.back();
    parent.node->values += value->values;
    if (parent.node->values > kMostValues) {
      throw YAML::ParserException(
          mark, absl::StrCat("more than ", kMostValues,
                             " values, with the aliases written out"));
    }
    if (parent.node->kind == YamlNode::Kind::kList) {
      parent.node->items.push_back(value);
    } else if (parent.key == nullptr) {
      parent.key = value;
    } else {
      AttachField(parent, value);
      parent.key = nullptr;
    }
  }

  void AttachField(Open& map, const YamlNode* value) {
    const YamlNode* key = map.key;
    if (key->kind != YamlNode::Kind::kText) {
      notes_->Add(key->mark, absl::StrCat("the name of a field is a text, "
                                          "not ",
                                          KindName(key->kind)));
      return;
    }
    if (key->text == "<<") {
      notes_->Add(key->mark,
                  "'<<' does not merge maps here; write the fields out, or use "
                  "an alias for a whole value");
      return;
    }
    const auto [first, is_new] = map.lines.emplace(key->text, key->mark.line);
    if (!is_new) {
      notes_->Add(key->mark, absl::StrCat(Quoted(key->text),
                                          " is written twice in one map; "
                                          "the first is in line ",
                                          first->second));
      return;
    }
    map.node->fields.push_back({key, value});
  }

  std::deque<YamlNode>* nodes_;
  YamlNotes* notes_;
  const size_t file_;
  const YamlNode* root_ = nullptr;
  std::vector<Open> open_;
  absl::flat_hash_map<YAML::anchor_t, const YamlNode*> anchors_;
};

// The YAML library takes some of these bytes for the end of the file, and
// would read half of it without a word.
bool IsTextByte(unsigned char byte) {
  if (byte < 0x20) return byte == '\t' || byte == '\n' || byte == '\r';
  return byte != 0x7f && byte != 0xc0 && byte != 0xc1 && byte < 0xf5;
}

// How many bytes the first character of `text` has; 0: it is none of UTF-8.
// REQUIRES: `text` is not empty.
size_t CharacterSize(absl::string_view text) {
  const auto byte = [&](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  if (!IsTextByte(static_cast<unsigned char>(byte(0)))) return 0;
  if (byte(0) < 0x80) return 1;
  if (byte(0) < 0xc2) return 0;  // it cannot begin one
  const size_t size = byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Longer than it need be, half of a pair, or beyond U+10FFFF.
  const bool is_none = (byte(0) == 0xe0 && byte(1) < 0xa0) ||
                       (byte(0) == 0xed && byte(1) >= 0xa0) ||
                       (byte(0) == 0xf0 && byte(1) < 0x90) ||
                       (byte(0) == 0xf4 && byte(1) >= 0x90);
  return is_none ? 0 : size;
}

// What is wrong with a file as a whole, so that nothing of it can be read.
struct Unreadable {
  YamlMark mark;
  std::string why;
};

std::optional<Unreadable> CheckBytes(absl::string_view text, size_t file) {
  YamlMark mark{.file = file};
  for (size_t at = 0; at < text.size();) {
    const size_t size = CharacterSize(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    if (size == 0) {
      return Unreadable{mark, absl::StrFormat("the byte 0x%02x is no text; "
                                              "save the file as UTF-8",
                                              byte)};
    }
    at += size;
    mark.column += static_cast<int>(size);
    if (byte == '\n') mark = {mark.line + 1, 1, file};
  }
  return std::nullopt;
}

struct ParsedFile {
  const YamlNode* root = nullptr;  // null, if it is unreadable
  std::optional<Unreadable> unreadable;
};

ParsedFile ParseFile(absl::string_view text, size_t file,
                     std::deque<YamlNode>* nodes, YamlNotes* notes) {
  const auto unreadable = [file](YamlMark mark, absl::string_view why) {
    mark.file = file;
    return ParsedFile{nullptr, Unreadable{mark, std::string(why)}};
  };
  if (text.size() > YamlDocument::kMostBytes) {
    return unreadable({}, absl::StrCat("the file is longer than ",
                                       YamlDocument::kMostBytes, " bytes"));
  }
  if (const auto wrong = CheckBytes(text, file)) return {nullptr, wrong};

  TreeBuilder builder(nodes, notes, file);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    const YamlNode* root = builder.root();
    if (root == nullptr || root->kind == YamlNode::Kind::kNothing) {
      return unreadable({}, "the file is empty");
    }
    if (parser.HandleNextDocument(builder)) {
      return unreadable(builder.root()->mark,
                        "a second document ('---') in one file; write one "
                        "file for each");
    }
    return {root, std::nullopt};
  } catch (const YAML::Exception& error) {
    const YamlMark mark = MarkOf(error.mark, file);
    return unreadable(mark,
                      absl::StrCat("this is not YAML: ", error.msg,
                                   YamlHint(text, mark.line, mark.column)));
  } catch (const std::exception& error) {
    return unreadable({}, absl::StrCat("this is not YAML: ", error.what()));
  }
}

}  // namespace

bool YamlValue::IsText() const {
  return present() && node_->kind == YamlNode::Kind::kText;
}

bool YamlValue::IsList() const {
  return present() && node_->kind == YamlNode::Kind::kList;
}

bool YamlValue::IsEmptyList() const { return IsList() && node_->items.empty(); }

bool YamlValue::IsMap() const {
  return present() && node_->kind == YamlNode::Kind::kMap;
}

size_t YamlValue::file() const { return present() ? node_->mark.file : 0; }

std::string YamlValue::Place() const {
  if (!present()) return "";
  return absl::StrCat("line ", line(), ", column ", column());
}

std::string YamlValue::FileAndLine() const {
  return present() ? absl::StrCat(notes_->NameOf(file()), ":", line()) : "";
}

int YamlValue::line() const { return present() ? node_->mark.line : 0; }

int YamlValue::column() const {
  return present() ? notes_->ColumnOf(node_->mark) : 0;
}

void YamlValue::Error(absl::string_view message) const { ErrorAt(0, message); }

void YamlValue::ErrorAt(size_t byte, absl::string_view message) const {
  if (!present()) return;
  YamlMark mark = node_->mark;
  mark.column += static_cast<int>(byte);
  notes_->Add(mark, message);
}

bool YamlValue::IsWrong() const {
  return present() && notes_->HasProblemWithin(*node_);
}

std::string YamlValue::Called() const {
  return absl::StrCat(is_item_ ? "an entry of " : "", Quoted(name_));
}

void YamlValue::ExpectedError(absl::string_view expected) const {
  if (!present()) return;
  if (node_->kind == YamlNode::Kind::kNothing) {
    Error(absl::StrCat(Called(), " has no value; write ", expected));
  } else {
    Error(absl::StrCat(Called(), " is ", expected, ", not ",
                       KindName(node_->kind)));
  }
}

std::optional<std::string> YamlValue::Text() const {
  if (IsText()) return node_->text;
  ExpectedError("a text");
  return std::nullopt;
}

std::optional<int64_t> YamlValue::Integer(int64_t least,
                                          int64_t greatest) const {
  const std::optional<std::string> text = Text();
  if (!text.has_value()) return std::nullopt;
  int64_t number = 0;
  if (absl::SimpleAtoi(*text, &number) && number >= least &&
      number <= greatest) {
    return number;
  }
  const std::string range =
      greatest == INT64_MAX ? absl::StrCat(least, " or greater")
                            : absl::StrCat("from ", least, " to ", greatest);
  Error(absl::StrCat(Quoted(name_), " is a whole number, ", range, ", not ",
                     Quoted(*text)));
  return std::nullopt;
}

std::optional<bool> YamlValue::Boolean() const {
  const std::optional<std::string> text = Text();
  if (!text.has_value()) return std::nullopt;
  if (*text == "true") return true;
  if (*text == "false") return false;
  Error(absl::StrCat(Quoted(name_), " is true or false, not ", Quoted(*text)));
  return std::nullopt;
}

std::optional<size_t> YamlValue::Choice(
    absl::string_view what,
    const std::vector<absl::string_view>& choices) const {
  const std::optional<std::string> text = Text();
  if (!text.has_value()) return std::nullopt;
  const auto found = std::find(choices.begin(), choices.end(), *text);
  if (found != choices.end()) {
    return static_cast<size_t>(found - choices.begin());
  }
  Error(absl::StrCat(Quoted(*text), " is not ", what,
                     DidYouMean(*text, choices)));
  return std::nullopt;
}

std::vector<YamlValue> YamlValue::Items(size_t most) const {
  if (IsMap()) {
    Error(absl::StrCat(Quoted(name_),
                       " is a list, not a map; begin each entry with '-'"));
    return {};
  }
  if (!IsList()) {
    ExpectedError("a list");
    return {};
  }
  if (node_->items.empty()) {
    Error(absl::StrCat(Quoted(name_),
                       " is an empty list; write at least one entry"));
  }
  if (node_->items.size() > most) {
    Error(absl::StrCat(Quoted(name_), " has ", node_->items.size(),
                       " entries; at most ", most, " are allowed"));
    return {};
  }
  std::vector<YamlValue> items;
  items.reserve(node_->items.size());
  for (const YamlNode* item : node_->items) {
    items.push_back(YamlValue(item, name_, notes_));
    items.back().is_item_ = true;
  }
  return items;
}

std::vector<YamlValue> YamlValue::OneOrMore(size_t most) const {
  if (!present()) return {};
  if (IsList()) return Items(most);
  return {*this};
}

YamlMap YamlValue::Map(absl::string_view what) const {
  if (present() && !IsMap()) {
    ExpectedError("a map of fields");
    return YamlMap(YamlValue(nullptr, name_, notes_), what);
  }
  return YamlMap(*this, what);
}

std::vector<YamlField> YamlValue::Fields() const {
  if (!IsMap()) return {};
  return Map("").TakeAll();
}

YamlValue YamlValue::Field(absl::string_view name) const {
  for (const YamlField& field : Fields()) {
    if (field.name == name) return field.value;
  }
  return YamlValue(nullptr, name_, notes_);
}

YamlMap::YamlMap(YamlValue map, absl::string_view what)
    : map_(map), what_(what) {
  if (present()) taken_.resize(map_.node_->fields.size());
}

std::optional<size_t> YamlMap::Find(absl::string_view name) const {
  if (!present()) return std::nullopt;
  const std::vector<YamlNode::Field>& fields = map_.node_->fields;
  const auto found = std::find_if(
      fields.begin(), fields.end(),
      [name](const YamlNode::Field& field) { return field.key->text == name; });
  if (found == fields.end()) return std::nullopt;
  return static_cast<size_t>(found - fields.begin());
}

YamlValue YamlMap::Optional(absl::string_view name) {
  asked_.emplace_back(name);
  map_.notes_->AddAsked(what_, name);
  const std::optional<size_t> place = Find(name);
  if (!place.has_value()) return YamlValue(nullptr, "", map_.notes_);
  taken_[*place] = true;
  const YamlNode::Field& field = map_.node_->fields[*place];
  return YamlValue(field.value, field.key->text, map_.notes_);
}

YamlValue YamlMap::Required(absl::string_view name) {
  const YamlValue value = Optional(name);
  if (!value.present()) {
    Error(absl::StrCat("missing field ", Quoted(name), " in ", what_));
  }
  return value;
}

void YamlMap::Refuse(absl::string_view name, absl::string_view message) {
  const std::optional<size_t> place = Find(name);
  if (!place.has_value()) return;
  taken_[*place] = true;
  map_.notes_->Add(map_.node_->fields[*place].key->mark, message);
}

std::vector<YamlField> YamlMap::TakeAll() {
  std::vector<YamlField> all;
  for (size_t i = 0; i < taken_.size(); ++i) {
    if (taken_[i]) continue;
    taken_[i] = true;
    const YamlNode::Field& field = map_.node_->fields[i];
    all.push_back({field.key->text,
                   YamlValue(field.key, field.key->text, map_.notes_),
                   YamlValue(field.value, field.key->text, map_.notes_)});
  }
  return all;
}

void YamlMap::NothingElse() {
  const std::vector<absl::string_view> known(asked_.begin(), asked_.end());
  for (const YamlField& field : TakeAll()) {
    field.key.Error(absl::StrCat("unknown field ", Quoted(field.name), " in ",
                                 what_, FieldMeant(field.name, known)));
  }
}

YamlDocument::YamlDocument(std::unique_ptr<Tree> tree)
    : tree_(std::move(tree)) {}
YamlDocument::YamlDocument(YamlDocument&&) noexcept = default;
YamlDocument& YamlDocument::operator=(YamlDocument&&) noexcept = default;
YamlDocument::~YamlDocument() = default;

absl::StatusOr<YamlDocument> YamlDocument::Parse(absl::string_view text,
                                                 absl::string_view file_name) {
  auto tree = std::make_unique<Tree>();
  const size_t file = tree->notes.AddFile(file_name, text);
  ParsedFile parsed = ParseFile(text, file, &tree->nodes, &tree->notes);
  if (parsed.unreadable.has_value()) {
    // Alone: what else was found in such a text would not help.
    YamlNotes only;
    only.AddFile(file_name, text);
    only.Add(parsed.unreadable->mark, parsed.unreadable->why);
    return only.status();
  }
  tree->root = parsed.root;
  return YamlDocument(std::move(tree));
}

YamlValue YamlDocument::root() const {
  return YamlValue(tree_->root, "the file", &tree_->notes);
}

YamlValue YamlDocument::AddFile(absl::string_view text,
                                absl::string_view file_name) {
  const size_t file = tree_->notes.AddFile(file_name, text);
  const ParsedFile parsed = ParseFile(text, file, &tree_->nodes, &tree_->notes);
  if (parsed.unreadable.has_value()) {
    tree_->notes.Add(parsed.unreadable->mark, parsed.unreadable->why);
  }
  return YamlValue(parsed.root, "the file", &tree_->notes);
}

YamlNode* YamlDocument::Make(const YamlValue& place) {
  YamlNode* node = &tree_->nodes.emplace_back();
  node->mark = place.node_->mark;
  return node;
}

YamlValue YamlDocument::MakeList(const YamlValue& place,
                                 const std::vector<YamlValue>& items) {
  YamlNode* node = Make(place);
  node->kind = YamlNode::Kind::kList;
  for (const YamlValue& item : items) node->items.push_back(item.node_);
  return YamlValue(node, place.name_, place.notes_);
}

YamlValue YamlDocument::MakeMap(const YamlValue& place,
                                const std::vector<YamlField>& fields) {
  YamlNode* node = Make(place);
  node->kind = YamlNode::Kind::kMap;
  for (const YamlField& field : fields) {
    node->fields.push_back({field.key.node_, field.value.node_});
  }
  return YamlValue(node, place.name_, place.notes_);
}

YamlField YamlDocument::MakeField(const YamlValue& place,
                                  absl::string_view name,
                                  const YamlValue& value) {
  return {std::string(name), MakeText(place, name), value};
}

YamlValue YamlDocument::MakeText(const YamlValue& place,
                                 absl::string_view text) {
  YamlNode* node = Make(place);
  node->kind = YamlNode::Kind::kText;
  node->text = std::string(text);
  return YamlValue(node, place.name_, place.notes_);
}

void YamlDocument::SetRoot(const YamlValue& root) { tree_->root = root.node_; }

const YamlFieldNames& YamlDocument::asked() const {
  return tree_->notes.asked();
}

absl::Status YamlDocument::status() const { return tree_->notes.status(); }

absl::StatusOr<std::string> ReadYamlFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": is a directory; write the path of a file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return absl::ErrnoToStatus(errno, absl::StrCat(path, ": cannot be opened"));
  }
  std::string bytes(YamlDocument::kMostBytes + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot be read"));
  }
  bytes.resize(static_cast<size_t>(file.gcount()));
  if (bytes.size() > YamlDocument::kMostBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": is longer than ", YamlDocument::kMostBytes, " bytes"));
  }
  return bytes;
}

}  // namespace leadclock
