package leadclock.streams;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import leadclock.v1.SlaEventOuterClass.SlaEvent;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The events that the job writes, with CloudEvents headers. One for each task: not for threads. */
final class SlaEvents {
  private static final byte[] SPEC_VERSION = bytes("1.0");
  private static final byte[] CONTENT_TYPE = bytes("application/protobuf");
  private static final String SOURCE = "kafka-streams";
  private static final byte[] SOURCE_BYTES = bytes(SOURCE);

  /** Where the task stands: the provenance of what it says. */
  static final class Position {
    final String topic;
    int partition;
    long nextOffset;

    Position(String topic) {
      this.topic = topic;
    }
  }

  private final Policy policy;
  private final Position[] positions;
  private final MessageDigest digest;

  SlaEvents(Policy policy, Position[] positions) {
    this.policy = policy;
    this.positions = positions;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  SlaEvent write(
      String lead,
      Memo.Builder memo,
      Clock clock,
      Memo.Said said,
      SlaEvent.Form form,
      long wall,
      long now) {
    long at = said.getAtMs();
    SlaEvent.Kind kind = SlaEvent.Kind.forNumber(said.getKind());
    String saidId = id(lead, memo, said, "");
    SlaEvent.Builder event =
        SlaEvent.newBuilder()
            .setSource(SOURCE)
            .setKind(kind)
            .setForm(form)
            .setLeadId(lead)
            .setLeadSeq(memo.getLeadSeq())
            .setClock(policy.clock)
            .setCycle(1)
            .setStartedBySource(memo.getStartedBySource())
            .setStartedById(memo.getStartedById())
            .setStartedAtMs(memo.getStartedAtMs())
            .setRung(rung(kind))
            .setAtMs(at)
            .setTargetMs(memo.getTargetMs())
            .setCountedMs(clock.countedAt(at))
            .setOwnerId(memo.getOwnerId())
            .setBackupId(memo.getBackupId())
            .setManagerId(memo.getManagerId())
            .setMarket(memo.getMarket())
            .setLeadSource(memo.getLeadSource())
            .setIntent(memo.getIntent())
            .setStage(memo.getStage())
            .setCrmUrl(memo.getCrmUrl())
            .setNotify(true)
            .setPolicyVersion(policy.version)
            .setPolicyHash(policy.hash)
            .setEmittedAtMs(wall)
            .setNowMs(now);
    if (form == SlaEvent.Form.RETRACTED) {
      event.setId(id(lead, memo, said, "retracted")).setCorrects(saidId);
    } else {
      event.setId(saidId);
    }
    if (clock.due != Clock.NEVER) {
      event.setDueMs(clock.due);
      if (at > clock.due) {
        event.setOverdueBusinessMs(event.getCountedMs() - memo.getTargetMs());
        event.setOverdueWallMs(at - clock.due);
      }
    }
    if (kind == SlaEvent.Kind.MET || kind == SlaEvent.Kind.ANSWERED_LATE) {
      event.setAnsweredAtMs(at);
    }
    addRecipients(kind, memo, event);
    for (Position position : positions) {
      event
          .addReadUpToBuilder()
          .setTopic(position.topic)
          .setPartition(position.partition)
          .setNextOffset(position.nextOffset);
    }
    return event.build();
  }

  static Headers headers(SlaEvent event) {
    String type = "leadclock.v1." + event.getKind().name().toLowerCase();
    if (event.getForm() == SlaEvent.Form.RETRACTED) {
      type += ".retracted";
    }
    return new RecordHeaders()
        .add("ce_specversion", SPEC_VERSION)
        .add("ce_id", bytes(event.getId()))
        .add("ce_type", bytes(type))
        .add("ce_source", SOURCE_BYTES)
        .add("ce_subject", bytes(event.getLeadId()))
        .add("ce_time", bytes(Instant.ofEpochMilli(event.getAtMs()).toString()))
        .add("content-type", CONTENT_TYPE);
  }

  /** The node of the topology that writes events of a kind. */
  static String sinkOf(SlaEvent.Kind kind) {
    return switch (kind) {
      case REMINDER -> "warnings";
      case BREACH -> "breaches";
      case ESCALATION -> "escalations";
      default -> "outcomes";
    };
  }

  private static String rung(SlaEvent.Kind kind) {
    return switch (kind) {
      case REMINDER -> "remind_1";
      case BREACH -> "breach_1";
      case ESCALATION -> "escalate_1";
      default -> kind.name().toLowerCase();
    };
  }

  private static void addRecipients(
      SlaEvent.Kind kind, Memo.Builder memo, SlaEvent.Builder event) {
    if (kind == SlaEvent.Kind.REMINDER || kind == SlaEvent.Kind.BREACH) {
      event.addRecipientsBuilder().setRole("owner").setId(memo.getOwnerId());
    }
    if (kind == SlaEvent.Kind.BREACH) {
      event.addRecipientsBuilder().setRole("backup").setId(memo.getBackupId());
    }
    if (kind == SlaEvent.Kind.ESCALATION) {
      event.addRecipientsBuilder().setRole("manager").setId(memo.getManagerId());
    }
  }

  private String id(String lead, Memo.Builder memo, Memo.Said said, String form) {
    String identity =
        lead + '\n' + policy.clock + '\n' + memo.getStartedBySource() + '\n'
            + memo.getStartedById() + '\n' + said.getKind() + '\n' + said.getAtMs() + '\n'
            + policy.version + '\n' + said.getCount() + '\n' + form;
    return HexFormat.of().formatHex(digest.digest(bytes(identity)), 0, 16);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
