package leadclock.streams;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import leadclock.v1.LeadEventOuterClass.LeadAttributes;
import leadclock.v1.LeadEventOuterClass.LeadEvent;
import leadclock.v1.LeadEventOuterClass.Touch;
import leadclock.v1.SlaEventOuterClass.SlaEvent;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * One task's leads: an event moves the lead's clock, a punctuator asks those whose instant came.
 *
 * <p>Timers are a store of their own, keyed by (instant, lead), with one entry for each lead: its
 * earliest instant. The punctuator goes on from the last instant that it has seen: from the store's
 * start it would step over the tombstones of every timer that ever fired.
 *
 * <p>As good Streams code would do, and other than Leadclock does:
 * <ul>
 *   <li>Now is the wall clock less the settling time, also while the task lags: answers that are
 *       waiting to be read are not known to it, so after a stop it says breaches that it retracts
 *       when it has read on.
 *   <li>It keeps no history: of attributes and people the last that was read counts, not the last
 *       that took place, and events cannot be withdrawn. What was said to the wrong people is not
 *       corrected. An answer counts if it is of who is responsible when it is read.
 *   <li>No quarantine: what cannot be parsed stops the task. No check of keys, times or duplicates
 *       (the effect of an event that is read twice is that of one).
 *   <li>No compacted topic of states that others may read.
 * </ul>
 */
final class LeadProcessor implements Processor<Bytes, byte[], byte[], byte[]> {
  static final String LEADS = "leads";
  static final String TIMERS = "timers";

  /** Fine enough not to be seen beside a commit interval of 100 ms, and cheap when idle. */
  private static final Duration PUNCTUATION = Duration.ofMillis(20);

  /** So that an opening at which very many are due does not hold up the thread's other tasks. */
  private static final int TIMERS_AT_ONCE = 2_000;

  /** When fewer records come in between two punctuations, a timer's events are committed at once. */
  private static final int QUIET = 100;

  private static final byte[] NOTHING = new byte[0];

  private final Policy policy;
  private final long settle;
  private final SlaEvents.Position[] positions;
  private final SlaEvents events;

  private ProcessorContext<byte[], byte[]> context;
  private KeyValueStore<Bytes, byte[]> leads;
  private KeyValueStore<Bytes, byte[]> timers;
  /** No timer is earlier. */
  private long timersFrom = 0;
  private int readSincePunctuation = 0;

  LeadProcessor(Policy policy, long settle, String createdTopic, String activityTopic) {
    this.policy = policy;
    this.settle = settle;
    positions =
        new SlaEvents.Position[] {
          new SlaEvents.Position(createdTopic), new SlaEvents.Position(activityTopic)
        };
    events = new SlaEvents(policy, positions);
  }

  @Override
  public void init(ProcessorContext<byte[], byte[]> context) {
    this.context = context;
    leads = context.getStateStore(LEADS);
    timers = context.getStateStore(TIMERS);
    for (SlaEvents.Position position : positions) {
      position.partition = context.taskId().partition();
    }
    context.schedule(PUNCTUATION, PunctuationType.WALL_CLOCK_TIME, this::fireTimers);
  }

  @Override
  public void process(Record<Bytes, byte[]> record) {
    ++readSincePunctuation;
    context.recordMetadata().ifPresent(this::note);
    LeadEvent event = parse(record.value());
    byte[] stored = leads.get(record.key());
    Memo.Builder memo = stored == null ? Memo.newBuilder() : read(stored);
    if (take(event, memo)) {
      say(record.key(), event.getLeadId(), memo, context.currentSystemTimeMs());
    }
  }

  private void note(RecordMetadata metadata) {
    for (SlaEvents.Position position : positions) {
      if (position.topic.equals(metadata.topic())) {
        position.nextOffset = metadata.offset() + 1;
      }
    }
  }

  private static LeadEvent parse(byte[] value) {
    try {
      return LeadEvent.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("a record is not a LeadEvent", e);
    }
  }

  private static Memo.Builder read(byte[] stored) {
    try {
      return Memo.newBuilder().mergeFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a stored lead is damaged", e);
    }
  }

  // ---- What an event changes ----

  /** Returns whether it changed anything. */
  private boolean take(LeadEvent event, Memo.Builder memo) {
    switch (event.getEventCase()) {
      case LEAD_CREATED -> takeCreated(event, memo);
      case ASSIGNED -> {
        var assigned = event.getAssigned();
        if (assigned.hasOwnerId()) memo.setOwnerId(assigned.getOwnerId());
        if (assigned.hasBackupId()) memo.setBackupId(assigned.getBackupId());
        if (assigned.hasManagerId()) memo.setManagerId(assigned.getManagerId());
      }
      case ATTRIBUTES_CHANGED -> {
        return takeAttributes(event.getAttributesChanged().getAttributes(), memo);
      }
      case STAGE_CHANGED -> memo.setStage(event.getStageChanged().getStage());
      case STATUS_CHANGED ->
          takePause(
              event.getOccurredAtMs(),
              event.getStatusChanged().getStatus().equals(policy.pausedStatus),
              memo);
      case TOUCH -> {
        return takeTouch(event, memo);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void takeCreated(LeadEvent event, Memo.Builder memo) {
    var created = event.getLeadCreated();
    takeAttributes(created.getAttributes(), memo);
    if (created.hasOwnerId()) memo.setOwnerId(created.getOwnerId());
    if (created.hasBackupId()) memo.setBackupId(created.getBackupId());
    if (created.hasManagerId()) memo.setManagerId(created.getManagerId());
    if (memo.getStartedAtMs() == 0 || event.getOccurredAtMs() < memo.getStartedAtMs()) {
      memo.setStartedAtMs(event.getOccurredAtMs())
          .setStartedBySource(event.getSource())
          .setStartedById(event.getId());
    }
  }

  private boolean takeAttributes(LeadAttributes attributes, Memo.Builder memo) {
    boolean changed = false;
    if (attributes.hasMarket()) {
      memo.setMarket(attributes.getMarket());
      changed = true;
    }
    if (attributes.hasLeadSource()) {
      memo.setLeadSource(attributes.getLeadSource());
      changed = true;
    }
    if (attributes.hasIntent()) {
      memo.setIntent(attributes.getIntent());
      changed = true;
    }
    if (attributes.hasStage()) {
      memo.setStage(attributes.getStage());
      changed = true;
    }
    if (attributes.hasCrmUrl()) {
      memo.setCrmUrl(attributes.getCrmUrl());
      changed = true;
    }
    memo.setTargetMs(policy.target(memo.getLeadSource()));
    return changed;
  }

  private static void takePause(long at, boolean paused, Memo.Builder memo) {
    int place = memo.getPausesCount();
    while (place > 0 && memo.getPauses(place - 1).getAtMs() > at) {
      --place;
    }
    memo.addPauses(place, Memo.Pause.newBuilder().setAtMs(at).setPaused(paused));
  }

  private static boolean takeTouch(LeadEvent event, Memo.Builder memo) {
    Touch touch = event.getTouch();
    String actor = touch.getActorId();
    boolean answers =
        touch.getDirection() == Touch.Direction.OUTBOUND
            && touch.getActorKind() == Touch.ActorKind.HUMAN
            && touch.getMeaningful()
            && !actor.isEmpty()
            && (actor.equals(memo.getOwnerId())
                || actor.equals(memo.getBackupId())
                || actor.equals(memo.getManagerId()));
    if (!answers
        || (memo.getAnsweredAtMs() != 0 && memo.getAnsweredAtMs() <= event.getOccurredAtMs())) {
      return false;
    }
    memo.setAnsweredAtMs(event.getOccurredAtMs());
    return true;
  }

  // ---- What is said ----

  private void say(Bytes key, String lead, Memo.Builder memo, long wall) {
    long now = wall - settle;
    long timer = 0;
    if (memo.getStartedAtMs() != 0) {
      Clock clock = new Clock(policy, memo);
      List<Clock.Fact> facts = clock.factsUpTo(now);
      retract(key, lead, memo, clock, facts, wall, now);
      for (Clock.Fact fact : facts) {
        sayNew(key, lead, memo, clock, fact, wall, now);
      }
      long next = clock.nextInstant(now);
      timer = next == Clock.NEVER ? 0 : next;
    }
    setTimer(key, memo, timer);
    leads.put(key, memo.build().toByteArray());
  }

  private void retract(
      Bytes key,
      String lead,
      Memo.Builder memo,
      Clock clock,
      List<Clock.Fact> facts,
      long wall,
      long now) {
    for (int i = 0; i < memo.getSaidCount(); ++i) {
      Memo.Said said = memo.getSaid(i);
      if (said.getRetracted() || holds(said, facts)) {
        continue;
      }
      memo.setLeadSeq(memo.getLeadSeq() + 1);
      forward(key, events.write(lead, memo, clock, said, SlaEvent.Form.RETRACTED, wall, now), wall);
      memo.setSaid(i, said.toBuilder().setRetracted(true));
    }
  }

  private static boolean holds(Memo.Said said, List<Clock.Fact> facts) {
    for (Clock.Fact fact : facts) {
      if (fact.kind().getNumber() == said.getKind() && fact.at() == said.getAtMs()) {
        return true;
      }
    }
    return false;
  }

  private void sayNew(
      Bytes key,
      String lead,
      Memo.Builder memo,
      Clock clock,
      Clock.Fact fact,
      long wall,
      long now) {
    Memo.Said.Builder said =
        Memo.Said.newBuilder().setKind(fact.kind().getNumber()).setAtMs(fact.at());
    int place = memo.getSaidCount();
    for (int i = 0; i < memo.getSaidCount(); ++i) {
      Memo.Said before = memo.getSaid(i);
      if (before.getKind() != said.getKind() || before.getAtMs() != said.getAtMs()) {
        continue;
      }
      if (!before.getRetracted()) {
        return;
      }
      said.setCount(before.getCount() + 1);
      place = i;
    }
    if (place == memo.getSaidCount()) {
      memo.addSaid(said);
    } else {
      memo.setSaid(place, said);
    }
    memo.setLeadSeq(memo.getLeadSeq() + 1);
    forward(
        key, events.write(lead, memo, clock, said.build(), SlaEvent.Form.SAID, wall, now), wall);
  }

  private void forward(Bytes key, SlaEvent event, long wall) {
    context.forward(
        new Record<>(key.get(), event.toByteArray(), wall, SlaEvents.headers(event)),
        SlaEvents.sinkOf(event.getKind()));
  }

  // ---- Timers ----

  private void setTimer(Bytes lead, Memo.Builder memo, long at) {
    if (at != 0) {
      timersFrom = Math.min(timersFrom, at);
    }
    if (at == memo.getTimerMs()) {
      return;
    }
    if (memo.getTimerMs() != 0) {
      timers.delete(timerKey(memo.getTimerMs(), lead.get()));
    }
    if (at != 0) {
      timers.put(timerKey(at, lead.get()), NOTHING);
    }
    memo.setTimerMs(at);
  }

  private static Bytes timerKey(long at, byte[] lead) {
    return Bytes.wrap(ByteBuffer.allocate(8 + lead.length).putLong(at).put(lead).array());
  }

  private void fireTimers(long wall) {
    long now = wall - settle;
    if (timersFrom > now) {
      readSincePunctuation = 0;
      return;
    }
    List<Bytes> due = new ArrayList<>();
    long next = now + 1;
    // Without an upper end the range would take a copy of all cached keys behind it.
    try (KeyValueIterator<Bytes, byte[]> timer =
        timers.range(timerKey(timersFrom, NOTHING), timerKey(now + 1, NOTHING))) {
      while (timer.hasNext()) {
        ByteBuffer key = ByteBuffer.wrap(timer.next().key.get());
        long at = key.getLong();
        if (due.size() == TIMERS_AT_ONCE) {
          next = at;
          break;
        }
        byte[] lead = new byte[key.remaining()];
        key.get(lead);
        due.add(Bytes.wrap(lead));
      }
    }
    // Before they are asked: each sets its next instant, which may have come already.
    timersFrom = next;
    for (Bytes lead : due) {
      // At the punctuator's own time: the context's may be older, and find nothing due.
      say(lead, new String(lead.get(), StandardCharsets.UTF_8), read(leads.get(lead)), wall);
    }
    // Under load the commit interval is soon over; else nobody shall wait for it.
    if (!due.isEmpty() && readSincePunctuation < QUIET) {
      context.commit();
    }
    readSincePunctuation = 0;
  }
}
