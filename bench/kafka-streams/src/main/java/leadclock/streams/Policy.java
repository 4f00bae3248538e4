package leadclock.streams;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** bench/policy.yaml, as far as this job needs it: one calendar, one clock, three rungs. */
final class Policy {
  final long version;
  final String hash;
  final BusinessCalendar calendar;
  final String clock;
  final String pausedStatus;
  final long remindBeforeDue;
  final long escalateAfterDue;
  private final Map<String, Long> targetBySource = new HashMap<>();
  private long otherTarget;

  Policy(Path file) throws IOException {
    byte[] text = Files.readAllBytes(file);
    hash = sha256(text);
    JsonNode policy = new YAMLMapper().readTree(text);
    version = policy.get("version").asLong();
    calendar = readCalendar(policy.get("calendars").get("office"));
    JsonNode rule = policy.get("clocks").get(0);
    clock = rule.get("name").asText();
    pausedStatus = rule.get("pauses").get(0).asText();
    for (JsonNode target : rule.get("target")) {
      if (target.has("otherwise")) {
        otherTarget = millis(target.get("otherwise").asText());
      } else {
        targetBySource.put(
            target.get("when").get("source").asText(), millis(target.get("is").asText()));
      }
    }
    JsonNode ladder = rule.get("ladder");
    remindBeforeDue = millis(ladder.get(0).get("at").asText().replace("due - ", ""));
    escalateAfterDue = millis(ladder.get(2).get("at").asText().replace("due + ", ""));
  }

  long target(String leadSource) {
    return targetBySource.getOrDefault(leadSource, otherTarget);
  }

  private static long millis(String length) {
    long number = Long.parseLong(length.substring(0, length.length() - 1));
    return switch (length.charAt(length.length() - 1)) {
      case 'h' -> number * 3_600_000;
      case 'm' -> number * 60_000;
      case 's' -> number * 1_000;
      default -> throw new IllegalArgumentException(length);
    };
  }

  private static BusinessCalendar readCalendar(JsonNode calendar) {
    Map<DayOfWeek, List<BusinessCalendar.Hours>> week = new EnumMap<>(DayOfWeek.class);
    for (Iterator<String> names = calendar.get("hours").fieldNames(); names.hasNext(); ) {
      String days = names.next();
      String[] ends = days.split("-");
      DayOfWeek last = day(ends[ends.length - 1]);
      for (DayOfWeek day = day(ends[0]); ; day = day.plus(1)) {
        week.put(day, readHours(calendar.get("hours").get(days)));
        if (day == last) {
          break;
        }
      }
    }
    Map<LocalDate, List<BusinessCalendar.Hours>> dates = new HashMap<>();
    calendar
        .get("dates")
        .fields()
        .forEachRemaining(
            date -> dates.put(LocalDate.parse(date.getKey()), readHours(date.getValue())));
    return new BusinessCalendar(
        ZoneId.of(calendar.get("zone").asText()), LocalDate.of(2020, 1, 1), week, dates);
  }

  private static DayOfWeek day(String name) {
    for (DayOfWeek day : DayOfWeek.values()) {
      if (day.name().toLowerCase().startsWith(name)) {
        return day;
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static List<BusinessCalendar.Hours> readHours(JsonNode ranges) {
    List<BusinessCalendar.Hours> hours = new ArrayList<>();
    for (JsonNode range : ranges.isArray() ? ranges : List.of(ranges)) {
      String[] ends = range.asText().split("-");
      boolean untilMidnight = ends[1].equals("24:00");
      hours.add(
          new BusinessCalendar.Hours(
              LocalTime.parse(ends[0]),
              untilMidnight ? LocalTime.MIDNIGHT : LocalTime.parse(ends[1]),
              untilMidnight));
    }
    return hours;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
