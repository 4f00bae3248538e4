#include "tests/property/vocabulary.h"

namespace leadclock::property {

const std::vector<std::pair<std::string, std::vector<std::string>>>&
Attributes() {
  static const auto& attributes =
      *new std::vector<std::pair<std::string, std::vector<std::string>>>{
          {"market", {"uk", "us", ""}},
          {"intent", {"high", "low", ""}},
          {"stage", {"mql", "sql", ""}},
          {"available_channel", {"phone", "email", kBothChannels, ""}},
          {"consent", {"granted", "withdrawn", ""}},
          {"status", {"working", "on_hold", "waiting", ""}},
          {"lead_score", {"8", "9.5", "10", "12", "none", ""}}};
  return attributes;
}

const std::vector<std::string>& Flags() {
  static const auto& flags = *new std::vector<std::string>{"complaint", "vip"};
  return flags;
}

const std::vector<std::string>& Persons() {
  static const auto& persons =
      *new std::vector<std::string>{"ann", "bob", "cid", ""};
  return persons;
}

const std::vector<std::string>& Channels() {
  static const auto& channels = *new std::vector<std::string>{"phone", "email"};
  return channels;
}

}  // namespace leadclock::property
