package clusterd.daemon;

import io.grpc.ServerCall;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/** Keeps what comes on a call until there is somebody to hear it; a call says little before it is answered. */
final class DeferredListener extends ServerCall.Listener<byte[]> {
    private final Deque<Consumer<ServerCall.Listener<byte[]>>> kept = new ArrayDeque<>();
    private ServerCall.Listener<byte[]> listener;

    /** From now on that one hears it, what was kept at first. */
    synchronized void tell(ServerCall.Listener<byte[]> who) {
        while (!kept.isEmpty()) {
            kept.poll().accept(who);
        }
        listener = who;
    }

    private synchronized void later(Consumer<ServerCall.Listener<byte[]>> event) {
        if (listener == null) {
            kept.add(event);
        } else {
            event.accept(listener);
        }
    }

    @Override
    public void onMessage(byte[] message) {
        later(who -> who.onMessage(message));
    }

    @Override
    public void onHalfClose() {
        later(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
        later(ServerCall.Listener::onCancel);
    }

    @Override
    public void onComplete() {
        later(ServerCall.Listener::onComplete);
    }

    @Override
    public void onReady() {
        later(ServerCall.Listener::onReady);
    }
}
