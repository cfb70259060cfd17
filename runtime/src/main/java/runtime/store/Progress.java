package runtime.store;

import runtime.image.Digest;

/**
 * Told how far each blob of a pull, load or push is. Called from several threads at once, often;
 * it must return quickly and not throw.
 */
@FunctionalInterface
public interface Progress {

    /** What happens to a blob; EXISTS and DONE are the ends. */
    enum Phase { WAITING, DOWNLOADING, VERIFYING, EXISTS, UNPACKING, UPLOADING, DONE }

    /** Tells nobody. */
    Progress SILENT = (blob, phase, doneBytes, totalBytes) -> { };

    /**
     * @param doneBytes so far in this phase; may jump back when a broken transfer starts again
     * @param totalBytes the blob's whole length, 0 while unknown
     */
    void report(Digest blob, Phase phase, long doneBytes, long totalBytes);
}
