// The stored form of a lead. Version 5:
//
//   lead     := version:u8 texts recent log
//   texts    := count text*       the lead's dictionary
//   recent   := all that the usual event needs; see PutRecent()
//   log      := entry*            to the end: what only late events need
//   entry    := 0 collapsed | 1 event | 2 said
//   number   := varint; signed ones zigzag
//   instant  := milliseconds since 1970, signed number
//   length   := milliseconds, signed number
//   text     := number            the place in kCommonTexts, and after those in
//                                 the dictionary
//   list     := size element*
//   optional := 0 | 1 element
//
// The dictionary and the log only grow, so that a lead whose past is unread is
// written with both as they were, and what is new behind them. The ids that
// recur in a lead (owners, events, attribute names) cost a byte each time. The
// order of an object's parts is that of the Put functions below, which serve
// both directions. What few leads have stands behind a number whose bits say
// which of these parts follow. Changing one of them, an enumeration or
// kCommonTexts is a new version.

#include "state/codec.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <cstring>
#include <iterator>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "state/codec_io.h"

namespace leadclock {
namespace {

using codec::Dictionary;
using codec::Reader;
using codec::TakeNumber;
using codec::TakeTexts;
using codec::Writer;

constexpr uint8_t kVersion = 5;

constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^
         static_cast<uint64_t>(value >> 63);
}
constexpr int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// The greatest value of each enumeration that is stored.
constexpr Direction Greatest(Direction) { return Direction::kInternal; }
constexpr ActorKind Greatest(ActorKind) { return ActorKind::kImport; }
constexpr Verdict Greatest(Verdict) { return Verdict::kStopped; }
constexpr Eligibility Greatest(Eligibility) {
  return Eligibility::kUnderReview;
}
constexpr ActivityKind Greatest(ActivityKind) {
  return ActivityKind::kDisposition;
}
constexpr FactKind Greatest(FactKind) { return FactKind::kTaskCancelled; }

// Collects the bits that say which parts of an object are written, and asks for
// them in the same order where it is read.
class Parts {
 public:
  void Add(bool given) { bits_ |= uint64_t{given} << size_++; }
  uint64_t bits() const { return bits_; }

 private:
  uint64_t bits_ = 0;
  unsigned size_ = 0;
};
constexpr bool HasPart(uint64_t bits, unsigned part) {
  return (bits >> part & 1) != 0;
}

// `T` is an `Object`, const where it is written and not where it is read.
template <typename T, typename Object>
concept A = std::same_as<std::remove_const_t<T>, Object>;

// Says of each type what it is made of, once for both directions.
template <typename Io>
class Format {
 public:
  explicit Format(Io& io) : io_(io) {}

  void Put(A<Event> auto& v) {
    All(v.ref, v.occurred_at, v.sequence, v.kind, v.body);
  }

  void Put(A<Collapsed> auto& v) { All(v.up_to, v.base); }
  // Without the attributes: they are told once, when the fact is said.
  void Put(A<Said> auto& v) {
    All(v.fact, v.count, v.corrections, v.notify, v.retracted);
  }

  void PutRecent(A<Lead> auto& v) {
    All(v.progress, v.replay, v.lead_seq, v.hold_until, v.last_read,
        v.policy_version, v.policy_hash, v.calendars_hash,
        v.first_policy_version, v.policy_versions, v.summary, v.settled_up_to);
  }

 private:
  void All(auto&... values) { (Put(values), ...); }

  // ---- Objects ----

  void Put(A<EventRef> auto& v) { All(v.source, v.id); }
  void Put(A<PeopleChanges> auto& v) { All(v.owner, v.backup, v.manager); }
  void Put(A<LeadCreated> auto& v) { All(v.attributes, v.people, v.flags); }
  void Put(A<AttributesChanged> auto& v) { Put(v.attributes); }
  void Put(A<FlagsChanged> auto& v) { All(v.added, v.removed); }
  void Put(A<Assigned> auto& v) { All(v.people, v.holders); }
  void Put(A<Touched> auto& v) {
    All(v.channel, v.direction, v.actor_kind, v.actor);
    PutJudgements(v.meaningful, v.personalized, v.reply_path, v.changes_terms,
                  v.apology);
  }
  void Put(A<Withdrawn> auto& v) { Put(v.event); }
  void Put(A<Activity> auto& v) { All(v.kind, v.fields, v.learnt); }
  void Put(A<Erased> auto&) {}
  void Put(A<MergedInto> auto& v) { Put(v.lead); }
  void Put(A<Absorbed> auto& v) {
    All(v.lead, v.started_at, v.first_answered_at);
  }
  void Put(A<People> auto& v) { All(v.owner, v.backup, v.manager); }
  void Put(A<Recipient> auto& v) { All(v.role, v.fell_to, v.id); }
  void Put(A<Attributes> auto& v) { All(v.values, v.flags); }
  void Put(A<KnownDate> auto& v) { All(v.name, v.at, v.learnt_at, v.said_by); }
  void Put(A<OpenTask> auto& v) { All(v.holder, v.due, v.mark); }
  void Put(A<OpenReview> auto& v) {
    All(v.reason, v.asked_by, v.policy_version, v.by_eligibility, v.task);
  }
  void Put(A<OwnerChange> auto& v) { All(v.at, v.owner); }
  void Put(A<PastEscalation> auto& v) { All(v.at, v.clock, v.rung); }
  void Put(A<ClockRun> auto& v) {
    All(v.policy_version, v.clock, v.cycle, v.started_by, v.started_at,
        v.channel, v.counted, v.counted_to, v.calendar, v.target,
        v.not_due_before, v.verdict, v.due, v.counted_at_due, v.rungs_passed,
        v.rungs_fired, v.ended_at, v.answered_at, v.reason);
    const uint64_t parts =
        Given(v.paused, v.from_birth, v.resumed, v.lead_cycle != 1,
              v.attempts != 0 || v.last_attempt_at.has_value(),
              v.task.has_value(), v.at_risk_since.has_value());
    if constexpr (Io::kReading) {
      v.paused = HasPart(parts, 0);
      v.from_birth = HasPart(parts, 1);
      v.resumed = HasPart(parts, 2);
    }
    if (HasPart(parts, 3)) Put(v.lead_cycle);
    if (HasPart(parts, 4)) {
      All(v.attempts, v.attempt_channels, v.last_attempt_at);
    }
    if (HasPart(parts, 5)) Put(v.task);
    if (HasPart(parts, 6)) Put(v.at_risk_since);
  }
  void Put(A<Progress> auto& v) {
    All(v.birth, v.born_by, v.position, v.attributes, v.people, v.holders,
        v.eligibility, v.eligibility_reason, v.runs);
    const uint64_t parts = Given(
        v.erased, !v.owners.empty(), v.owner_acted, v.autoresponder,
        !v.escalations.empty() || !v.escalated_clocks.empty(),
        !v.open_reviews.empty() || !v.reviews_holding.empty(),
        !v.dates.empty() || v.dates_done != DatesDoneAt(v.position), v.merged,
        v.away, v.cycle != 1, v.begun_at != v.birth, !v.broken_channels.empty(),
        !v.missed_clocks.empty(), !v.outcomes.empty() || !v.just_told.empty(),
        !v.opted_out_channels.empty(), !v.resumed_clocks.empty());
    if constexpr (Io::kReading) {
      v.erased = HasPart(parts, 0);
      v.owner_acted = HasPart(parts, 2);
      v.autoresponder = HasPart(parts, 3);
      v.merged = HasPart(parts, 7);
      v.away = HasPart(parts, 8);
      v.begun_at = v.birth;
      v.dates_done = DatesDoneAt(v.position);
    }
    if (HasPart(parts, 1)) Put(v.owners);
    if (HasPart(parts, 4)) All(v.escalations, v.escalated_clocks);
    if (HasPart(parts, 5)) All(v.open_reviews, v.reviews_holding);
    if (HasPart(parts, 6)) All(v.dates, v.dates_done);
    if (HasPart(parts, 9)) Put(v.cycle);
    if (HasPart(parts, 10)) Put(v.begun_at);
    if (HasPart(parts, 11)) Put(v.broken_channels);
    if (HasPart(parts, 12)) Put(v.missed_clocks);
    if (HasPart(parts, 13)) All(v.outcomes, v.just_told);
    if (HasPart(parts, 14)) Put(v.opted_out_channels);
    if (HasPart(parts, 15)) Put(v.resumed_clocks);
  }
  void Put(A<Lead::Summary> auto& v) {
    All(v.newest, v.refs, v.has_withdrawals, v.collapsed_up_to, v.erased_at);
  }
  void Put(A<Fact> auto& v) {
    All(v.clock, v.started_by, v.kind, v.rung, v.at, v.policy_version, v.people,
        v.recipients, v.cycle, v.started_at, v.target, v.counted,
        v.counted_at_due, v.due, v.answered_at, v.reason, v.lead_mark);
    const uint64_t parts =
        Given(v.ended_by_version, v.by_time, v.after_escalation,
              v.autoresponder, v.responsible.has_value(), !IsNone(v.by),
              !v.outcome.empty() || !v.note.empty() || v.attempts != 0,
              !v.task_holder.empty() || v.task_due.has_value());
    if constexpr (Io::kReading) {
      v.ended_by_version = HasPart(parts, 0);
      v.by_time = HasPart(parts, 1);
      v.after_escalation = HasPart(parts, 2);
      v.autoresponder = HasPart(parts, 3);
    }
    if (HasPart(parts, 4)) Put(v.responsible);
    if (HasPart(parts, 5)) Put(v.by);
    if (HasPart(parts, 6)) All(v.outcome, v.note, v.attempts);
    if (HasPart(parts, 7)) All(v.task_holder, v.task_due);
  }

  // Which parts of an object follow, in this order. A part that nobody knows
  // makes the bytes unreadable.
  uint64_t Given(auto... given) {
    Parts parts;
    (parts.Add(given), ...);
    uint64_t bits = parts.bits();
    Put(bits);
    if (bits >> sizeof...(given) != 0) Fail();
    return bits;
  }
  void Fail() {
    if constexpr (Io::kReading) io_.Fail();
  }
  static bool IsNone(const EventRef& ref) {
    return ref.source.empty() && ref.id.empty();
  }
  // As a fold leaves it after an event.
  static absl::Time DatesDoneAt(absl::Time position) {
    return position - absl::Milliseconds(1);
  }

  // Each is yes, no, or absent: a digit of a number to the base three.
  void PutJudgements(auto&... judgements) {
    constexpr uint64_t kAnswers = 3;
    uint64_t packed = 0;
    if constexpr (!Io::kReading) {
      uint64_t place = 1;
      const auto pack = [&](const std::optional<bool>& judgement) {
        packed += judgement ? place * (*judgement ? 2 : 1) : 0;
        place *= kAnswers;
      };
      (pack(judgements), ...);
    }
    Put(packed);
    if constexpr (Io::kReading) {
      const auto unpack = [&](std::optional<bool>& judgement) {
        judgement.reset();
        if (packed % kAnswers != 0) judgement = packed % kAnswers == 2;
        packed /= kAnswers;
      };
      (unpack(judgements), ...);
      if (packed != 0) Fail();
    }
  }

  // ---- What objects are made of ----

  template <typename T>
  requires std::unsigned_integral<std::remove_const_t<T>> || std::is_enum_v<T>
  void Put(T& value) {
    if constexpr (!Io::kReading) {
      io_.Number(static_cast<uint64_t>(value));
    } else {
      uint64_t number = 0;
      io_.Number(number);
      value = static_cast<T>(number);
      bool fits = static_cast<uint64_t>(value) == number;
      if constexpr (std::is_enum_v<T>) fits = fits && value <= Greatest(T{});
      if (!fits) {
        value = T{};
        io_.Fail();
      }
    }
  }

  void Put(A<int64_t> auto& value) {
    uint64_t number = ZigZag(value);
    Put(number);
    if constexpr (Io::kReading) value = UnZigZag(number);
  }

  void Put(A<std::string> auto& text) { io_.Text(text); }

  template <typename Kind>
  void Put(const Id<Kind>& id) {
    io_.Text(id.text());
  }
  template <typename Kind>
  void Put(Id<Kind>& id) {
    std::string text = id.text();
    io_.Text(text);
    id = Id<Kind>(std::move(text));
  }

  void Put(A<absl::Time> auto& value) {
    int64_t millis = absl::ToUnixMillis(value);
    Put(millis);
    if constexpr (Io::kReading) value = absl::FromUnixMillis(millis);
  }

  void Put(A<absl::Duration> auto& value) {
    int64_t millis = absl::ToInt64Milliseconds(value);
    Put(millis);
    if constexpr (Io::kReading) value = absl::Milliseconds(millis);
  }

  void Put(A<std::shared_ptr<const Attributes>> auto& value) {
    if constexpr (Io::kReading) {
      Attributes attributes;
      Put(attributes);
      value = std::make_shared<const Attributes>(std::move(attributes));
    } else {
      Put(*value);
    }
  }

  void Put(A<std::pair<std::string, std::string>> auto& pair) {
    All(pair.first, pair.second);
  }
  void Put(A<std::pair<std::string, PersonId>> auto& pair) {
    All(pair.first, pair.second);
  }
  void Put(A<std::pair<std::string, EventRef>> auto& pair) {
    All(pair.first, pair.second);
  }

  template <typename T>
  void Put(const std::optional<T>& value) {
    const bool given = value.has_value();
    Put(given);
    if (given) Put(*value);
  }
  template <typename T>
  void Put(std::optional<T>& value) {
    bool given = value.has_value();
    Put(given);
    if (given) Put(value.emplace());
  }

  template <typename T>
  void Put(const std::vector<T>& list) {
    io_.Number(list.size());
    for (const T& element : list) Put(element);
  }
  template <typename T>
  void Put(std::vector<T>& list) {
    uint64_t size = 0;
    io_.Size(size);
    list.reserve(std::min<uint64_t>(size, kReserved));
    for (uint64_t i = 0; i < size && !io_.failed(); ++i) {
      Put(list.emplace_back());
    }
  }

  void Put(const EventBody& body) {
    io_.Number(body.index());
    std::visit([&](const auto& alternative) { Put(alternative); }, body);
  }
  void Put(EventBody& body) {
    uint64_t index = 0;
    io_.Number(index);
    if (!Emplace(index, body,
                 std::make_index_sequence<std::variant_size_v<EventBody>>())) {
      return io_.Fail();
    }
    std::visit([&](auto& alternative) { Put(alternative); }, body);
  }

  template <size_t... Index>
  static bool Emplace(uint64_t index, EventBody& body,
                      std::index_sequence<Index...>) {
    return ((index == Index && (body.emplace<Index>(), true)) || ...);
  }

  // What damaged bytes can ask of memory at once.
  static constexpr uint64_t kReserved = 64;

  Io& io_;
};

enum class Entry : uint8_t { kCollapsed, kEvent, kSaid };

absl::Status Damaged() {
  return absl::DataLossError("a lead's stored state is damaged");
}

// Reads the recent part, and leaves the rest of the bytes.
bool TakeRecent(std::string_view& bytes,
                const std::vector<std::string_view>& texts, Lead& lead) {
  Reader reader(bytes, texts);
  Format format(reader);
  format.PutRecent(lead);
  uint64_t open = 0;
  reader.Size(open);
  for (uint64_t i = 0; i < open && !reader.failed(); ++i) {
    format.Put(lead.ledger.emplace_back());
  }
  lead.unread.emplace();
  reader.Number(lead.unread->settled);
  bytes = reader.rest();
  return !reader.failed();
}

// What was added since stands behind what is read.
bool ReadLog(std::string_view log, const std::vector<std::string_view>& texts,
             Lead& lead) {
  Reader reader(log, texts);
  Format format(reader);
  std::vector<Event> history;
  std::vector<Said> ledger;
  while (!reader.at_end() && !reader.failed()) {
    uint64_t entry = 0;
    reader.Number(entry);
    switch (entry) {
      case static_cast<uint64_t>(Entry::kCollapsed):
        format.Put(lead.collapsed.emplace());
        break;
      case static_cast<uint64_t>(Entry::kEvent):
        format.Put(history.emplace_back());
        break;
      case static_cast<uint64_t>(Entry::kSaid):
        format.Put(ledger.emplace_back());
        ledger.back().settled = true;
        break;
      default:
        reader.Fail();
    }
  }
  const bool is_whole =
      history.size() + lead.history.size() == lead.summary.refs.size() &&
      ledger.size() == lead.unread->settled;
  if (reader.failed() || !is_whole) return false;
  std::move(lead.history.begin(), lead.history.end(),
            std::back_inserter(history));
  std::move(lead.ledger.begin(), lead.ledger.end(), std::back_inserter(ledger));
  lead.history = std::move(history);
  lead.ledger = std::move(ledger);
  return true;
}

void WriteLog(const Lead& lead, Format<Writer>& format, Writer& log) {
  const auto put = [&](Entry entry, const auto& object) {
    log.Number(static_cast<uint64_t>(entry));
    format.Put(object);
  };
  if (lead.collapsed && !lead.unread) put(Entry::kCollapsed, *lead.collapsed);
  for (const Event& event : lead.history) put(Entry::kEvent, event);
  for (const Said& said : lead.ledger) {
    if (said.settled) put(Entry::kSaid, said);
  }
}

void WriteRecent(const Lead& lead, Format<Writer>& format, Writer& recent) {
  format.PutRecent(lead);
  uint64_t open = 0;
  for (const Said& said : lead.ledger) open += said.settled ? 0 : 1;
  recent.Number(open);
  for (const Said& said : lead.ledger) {
    if (!said.settled) format.Put(said);
  }
  const uint64_t unread = lead.unread ? lead.unread->settled : 0;
  recent.Number(unread + lead.ledger.size() - open);
}

}  // namespace

std::string EncodeLead(const Lead& lead) {
  Dictionary dictionary(lead.unread ? std::string_view(lead.unread->texts)
                                    : std::string_view());
  Writer recent(dictionary);
  Format recent_format(recent);
  WriteRecent(lead, recent_format, recent);
  Writer log(dictionary);
  Format log_format(log);
  WriteLog(lead, log_format, log);

  std::string bytes;
  const size_t unread =
      lead.unread ? lead.unread->texts.size() + lead.unread->log.size() : 0;
  bytes.reserve(unread + recent.bytes().size() + log.bytes().size() + 256);
  bytes.push_back(static_cast<char>(kVersion));
  dictionary.Write(bytes);
  bytes.append(recent.bytes());
  if (lead.unread) bytes.append(lead.unread->log);
  bytes.append(log.bytes());
  return bytes;
}

absl::StatusOr<Lead> DecodeRecent(std::string_view bytes) {
  if (bytes.empty() || static_cast<uint8_t>(bytes.front()) != kVersion) {
    return absl::DataLossError(absl::StrCat(
        "a lead's stored state is not of the format that this version of "
        "leadclock knows (",
        kVersion, "); it was written by another version, or is damaged"));
  }
  bytes.remove_prefix(1);
  std::string_view rest = bytes;
  uint64_t count = 0;
  std::vector<std::string_view> texts;
  Lead lead;
  if (!TakeNumber(rest, count) || !TakeTexts(rest, count, texts)) {
    return Damaged();
  }
  const std::string_view stored = bytes.substr(0, bytes.size() - rest.size());
  if (!TakeRecent(rest, texts, lead)) return Damaged();
  lead.unread->texts = stored;
  lead.unread->log = rest;
  return lead;
}

absl::Status ReadPast(Lead& lead) {
  if (!lead.unread) return absl::OkStatus();
  std::string_view rest = lead.unread->texts;
  uint64_t count = 0;
  std::vector<std::string_view> texts;
  if (!TakeNumber(rest, count) || !TakeTexts(rest, count, texts) ||
      !ReadLog(lead.unread->log, texts, lead)) {
    return Damaged();
  }
  lead.unread.reset();
  return absl::OkStatus();
}

absl::StatusOr<Lead> DecodeLead(std::string_view bytes) {
  absl::StatusOr<Lead> lead = DecodeRecent(bytes);
  if (!lead.ok()) return lead;
  const absl::Status status = ReadPast(*lead);
  if (!status.ok()) return status;
  return lead;
}

std::string EncodeEvent(const Event& event) {
  Dictionary dictionary("");
  Writer writer(dictionary);
  Format(writer).Put(event);
  std::string bytes;
  dictionary.Write(bytes);
  bytes.append(writer.bytes());
  return bytes;
}

}  // namespace leadclock
