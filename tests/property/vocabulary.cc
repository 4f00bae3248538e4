#include "tests/property/vocabulary.h"

namespace leadclock::property {

const std::vector<std::pair<std::string, std::vector<std::string>>>&
Attributes() {
  static const auto& attributes =
      *new std::vector<std::pair<std::string, std::vector<std::string>>>{
          {"market", {"uk", "us", ""}},
          {"intent", {"high", "low", ""}},
          {"stage", {"mql", "sql", ""}},
          {"available_channel", {"phone", "email", kBothChannels, "none", ""}},
          {"consent", {"granted", "withdrawn", ""}},
          {"status", {"working", "on_hold", "waiting", ""}},
          {"lead_score", {"8", "9.5", "10", "12", "none", ""}}};
  return attributes;
}

const std::vector<std::string>& Flags() {
  static const auto& flags = *new std::vector<std::string>{"complaint", "vip"};
  return flags;
}

const std::vector<std::string>& FlagsOfTouches() {
  static const auto& flags =
      *new std::vector<std::string>{"price_or_scope", "apology"};
  return flags;
}

const std::vector<std::string>& ToldByTasks() {
  static const auto& told = *new std::vector<std::string>{
      "name", "source", "service_interest", "crm_url"};
  return told;
}

const std::vector<std::string>& Dates() {
  static const auto& dates = *new std::vector<std::string>{
      "term_ends", "next_step", "meeting", "return", "custom.renewal"};
  return dates;
}

const std::vector<std::string>& Outcomes() {
  static const auto& outcomes =
      *new std::vector<std::string>{"won", "late", "rescued"};
  return outcomes;
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
