package runtime.files;

import java.io.IOException;
import linux.abi.Errno;
import linux.syscall.SystemCallException;
import runtime.image.TarEntry;

/** An entry of an archive that cannot be made; its message names it. */
public final class UnpackException extends IOException {
    private static final long serialVersionUID = 1L;

    UnpackException(String message, Throwable cause) {
        super(message, cause);
    }

    static IOException of(TarEntry entry, SystemCallException cause) {
        if (cause.is(Errno.ENOSPC) || cause.is(Errno.EDQUOT)) {
            return new IOException("cannot write " + entry.shownName() + ": " + cause.getMessage(),
                    cause);
        }
        return new UnpackException("cannot write " + entry.shownName() + ": "
                + (cause.is(Errno.EROFS) ? "the file system there is mounted read-only"
                        : cause.getMessage()), cause);
    }
}
