package leadclock.streams;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.BytesDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The promise of bench/policy.yaml as a Kafka Streams job.
 *
 * <p>Arguments: brokers, application id (the group), prefix of the input topics, prefix of the output
 * topics, policy file, state directory, settling time in ms, MiB for RocksDB.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    String inputs = arguments[2];
    String outputs = arguments[3];
    Policy policy = new Policy(Path.of(arguments[4]));
    long settle = Long.parseLong(arguments[6]);

    KafkaStreams streams =
        new KafkaStreams(
            topology(policy, settle, inputs, outputs),
            settings(arguments[0], arguments[1], arguments[5], arguments[7]));
    CountDownLatch ended = new CountDownLatch(1);
    streams.setStateListener(
        (now, before) -> {
          System.err.println(before + " to " + now);
          if (!now.isRunningOrRebalancing() && now != KafkaStreams.State.CREATED) {
            ended.countDown();
          }
        });
    // A benchmark that goes on after an error would measure something else.
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> streams.close(Duration.ofSeconds(30))));
    streams.start();
    ended.await();
  }

  private static Topology topology(Policy policy, long settle, String inputs, String outputs) {
    String created = inputs + "leads.created";
    String activity = inputs + "leads.activity";
    Topology topology =
        new Topology()
            .addSource("created", new BytesDeserializer(), new ByteArrayDeserializer(), created)
            .addSource("activity", new BytesDeserializer(), new ByteArrayDeserializer(), activity)
            // One processor of both topics, so one task has the same partition of both.
            .addProcessor(
                "clock",
                () -> new LeadProcessor(policy, settle, created, activity),
                "created",
                "activity")
            .addStateStore(store(LeadProcessor.LEADS), "clock")
            .addStateStore(store(LeadProcessor.TIMERS), "clock");
    for (String sink : new String[] {"warnings", "breaches", "escalations", "outcomes"}) {
      // Placed by the key, as the input is.
      topology.addSink(
          sink,
          outputs + "sla." + sink,
          new ByteArraySerializer(),
          new ByteArraySerializer(),
          "clock");
    }
    return topology;
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name) {
    // Bytes, so that what is the key on the topic is the key in the store: nothing is decoded and
    // encoded on the way. Cached: a lead that is touched several times between two commits is
    // written to RocksDB and to the changelog once.
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
        .withCachingEnabled()
        .withLoggingEnabled(Map.of());
  }

  private static Properties settings(
      String brokers, String application, String directory, String rocksDbMib) {
    Properties settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, directory);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    // One for each core.
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
    // More than the records of a commit interval need: a full cache evicts between commits.
    settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64L << 20);
    settings.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbSettings.class);
    settings.put(RocksDbSettings.BUDGET_MIB, rocksDbMib);
    // What is fetched at once, and what a task holds, is worth the turn of the loop; 500 and 1,000
    // records, the defaults, are gone in milliseconds.
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 5_000);
    settings.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 5_000);
    // An idle thread looks at its punctuators this often; the default is 100 ms.
    settings.put(StreamsConfig.POLL_MS_CONFIG, 10);
    // Restoring shares nothing with processing and is limited by its fetches.
    settings.put(StreamsConfig.restoreConsumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 10_000);
    settings.put(
        StreamsConfig.restoreConsumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG),
        4 << 20);
    settings.put(
        StreamsConfig.restoreConsumerPrefix(ConsumerConfig.RECEIVE_BUFFER_CONFIG), 1 << 20);
    // Large batches: at a commit everything is sent that is left. Lingering would only be late on
    // a quiet topic, and batches fill by themselves on a busy one.
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 5);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BUFFER_MEMORY_CONFIG), 64L << 20);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
    settings.put(StreamsConfig.METRICS_RECORDING_LEVEL_CONFIG, "INFO");
    return settings;
  }
}
