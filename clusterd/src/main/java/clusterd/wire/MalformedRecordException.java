package clusterd.wire;

import java.io.IOException;

/** Bytes that are not what {@link RecordCodec} writes of that type, in this version or an earlier one. */
public final class MalformedRecordException extends IOException {
    private static final long serialVersionUID = 1;

    MalformedRecordException(Class<?> type, String why) {
        super("no " + type.getSimpleName() + " in these bytes: " + why);
    }

    MalformedRecordException(Class<?> type, Throwable cause) {
        super("no " + type.getSimpleName() + " in these bytes: " + cause.getMessage(), cause);
    }
}
