package clusterd.raft;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import runtime.container.Journal;

/** Settings as Ratis wants them. */
final class RatisOptions {
    /** What an entry carries besides its bytes. */
    private static final int ENVELOPE_BYTES = 1024;
    private static final int CHUNK_BYTES = 1024 * 1024;
    private static final int SILENT_MILLIS = 3_000;
    private static final int RETRIES_MILLIS = 3_000;
    private static final int NEVER_DAYS = 36_500;

    private RatisOptions() {}

    static RaftProperties properties(Settings settings) {
        RaftProperties properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new GuardedRpc());
        storage(properties, settings);
        limits(properties, settings.limits());
        times(properties, settings);
        rpc(properties, settings);
        return properties;
    }

    private static void storage(RaftProperties properties, Settings settings) {
        RaftServerConfigKeys.setStorageDir(properties, java.util.List.of(settings.folder().toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(properties, settings.folder().resolve("removed").toFile());
        // Snapshots are begun by the replica itself, written beside applying, and followed by a purge.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, false);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        // A follower would take entries that begin where some under way begin for the same ones, whatever their term.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    }

    private static void limits(RaftProperties properties, Settings.Limits limits) {
        int entry = limits.entryBytes() + ENVELOPE_BYTES;
        SizeInBytes batch = SizeInBytes.valueOf(Math.max(entry, CHUNK_BYTES));
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(limits.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(properties,
                SizeInBytes.valueOf(Math.min(limits.segmentBytes(), CHUNK_BYTES)));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(limits.cacheBytes()));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(batch.getSize() + ENVELOPE_BYTES));
        RaftServerConfigKeys.Log.setQueueElementLimit(properties, 2 * limits.pendingEntries());
        RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf(2L * limits.pendingBytes()));
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, batch);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf(CHUNK_BYTES));
        RaftServerConfigKeys.Write.setElementLimit(properties, limits.pendingEntries());
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(
                Math.max(limits.pendingBytes(), CHUNK_BYTES)));
        SizeInBytes message = SizeInBytes.valueOf(batch.getSize() + CHUNK_BYTES);
        GrpcConfigKeys.setMessageSizeMax(properties, message);
        GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(CHUNK_BYTES));
    }

    private static void times(RaftProperties properties, Settings settings) {
        Settings.Timing timing = settings.timing();
        int shortest = timing.electionMinMillis();
        int longest = timing.electionMaxMillis();
        if (settings.self().kind() == MemberKind.WITNESS) {
            // A witness asks for votes only when no voter did.
            int spread = longest - shortest;
            shortest = longest;
            longest += 2 * spread;
        }
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(shortest));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(longest));
        RaftServerConfigKeys.Rpc.setSlownessTimeout(properties, millis(Math.max(SILENT_MILLIS, 2 * longest)));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(Math.max(1_000, 2 * longest)));
        // Ratis would close a member for good whose process stood still for a minute, as a suspended machine's does.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(NEVER_DAYS, TimeUnit.DAYS));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(longest));
        // Only saves the log what comes twice within moments; that it is applied once, AppliedOnce sees to.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(RETRIES_MILLIS));
        RaftServerConfigKeys.setStagingTimeout(properties, millis(Math.max(SILENT_MILLIS, 3 * longest)));
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, millis(timing.requestMillis()));
    }

    private static void rpc(RaftProperties properties, Settings settings) {
        GrpcConfigKeys.Server.setHost(properties, settings.self().host());
        GrpcConfigKeys.Server.setPort(properties, settings.self().port());
    }

    static Parameters parameters(Settings settings, Journal journal) {
        Parameters parameters = new Parameters();
        settings.tls().ifPresent(tls -> GrpcConfigKeys.TLS.setConf(parameters, GrpcTlsConfig.newBuilder()
                .setKeyManager(tls.keys()).setTrustManager(tls.trust()).setMutualTls(true)
                .setSslProvider(SslProvider.JDK).build()));
        if (settings.self().kind() == MemberKind.WITNESS) {
            parameters.put(GuardedRpc.WITNESS, journal, Journal.class);
        }
        return parameters;
    }

    static TimeDuration millis(long millis) {
        return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
    }
}
