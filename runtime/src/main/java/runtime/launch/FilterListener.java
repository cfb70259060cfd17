package runtime.launch;

import java.util.OptionalInt;
import linux.syscall.Processes;
import linux.syscall.SystemCallException;
import runtime.plan.StatusPage;

/** Takes the listener of a seccomp filter from the process that has set it ({@code seccomp_unotify(2)}). */
final class FilterListener {
    private static final long CHECK_MILLIS = 200;

    private FilterListener() {}

    /** @return a descriptor of this process; empty if the other ended before it had a listener */
    static OptionalInt take(StatusView page, int pidfd) throws SystemCallException {
        while (page.integer(StatusPage.LISTENS) == 0) {
            page.awaitChange(StatusPage.LISTENS, 0, CHECK_MILLIS);
            // In this order: one that has ended since the word was read may have set it.
            if (Processes.hasEnded(pidfd) && page.integer(StatusPage.LISTENS) == 0) {
                return OptionalInt.empty();
            }
        }
        return OptionalInt.of(
                Processes.takeDescriptor(pidfd, (int) page.number(StatusPage.LISTENER)));
    }
}
