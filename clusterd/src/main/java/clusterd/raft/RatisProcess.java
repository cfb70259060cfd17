package clusterd.raft;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.ratis.util.ExitUtils;

/** Takes from Ratis what it does to the whole process: ending it, handling whatever threads throw, logging. */
final class RatisProcess {
    /** Its gRPC and Netty log here, not to slf4j. Kept, since a logger's level is forgotten with it. */
    private static final Logger THIRD_PARTY = Logger.getLogger("org.apache.ratis.thirdparty");

    private RatisProcess() {}

    static synchronized void tame() {
        Thread.UncaughtExceptionHandler own = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(own);
        THIRD_PARTY.setLevel(Level.SEVERE);
    }
}
