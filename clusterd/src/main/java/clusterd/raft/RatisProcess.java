package clusterd.raft;

import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.util.ExitUtils;

/**
 * Takes from Ratis what it does to the whole process: ending it, handling whatever threads throw, logging, and
 * taking memory. Before the first of its classes is used.
 */
final class RatisProcess {
    /** Its gRPC and Netty log here, not to slf4j. Kept, since a logger's level is forgotten with it. */
    private static final Logger THIRD_PARTY = Logger.getLogger("org.apache.ratis.thirdparty");
    private static final String NETTY = "org.apache.ratis.thirdparty.io.netty.";
    /** Its Netty takes memory by 4 MiB for each of several arenas otherwise, and keeps it. */
    private static final Map<String, String> THRIFT = Map.of("allocator.maxOrder", "6",
            "allocator.numDirectArenas", "1", "allocator.numHeapArenas", "1",
            "allocator.useCacheForAllThreads", "false", "jfr.enabled", "false");

    private RatisProcess() {}

    static synchronized void tame() {
        Thread.UncaughtExceptionHandler own = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(own);
        THIRD_PARTY.setLevel(Level.SEVERE);
        THRIFT.forEach((name, value) -> {
            if (System.getProperty(NETTY + name) == null) {
                System.setProperty(NETTY + name, value);
            }
        });
    }
}
