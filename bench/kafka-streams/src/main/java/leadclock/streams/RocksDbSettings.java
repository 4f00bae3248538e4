package leadclock.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompactionStyle;
import org.rocksdb.CompressionType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One memory budget for all 24 stores of the process, as the manual of Kafka Streams advises; with
 * its defaults each store would have a cache of 50 MB and three write buffers of 16 MB for itself.
 */
public final class RocksDbSettings implements RocksDBConfigSetter {
  static final String BUDGET_MIB = "leadclock.rocksdb.mib";

  private static Cache cache;
  private static WriteBufferManager writeBuffers;

  private BloomFilter filter;

  private static synchronized void makeShared(long budget) {
    if (cache == null) {
      // The write buffers are charged to the cache, so this is all there is.
      cache = new LRUCache(budget, -1, false, 0.1);
      writeBuffers = new WriteBufferManager(budget / 2, cache);
    }
  }

  @Override
  public void setConfig(String store, Options options, Map<String, Object> configs) {
    long budget = Long.parseLong((String) configs.get(BUDGET_MIB)) << 20;
    makeShared(budget);
    BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
    table.setBlockCache(cache);
    // Index and filter count in the budget too, and are the last to be evicted.
    table.setCacheIndexAndFilterBlocks(true);
    table.setCacheIndexAndFilterBlocksWithHighPriority(true);
    table.setPinTopLevelIndexAndFilter(true);
    // Values of some 300 bytes that are read by key, not in order.
    table.setBlockSize(8 << 10);
    filter = new BloomFilter(10);
    table.setFilterPolicy(filter);
    options.setTableFormatConfig(table);

    options.setWriteBufferManager(writeBuffers);
    // 24 stores share the budget; larger buffers, fewer flushes and compactions.
    options.setWriteBufferSize(Math.max(1 << 20, Math.min(16 << 20, budget / 16)));
    options.setMaxWriteBufferNumber(3);
    // Space and reads matter more here than the writes that the default, universal compaction,
    // saves.
    options.setCompactionStyle(CompactionStyle.LEVEL);
    options.setLevelCompactionDynamicLevelBytes(true);
    options.setCompressionType(CompressionType.LZ4_COMPRESSION);
    options.setMaxBackgroundJobs(2);
  }

  @Override
  public void close(String store, Options options) {
    // The shared cache and write buffer manager live as long as the process.
    if (filter != null) {
      filter.close();
    }
  }
}
