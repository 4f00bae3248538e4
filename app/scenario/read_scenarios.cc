#include "app/scenario/read_scenarios.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "app/scenario/inline_policy.h"
#include "app/scenario/read_events.h"
#include "app/scenario/read_expectations.h"
#include "app/scenario/settle_events.h"
#include "processor/policy/parse_policy.h"

namespace leadclock {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kEnding = ".test.yaml";

// What a file says of all its scenarios, and each of itself.
struct Setting {
  TimeFrame frame;
  absl::Time notify_from = absl::InfinitePast();
  YamlValue policy;
};

std::shared_ptr<const LeadJob> JobOf(const PolicyBook& policies,
                                     absl::Time notify_from) {
  LeadJobOptions options;
  options.notify_from = notify_from;
  // A scenario ends before a lead is put away.
  options.retire_after = absl::InfiniteDuration();
  return std::make_shared<const LeadJob>(policies, std::move(options));
}

class FileReader {
 public:
  FileReader(const std::string& text, const std::string& path)
      : text_(text), path_(path) {}

  absl::StatusOr<std::vector<Scenario>> Read() {
    absl::StatusOr<YamlDocument> document = YamlDocument::Parse(text_, path_);
    if (!document.ok()) return document.status();
    if (const YamlValue root = document->root(); IsPolicy(root)) {
      return absl::InvalidArgumentError(absl::StrCat(
          root.FileAndLine(), ":", root.column(),
          ": this is a policy, and no file of scenarios; what it says is told "
          "by: leadclock policy check ",
          path_,
          ". To play scenarios through it, write them into a file that ends "
          "in ",
          kEnding, " and names it, as 'policy: ",
          fs::path(path_).filename().string(), "'"));
    }
    YamlMap top = document->root().Map("a file of scenarios");
    Setting setting{.frame = {}, .policy = top.Optional("policy")};
    ReadSetting(top, setting);
    const YamlValue lead = top.Optional("lead");
    if (lead.present()) file_lead_ = {lead};
    for (const YamlValue& item : top.Required("scenarios").Items()) {
      ReadOne(item, setting);
    }
    top.NothingElse();
    Report(document->status());
    if (!errors_.empty()) {
      return absl::InvalidArgumentError(absl::StrJoin(errors_, "\n"));
    }
    return std::move(scenarios_);
  }

 private:
  static bool IsPolicy(const YamlValue& root) {
    return !root.Field("scenarios").present() &&
           (root.Field("clocks").present() || root.Field("extends").present());
  }

  // Adds lines that were not said yet.
  void Report(const absl::Status& status) {
    if (status.ok()) return;
    for (const absl::string_view line :
         absl::StrSplit(status.message(), '\n')) {
      const std::string error(line);
      if (said_.insert(error).second) errors_.push_back(error);
    }
  }

  // What stands in `map` goes before what is there already.
  static void ReadSetting(YamlMap& map, Setting& setting) {
    const YamlValue zone = map.Optional("zone");
    setting.frame.zone = ReadZone(zone).value_or(setting.frame.zone);
    const YamlValue start = map.Optional("start");
    if (start.present()) {
      setting.frame.start = ReadDate(start);
      setting.frame.start_is_wrong = !setting.frame.start.has_value();
    }
    setting.notify_from = ReadTime(map.Optional("notify_from"), setting.frame)
                              .value_or(setting.notify_from);
  }

  void ReadOne(const YamlValue& item, Setting setting) {
    YamlMap map = item.Map("a scenario");
    const YamlValue name = map.Required("scenario");
    Scenario scenario;
    scenario.file = path_;
    scenario.line = name.line();
    scenario.name = name.Text().value_or("");
    if (!names_.insert(scenario.name).second) {
      name.Error("another scenario of this file says the same");
    }
    const YamlValue own = map.Optional("policy");
    if (own.present()) setting.policy = own;
    ReadSetting(map, setting);
    scenario.frame = setting.frame;

    LeadWritten lead{file_lead_};
    const YamlValue own_lead = map.Optional("lead");
    if (own_lead.present()) lead.lead.push_back(own_lead);
    scenario.lead_id = ReadLeadId(lead, scenario.frame);
    const YamlValue events = map.Required("events");
    EventsRead read = ReadEvents(
        events, lead,
        [this](const YamlValue& value) { return ReadPolicy(value); }, scenario);
    const YamlValue expect = map.Optional("expect");
    const YamlValue at = map.Optional("at");
    const YamlValue sequence = map.Optional("sequence");
    map.NothingElse();
    if (!map.present()) return;
    if (!expect.present() && !at.present() && !sequence.present()) {
      name.Error(
          "it expects nothing; write what is to come of it under "
          "'expect'");
    }
    if (read.all && !IsCreated(scenario) &&
        (expect.present() || sequence.present())) {
      events.Error(
          "the lead is never created, so nothing is said of it; add: mon 09:00 "
          "lead created");
    }
    if (!setting.policy.present()) {
      name.Error(
          "it has no policy; write one under 'policy', here or for the whole "
          "file");
      return;
    }
    if (!ReadEditions(setting, std::move(read.news), scenario)) return;
    SettleByPolicy(read.written, scenario);
    ReadExpect(expect, scenario);
    ReadStandings(at, scenario);
    ReadSequence(sequence, scenario);
    scenarios_.push_back(std::move(scenario));
  }

  static bool IsCreated(const Scenario& scenario) {
    return std::any_of(scenario.records.begin(), scenario.records.end(),
                       [](const ScenarioRecord& record) {
                         return record.event.has_lead_created();
                       });
  }

  // False, and reported: what is known of the policy cannot be used.
  bool ReadEditions(const Setting& setting, std::vector<PolicyNews> news,
                    Scenario& scenario) {
    const PolicyEdition* const first = FirstEdition(setting);
    if (first == nullptr) return false;
    scenario.editions.push_back(*first);
    std::stable_sort(news.begin(), news.end(),
                     [](const auto& a, const auto& b) {
                       return a.known_from < b.known_from;
                     });
    for (PolicyNews& each : news) {
      std::vector<Policy> versions = scenario.policies().versions();
      versions.push_back(std::move(each.policy));
      auto edition = MakeEdition(each.place, setting, std::move(versions));
      if (!edition) return false;
      edition->known_from = each.known_from;
      scenario.editions.push_back(*std::move(edition));
    }
    return true;
  }

  // Null: it cannot be used, which was reported.
  const PolicyEdition* FirstEdition(const Setting& setting) {
    const auto key = std::tuple(setting.policy.line(), setting.policy.column(),
                                setting.notify_from);
    const auto known = editions_.find(key);
    if (known != editions_.end()) {
      return known->second ? &*known->second : nullptr;
    }
    std::optional<PolicyEdition>& edition = editions_[key];
    std::vector<Policy> versions;
    bool all = true;
    for (const YamlValue& value : setting.policy.OneOrMore()) {
      std::optional<Policy> policy = ReadPolicy(value);
      all = all && policy;
      if (policy) versions.push_back(*std::move(policy));
    }
    if (all && !versions.empty()) {
      edition = MakeEdition(setting.policy, setting, std::move(versions));
    }
    return edition ? &*edition : nullptr;
  }

  static std::optional<PolicyEdition> MakeEdition(
      const YamlValue& place, const Setting& setting,
      std::vector<Policy> versions) {
    absl::StatusOr<PolicyBook> book = PolicyBook::Create(std::move(versions));
    if (!book.ok()) {
      place.Error(book.status().message());
      return std::nullopt;
    }
    PolicyEdition edition;
    edition.job = JobOf(*book, setting.notify_from);
    edition.policies = std::make_shared<const PolicyBook>(*std::move(book));
    return edition;
  }

  // The policy that is written there, or at the path that is.
  std::optional<Policy> ReadPolicy(const YamlValue& value) {
    const fs::path folder = fs::path(path_).parent_path();
    absl::StatusOr<Policy> policy = absl::InvalidArgumentError("");
    if (value.IsMap()) {
      policy = ParsePolicy(CutOut(text_, value.line(), value.column()), path_,
                           [&folder](const std::string& file) {
                             return ReadYamlFile((folder / file).string());
                           });
    } else if (const auto written = value.Text()) {
      const std::string path = (folder / *written).lexically_normal().string();
      std::error_code error;
      if (!fs::is_regular_file(path, error)) {
        value.Error(absl::StrCat("there is no file ", path,
                                 "; write the policy's path from the folder of "
                                 "this file, or the policy itself"));
        return std::nullopt;
      }
      policy = LoadPolicy(path);
    } else {
      return std::nullopt;
    }
    if (policy.ok()) return *std::move(policy);
    Report(policy.status());
    return std::nullopt;
  }

  const std::string& text_;
  const std::string& path_;
  std::vector<YamlValue> file_lead_;  // none: it is not written
  std::vector<Scenario> scenarios_;
  std::set<std::string> names_;
  std::vector<std::string> errors_;
  std::set<std::string> said_;
  std::map<std::tuple<int, int, absl::Time>, std::optional<PolicyEdition>>
      editions_;
};

// Adds the files that a path stands for; the number of them.
absl::StatusOr<size_t> AddFilesOf(const fs::path& path,
                                  std::set<std::string>& files) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    files.insert(path.string());
    return size_t{1};
  }
  if (!fs::is_directory(path, error)) {
    return absl::NotFoundError(
        absl::StrCat(path.string(), ": there is no such file or directory"));
  }
  size_t found = 0;
  for (fs::recursive_directory_iterator each(path, error), end;
       !error && each != end; each.increment(error)) {
    const std::string file = each->path().string();
    if (!absl::EndsWith(file, kEnding)) continue;
    if (!each->is_regular_file()) continue;
    files.insert(file);
    ++found;
  }
  if (error) {
    return absl::UnavailableError(
        absl::StrCat(path.string(), ": ", error.message()));
  }
  return found;
}

}  // namespace

absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& text,
                                                    const std::string& path) {
  return FileReader(text, path).Read();
}

absl::StatusOr<std::vector<Scenario>> LoadScenarios(
    const std::vector<std::string>& files) {
  std::vector<Scenario> all;
  std::vector<std::string> errors;
  // Files of one policy say the same of it.
  const auto report = [&errors](const absl::Status& status) {
    for (const absl::string_view line :
         absl::StrSplit(status.message(), '\n')) {
      if (std::find(errors.begin(), errors.end(), line) == errors.end()) {
        errors.emplace_back(line);
      }
    }
  };
  for (const std::string& file : files) {
    const absl::StatusOr<std::string> text = ReadYamlFile(file);
    if (!text.ok()) {
      report(text.status());
      continue;
    }
    auto scenarios = ReadScenarios(*text, file);
    if (!scenarios.ok()) {
      report(scenarios.status());
      continue;
    }
    std::move(scenarios->begin(), scenarios->end(), std::back_inserter(all));
  }
  if (!errors.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(errors, "\n"));
  }
  return all;
}

bool HasInName(const Scenario& scenario, absl::string_view text) {
  return absl::StrContains(absl::AsciiStrToLower(scenario.name),
                           absl::AsciiStrToLower(text));
}

absl::StatusOr<std::vector<std::string>> FindScenarioFiles(
    const std::vector<std::string>& paths) {
  std::set<std::string> files;
  for (const std::string& path : paths) {
    const absl::StatusOr<size_t> found = AddFilesOf(path, files);
    if (!found.ok()) return found.status();
    if (*found == 0) {
      return absl::NotFoundError(absl::StrCat(
          path, ": no file below it has a name that ends in ", kEnding));
    }
  }
  return std::vector<std::string>(files.begin(), files.end());
}

}  // namespace leadclock
