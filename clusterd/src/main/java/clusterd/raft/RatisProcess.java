package clusterd.raft;

import org.apache.ratis.util.ExitUtils;

/** Takes from Ratis what it does to the whole process: ending it, and handling whatever threads throw. */
final class RatisProcess {
    private RatisProcess() {}

    static synchronized void tame() {
        Thread.UncaughtExceptionHandler own = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        ExitUtils.setTerminateOnUncaughtException(false);
        Thread.setDefaultUncaughtExceptionHandler(own);
    }
}
