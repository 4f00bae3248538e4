// What an event teaches: step 1 of docs/semantics.md.

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "processor/lead/dates.h"
#include "processor/lead/folder.h"
#include "processor/lead/names.h"
#include "processor/lead/rules.h"

namespace leadclock {
namespace {}  // namespace

void Folder::Learn(const AttributeChanges& changes,
                   const std::vector<std::string>& flags_added,
                   const std::vector<std::string>& flags_removed) {
  if (changes.empty() && flags_added.empty() && flags_removed.empty()) return;
  // Facts share what was known at their instant, so it is never changed in
  // place.
  auto known = std::make_shared<Attributes>(attributes());
  for (const auto& [name, value] : changes) known->Set(name, value);
  for (const std::string& flag : flags_added) known->AddFlag(flag);
  for (const std::string& flag : flags_removed) known->RemoveFlag(flag);
  for (const std::string& flag : flags_added) {
    if (!IsOneOf(flag, attributes().flags) && IsOneOf(flag, known->flags)) {
      occasion_.flags_added.push_back(flag);
    }
  }
  progress_.attributes = std::move(known);
  LearnDates(changes);
}

void Folder::LearnDates(const AttributeChanges& changes) {
  for (const auto& [name, value] : changes) {
    if (name == "status") says_status_ = true;
    if (!MayBeDate(name)) continue;
    Note(name, DateOf(name, value), progress_.position, event_,
         progress_.dates);
  }
}

uint8_t Folder::Learn(const PeopleChanges& changes) {
  uint8_t new_holders = 0;
  const auto learn = [&](Role role, const std::optional<PersonId>& named,
                         PersonId& holder) {
    if (!named || *named == holder) return;
    holder = *named;
    if (!holder.empty()) new_holders |= RoleBit(role);
    if (role == Role::kOwner) NoteOwner();
  };
  learn(Role::kOwner, changes.owner, progress_.people.owner);
  learn(Role::kBackup, changes.backup, progress_.people.backup);
  learn(Role::kManager, changes.manager, progress_.people.manager);
  return new_holders;
}

void Folder::NoteOwner() {
  constexpr size_t kMost = 32;
  progress_.owner_acted = false;
  std::vector<OwnerChange>& owners = progress_.owners;
  owners.push_back({progress_.position, progress_.people.owner});
  if (owners.size() > kMost) owners.erase(owners.begin());
}

void Folder::Learn(const RoleHolders& changes) {
  RoleHolders& holders = progress_.holders;
  for (const auto& [role, holder] : changes) {
    auto place =
        std::lower_bound(holders.begin(), holders.end(), role,
                         [](const auto& known, const std::string& name) {
                           return known.first < name;
                         });
    if (place != holders.end() && place->first == role) {
      place = holders.erase(place);
    }
    if (!holder.empty()) holders.insert(place, {role, holder});
  }
}

void Folder::Learn(const Touched& touch) {
  if (touch.actor_kind == ActorKind::kAutoresponder) {
    progress_.autoresponder = true;
  }
  const PersonId& owner = progress_.people.owner;
  if (touch.actor_kind == ActorKind::kHuman &&
      touch.direction == Direction::kOutbound && !owner.empty() &&
      touch.actor == owner) {
    progress_.owner_acted = true;
  }
  const bool changes_terms = touch.changes_terms.value_or(false);
  const bool apology = touch.apology.value_or(false);
  if (!changes_terms && !apology) return;
  std::vector<std::string> flags;
  if (changes_terms) flags.emplace_back(kTermsChanged);
  if (apology) flags.emplace_back(kApology);
  Learn({}, flags, {});
}

void Folder::Learn(const Activity& activity) {
  Learn(activity.learnt, {}, {});
  switch (activity.kind) {
    case ActivityKind::kContactBroken:
      AddTo(progress_.broken_channels, FieldOf(activity, "channel"));
      break;
    case ActivityKind::kContactMended:
      RemoveFrom(progress_.broken_channels, FieldOf(activity, "channel"));
      break;
    case ActivityKind::kConsentChanged:
      LearnConsent(FieldOf(activity, "channel"), FieldOf(activity, "consent"));
      break;
    case ActivityKind::kTaskDone: {
      const PersonId& owner = progress_.people.owner;
      if (!owner.empty() && FieldOf(activity, "actor") == owner.text()) {
        progress_.owner_acted = true;
      }
      if (!progress_.open_reviews.empty()) TakeOffReviewed(activity);
      break;
    }
    default:
      break;
  }
}

void Folder::LearnConsent(const std::string& channel,
                          const std::string& consent) {
  std::vector<std::string>& opted_out = progress_.opted_out_channels;
  if (consent == "granted") {
    if (channel.empty()) {
      opted_out.clear();
    } else {
      RemoveFrom(opted_out, channel);
    }
  } else if (consent == "withdrawn" && !channel.empty()) {
    AddTo(opted_out, channel);
  }
}

// The lead began with the one that it takes over, if that was earlier.
void Folder::Learn(const Absorbed& absorbed) {
  if (was_gone_) return;
  says_first_answer_ = absorbed.first_answered_at.has_value();
  if (absorbed.started_at >= progress_.begun_at) return;
  for (ClockRun& run : progress_.runs) {
    if (run.ended_at || !run.from_birth) continue;
    CountUpTo(policies_, progress_.position, run);
    if (!run.due) {
      run.counted += CalendarOf(policies_, run)
                         .Between(absorbed.started_at, progress_.begun_at);
    }
    run.started_at = absorbed.started_at;
  }
  progress_.begun_at = absorbed.started_at;
}

void Folder::Birth(const LeadCreated& created, const EventRef& ref) {
  event_ = ref;
  Learn(created.attributes, created.flags, {});
  const uint8_t assigned = Learn(created.people);
  occasion_.is_birth = true;
  Follow();
  occasion_ = {};
  occasion_.assigned = assigned;
  says_status_ = false;
  if (occasion_.assigned != 0) Follow();
}

void Folder::Apply(const Event& event) {
  struct Visitor {
    Folder& folder;

    void operator()(const LeadCreated& created) const {
      folder.Learn(created.attributes, created.flags, {});
      folder.occasion_.assigned = folder.Learn(created.people);
    }
    void operator()(const AttributesChanged& changed) const {
      folder.Learn(changed.attributes, {}, {});
    }
    void operator()(const FlagsChanged& changed) const {
      folder.Learn({}, changed.added, changed.removed);
    }
    void operator()(const Assigned& assigned) const {
      folder.occasion_.assigned = folder.Learn(assigned.people);
      folder.Learn(assigned.holders);
    }
    void operator()(const Touched& touch) const {
      folder.Learn(touch);
      folder.occasion_.touch = &touch;
    }
    void operator()(const Activity& activity) const {
      folder.Learn(activity);
      folder.occasion_.activity = &activity;
    }
    void operator()(const Absorbed& absorbed) const { folder.Learn(absorbed); }
    void operator()(const MergedInto&) const { folder.progress_.merged = true; }
    void operator()(const Withdrawn&) const {}
    void operator()(const Erased&) const { folder.progress_.erased = true; }
  };
  event_ = event.ref;
  was_gone_ = progress_.erased || progress_.merged;
  std::visit(Visitor{*this}, event.body);
  Follow();
}

}  // namespace leadclock
