package runtime.node;

import api.node.Reason;
import api.node.SharedPath;
import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A call that uploads: options first, then the data, unless the daemon may open the file itself.
 *
 * @param <Q> the request's messages
 * @param <O> the options
 * @param <R> the replies
 */
final class UploadCall<Q, O, R> implements StreamObserver<Q> {
    private final Calls threads;
    private final String name;
    private final Shape<Q, O> shape;
    private final Action<O, R> action;
    private final ReplyStream<R> replies;
    private final UploadStream upload;
    private boolean begun;

    /** How to take the messages apart; a function gives null for what is not there. */
    record Shape<Q, O>(Function<Q, O> options, Function<O, SharedPath> path,
            Function<Q, ByteString> data) {}

    /** What is done with options and data. */
    @FunctionalInterface
    interface Action<O, R> {
        void run(O options, InputStream data, ReplyStream<R> replies) throws Exception;
    }

    UploadCall(Calls threads, String name, Shape<Q, O> shape, StreamObserver<R> observer,
            Action<O, R> action) {
        this.threads = threads;
        this.name = name;
        this.shape = shape;
        this.action = action;
        this.replies = new ReplyStream<>(observer);
        this.upload = new UploadStream(replies.observer());
        replies.observer().disableAutoRequest();
        replies.onGone(() -> upload.end(false));
        replies.observer().request(1);
    }

    @Override
    public void onNext(Q message) {
        if (begun) {
            upload.take(shape.data.apply(message));
            return;
        }
        begun = true;
        O options = shape.options.apply(message);
        if (options == null) {
            replies.fail(Failures.of(Reason.INVALID_OPTION,
                    "the first message of " + name + " must hold options", OptionalInt.empty()));
            return;
        }
        threads.stream(name, replies, same -> serve(options));
    }

    private void serve(O options) throws Exception {
        SharedPath path = shape.path.apply(options);
        if (path == null) {
            action.run(options, upload, replies);
            return;
        }
        try (InputStream file = open(path)) {
            action.run(options, file, replies);
        }
    }

    /** The client's file, if it is the one the client means. */
    private static InputStream open(SharedPath shared) throws IOException {
        Path path = Path.of(shared.getPath());
        try {
            boolean same = path.isAbsolute() && Files.isRegularFile(path)
                    && (long) Files.getAttribute(path, "unix:ino") == shared.getInode()
                    && Files.size(path) == shared.getSizeBytes();
            if (same) {
                return Files.newInputStream(path);
            }
        } catch (IOException unseen) {
            throw notShared(path);
        }
        throw notShared(path);
    }

    private static RuntimeException notShared(Path path) {
        return Failures.of(Reason.PATH_NOT_SHARED, "the daemon does not see the client's file "
                + path + "; send its data instead", OptionalInt.empty());
    }

    @Override
    public void onError(Throwable brokenOff) {
        upload.end(false);
    }

    @Override
    public void onCompleted() {
        upload.end(true);
        if (!begun) {
            replies.complete();
        }
    }
}
