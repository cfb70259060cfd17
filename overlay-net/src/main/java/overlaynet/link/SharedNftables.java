package overlaynet.link;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One nftables context for all bridges of an agent, opened while the process has few files open.
 *
 * <p>libnftables waits with {@code select(2)}, whose sets end at 1024: a context opened when as many
 * descriptors are in use would end the whole process. So none may be opened later, when a container
 * needs it.
 */
public final class SharedNftables implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Nftables context;
    private final NftablesMissingException missing;

    private SharedNftables(Nftables context, NftablesMissingException missing) {
        this.context = context;
        this.missing = missing;
    }

    /** Opens it in the calling thread's network namespace, to which it belongs from then on. */
    public static SharedNftables open() throws NftablesException {
        try {
            return new SharedNftables(Nftables.open(), null);
        } catch (NftablesMissingException missing) {
            return missing(missing);
        }
    }

    /** That of a host without the library. */
    static SharedNftables missing(NftablesMissingException why) {
        return new SharedNftables(null, why);
    }

    /** What is done with a context. */
    @FunctionalInterface
    interface Work<T> {
        T with(Nftables nftables) throws IOException;
    }

    /**
     * Does it, one at a time.
     *
     * @throws NftablesMissingException if the library is not installed
     */
    <T> T use(Work<T> work) throws NftablesMissingException, IOException {
        if (context == null) {
            throw missing;
        }
        lock.lock();
        try {
            return work.with(context);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Chains with policy drop of others that see IPv4 and do not have a word in them, as "family table name"; none
     * without the library.
     *
     * @param hook {@code forward} or {@code input}
     */
    public List<String> droppingWithout(String hook, String word) throws IOException {
        try {
            return use(nftables -> HostFirewall.silent(nftables, hook, word));
        } catch (NftablesMissingException missing) {
            return List.of();
        }
    }

    /** Tables of a family that are there whose names begin so. */
    List<String> tables(String family, String beginning) throws IOException {
        try {
            return use(context -> context.run("list tables " + family).lines()
                    .map(each -> each.substring(each.lastIndexOf(' ') + 1)).filter(each -> each.startsWith(beginning)).toList());
        } catch (NftablesMissingException none) {
            return List.of(); // without the library none was ever made
        }
    }

    /** Takes a table away, whether it is there or not; without the library none was ever made. */
    void removeTable(String family, String name) throws IOException {
        String table = family + " " + name;
        try {
            use(nftables -> nftables.run("add table " + table + "\ndelete table " + table));
        } catch (NftablesMissingException none) {
            return;
        }
    }

    /** Frees the context. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (context != null) {
                context.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
