#include "processor/policy/yaml_reader.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace leadclock {
namespace {

YamlDocument Document(const std::string& text) {
  absl::StatusOr<YamlDocument> document = YamlDocument::Parse(text, "a.yaml");
  REQUIRE(document.ok());
  return *std::move(document);
}

std::string ParseError(const std::string& text) {
  return std::string(YamlDocument::Parse(text, "a.yaml").status().message());
}

std::string Problems(const YamlDocument& document) {
  return std::string(document.status().message());
}

std::string Repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("A settings file is read field by field") {
  const YamlDocument document = Document(
      "brokers: localhost:9092\n"
      "port: 8080\n"
      "verbose: false\n"
      "topics: [created, activity]\n");

  YamlMap top = document.root().Map("the settings");
  CHECK(top.Required("brokers").Text() == "localhost:9092");
  CHECK(top.Required("port").Integer(1, 65535) == 8080);
  CHECK(top.Required("verbose").Boolean() == false);
  CHECK(top.Required("topics").Items().size() == 2);
  CHECK_FALSE(top.Optional("group").present());
  top.NothingElse();
  CHECK(document.status().ok());
}

TEST_CASE("A document may be put together from several files") {
  YamlDocument document = Document("port: 80\nhost: a\n");
  const YamlValue more =
      document.AddFile("\nport: x\nnames: [b, c]\n", "b.yaml");
  CHECK(document.root().file() == 0);
  CHECK(more.file() == 1);
  CHECK(more.Field("names").Place() == "line 3, column 8");
  CHECK_FALSE(more.Field("host").present());

  std::vector<YamlField> fields = document.root().Fields();
  fields.push_back(document.MakeField(
      more, "ports",
      document.MakeList(more, {more.Field("port"), fields[0].value})));
  document.SetRoot(document.MakeMap(document.root(), fields));

  YamlMap top = document.root().Map("the settings");
  CHECK(top.Optional("host").Integer(1, 9) == std::nullopt);
  for (const YamlValue& port : top.Required("ports").Items()) {
    port.Integer(1, 9);
  }
  top.NothingElse();
  CHECK(Problems(document) ==
        "a.yaml:1:1: unknown field 'port' in the settings; did you mean "
        "'ports'?\n"
        "a.yaml:1:7: 'ports' is a whole number, from 1 to 9, not '80'\n"
        "a.yaml:2:7: 'host' is a whole number, from 1 to 9, not 'a'\n"
        "b.yaml:2:7: 'ports' is a whole number, from 1 to 9, not 'x'");
}

TEST_CASE("A file that is no YAML is reported in its own name") {
  YamlDocument document = Document("port: 80\n");
  CHECK_FALSE(document.AddFile("port: [", "b.yaml").present());
  CHECK(Problems(document) ==
        "b.yaml:1:1: this is not YAML: end of sequence flow not found");
}

TEST_CASE("A document knows which fields were looked for") {
  const YamlDocument document = Document("port: 80\n");
  YamlMap top = document.root().Map("the settings");
  top.Optional("port");
  top.Optional("host");
  CHECK(document.asked() ==
        YamlFieldNames{{"the settings", "host"}, {"the settings", "port"}});
}

TEST_CASE("Every error of a file is reported at once, in its order") {
  const YamlDocument document = Document(
      "port: many\n"
      "broker: localhost\n"
      "verbose: yes\n");

  YamlMap top = document.root().Map("the settings");
  top.Optional("verbose").Boolean();
  top.Required("brokers").Text();
  top.Required("port").Integer(1, 65535);
  top.NothingElse();

  CHECK(document.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(Problems(document) ==
        "a.yaml:1:1: missing field 'brokers' in the settings\n"
        "a.yaml:1:7: 'port' is a whole number, from 1 to 65535, not 'many'\n"
        "a.yaml:2:1: unknown field 'broker' in the settings; did you mean "
        "'brokers'?\n"
        "a.yaml:3:10: 'verbose' is true or false, not 'yes'");
}

TEST_CASE("A value of the wrong shape is reported where it stands") {
  const YamlDocument document = Document(
      "text: [a]\n"
      "list: a\n"
      "map: a\n"
      "nothing:\n"
      "empty: []\n"
      "long: [a, b, c]\n"
      "not_used: a\n");

  YamlMap top = document.root().Map("a test");
  CHECK(top.Required("text").Text() == std::nullopt);
  CHECK(top.Required("list").Items().empty());
  CHECK_FALSE(top.Required("map").Map("a thing").present());
  CHECK(top.Required("nothing").Text() == std::nullopt);
  CHECK(top.Required("empty").Items().empty());
  CHECK(top.Required("long").Items(2).empty());
  top.Refuse("not_used", "'not_used' is no longer used; leave it out");
  top.NothingElse();

  CHECK(Problems(document) ==
        "a.yaml:1:7: 'text' is a text, not a list\n"
        "a.yaml:2:7: 'list' is a list, not a text\n"
        "a.yaml:3:6: 'map' is a map of fields, not a text\n"
        "a.yaml:4:1: 'nothing' has no value; write a text\n"
        "a.yaml:5:8: 'empty' is an empty list; write at least one entry\n"
        "a.yaml:6:7: 'long' has 3 entries; at most 2 are allowed\n"
        "a.yaml:7:1: 'not_used' is no longer used; leave it out");
}

TEST_CASE("What hangs on an absent value is silent") {
  const YamlDocument document = Document("a: b\n");

  YamlMap nested = document.root().Map("a test").Optional("c").Map("a thing");
  CHECK_FALSE(nested.Required("d").present());
  CHECK(nested.Required("d").Text() == std::nullopt);
  CHECK(nested.Required("e").OneOrMore().empty());
  nested.NothingElse();
  CHECK(document.status().ok());
}

TEST_CASE("Words are texts as they are written") {
  const YamlDocument document =
      Document("[yes, 'off', 007, 1.0, \"\", 2026-12-25, 12:30:45]");

  std::vector<std::string> texts;
  for (const YamlValue& item : document.root().Items()) {
    texts.push_back(item.Text().value());
  }
  CHECK(texts == std::vector<std::string>{"yes", "off", "007", "1.0", "",
                                          "2026-12-25", "12:30:45"});
}

TEST_CASE("One of a closed list of words") {
  const YamlDocument document = Document("[red, gren, pink]");

  std::vector<std::optional<int>> colours;
  for (const YamlValue& item : document.root().Items()) {
    colours.push_back(item.OneOf<int>("a colour", {{"red", 1}, {"green", 2}}));
  }
  CHECK(colours ==
        std::vector<std::optional<int>>{1, std::nullopt, std::nullopt});
  CHECK(Problems(document) ==
        "a.yaml:1:7: 'gren' is not a colour; did you mean 'green'?\n"
        "a.yaml:1:13: 'pink' is not a colour; known: red, green");
}

TEST_CASE("A long list of what is known is told once") {
  const YamlDocument document = Document("a: one\nb: two\nc: three\n");
  YamlMap top = document.root().Map("a test");
  std::vector<std::string> names;
  for (char c = 'a'; c <= 'z'; ++c)
    names.push_back("word_" + Repeated(std::string(1, c), 6));
  const std::vector<absl::string_view> known(names.begin(), names.end());
  // In the order of the file, whatever was found first.
  for (const char* name : {"c", "a", "b"}) {
    top.Required(name).Error("not known" + DidYouMean(name, known));
  }
  CHECK(Problems(document) ==
        "a.yaml:1:4: not known; known: " + absl::StrJoin(known, ", ") +
            "\na.yaml:2:4: not known; known: see a.yaml:1"
            "\na.yaml:3:4: not known; known: see a.yaml:1");
}

TEST_CASE("A key that is written twice is an error; YAML would drop one") {
  const YamlDocument document = Document("a: 1\nb: 2\na: 3\n");

  CHECK(document.root().Map("a test").Required("a").Text() == "1");
  CHECK(Problems(document) ==
        "a.yaml:3:1: 'a' is written twice in one map; the first is in line 1");
}

TEST_CASE("Keys are texts, and tags are refused") {
  const YamlDocument document = Document("[a]: b\n~: c\nd: !money 5\n");

  CHECK(Problems(document) ==
        "a.yaml:1:1: the name of a field is a text, not a list\n"
        "a.yaml:2:1: the name of a field is a text, not nothing\n"
        "a.yaml:3:4: the tag '!money' is not known; leave it out");
}

TEST_CASE("An alias stands for what its anchor names, and errs once") {
  const YamlDocument document = Document("a: &hours [nine]\nb: *hours\n");

  YamlMap top = document.root().Map("a test");
  for (const char* name : {"a", "b"}) {
    const std::vector<YamlValue> items = top.Required(name).Items();
    REQUIRE(items.size() == 1);
    CHECK(items.front().Text() == "nine");
    items.front().Error("too late");
  }
  CHECK(Problems(document) == "a.yaml:1:12: too late");
}

TEST_CASE("An error shows no control character, also of what is not YAML") {
  CHECK(ParseError("\"a\\") ==
        "a.yaml:1:5: this is not YAML: unknown escape character: \\x04");
}

TEST_CASE("What is not YAML is refused with its place") {
  CHECK(ParseError("") == "a.yaml:1:1: the file is empty");
  CHECK(ParseError("# nothing\n") == "a.yaml:1:1: the file is empty");
  CHECK(ParseError("a: [b, c\n") ==
        "a.yaml:2:1: this is not YAML: end of sequence flow not found");
  CHECK(ParseError("a:\n\t- b\n") ==
        "a.yaml:2:2: this is not YAML: illegal block entry; indent with "
        "spaces, not with tabs");
  CHECK(ParseError("a: *b\n") ==
        "a.yaml:1:4: this is not YAML: the referenced anchor is not defined");
  CHECK(ParseError("a: 1\n---\na: 2\n") ==
        "a.yaml:3:1: a second document ('---') in one file; write one file "
        "for each");
}

TEST_CASE("A comparison that is not quoted is told to be quoted") {
  const auto [text, error] = GENERATE(table<std::string, std::string>({
      {"{a: >50}", "1:5: this is not YAML: unknown token; quote it: \">50\""},
      {"{a: [>= 50 and < 60, <20]}",
       "1:6: this is not YAML: unknown token; quote it: \">= 50 and < 60\""},
      {"a: >50\n",
       "1:6: this is not YAML: unexpected character in block scalar; quote it: "
       "\">50\""},
      {"b:\n- > 50 and < 60\n",
       "2:5: this is not YAML: unexpected character in block scalar; quote it: "
       "\"> 50 and < 60\""},
      {"{a: @b}", "1:5: this is not YAML: unknown token; quote it: \"@b\""},
  }));
  CHECK(ParseError(text) == "a.yaml:" + error);
}

TEST_CASE("Files made to harm are refused") {
  CHECK(ParseError("a: &a [*a]\n") ==
        "a.yaml:1:8: this is not YAML: a value cannot contain itself");
  CHECK(ParseError(Repeated("[", 500'000)) ==
        "a.yaml:1:26: this is not YAML: nested deeper than 50 levels");
  CHECK(ParseError(Repeated("- ", 500'000)) ==
        "a.yaml:1:101: this is not YAML: nested deeper than 50 levels");
  CHECK(ParseError(std::string(YamlDocument::kMostBytes + 1, 'a')) ==
        "a.yaml:1:1: the file is longer than 1048576 bytes");
  // The YAML library would take this byte for the end of the file.
  CHECK(ParseError("a: 1\nb\x04: 2\n") ==
        "a.yaml:2:2: the byte 0x04 is no text; save the file as UTF-8");
  // What editors write that know no UTF-8: a lone byte for each letter.
  CHECK(ParseError("a: 1\nb: Ren\xe9 e\n") ==
        "a.yaml:2:7: the byte 0xe9 is no text; save the file as UTF-8");
  CHECK(ParseError("a: \xe9") ==
        "a.yaml:1:4: the byte 0xe9 is no text; save the file as UTF-8");
  // Longer than it need be, and half of a pair.
  CHECK(ParseError("a: \xe0\x80\xaf") ==
        "a.yaml:1:4: the byte 0xe0 is no text; save the file as UTF-8");
  CHECK(ParseError("a: \xed\xa0\x80") ==
        "a.yaml:1:4: the byte 0xed is no text; save the file as UTF-8");

  std::string laughs = "- &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    laughs += "- &a" + std::to_string(i) + " [" + Repeated(last + ",", 9) +
              last + "]\n";
  }
  CHECK(ParseError(laughs) ==
        "a.yaml:6:44: this is not YAML: more than 1000000 values, with the "
        "aliases written out");
}

TEST_CASE("A slip of the finger is recognised, another word is not") {
  const std::vector<absl::string_view> known = {"target", "name", "to", "do"};
  CHECK(Nearest("targt", known) == "target");
  CHECK(Nearest("tragte", known) == "target");
  CHECK(Nearest("Target", known) == "target");
  CHECK(Nearest("nmae", known) == "name");
  CHECK(Nearest("t", known) == "to");
  CHECK(Nearest("colour", known) == std::nullopt);
  CHECK(Nearest("", known) == std::nullopt);
}

TEST_CASE("What a message quotes is short and can be printed") {
  CHECK(Quoted("uk") == "'uk'");
  CHECK(Quoted("a\nb") == "'a\\nb'");
  CHECK(Quoted(std::string(61, 'a')) == "'" + std::string(60, 'a') + "...'");
  // Not cut in the middle of a character.
  const std::string before(59, 'a');
  CHECK(Quoted(absl::StrCat(before, "\u00e9")) ==
        absl::StrCat("'", before, "...'"));
}

TEST_CASE("A file that cannot be read is an error that names it") {
  const absl::Status status = ReadYamlFile("/nowhere/a.yaml").status();
  CHECK(status.code() == absl::StatusCode::kNotFound);
  CHECK(status.message() ==
        "/nowhere/a.yaml: cannot be opened: No such file or directory");
  CHECK(ReadYamlFile("/").status().message() ==
        "/: is a directory; write the path of a file");
}

}  // namespace
}  // namespace leadclock
