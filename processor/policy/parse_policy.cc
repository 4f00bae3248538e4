#include "processor/policy/parse_policy.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "processor/policy/default_policy.h"
#include "processor/policy/duration.h"
#include "processor/policy/layers.h"
#include "processor/policy/parse_alone.h"
#include "processor/policy/parse_calendar.h"
#include "processor/policy/parse_clock.h"
#include "processor/policy/parse_lead_rules.h"
#include "processor/policy/parse_recipients.h"
#include "processor/policy/parse_response.h"
#include "processor/policy/parse_rules.h"
#include "processor/policy/parse_trigger.h"
#include "processor/policy/parse_words.h"
#include "processor/policy/policy_files.h"
#include "processor/policy/yaml_reader.h"
#include "state/digest.h"

namespace leadclock {
namespace {

// Far more than people write. Each calendar holds every opening of a century,
// so that a short file could otherwise fill a large memory: as many openings as
// this stand in 400 MB, and each calendar may open twice on every day.
constexpr size_t kMostCalendars = 256;
constexpr size_t kMostOpenings = 24'000'000;

constexpr absl::string_view kAlways = "always";

// Calendars.

std::vector<NamedCalendar> ReadCalendars(const YamlValue& value,
                                         PolicyFiles& files,
                                         CompiledCalendars& compiled,
                                         Names* names) {
  const auto always = [](absl::string_view name) {
    return NamedCalendar{.name = std::string(name),
                         .calendar = BusinessCalendar::Always()};
  };
  std::vector<NamedCalendar> calendars = {always(kAlways)};
  names->Add(kAlways);

  const std::vector<YamlField> fields = value.Map("'calendars'").TakeAll();
  const bool too_many = fields.size() > kMostCalendars;
  if (too_many) {
    value.Error(absl::StrCat("'calendars' has ", fields.size(),
                             " entries; at most ", kMostCalendars,
                             " are allowed"));
  }
  size_t openings = 0;
  for (const YamlField& field : fields) {
    names->Add(field.name);
    if (too_many) continue;
    if (openings > kMostOpenings) {
      calendars.push_back(always(field.name));
      continue;
    }
    ReadName(field.key);
    if (field.name == kAlways) {
      field.key.Error(
          "'always' is built in, and is open at every instant; choose another "
          "name");
    }
    std::optional<NamedCalendar> calendar =
        ReadCalendar(field.name, field.value, files, compiled);
    if (calendar.has_value()) openings += calendar->calendar.openings();
    if (openings > kMostOpenings) {
      field.key.Error(absl::StrCat(
          "up to this one the calendars open ", openings, " times by ",
          BusinessCalendar::kLastDay.year(), ", and at most ", kMostOpenings,
          " are allowed; write fewer calendars, or fewer ranges a day"));
    }
    calendars.push_back(calendar.has_value() ? *std::move(calendar)
                                             : always(field.name));
  }
  return calendars;
}

// Whether it is open at every instant.
bool IsNeverClosed(const BusinessCalendar& calendar) {
  if (calendar.spec() == nullptr) return true;
  const absl::TimeZone zone = calendar.zone();
  const absl::Time from =
      absl::FromCivil(BusinessCalendar::kFirstDay + 1, zone);
  const absl::Time to = absl::FromCivil(BusinessCalendar::kLastDay, zone);
  return calendar.Between(from, to) == to - from;
}

std::vector<CalendarRule> ReadCalendarFor(const YamlValue& value,
                                          const Glossary& glossary) {
  // Without calendars of its own a policy counts around the clock.
  if (!value.present()) return {CalendarRule{}};
  return ReadCalendarRules(
      ReadRules(value, "calendar_for", "use", LastRule::kOtherwise, &glossary),
      glossary.calendars);
}

// For what clocks say of them.
void NoteCalendars(const YamlValue& calendar_for, const Policy& policy,
                   Glossary& glossary) {
  for (const NamedCalendar& calendar : policy.calendars) {
    // One that could not be read is open always, but under its own name.
    const bool is_read =
        calendar.name == kAlways || calendar.calendar.spec() != nullptr;
    glossary.known_calendars.push_back(
        {.name = calendar.name,
         .is_never_closed = is_read && IsNeverClosed(calendar.calendar)});
  }
  // That a policy with calendars does not say it is reported.
  const bool is_known = calendar_for.present() || policy.calendars.size() == 1;
  if (is_known && !calendar_for.IsWrong()) {
    glossary.calendar_for = policy.calendar_for;
  }
}

// The policy.

// A policy that has calendars says of each clock which one it counts by: that
// it would silently count nights and holidays is nothing a reader expects.
void CheckCalendarFor(const YamlMap& top, const Policy& policy) {
  if (policy.calendars.size() == 1) return;
  for (const ClockRule& clock : policy.clocks) {
    if (!clock.calendars.empty() && clock.calendars.back().when.empty()) {
      continue;
    }
    top.Error(absl::StrCat(
        "missing field 'calendar_for' in the policy; it "
        "says which calendar the clock ",
        Quoted(clock.name), " counts by",
        clock.calendars.empty() ? ", which names none itself"
                                : " where none of its own rules holds"));
    return;
  }
}

// What no base has a say in.
void ReadOwn(YamlMap& top, Policy& policy) {
  policy.version =
      ReadVersion(top.Required("version")).value_or(policy.version);
  policy.effective =
      ReadInstant(top.Optional("effective")).value_or(policy.effective);
  policy.open_clocks =
      ReadOpenClocks(top.Optional("open_clocks")).value_or(policy.open_clocks);
  top.Optional("extends");  // which has had its effect on the rest
}

// So that who refers to what is gone is told who took it out.
void AddTakenOut(const std::map<std::string, std::string>& taken_out,
                 Names* names) {
  for (const auto& [name, where] : taken_out) names->AddTakenOut(name, where);
}

// What nobody else is told of, the manager is.
void AddManager(std::vector<std::string>& fallback) {
  const std::string manager = NameOf(Role::kManager);
  if (std::find(fallback.begin(), fallback.end(), manager) == fallback.end()) {
    fallback.push_back(manager);
  }
}

Policy ReadPolicy(const YamlValue& root, const TakenOut& taken_out,
                  PolicyFiles& files, CompiledCalendars& compiled) {
  YamlMap top = root.Map("the policy");
  Policy policy;
  Glossary glossary;
  ReadOwn(top, policy);
  policy.calendars = ReadCalendars(top.Optional("calendars"), files, compiled,
                                   &glossary.calendars);
  // Conditions and triggers anywhere use these names.
  const YamlValue clocks = top.Required("clocks");
  const YamlValue outcomes = top.Optional("outcomes");
  const YamlValue reentry = top.Optional("reentry");
  glossary.clocks = ReadClockNames(clocks);
  glossary.outcomes = ReadOutcomeNames(outcomes);
  glossary.has_reentry = reentry.present();
  AddTakenOut(taken_out.clocks, &glossary.clocks);
  AddTakenOut(taken_out.outcomes, &glossary.outcomes);
  AddTakenOut(taken_out.rungs, &glossary.rungs_taken_out);

  const YamlValue calendar_for = top.Optional("calendar_for");
  policy.calendar_for = ReadCalendarFor(calendar_for, glossary);
  NoteCalendars(calendar_for, policy, glossary);
  policy.roles =
      ReadNamedRoles(top.Optional("recipients"), &glossary.roles, &glossary);
  const YamlValue fallback = top.Optional("fallback");
  if (fallback.present()) {
    policy.fallback = ReadRecipients(fallback, glossary.roles);
    AddManager(policy.fallback);
  }
  policy.eligible = ReadEligible(top.Optional("eligible"), glossary);
  glossary.eligible = policy.eligible;
  policy.reviews = ReadReviews(top.Optional("reviews"), glossary);
  policy.notify_within = ReadDuration(top.Optional("notify_within"))
                             .value_or(policy.notify_within);
  policy.responses =
      ReadResponses(top.Optional("responses"), TriggerWords(), &glossary);
  policy.reentry = ReadReentry(reentry, glossary);
  glossary.reentry_ends = policy.reentry.ends;
  policy.clocks = ReadClocks(clocks, &glossary);
  policy.outcomes = ReadOutcomes(outcomes, glossary);
  top.Optional("overrides");  // which have had theirs on the clocks
  if (!calendar_for.present()) CheckCalendarFor(top, policy);
  top.NothingElse();
  return policy;
}

// Abseil's packages may be built with a string_view of their own.
absl::string_view Abseil(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

// Reports what is wrong whatever the base says.
void CheckWithoutBase(const YamlValue& root, PolicyFiles& files,
                      CompiledCalendars& compiled) {
  YamlMap top = root.Map("the policy");
  Policy policy;
  Glossary glossary;
  for (Names* names : {&glossary.calendars, &glossary.roles, &glossary.clocks,
                       &glossary.outcomes}) {
    names->SetMayHaveMore();
  }
  ReadOwn(top, policy);
  ReadCalendars(top.Optional("calendars"), files, compiled,
                &glossary.calendars);
  ReadNamedRoles(top.Optional("recipients"), &glossary.roles);
  ReadResponses(top.Optional("responses"), TriggerWords(), &glossary);
  ReadDuration(top.Optional("notify_within"));
  CheckAlone(top, glossary);
  for (const char* const part : {"reentry", "outcomes"}) top.Optional(part);
  top.NothingElse();
}

// Nothing, and reported, if what it extends cannot be read.
std::optional<Policy> ReadLayers(YamlDocument& document,
                                 std::string_view file_name, PolicyFiles& files,
                                 CompiledCalendars& compiled) {
  const std::optional<TakenOut> taken_out =
      PutLayersTogether(document, Abseil(file_name), files);
  if (!taken_out.has_value()) {
    CheckWithoutBase(document.root(), files, compiled);
    return std::nullopt;
  }
  return ReadPolicy(document.root(), *taken_out, files, compiled);
}

// A file that a policy in `folder` names. What fails is said without its name,
// for whoever says where it is named.
absl::StatusOr<std::string> ReadFileOf(const std::filesystem::path& folder,
                                       const std::string& file) {
  const std::string path = (folder / file).string();
  absl::StatusOr<std::string> text = ReadYamlFile(path);
  if (text.ok()) return text;
  absl::string_view why = text.status().message();
  absl::ConsumePrefix(&why, absl::StrCat(path, ": "));
  return absl::Status(text.status().code(), why);
}

// A file of scenarios in a policy's place has none of its fields.
bool IsOfScenarios(const YamlValue& root) {
  return root.Field("scenarios").present() && !root.Field("clocks").present();
}

absl::StatusOr<Policy> ParseWith(PolicyFiles files, std::string_view text,
                                 std::string_view file_name,
                                 CompiledCalendars* known) {
  absl::StatusOr<YamlDocument> document =
      YamlDocument::Parse(Abseil(text), Abseil(file_name));
  if (!document.ok()) return document.status();
  if (const YamlValue root = document->root(); IsOfScenarios(root)) {
    return absl::InvalidArgumentError(absl::StrCat(
        root.FileAndLine(), ":", root.column(),
        ": this is a file of scenarios, and no policy; play it with: leadclock "
        "policy test ",
        Abseil(file_name)));
  }

  CompiledCalendars own;
  std::optional<Policy> policy =
      ReadLayers(*document, file_name, files, known == nullptr ? own : *known);
  // Only now has everything been read, and every error reported.
  if (absl::Status status = document->status(); !status.ok()) return status;
  policy->text = text;
  policy->files = files.all();
  policy->hash = PolicyHash(text, policy->files);
  return *std::move(policy);
}

}  // namespace

std::string_view DefaultPolicyText() { return kDefaultPolicy; }

absl::StatusOr<Policy> DefaultPolicy() {
  return ParsePolicy(DefaultPolicyText(), "default (built in)");
}

std::string PolicyHash(std::string_view text,
                       const std::map<std::string, std::string>& files) {
  // Sizes first, so that no two policies have one text.
  std::string whole(text);
  for (const auto& [path, content] : files) {
    absl::StrAppend(&whole, "\n", path.size(), " ", content.size(), "\n", path,
                    content);
  }
  return Sha256(whole);
}

absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name,
                                   PolicyFiles::Read read,
                                   CompiledCalendars* known) {
  return ParseWith(PolicyFiles(std::move(read)), text, file_name, known);
}

absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name,
                                   std::map<std::string, std::string> files,
                                   CompiledCalendars* known) {
  return ParseWith(PolicyFiles(std::move(files)), text, file_name, known);
}

YamlFieldNames FieldsLookedFor(std::string_view text, PolicyFiles::Read read) {
  absl::StatusOr<YamlDocument> document =
      YamlDocument::Parse(Abseil(text), "policy.yaml");
  if (!document.ok()) return {};
  PolicyFiles files(std::move(read));
  CompiledCalendars compiled;
  ReadLayers(*document, "policy.yaml", files, compiled);
  return document->asked();
}

absl::StatusOr<Policy> ParsePolicy(std::string_view text,
                                   std::string_view file_name) {
  return ParsePolicy(text, file_name, [](const std::string&) {
    return absl::NotFoundError("a policy that is not a file has no files");
  });
}

absl::StatusOr<Policy> LoadPolicy(const std::string& path,
                                  CompiledCalendars* known) {
  const absl::StatusOr<std::string> text = ReadYamlFile(path);
  if (!text.ok()) return text.status();
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  return ParsePolicy(
      *text, path,
      [&folder](const std::string& file) { return ReadFileOf(folder, file); },
      known);
}

}  // namespace leadclock
