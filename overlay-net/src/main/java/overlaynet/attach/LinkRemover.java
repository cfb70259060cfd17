package overlaynet.attach;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import linux.abi.Errno;
import linux.netlink.LinkMessages;
import linux.socket.NetlinkSocket;

/**
 * Deletes links one after the other on a thread of its own: the kernel waits for all processors to
 * let go of a link, which would hold up the carrier of every virtual thread that called it.
 */
final class LinkRemover implements AutoCloseable {
    private final NetlinkSocket socket;
    private final ExecutorService thread;
    private final Map<String, CompletableFuture<Void>> pending = new ConcurrentHashMap<>();

    /** @param socket becomes this object's own */
    LinkRemover(NetlinkSocket socket) {
        this.socket = socket;
        this.thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("link-remover").factory());
    }

    /**
     * Deletes a link if it exists.
     *
     * @param then run when the link is gone, not if it cannot be deleted
     * @return completes after that, or fails with the kernel's refusal
     */
    CompletableFuture<Void> remove(String linkName, Runnable then) {
        CompletableFuture<Void> removal = new CompletableFuture<>();
        pending.put(linkName, removal);
        thread.execute(() -> {
            try {
                socket.requestUnless(Errno.ENODEV, LinkMessages.delete(linkName));
                then.run();
                removal.complete(null);
            } catch (IOException | RuntimeException failed) {
                removal.completeExceptionally(failed);
            } finally {
                pending.remove(linkName, removal);
            }
        });
        return removal;
    }

    /** Waits until a link's removal is done, if one is under way; fails as that does. */
    void await(String linkName) throws IOException {
        CompletableFuture<Void> removal = pending.get(linkName);
        if (removal == null) {
            return;
        }
        try {
            removal.join();
        } catch (CompletionException failed) {
            throw new IOException("the link " + linkName + " of the container's last run cannot be"
                    + " deleted: " + failed.getCause().getMessage(), failed.getCause());
        }
    }

    /** Finishes the removals under way, then ends the thread. */
    @Override
    public void close() {
        thread.close();
        socket.close();
    }
}
