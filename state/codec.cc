// The stored form of a lead. Version 4:
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

namespace leadclock {
namespace {

constexpr uint8_t kVersion = 4;

constexpr std::array<std::string_view, 34> kCommonTexts = {
    "",         "market",
    "source",   "intent",
    "stage",    "team",
    "priority", "customer",
    "consent",  "status",
    "name",     "crm_url",
    "campaign", "service_interest",
    "form",     "high",
    "mid",      "low",
    "phone",    "email",
    "sms",      "new",
    "working",  "available_channel",
    "owner",    "backup",
    "manager",  "reason",
    "handoff",  "disposition",
    "outcome",  "next_step",
    "meeting",  "actor"};

// Bytes that are written one after another.
class Bytes {
 public:
  // What is written cannot be told beforehand; most leads need less.
  Bytes() : text_(512, '\0') {}

  void Number(uint64_t value) {
    Reserve(kLongestNumber);
    while (value >= 0x80) {
      text_[size_++] = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    text_[size_++] = static_cast<char>(value);
  }
  void Append(std::string_view text) {
    Reserve(text.size());
    std::memcpy(text_.data() + size_, text.data(), text.size());
    size_ += text.size();
  }

  std::string_view view() const { return {text_.data(), size_}; }

 private:
  static constexpr size_t kLongestNumber = 10;

  void Reserve(size_t more) {
    if (text_.size() - size_ < more) text_.resize(2 * text_.size() + more);
  }

  std::string text_;
  size_t size_ = 0;
};

// Takes a number off the front of the bytes; false: there is none.
bool TakeNumber(std::string_view& bytes, uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

// Takes `count` texts off the front of the bytes.
bool TakeTexts(std::string_view& bytes, uint64_t count,
               std::vector<std::string_view>& texts) {
  // No list can have more elements than there are bytes left.
  if (count > bytes.size()) return false;
  texts.reserve(count + 8);
  for (uint64_t i = 0; i < count; ++i) {
    uint64_t size = 0;
    if (!TakeNumber(bytes, size) || size > bytes.size()) return false;
    texts.push_back(bytes.substr(0, size));
    bytes.remove_prefix(size);
  }
  return true;
}

// The texts of a lead, those that are common to all of them first: finds each
// by its bytes.
class Texts {
 public:
  Texts() {
    for (const std::string_view text : kCommonTexts) Add(text);
  }

  void Reserve(size_t more) {
    texts_.reserve(texts_.size() + more + 8);
    while (slots_.size() < 2 * (texts_.size() + more)) Grow();
  }
  // Appends a text, whose bytes outlive this.
  size_t Add(std::string_view text) {
    texts_.push_back(text);
    if (slots_.size() < 2 * texts_.size()) {
      Grow();
    } else {
      Place(texts_.size() - 1);
    }
    return texts_.size() - 1;
  }
  // The place of a text, which is added if it is new.
  size_t PlaceOf(std::string_view text) {
    for (size_t at = Hash(text);; ++at) {
      const uint32_t slot = slots_[at & (slots_.size() - 1)];
      if (slot == 0) return Add(text);
      if (texts_[slot - 1] == text) return slot - 1;
    }
  }
  const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  static size_t Hash(std::string_view text) {
    constexpr uint64_t kMix = 0x9e37'79b9'7f4a'7c15;
    uint64_t first = 0;
    uint64_t last = 0;
    if (text.size() >= sizeof(first)) {
      std::memcpy(&first, text.data(), sizeof(first));
      std::memcpy(&last, text.data() + text.size() - sizeof(last),
                  sizeof(last));
    } else {
      std::memcpy(&first, text.data(), text.size());
    }
    const uint64_t mixed = (first ^ (last * kMix) ^ text.size()) * kMix;
    return static_cast<size_t>(mixed >> 32);
  }
  void Place(size_t index) {
    size_t at = Hash(texts_[index]);
    while (slots_[at & (slots_.size() - 1)] != 0) ++at;
    slots_[at & (slots_.size() - 1)] = static_cast<uint32_t>(index + 1);
  }
  void Grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (size_t i = 0; i < texts_.size(); ++i) Place(i);
  }

  std::vector<std::string_view> texts_;
  // The place in `texts_`, and one; 0: free. Their number is a power of two.
  std::vector<uint32_t> slots_ = std::vector<uint32_t>(128);
};

// The dictionary of a lead that is written.
class Dictionary {
 public:
  // Begins with texts that are stored already, as Write() gave them.
  explicit Dictionary(std::string_view stored) : texts_(CommonTexts()) {
    uint64_t count = 0;
    // They were read before, and are whole.
    if (!TakeNumber(stored, count)) return;
    stored_ = stored;
    stored_count_ = count;
    texts_.Reserve(count);
    std::vector<std::string_view> texts;
    TakeTexts(stored, count, texts);
    for (const std::string_view text : texts) texts_.Add(text);
  }

  uint64_t PlaceOf(std::string_view text) { return texts_.PlaceOf(text); }

  void Write(std::string& bytes) const {
    const std::vector<std::string_view>& texts = texts_.texts();
    const size_t first_new = kCommonTexts.size() + stored_count_;
    Bytes added;
    for (size_t i = first_new; i < texts.size(); ++i) {
      added.Number(texts[i].size());
      added.Append(texts[i]);
    }
    Bytes count;
    count.Number(texts.size() - kCommonTexts.size());
    bytes.append(count.view());
    bytes.append(stored_);
    bytes.append(added.view());
  }

 private:
  static const Texts& CommonTexts() {
    static const Texts* const kTexts = new Texts;
    return *kTexts;
  }

  std::string_view stored_;
  size_t stored_count_ = 0;
  // Of texts in what is written, which outlives the writer.
  Texts texts_;
};

class Writer {
 public:
  static constexpr bool kReading = false;

  explicit Writer(Dictionary& dictionary) : dictionary_(dictionary) {}

  void Number(uint64_t value) { bytes_.Number(value); }
  void Text(const std::string& text) {
    Number(text.empty() ? 0 : dictionary_.PlaceOf(text));
  }

  std::string_view bytes() const { return bytes_.view(); }

 private:
  Dictionary& dictionary_;
  Bytes bytes_;
};

class Reader {
 public:
  static constexpr bool kReading = true;

  Reader(std::string_view bytes, const std::vector<std::string_view>& texts)
      : rest_(bytes), texts_(texts) {}

  // Bytes that are not well-formed read as zeros from there on.
  bool failed() const { return failed_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  void Fail() {
    failed_ = true;
    rest_ = {};
  }

  void Number(uint64_t& value) {
    if (TakeNumber(rest_, value)) return;
    value = 0;
    Fail();
  }

  void Text(std::string& text) {
    uint64_t place = 0;
    Number(place);
    if (place < kCommonTexts.size()) {
      text = kCommonTexts[place];
    } else if (place - kCommonTexts.size() < texts_.size()) {
      text = texts_[place - kCommonTexts.size()];
    } else {
      Fail();
    }
  }

  // No list can have more elements than there are bytes left.
  void Size(uint64_t& size) {
    Number(size);
    if (size > rest_.size()) {
      size = 0;
      Fail();
    }
  }

 private:
  std::string_view rest_;
  const std::vector<std::string_view>& texts_;
  bool failed_ = false;
};

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
  void Put(A<OpenTask> auto& v) { All(v.holder, v.due); }
  void Put(A<OpenReview> auto& v) {
    All(v.reason, v.asked_by, v.asked_at, v.policy_version, v.by_eligibility,
        v.task);
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
        !v.missed_clocks.empty(), !v.outcomes.empty() || !v.just_told.empty());
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
  }
  void Put(A<Lead::Summary> auto& v) {
    All(v.newest, v.refs, v.has_withdrawals, v.collapsed_up_to, v.erased_at);
  }
  void Put(A<Fact> auto& v) {
    All(v.clock, v.started_by, v.kind, v.rung, v.at, v.policy_version, v.people,
        v.recipients, v.cycle, v.started_at, v.target, v.counted,
        v.counted_at_due, v.due, v.answered_at, v.reason);
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
